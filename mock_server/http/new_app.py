"""Making apps: what is given, and made-up values for the rest (A1)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server import ids
from mock_server.clock import AppClock, Machine
from mock_server.http.account import restricted_until
from mock_server.http.registered_headers import checked
from mock_server.rules import Overrides
from mock_server.settings import AppSettings, Dialect, Variants
from mock_server.store.rows import App, Partner, Template
from mock_server.subscriptions import EVERY_MODE, Mode, Subscription

SAMPLE_TEMPLATE: Final = Template(
    id="00000000-0000-4000-8000-0000000000ff",
    name="call_permission_sample",
    language="en",
    category="UTILITY",
    is_request=True,
    body="May we call you about your order?",
)

# A1: fixed, documented, for copy and paste. They hold on loopback only.
READY_MADE: Final[dict[str, Any]] = {
    "id": "00000000-0000-4000-8000-000000000001",
    "token": "sk_sandbox_0000000000000001",
    "phone_number_id": "100000000000001",
    "waba_id": "200000000000001",
    "meta_app_id": "300000000000001",
    "business_number": "919000000001",
    "app_secret": "sandbox-app-secret",
    "verify_token": "sandbox-verify-token",
}
PARTNER: Final = Partner(id="1", email="partner@example.com", secret="sandbox-secret")  # noqa: S106  published


def new_app(given: dict[str, Any], *, seed: str, machine: Machine, freeze_at: int | None, number: int) -> App:
    """An app from validated settings; what is left out is made from the seed and `number`, which counts apps."""
    given = dict(given)
    webhook_url = given.pop("webhook_url", None)
    subscriptions = given.pop("subscriptions", None) or given.pop("subscription", None) or []
    # Not strict: the schema has judged the types, and 1.0 is an integer in JSON Schema.
    settings: AppSettings = msgspec.convert(_made_up(seed, number) | given, AppSettings, strict=False)
    now = machine.now()
    clock = AppClock(frozen_at=freeze_at) if freeze_at is not None else AppClock()
    listed = [{"url": webhook_url}] if webhook_url else []
    rows = tuple(
        configured(row, settings, number=n, at=clock.now(now)) for n, row in enumerate([*listed, *subscriptions], 1)
    )
    until = restricted_until(settings, clock.now(now))
    return App(settings, clock, rows, (SAMPLE_TEMPLATE,), restricted_until=until, created_at=now)


def configured(given: dict[str, Any], settings: AppSettings, *, number: int, at: int) -> Subscription:
    """A subscription taken as it is (W2): set-callback is tried before the first delivery.

    Raises SchemaError for headers that cannot be sent (W1).
    """
    return Subscription(
        id=f"configured-{number}",
        url=given["url"],
        modes=tuple(Mode(mode) for mode in given.get("modes", EVERY_MODE)),
        tag=given.get("tag", f"configured-{number}"),
        version=given.get("version", 3),
        headers=checked(given.get("meta", {})),
        dialect=Dialect(given.get("dialect", settings.dialect)),
        fields=tuple(given.get("fields", ())),
        configured=True,
        announced=False,
        created_at=at,
        modified_at=at,
    )


def changed(settings: AppSettings, given: dict[str, Any]) -> AppSettings:
    """Settings with some replaced; `overrides` and `variants` key by key, where null goes back to the default."""
    whole = msgspec.to_builtins(settings) | given
    for name, kind in (("overrides", Overrides), ("variants", Variants)):
        if name in given:
            merged = msgspec.to_builtins(getattr(settings, name)) | (given[name] or {})
            whole[name] = msgspec.to_builtins(
                msgspec.convert({k: v for k, v in merged.items() if v is not None}, kind, strict=False)
            )
    return msgspec.convert(whole, AppSettings, strict=False)


def _made_up(seed: str, number: int) -> dict[str, Any]:
    def figure(kind: str, digits: int) -> str:
        return str(int.from_bytes(ids.digest(seed, "app", number, kind)) % 10**digits).zfill(digits)

    def secret(kind: str) -> str:
        return ids.as_text(ids.digest(seed, "app", number, kind))

    return {
        "id": ids.as_uuid(ids.digest(seed, "app", number, "id")),
        "token": "sk_" + secret("token"),
        "phone_number_id": "1" + figure("phone_number_id", 14),
        "waba_id": "2" + figure("waba_id", 14),
        "meta_app_id": "3" + figure("meta_app_id", 14),
        "business_number": "9190" + figure("business_number", 8),
        "app_secret": secret("app_secret"),
        "verify_token": secret("verify_token"),
    }
