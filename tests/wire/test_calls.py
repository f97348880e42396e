"""Call events as each dialect says them (section 4, facts/meta 5): only the envelope differs."""

from __future__ import annotations

from typing import Any

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
    """The user picked up: `connect` with the phone's SDP answer, to the user, from the business (C3)."""
    session = session_of(CONNECTED)
    assert session["sdp_type"] == "answer"
    both(CONNECTED, OUT | {"event": "connect", "session": session})


def test_a_user_calls() -> None:
    """A user's call: `connect` with the phone's SDP offer, from the user, to the business (C6)."""
    session = session_of(CALLED)
    assert session["sdp_type"] == "offer"
    both(CALLED, IN | {"event": "connect", "session": session})


@pytest.mark.parametrize("word", ["RINGING", "ACCEPTED", "REJECTED"])
def test_statuses(word: str) -> None:
    """A call's status is told from a message's by `type: call`, and has the contacts that parsers need (C3, W4)."""
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
    """A call that was picked up ends with its start and end as strings and its duration as a number (C3)."""
    times = {"start_time": "1767168000", "end_time": "1767168120", "duration": 120}
    both(TALKED, OUT | {"event": "terminate", "status": "COMPLETED"} | times)


def test_a_missed_call_ends() -> None:
    """A call that nobody took ends COMPLETED and without times: that, and not the status, tells it was missed (C3)."""
    both(MISSED, OUT | {"event": "terminate", "status": "COMPLETED"})


def test_a_users_call_ends() -> None:
    """The end of a user's call has the user as `from` (C6)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.USER_INITIATED}
    both(CallTerminate(**common, call_id=WACID), IN | {"event": "terminate", "status": "COMPLETED"})


def test_a_short_call() -> None:
    """A call of less than a second was connected all the same: it has a duration of 0 (C3)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.BUSINESS_INITIATED}
    event = CallTerminate(**common, call_id=WACID, picked_up_at=1_767_168_000_100, ended_at=1_767_168_000_900)
    assert value_of(said(event))["calls"][0]["duration"] == 0


@pytest.mark.parametrize("dialect", Dialect)
def test_the_callers_own_data_is_echoed(dialect: Dialect) -> None:
    """`biz_opaque_callback_data` of the connect request comes back in every event of the call (facts/meta 5)."""
    common: dict[str, Any] = {"at": AT, "number": 7, "contact": ASHA, "direction": Direction.BUSINESS_INITIATED}
    common |= {"call_id": WACID, "opaque": "order-1"}
    connect = value_of(said(CallConnect(**common), dialect))["calls"][0]
    ringing = value_of(said(CallStatus(**common, status="RINGING"), dialect))["statuses"][0]
    ended = value_of(said(CallTerminate(**common), dialect))["calls"][0]
    assert [item["biz_opaque_callback_data"] for item in (connect, ringing, ended)] == ["order-1"] * 3
