"""Calls of the user to the business, however they end (C6)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import (
    AcceptCall,
    CallBusiness,
    EndCall,
    HangUp,
)
from mock_server.engine.events import CallConnect, CallTerminate
from mock_server.engine.state import Direction
from tests.stage.conversation import ALWAYS, ASK, CALL, Actor


def called(actor: Actor) -> str:
    """The id of a call of the user that has ended."""
    call = actor.do(CallBusiness())
    actor.do(HangUp())
    return str(call.call_id)


def test_a_users_call_connects_at_once() -> None:
    """A user's call comes to the business as a connect webhook of a user-initiated call (C6, meta 5.2)."""
    actor = Actor()
    call = actor.do(CallBusiness())
    assert actor.story == ["connect"]
    assert isinstance(actor.last, CallConnect)
    assert (actor.last.call_id, actor.last.direction) == (call.call_id, Direction.USER_INITIATED)


@pytest.mark.parametrize(("settings", "rings"), [({}, 60), ({"ring_timeout": 5}, 5)])
def test_silence(settings: dict[str, Any], rings: int) -> None:
    """A user's call that the business leaves alone ends after the ring timeout, without duration (C6)."""
    actor = Actor(**settings)
    actor.do(CallBusiness())
    actor.wait(600)
    assert actor.timeline == [(0, "connect"), (rings, "terminate")]


@pytest.mark.parametrize("who", ["business", "user"])
def test_either_side_ends_it(who: str) -> None:
    """The user hangs up, or the business ends the call, before it is taken: no duration (C6)."""
    actor = Actor()
    call = actor.do(CallBusiness())
    actor.wait(3)
    actor.do(HangUp() if who == "user" else EndCall(call_id=call.call_id))
    actor.wait(600)
    assert actor.timeline == [(0, "connect"), (3, "terminate")]
    assert isinstance(actor.last, CallTerminate)
    assert actor.last.direction is Direction.USER_INITIATED


def test_a_connected_call_resets_the_request_counts() -> None:
    """A user's call that is taken resets both counts of requests; one that is not taken resets nothing (C6, R2)."""
    actor = Actor()
    actor.ask()
    called(actor)
    assert actor.refused(ASK) == 138009
    actor.do(AcceptCall(call_id=actor.do(CallBusiness()).call_id))
    assert actor.conversation.request_times == ()
    actor.do(HangUp())
    actor.ask()


def test_a_connected_call_ends_the_row_of_unanswered_ones() -> None:
    """A user's call that is taken begins the row of unanswered calls anew (C6, C5)."""
    actor = Actor()
    actor.do(ALWAYS)
    for _ in range(3):
        actor.do(CALL)
        actor.wait(60)
    actor.do(AcceptCall(call_id=actor.do(CallBusiness()).call_id))
    assert (actor.conversation.unanswered, actor.conversation.nudged) == (0, False)


def test_a_connected_call_is_not_the_businesss() -> None:
    """A user's call that is taken leaves the limit on business-initiated calls alone (C4)."""
    actor = Actor(overrides={"connected_calls_per_24h": 1})
    actor.do(ALWAYS)
    actor.do(AcceptCall(call_id=actor.do(CallBusiness()).call_id))
    actor.do(HangUp())
    actor.connected_call()
    assert actor.refused(CALL) == 138012


def test_one_call_at_a_time() -> None:
    """While the user's call rings or is connected, the business gets 138003 and the user a no (C2, C6)."""
    actor = Actor()
    actor.do(ALWAYS)
    call = actor.do(CallBusiness())
    for _ in range(2):
        assert actor.refused(CALL) == 138003
        assert actor.refused(CallBusiness()) == "call_going_on"
        if actor.conversation.calls[-1].picked_up_at is None:
            actor.do(AcceptCall(call_id=call.call_id))
    assert actor.number.going_on == 1


def test_no_permission_is_needed() -> None:
    """A user calls without any permission, and is not kept by a restriction of the business's calls (C6, C8)."""
    actor = Actor()
    actor.restriction = "calling"
    actor.do(CallBusiness())


def test_calling_switched_off() -> None:
    """A number with calling disabled cannot be called (C6)."""
    assert Actor(calling="DISABLED").refused(CallBusiness()) == "calling_disabled"
