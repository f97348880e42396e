"""Events with known values, and what the two dialects put around them."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from mock_server import schemas
from mock_server.engine.events import (
    AnyEvent,
    CallConnect,
    CallStatus,
    CallTerminate,
    Contact,
    MessageStatus,
    PermissionReply,
    SetCallback,
    UserMessage,
)
from mock_server.engine.state import Direction, Failure, Response
from mock_server.settings import Dialect, Variants
from mock_server.wire import webhooks
from tests.stage.conversation import an_app

AT: Final = 1_767_168_000_999  # 2025-12-31T08:00:00.999Z: webhooks say 1767168000
USER, BSUID = "919812345678", "IN.37279139073376405991"
BUSINESS = "917834811114"
WAMID = "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
REPLY_WAMID = "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAQIDBAUGBwgJCgsMDQ4PEA=="
WACID = "wacid.HQgMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
GS_ID = "00010203-0405-4607-8809-0a0b0c0d0e0f"
ASHA: Final = Contact(USER, "Asha Rao")
ASHA_BY_NAME: Final = Contact(USER, "Asha Rao", "asha.rao")

METADATA = {"display_phone_number": "917834811114", "phone_number_id": "106540352242922"}
FULL = [{"profile": {"name": "Asha Rao"}, "wa_id": "919812345678", "user_id": "IN.37279139073376405991"}]
ABOUT = {"messaging_product": "whatsapp", "metadata": METADATA, "contacts": FULL}

_COMMON: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA}
_REPLY: dict[str, Any] = _COMMON | {"wamid": REPLY_WAMID}
_ASKED: dict[str, Any] = {"context_id": WAMID, "context_gs_id": GS_ID}
_CALL: dict[str, Any] = _COMMON | {"call_id": WACID, "direction": Direction.BUSINESS_INITIATED}
_IN: dict[str, Any] = _CALL | {"direction": Direction.USER_INITIATED}
_WEEK_LATER = 1_767_772_800_000


def status(word: str, **more: Any) -> MessageStatus:
    return MessageStatus(**_COMMON, wamid=WAMID, gs_id=GS_ID, status=word, **more)


def accept(**more: Any) -> PermissionReply:
    """A permission that the user gave, for a week or with `is_permanent`."""
    life = {} if more.get("is_permanent") else {"expires_at": _WEEK_LATER}
    return PermissionReply(**_REPLY | {"response": Response.ACCEPT, "row": "test"} | life | more)


def reject(**more: Any) -> PermissionReply:
    return PermissionReply(**_REPLY | {"response": Response.REJECT, "row": "test"} | more)


TEMPORARY = accept(**_ASKED)
PERMANENT = accept(is_permanent=True, **_ASKED)
PERMANENT_FROM_PROFILE = accept(is_permanent=True)
DECLINED = reject(**_ASKED)
CALLBACK = accept(automatic=True, context_id=WACID)
REVOKED_AUTOMATICALLY = reject(automatic=True)
REVOKED_BY_USER = reject()
TEMPORARY_FROM_PROFILE = accept()
TEXT = UserMessage(**_COMMON, wamid=REPLY_WAMID, text="Yes, please")
SET_CALLBACK = SetCallback(at=AT, number=7, contact=Contact("", ""))
CONNECTED = CallConnect(**_CALL)
CALLED = CallConnect(**_IN)
RINGING = CallStatus(**_CALL, status="RINGING")
TALKED = CallTerminate(**_CALL, picked_up_at=1_767_168_000_000, ended_at=1_767_168_120_000)
MISSED = CallTerminate(**_CALL)
FAILED = status("failed", failure=Failure.NOT_ON_WHATSAPP)

# Every kind of event once or more, by a name for the test's id.
EVENTS: Final[dict[str, AnyEvent]] = {
    "enqueued": status("enqueued"),
    "sent": status("sent"),
    "delivered": status("delivered"),
    "read": status("read"),
    "failed, not on WhatsApp": FAILED,
    "failed, unknown BSUID": status("failed", failure=Failure.UNKNOWN_USER_ID),
    "failed, outdated app": status("failed", failure=Failure.OUTDATED_APP),
    "failed, window closed": status("failed", failure=Failure.WINDOW_CLOSED),
    "a temporary": TEMPORARY,
    "b permanent": PERMANENT,
    "c permanent from profile": PERMANENT_FROM_PROFILE,
    "d declined": DECLINED,
    "e callback": CALLBACK,
    "f revoked automatically": REVOKED_AUTOMATICALLY,
    "revoked by the user": REVOKED_BY_USER,
    "temporary from profile": TEMPORARY_FROM_PROFILE,
    "text": TEXT,
    "connected": CONNECTED,
    "called by the user": CALLED,
    "ringing": RINGING,
    "accepted": CallStatus(**_CALL, status="ACCEPTED"),
    "rejected": CallStatus(**_CALL, status="REJECTED"),
    "talked": TALKED,
    "missed": MISSED,
    "missed by the business": CallTerminate(**_IN),
}


def by_username(event: AnyEvent) -> AnyEvent:
    """The same event of a user whom the business knows by username only (A3)."""
    return msgspec.structs.replace(event, contact=ASHA_BY_NAME)


def said(
    event: AnyEvent, dialect: Dialect = Dialect.GUPSHUP, variants: dict[str, Any] | None = None, **settings: Any
) -> Any:
    """The webhook's body, which satisfies its schema."""
    chosen = msgspec.convert(variants or {}, Variants)
    body = json.loads(webhooks.render(event, an_app(**settings), dialect=dialect, variants=chosen).body)
    schemas.validate(f"webhook-{dialect.value}-{event.kind}", body)
    return body


def value_of(body: Any) -> Any:
    return body["entry"][0]["changes"][0]["value"]


def gupshup(value: Any, field: str = "messages") -> Any:
    """Gupshup's v3 envelope (facts/gupshup 3.3)."""
    return {
        "gs_app_id": "app",
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": field, "value": value}]}],
    }


def meta(value: Any, field: str = "messages") -> Any:
    """Meta's envelope (facts/meta 2.1)."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": field, "value": value}]}],
    }
