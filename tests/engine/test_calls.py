"""A business call from its first ring to its end, and what it is refused with (C2, C3, C7, C9)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import (
    Allow,
    CallBusiness,
    Command,
    EndCall,
    HangUp,
    PickUp,
    PlaceCall,
    RejectCall,
    Revoke,
    SetUser,
    Wake,
)
from mock_server.engine.events import CallConnect, CallEvent, CallTerminate
from mock_server.engine.state import CallState, Direction, Reachability
from tests.stage.conversation import ALWAYS, CALL, SWITCH_OFF, SWITCH_ON, Actor
from tests.stage.machine import START

OUTDATED = SetUser(reachability=Reachability.OUTDATED_APP)


def allowed(**settings: Any) -> Actor:
    """A user who has allowed calls, with nothing told so far."""
    actor = Actor(**settings)
    actor.do(ALWAYS)
    actor.events.clear()
    return actor


def test_order_of_refusals() -> None:
    """Of all that is wrong, a call is refused with the first in the order of C2; mended one by one, it rings."""
    actor = allowed(overrides={"connected_calls_per_24h": 1})
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.call()
    actor.do(PickUp())
    actor.do(Revoke())
    actor.do(OUTDATED)
    actor.set(rules="meta-test-number", allowed_recipients=["919800000000"], calling="DISABLED", country="US")
    actor.restriction = "blocked"
    assert actor.refused(CALL) == 131031
    actor.restriction = "calling"
    assert actor.refused(CALL) == 131030
    actor.set(allowed_recipients=["919812345678"])
    assert actor.refused(CALL) == 138000
    actor.set(calling="ENABLED")
    assert actor.refused(CALL) == 138014
    actor.restriction = None
    assert actor.refused(CALL) == 138013
    actor.set(country="IN")
    assert actor.refused(CALL) == 138001
    actor.do(SWITCH_ON)
    assert actor.refused(CALL) == 138006
    actor.do(ALWAYS)
    assert actor.refused(CALL) == 138012
    actor.set(overrides={"calls_going_on": 0, "call_starts_per_24h": 2})
    assert actor.refused(CALL) == 138003
    actor.do(HangUp())
    assert actor.refused(CALL) == 138002
    actor.set(overrides={"call_starts_per_24h": 2})
    assert actor.refused(CALL) == 138005
    actor.set(overrides={})
    actor.do(CALL)


def test_a_refused_call_changes_nothing() -> None:
    """After a refusal the conversation and the number are what they were, and nothing was sent (C2)."""
    actor = Actor()
    before, number = actor.conversation, actor.number
    assert actor.refused(CALL) == 138006
    assert (actor.conversation, actor.number, actor.events) == (before, number, [])


def test_a_user_not_on_whatsapp_is_uncallable() -> None:
    """A number that is not on WhatsApp is 138001, with a permission or without (C2)."""
    actor = allowed()
    actor.do(SetUser(reachability=Reachability.NOT_ON_WHATSAPP))
    assert actor.refused(CALL) == 138001


@pytest.mark.parametrize("who", ["business", "user"])
def test_picked_up_and_ended(who: str) -> None:
    """A call picked up, and hung up by either side, tells connect, ACCEPTED, and a terminate with its times (C3)."""
    actor = allowed()
    call = actor.call()
    actor.wait(3)
    actor.do(PickUp())
    actor.wait(7)
    actor.do(HangUp() if who == "user" else EndCall(call_id=call.call_id))
    assert actor.timeline == [(0, "RINGING"), (3, "connect"), (3, "ACCEPTED"), (10, "terminate 7 s")]
    assert isinstance(actor.last, CallTerminate)
    assert (actor.last.picked_up_at, actor.last.ended_at) == (START + 3_000, START + 10_000)


def test_rejected() -> None:
    """A rejected call tells REJECTED, then a terminate without duration (C3)."""
    actor = allowed()
    actor.call()
    actor.wait(3)
    actor.do(RejectCall())
    assert actor.timeline == [(0, "RINGING"), (3, "REJECTED"), (3, "terminate")]


@pytest.mark.parametrize(("settings", "rings"), [({}, 60), ({"ring_timeout": 5.5}, 5.5)])
def test_nobody_takes_it(settings: dict[str, float], rings: float) -> None:
    """A call that nobody takes ends by itself after the ring timeout, without duration (C3)."""
    actor = allowed(**settings)
    actor.call()
    actor.wait(rings - 0.001)
    assert actor.story == ["RINGING"]
    actor.wait(600)
    assert actor.timeline == [(0, "RINGING"), (rings, "terminate")]


def test_cancelled() -> None:
    """A call that the business cancels while it rings ends without duration, and no timeout comes after it (C3)."""
    actor = allowed()
    call = actor.call()
    actor.wait(3)
    actor.do(EndCall(call_id=call.call_id))
    actor.wait(600)
    assert actor.timeline == [(0, "RINGING"), (3, "terminate")]


def test_a_phone_that_is_switched_off_does_not_ring() -> None:
    """A call to a phone that is switched off tells nothing until the ring timeout ends it (C3)."""
    actor = allowed()
    actor.do(SWITCH_OFF)
    actor.call()
    assert actor.refused(PickUp()) == "not_ringing"
    actor.wait(60)
    assert actor.timeline == [(60, "terminate")]


def test_a_phone_that_is_switched_on_meanwhile_rings_then() -> None:
    """A call that waits for a phone rings once it is on, within the ring timeout of the call (C3)."""
    actor = allowed()
    actor.do(SWITCH_OFF)
    actor.call()
    actor.wait(20)
    actor.do(SWITCH_ON)
    actor.do(SWITCH_OFF)
    actor.do(SWITCH_ON)
    actor.wait(60)
    assert actor.timeline == [(20, "RINGING"), (60, "terminate")]


def test_a_connected_call_has_no_timeout() -> None:
    """Once picked up, a call lasts until somebody hangs up (C3)."""
    actor = allowed()
    actor.call()
    actor.do(PickUp())
    assert actor.wait(86_400) == []


def test_too_late_to_pick_up() -> None:
    """At the very instant of the ring timeout the call is over (C3, T6)."""
    actor = allowed()
    actor.call()
    actor.now += 60_000
    assert actor.refused(PickUp()) == "not_ringing"
    assert actor.story == ["RINGING", "terminate"]


def test_what_the_business_sent_comes_back() -> None:
    """Each event of a call carries its wacid and the business's opaque data; `connect` its offer (C3)."""
    actor = allowed()
    call = actor.do(PlaceCall(opaque="order-12345", sdp="v=0"))
    actor.do(PickUp())
    actor.do(HangUp())
    told = [event for event in actor.events if isinstance(event, CallEvent)]
    assert {(event.call_id, event.opaque, event.direction) for event in told} == {
        (call.call_id, "order-12345", Direction.BUSINESS_INITIATED)
    }
    assert [event.sdp for event in told if isinstance(event, CallConnect)] == ["v=0"]


