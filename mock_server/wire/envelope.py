"""The body of a webhook, in either dialect: Meta's envelope, and what Gupshup's v3 adds to it (facts/gupshup 3.3).

Default shapes are those that every known parser reads; the others are named variants (W4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from mock_server.clock import unix
from mock_server.engine.events import (
    AccountSettingsUpdate,
    AccountUpdate,
    AnyEvent,
    CallConnect,
    CallStatus,
    CallTerminate,
    MessageStatus,
    PermissionReply,
    SetCallback,
    UserMessage,
)
from mock_server.settings import AppSettings, Dialect, Variants
from mock_server.wire import account, calls, messages, permission_reply
from mock_server.wire.naming import Json, Naming


class Envelope:
    """Says events of one app in one dialect, with one set of variants."""

    def __init__(self, settings: AppSettings, dialect: Dialect, variants: Variants | None = None) -> None:
        self._naming = Naming(settings, dialect, variants or settings.variants)

    def body(self, event: AnyEvent) -> Json:
        """The whole webhook body."""
        sayer = _SAYERS[type(event)]
        value = sayer.value(self._naming, event)
        whole: Json = {"object": "whatsapp_business_account", "entry": [self._entry(event, value)]}
        whole["entry"][0]["changes"] = [{"field": sayer.field, "value": value}]
        if self._naming.gupshup and not self._as_outbound_guide(event):
            whole["gs_app_id"] = self._naming.app.id
        return whole

    def _entry(self, event: AnyEvent, value: Json) -> Json:
        """What an entry has beside its changes."""
        app = self._naming.app
        if isinstance(event, AccountUpdate):
            return {"id": app.waba_id, "time": unix(event.at)}
        if isinstance(event, SetCallback | MessageStatus) and "metadata" not in value:
            return {}
        return {"id": app.phone_number_id if self._as_outbound_guide(event) else app.waba_id}

    def _as_outbound_guide(self, event: AnyEvent) -> bool:
        return isinstance(event, PermissionReply) and self._naming.variants.reply == "outbound-guide"


class _Sayer(NamedTuple):
    field: str
    value: Callable[[Naming, Any], Json]


_SAYERS: Final[dict[type[Any], _Sayer]] = {
    UserMessage: _Sayer("messages", messages.text),
    PermissionReply: _Sayer("messages", permission_reply.reply),
    MessageStatus: _Sayer("messages", messages.status),
    SetCallback: _Sayer("messages", messages.set_callback),
    CallConnect: _Sayer("calls", calls.connect),
    CallStatus: _Sayer("calls", calls.status),
    CallTerminate: _Sayer("calls", calls.terminate),
    AccountUpdate: _Sayer("account_update", account.update),
    AccountSettingsUpdate: _Sayer("account_settings_update", account.settings),
}
