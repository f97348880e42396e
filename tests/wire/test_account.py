"""Events about the number and no user, as each dialect says them (C8, facts/meta 6.3 and 6.4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.engine.events import AccountSettingsUpdate, AccountUpdate, Contact
from mock_server.settings import Dialect
from tests.stage.words import AT, said

_NOBODY: dict[str, Any] = {"at": AT, "number": 7, "contact": Contact("", "")}
WARNING = AccountUpdate(**_NOBODY, event="ACCOUNT_VIOLATION", subject="LOW_BUSINESS_INITIATED_CALLING_QUALITY")
RESTRICTION = AccountUpdate(
    **_NOBODY,
    event="ACCOUNT_RESTRICTION",
    subject="RESTRICTED_BUSINESS_INITIATED_CALLING",
    expires_at=1_767_772_800_000,
)
CALLING = {
    "status": "ENABLED",
    "callback_permission_status": "DISABLED",
    "sip": {"status": "DISABLED"},
    "call_hours": {
        "status": "ENABLED",
        "timezone_id": "America/Manaus",
        "weekly_operating_hours": [{"day_of_week": "MONDAY", "open_time": "0400", "close_time": "1020"}],
    },
}
SETTINGS = AccountSettingsUpdate(**_NOBODY, calling=json.dumps(CALLING).encode())
VALUES: dict[str, tuple[AccountUpdate, dict[str, Any]]] = {
    "violation": (
        WARNING,
        {
            "phone_number": "917834811114",
            "event": "ACCOUNT_VIOLATION",
            "violation_info": {"violation_type": "LOW_BUSINESS_INITIATED_CALLING_QUALITY"},
        },
    ),
    "restriction": (
        RESTRICTION,
        {
            "phone_number": "917834811114",
            "event": "ACCOUNT_RESTRICTION",
            "restriction_info": [
                {"restriction_type": "RESTRICTED_BUSINESS_INITIATED_CALLING", "expiration": 1767772800}
            ],
        },
    ),
}


def whole(field: str, value: Any, **entry: Any) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", **entry, "changes": [{"field": field, "value": value}]}],
    }


@pytest.mark.parametrize("row", VALUES)
def test_account_update(row: str) -> None:
    """A warning and a restriction: the WABA's entry with a time in seconds, for either dialect (meta 6.4, C8)."""
    event, value = VALUES[row]
    body = whole("account_update", value, time=1767168000)
    assert said(event, Dialect.META) == body
    assert said(event, Dialect.GUPSHUP) == {"gs_app_id": "app", **body}


def test_an_expiration_is_not_too_early() -> None:
    """A restriction that ends within a second is said to end at the next, when calls go through again (C8, T6)."""
    event = AccountUpdate(
        **_NOBODY, event="ACCOUNT_RESTRICTION", subject="RESTRICTED_BUSINESS_INITIATED_CALLING", expires_at=1_001
    )
    value = said(event)["entry"][0]["changes"][0]["value"]
    assert value["restriction_info"][0]["expiration"] == 2


def test_a_restriction_without_an_end() -> None:
    """A restriction that does not lift by itself has no expiration (meta 6.4)."""
    event = AccountUpdate(**_NOBODY, event="ACCOUNT_RESTRICTION", subject="RESTRICTED_USER_INITIATED_CALLING")
    value = said(event)["entry"][0]["changes"][0]["value"]
    assert value["restriction_info"] == [{"restriction_type": "RESTRICTED_USER_INITIATED_CALLING"}]


def test_account_settings_update() -> None:
    """Changed settings: the whole calling object as it is now, of the number, with a time as a string (meta 6.3)."""
    value = {
        "messaging_product": "whatsapp",
        "timestamp": "1767168000",
        "type": "phone_number_settings",
        "phone_number_settings": {"phone_number_id": "106540352242922", "calling": CALLING},
    }
    assert said(SETTINGS, Dialect.META) == whole("account_settings_update", value)


VARIANTS = [
    {"contacts": "absent"},
    {"contacts": "trimmed"},
    {"reply": "outbound-guide"},
    {"failed": "flat"},
    {"enqueued_timestamp": "ms"},
    {"status_id": "uuid"},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_variants_leave_them_alone(variant: dict[str, str]) -> None:
    """No variant of the other webhooks changes an event about the account (W4)."""
    for event in (WARNING, RESTRICTION):
        for dialect in Dialect:
            assert said(event, dialect, variant) == said(event, dialect)
    assert said(SETTINGS, Dialect.META, variant) == said(SETTINGS, Dialect.META)