@pytest.mark.parametrize("end", [Revoke(), Wake()])
def test_a_call_outlives_its_permission(end: Revoke | Wake) -> None:
    """Neither a revoke nor the expiry of the permission ends a call, ringing or connected (C7)."""
    actor = Actor()
    actor.do(Allow(always=False, seconds=5))
    actor.call()
    actor.do(end)
    actor.wait(5)
    assert actor.permission == "no_permission"
    actor.do(PickUp())
    actor.wait(60)
    assert actor.conversation.calls[-1].state is CallState.CONNECTED


NOT_TO_BE: list[tuple[tuple[Command, ...], Command, str]] = [
    ((), PickUp(), "not_ringing"),
    ((), RejectCall(), "not_ringing"),
    ((), HangUp(), "no_call"),
    ((), EndCall(call_id="wacid.x"), "unknown_call"),
    ((CALL,), HangUp(), "ringing"),
    ((CALL,), CallBusiness(), "call_going_on"),
    ((CALL, PickUp()), PickUp(), "not_ringing"),
    ((CALL, PickUp()), RejectCall(), "not_ringing"),
    ((CALL, PickUp()), CallBusiness(), "call_going_on"),
    ((CallBusiness(),), PickUp(), "not_ringing"),
    ((CallBusiness(),), RejectCall(), "not_ringing"),
]


@pytest.mark.parametrize(("steps", "action", "code"), NOT_TO_BE)
def test_steps_that_cannot_be(steps: tuple[Command, ...], action: Command, code: str) -> None:
    """What cannot be done with a call in its state is refused and changes nothing (C3)."""
    actor = allowed()
    for step in steps:
        actor.do(step)
    before = actor.conversation
    assert actor.refused(action) == code
    assert actor.conversation == before


def test_an_ended_call_cannot_be_ended() -> None:
    """The business cannot hang up a call that is over (C3)."""
    actor = allowed()
    call = actor.call()
    actor.do(RejectCall())
    assert actor.refused(EndCall(call_id=call.call_id)) == "call_ended"


def test_ended_calls_are_forgotten_in_the_end() -> None:
    """What a conversation keeps does not grow with the calls ever made."""
    actor = allowed(overrides={"connected_calls_per_24h": 1000})
    for _ in range(100):
        actor.connected_call()
    assert len(actor.conversation.calls) == 11
