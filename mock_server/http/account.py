"""An app's settings change in one way only, whoever asks: with what the providers tell about it (C8, facts/meta 6)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server.clock import DAY
from mock_server.engine.events import AccountSettingsUpdate, AccountUpdate, AnyEvent, Contact
from mock_server.settings import AppSettings
from mock_server.store.faults import strike
from mock_server.store.rows import App
from mock_server.store.work import Kept, Now, fan_out

RESTRICTED_FOR: Final = 7 * DAY  # Meta, call settings page, Jun 26 2026: a pause lasts 7 days

# In force since Jan 27 2026 (Meta, call settings page, Dec 10 2025): one pair for each direction of calls.
VIOLATION: Final = "LOW_BUSINESS_INITIATED_CALLING_QUALITY"
RESTRICTION: Final = "RESTRICTED_BUSINESS_INITIATED_CALLING"

_NOBODY: Final = Contact("", "")
# What account_settings_update is sent for (facts/meta 6.3), and what each of it is as long as nobody has set it.
_TOLD: Final = {
    ("status",): "DISABLED",
    ("call_icon_visibility",): "DEFAULT",
    ("callback_permission_status",): "DISABLED",
    ("sip", "status"): "DISABLED",
    ("srtp_key_exchange_protocol",): "DTLS",
}


def change(
    app: App,
    settings: AppSettings,
    now: Now,
    *,
    calling_settings: bytes | None = None,
    restricts_anew: bool = False,
) -> Kept:
    """The unit of work after which the app has these settings; its answer is the app's new row.

    `calling_settings` is the JSON of what Graph's settings hold beside the app's switches; None leaves it as it is.
    Calls are restricted for 7 days where `restriction` becomes `calling`, or where it is set to that again
    (`restricts_anew`).
    """
    row = msgspec.structs.replace(
        app,
        settings=settings,
        calling_settings=app.calling_settings if calling_settings is None else calling_settings,
    )
    starts = settings.restriction == "calling" and (restricts_anew or app.settings.restriction != "calling")
    if starts or settings.restriction != "calling":
        row = msgspec.structs.replace(row, restricted_until=restricted_until(settings, now.app))
    events = (*_restricted(row, now), *_told(app, row, now)) if starts else _told(app, row, now)
    if not events:
        return Kept(answer=row, app=row)
    row = msgspec.structs.replace(row, counter=app.counter + len(events))
    numbered = tuple(
        msgspec.structs.replace(event, number=number) for number, event in enumerate(events, app.counter + 1)
    )
    sent = strike(row, fan_out(row, numbered))
    return Kept(answer=sent.app, app=sent.app, deliveries=sent.deliveries, records=(*numbered, *sent.records))


def restricted_until(settings: AppSettings, at: int) -> int | None:
    """When a restriction that begins at `at` lifts by itself (C8); None where there is none that does."""
    return at + RESTRICTED_FOR if settings.restriction == "calling" else None


def calling_of(app: App) -> dict[str, Any]:
    """The whole `calling` object of Graph's settings (facts/meta 6.1, 6.2)."""
    switches = {
        "status": app.settings.calling,
        "callback_permission_status": app.settings.callback_permission_status,
    }
    held: dict[str, Any] = msgspec.json.decode(app.calling_settings)
    return switches | held


def _restricted(row: App, now: Now) -> tuple[AnyEvent, ...]:
    """The warning, if one was asked for, and the restriction with its end (facts/meta 6.4). Lifting is silent."""
    blank = AccountUpdate(at=now.app, number=0, contact=_NOBODY, event="", subject="")
    warning = msgspec.structs.replace(blank, event="ACCOUNT_VIOLATION", subject=VIOLATION)
    restriction = msgspec.structs.replace(
        blank, event="ACCOUNT_RESTRICTION", subject=RESTRICTION, expires_at=row.restricted_until
    )
    return (warning, restriction) if row.settings.restriction_warning else (restriction,)


def _told(old: App, new: App, now: Now) -> tuple[AnyEvent, ...]:
    before, after = calling_of(old), calling_of(new)
    if all(_at(before, path, default) == _at(after, path, default) for path, default in _TOLD.items()):
        return ()
    return (AccountSettingsUpdate(at=now.app, number=0, contact=_NOBODY, calling=msgspec.json.encode(after)),)


def _at(calling: Any, path: tuple[str, ...], default: str) -> Any:
    for name in path:
        calling = calling.get(name) if isinstance(calling, dict) else None
    return default if calling is None else calling
