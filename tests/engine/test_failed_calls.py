"""Calls that fail: a terminate with one of the codes 138019 to 138023 (C3, C5, facts/meta 5.4 and 7.1)."""

from __future__ import annotations

import pytest

from mock_server.engine.commands import AcceptCall, CallBusiness, EndCall, PickUp
from mock_server.engine.events import CallTerminate
from tests.stage.conversation import ALWAYS, CALL, Actor

CODES = [138019, 138020, 138021, 138022, 138023]


def allowed() -> Actor:
    actor = Actor()
    actor.do(ALWAYS)
    actor.events.clear()
    return actor


@pytest.mark.parametrize("code", CODES)
def test_a_call_fails(code: int) -> None:
    """A call that fails ends with a terminate that carries the code, and without times if nobody took it (meta 5.4)."""
    actor = allowed()
    actor.do(EndCall(call_id=actor.call().call_id, code=code))
    assert actor.story == ["RINGING", "terminate"]
    assert isinstance(actor.last, CallTerminate)
    assert (actor.last.code, actor.last.picked_up_at, actor.last.ended_at) == (code, None, None)
    actor.do(CALL)


def test_a_connected_call_fails() -> None:
    """A call that fails after its pick-up was connected: it has its times, and counts as connected (C4, meta 5.4)."""
    actor = allowed()
    call = actor.call()
    actor.do(PickUp())
    actor.wait(5)
    actor.do(EndCall(call_id=call.call_id, code=138021))
    assert actor.story[-1] == "terminate 5 s"
    assert isinstance(actor.last, CallTerminate)
    assert actor.last.code == 138021
    assert len(actor.conversation.connected_times) == 1


def test_a_plain_end_has_no_code() -> None:
    """Hung up, cancelled, missed: none of these is a failure (C3)."""
    actor = allowed()
    actor.connected_call()
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.call()
    actor.wait(60)
    assert [event.code for event in actor.events if isinstance(event, CallTerminate)] == [None, None, None]


def test_a_failed_call_neither_counts_nor_resets() -> None:
    """Ten calls that fail while they ring change nothing about three unanswered ones (C5)."""
    actor = allowed()
    for _ in range(3):
        actor.call()
        actor.wait(60)
    for _ in range(10):
        actor.do(EndCall(call_id=actor.call().call_id, code=138019))
    assert (actor.conversation.unanswered, actor.permission) == (3, "permanent")


@pytest.mark.parametrize("accepted", [True, False])
def test_a_users_call_fails(accepted: bool) -> None:
    """A user's call can fail as well, accepted or not; the callback grant comes all the same (P7, meta 5.4)."""
    actor = Actor(callback_permission_status="ENABLED")
    call_id = actor.do(CallBusiness()).call_id
    if accepted:
        actor.do(AcceptCall(call_id=call_id))
    actor.do(EndCall(call_id=call_id, code=138023))
    ended = actor.events[1]
    assert isinstance(ended, CallTerminate)
    assert (ended.code, ended.picked_up_at is not None) == (138023, accepted)
    assert actor.story[-1] == "accept e"
