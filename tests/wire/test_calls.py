"""Call events as each dialect says them (section 4, facts/meta 5): only the envelope differs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mock_server.engine.events import CallConnect, CallStatus, CallTerminate
from mock_server.engine.state import Direction
from mock_server.settings import Dialect
from tests.stage.words import ABOUT, ASHA, AT, CALLED, CONNECTED, MISSED, TALKED, gupshup, meta, said, value_of

WACID = "wacid.HQgMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="
OUT = {
    "id": WACID,
    "to": "919812345678",
    "to_user_id": "IN.37279139073376405991",
    "from": "917834811114",
    "timestamp": "1767168000",
    "direction": "BUSINESS_INITIATED",
}
IN = {
    "id": WACID,
    "to": "917834811114",
    "from": "919812345678",
    "from_user_id": "IN.37279139073376405991",
    "timestamp": "1767168000",
    "direction": "USER_INITIATED",
}


def both(event: CallConnect | CallStatus | CallTerminate, item: dict[str, Any], part: str = "calls") -> None:
    """The event has this one item under field `calls` in either dialect."""
    assert said(event) == gupshup(ABOUT | {part: [item]}, field="calls")
    assert said(event, Dialect.META) == meta(ABOUT | {part: [item]}, field="calls")


def session_of(event: CallConnect) -> Any:
    return value_of(said(event))["calls"][0]["session"]


def test_a_business_call_is_connected() -> None:
    """The user picked up: `connect` with the phone's SDP answer, to the user, from the business (meta 5.1, C3)."""
    session = session_of(CONNECTED)
    assert session["sdp_type"] == "answer"
    both(CONNECTED, OUT | {"event": "connect", "session": session})


def test_a_user_calls() -> None:
    """A user's call: `connect` with the phone's SDP offer, from the user, to the business (meta 5.2, C6)."""
    session = session_of(CALLED)
    assert session["sdp_type"] == "offer"
    both(CALLED, IN | {"event": "connect", "session": session})


@pytest.mark.parametrize("word", ["RINGING", "ACCEPTED", "REJECTED"])
def test_statuses(word: str) -> None:
    """A call's status is told from a message's by `type: call`, with the contacts parsers need (meta 5.3, C3, W4)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.BUSINESS_INITIATED}
    item = {
        "id": WACID,
        "timestamp": "1767168000",
        "type": "call",
        "status": word,
        "recipient_id": "919812345678",
        "recipient_user_id": "IN.37279139073376405991",
    }
    both(CallStatus(**common, call_id=WACID, status=word), item, "statuses")


def test_a_connected_call_ends() -> None:
    """A call that was picked up ends with its start and end as strings and its duration as a number (meta 5.4, C3)."""
    times = {"start_time": "1767168000", "end_time": "1767168120", "duration": 120}
    both(TALKED, OUT | {"event": "terminate", "status": "COMPLETED"} | times)


def test_a_missed_call_ends() -> None:
    """A call that nobody took ends COMPLETED and without times: that tells it was missed (meta 5.4, C3)."""
    both(MISSED, OUT | {"event": "terminate", "status": "COMPLETED"})


def test_a_users_call_ends() -> None:
    """The end of a user's call has the user as `from` (meta 5.4, C6)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.USER_INITIATED}
    both(CallTerminate(**common, call_id=WACID), IN | {"event": "terminate", "status": "COMPLETED"})


def test_a_short_call() -> None:
    """A call of less than a second was connected all the same: it has a duration of 0 (C3)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.BUSINESS_INITIATED}
    event = CallTerminate(**common, call_id=WACID, picked_up_at=1_767_168_000_100, ended_at=1_767_168_000_900)
    assert value_of(said(event))["calls"][0]["duration"] == 0


def test_a_users_connected_call_ends() -> None:
    """A user's call that was accepted ends with its times as any other, and the data that accept gave (meta 5.4)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.USER_INITIATED}
    event = CallTerminate(
        **common, call_id=WACID, picked_up_at=1_767_168_000_000, ended_at=1_767_168_005_000, opaque="agent-7"
    )
    times = {"start_time": "1767168000", "end_time": "1767168005", "duration": 5}
    both(event, IN | {"event": "terminate", "status": "COMPLETED", "biz_opaque_callback_data": "agent-7"} | times)


FAILURES = [
    (138019, "Call set-up failed"),
    (138020, "Call relay failed"),
    (138021, "Media receive timeout"),
    (138022, "Media transmit timeout"),
    (138023, "Call accepted without media signals"),
]


@pytest.mark.parametrize(("code", "words"), FAILURES)
@pytest.mark.parametrize("dialect", Dialect)
def test_a_call_fails(dialect: Dialect, code: int, words: str) -> None:
    """A call that fails ends FAILED, and why stands in `errors` beside `calls`, not in the call (meta 5.4, 7.1)."""
    value = value_of(said(msgspec.structs.replace(TALKED, code=code), dialect))
    times = {"start_time": "1767168000", "end_time": "1767168120", "duration": 120}
    error = {
        "code": code,
        "title": words,
        "message": words,
        "error_data": {"details": words},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }
    call = OUT | {"event": "terminate", "status": "FAILED"} | times
    assert value == ABOUT | {"calls": [call], "errors": [error]}


@pytest.mark.parametrize(("chosen", "word"), [("upper", "FAILED"), ("title", "Failed"), ("list", ["Failed"])])
@pytest.mark.parametrize("dialect", Dialect)
def test_the_words_for_a_failed_call(dialect: Dialect, chosen: str, word: object) -> None:
    """`terminate_case`: FAILED, Failed, or a list, with the errors unchanged (meta 5.4, W4)."""
    failed = msgspec.structs.replace(MISSED, code=138019)
    value, usual = (value_of(said(failed, dialect, {"terminate_case": case})) for case in (chosen, "upper"))
    assert value["calls"][0]["status"] == word
    assert value["errors"] == usual["errors"]
    assert "duration" not in value["calls"][0]


@pytest.mark.parametrize("dialect", Dialect)
def test_the_callers_own_data_is_echoed(dialect: Dialect) -> None:
    """`biz_opaque_callback_data` of the connect request comes back in every event of the call (meta 5.1, 5.3, 5.4)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.BUSINESS_INITIATED}
    common |= {"call_id": WACID, "opaque": "order-1"}
    connect = value_of(said(CallConnect(**common), dialect))["calls"][0]
    ringing = value_of(said(CallStatus(**common, status="RINGING"), dialect))["statuses"][0]
    ended = value_of(said(CallTerminate(**common), dialect))["calls"][0]
    assert [item["biz_opaque_callback_data"] for item in (connect, ringing, ended)] == ["order-1"] * 3
