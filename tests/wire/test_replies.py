"""`call_permission_reply` as each dialect says it: the eight things that can have happened (P4, facts/meta 2.2)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.events import PermissionReply
from mock_server.settings import Dialect
from tests.stage.words import (
    ABOUT,
    CALLBACK,
    DECLINED,
    PERMANENT,
    PERMANENT_FROM_PROFILE,
    REVOKED_AUTOMATICALLY,
    REVOKED_BY_USER,
    TEMPORARY,
    TEMPORARY_FROM_PROFILE,
    gupshup,
    meta,
    said,
    value_of,
)

WAMID = "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
WACID = "wacid.HQgMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
FROM = {"from": "919812345678"}
MESSAGE = {
    "from": "919812345678",
    "from_user_id": "IN.37279139073376405991",
    "id": "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAQIDBAUGBwgJCgsMDQ4PEA==",
    "timestamp": "1767168000",
    "type": "interactive",
}
ROWS: dict[str, tuple[PermissionReply, dict[str, str], dict[str, Any]]] = {
    "a temporary": (
        TEMPORARY,
        FROM | {"id": WAMID},
        {
            "response": "accept",
            "is_permanent": False,
            "expiration_timestamp": 1767772800,
            "response_source": "user_action",
        },
    ),
    "b permanent": (
        PERMANENT,
        FROM | {"id": WAMID},
        {"response": "accept", "is_permanent": True, "response_source": "user_action"},
    ),
    "c permanent from the profile": (
        PERMANENT_FROM_PROFILE,
        {},
        {"response": "accept", "is_permanent": True, "response_source": "user_action"},
    ),
    "d declined": (DECLINED, FROM | {"id": WAMID}, {"response": "reject", "response_source": "user_action"}),
    "e callback": (
        CALLBACK,
        FROM | {"id": WACID},
        {
            "response": "accept",
            "is_permanent": False,
            "expiration_timestamp": 1767772800,
            "response_source": "automatic",
        },
    ),
    "f revoked automatically": (
        REVOKED_AUTOMATICALLY,
        {},
        {"response": "reject", "response_source": "automatic"},
    ),
    "inferred: revoked in the profile": (
        REVOKED_BY_USER,
        {},
        {"response": "reject", "response_source": "user_action"},
    ),
    "inferred: temporary from the profile": (
        TEMPORARY_FROM_PROFILE,
        {},
        {
            "response": "accept",
            "is_permanent": False,
            "expiration_timestamp": 1767772800,
            "response_source": "user_action",
        },
    ),
}


def with_context(message: dict[str, Any], context: dict[str, str]) -> dict[str, Any]:
    return message | ({"context": context} if context else {})


@pytest.mark.parametrize("row", ROWS)
def test_on_gupshup(row: str) -> None:
    """Gupshup: its envelope, the expiry a number, and beside a request's wamid both of Gupshup's ids (P4, W1, W4)."""
    event, context, inner = ROWS[row]
    if context.get("id") == WAMID:
        context = context | {"gs_id": "00010203-0405-4607-8809-0a0b0c0d0e0f", "meta_msg_id": WAMID}
    interactive = {"type": "call_permission_reply", "call_permission_reply": inner}
    message = with_context(MESSAGE | {"interactive": interactive}, context)
    assert said(event) == gupshup(ABOUT | {"messages": [message]})


@pytest.mark.parametrize("row", ROWS)
def test_on_meta(row: str) -> None:
    """Meta: the expiry a string, and a context of `from` and `id` only (P4, W4)."""
    event, context, inner = ROWS[row]
    if "expiration_timestamp" in inner:
        inner = inner | {"expiration_timestamp": "1767772800"}
    interactive = {"type": "call_permission_reply", "call_permission_reply": inner}
    message = with_context(MESSAGE | {"interactive": interactive}, context)
    assert said(event, Dialect.META) == meta(ABOUT | {"messages": [message]})


def test_seven_days_to_the_second() -> None:
    """A temporary permission of seven days expires 604 800 s after the webhook's own timestamp (P2)."""
    message = value_of(said(TEMPORARY))["messages"][0]
    expiry = message["interactive"]["call_permission_reply"]["expiration_timestamp"]
    assert expiry - int(message["timestamp"]) == 604_800
