"""The users that act by themselves, in calls of either side: what each row does, and at which second (section 10)."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from mock_server.engine.commands import AcceptCall, CallBusiness, EndCall, RejectUserCall
from mock_server.engine.test_numbers import TEST_NUMBERS
from tests.stage.conversation import CALL, SWITCH_OFF, SWITCH_ON, Actor

Timeline: TypeAlias = list[tuple[float, str]]

A_CALL: Timeline = [(0, "RINGING"), (2, "connect"), (2, "ACCEPTED"), (7, "terminate 5 s")]
CALLED: dict[str, Timeline] = {
    "0001": A_CALL,
    "0002": A_CALL,
    "0005": [*A_CALL, (7, "reject inferred")],
    "0006": [(0, "RINGING"), (60, "terminate")],
    "0007": [(0, "RINGING"), (2, "REJECTED"), (2, "terminate")],
    "0010": A_CALL,
    "0012": A_CALL,
    "0013": A_CALL,
}
# Called without having allowed it, or where no call can reach.
NOT_CALLED = {"0003": 138006, "0004": 138006, "0008": 138001, "0009": 138001, "0014": 138006, "0015": 138006}


def number(ending: str) -> str:
    return "91999900" + ending[-4:]


@pytest.mark.parametrize("ending", CALLED)
def test_called(ending: str) -> None:
    """A call to the test number that has allowed it brings exactly this, to the second (section 10)."""
    actor = Actor(number(ending))
    actor.ask()
    actor.wait(60)
    before, told_before = 60, len(actor.events)
    actor.call()
    actor.wait(600)
    assert [(at - before, what) for at, what in actor.timeline[told_before:]] == CALLED[ending]


@pytest.mark.parametrize("ending", NOT_CALLED)
def test_not_called(ending: str) -> None:
    """A test number that was asked and has not allowed it, or cannot be reached, is not called (section 10, C2)."""
    actor = Actor(number(ending))
    actor.ask()
    assert actor.refused(CALL) == NOT_CALLED[ending]


@pytest.mark.parametrize("ending", [ending for ending in TEST_NUMBERS if ending not in {"0005", "0008"}])
def test_a_users_call_that_is_taken(ending: str) -> None:
    """Whichever test number calls the business hangs up 5 s after the accept (section 10, C6)."""
    actor = Actor(number(ending))
    call = actor.do(CallBusiness())
    actor.wait(3)
    actor.do(AcceptCall(call_id=call.call_id))
    actor.wait(600)
    assert actor.timeline == [(0, "connect"), (8, "terminate 5 s")]


def test_0005_revokes_after_a_connected_call_only() -> None:
    """0005 keeps its permission when the call was cancelled before it was picked up (section 10)."""
    actor = Actor(number("0005"))
    actor.ask()
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.wait(600)
    assert actor.permission == "permanent"


def test_0005_revokes_after_its_own_call_too() -> None:
    """0005 revokes after its first connected call, be it one that it made itself (section 10, C6)."""
    actor = Actor(number("0005"))
    actor.ask()
    actor.events.clear()
    actor.do(AcceptCall(call_id=actor.do(CallBusiness()).call_id))
    actor.wait(600)
    assert actor.timeline == [(0, "connect"), (5, "terminate 5 s"), (5, "reject inferred")]


def test_0005_keeps_what_its_call_brought() -> None:
    """Where 0005 had allowed nothing, the callback grant of its connected call stands (section 10, P7)."""
    actor = Actor(number("0005"), callback_permission_status="ENABLED")
    actor.do(AcceptCall(call_id=actor.do(CallBusiness()).call_id))
    actor.wait(600)
    assert actor.timeline == [(0, "connect"), (5, "terminate 5 s"), (5, "accept e")]


def test_0006_is_revoked_by_the_fourth_call() -> None:
    """0006 never picks up, so that the fourth call revokes (section 10, C5)."""
    actor = Actor(number("0006"))
    actor.ask()
    for _ in range(4):
        actor.call()
        actor.wait(60)
    assert actor.story[-2:] == ["terminate", "reject f"]


def test_0011_can_be_called_for_five_seconds() -> None:
    """0011's permission is there at 4.999 s and gone at 5 s (section 10, T6)."""
    actor = Actor(number("0011"))
    actor.ask()
    actor.wait(4.999)
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.wait(0.001)
    assert actor.refused(CALL) == 138006


def test_0011_can_be_called_while_it_lasts() -> None:
    """0011 picks up after 2 s and talks for 5 s, past the end of its permission (section 10, C7)."""
    actor = Actor(number("0011"))
    actor.ask()
    actor.events.clear()
    actor.call()
    actor.wait(600)
    assert actor.timeline == [
        (0, "RINGING"),
        (2, "connect"),
        (2, "ACCEPTED"),
        (5, "permission_expired"),
        (7, "terminate 5 s"),
    ]


def test_0014_grants_by_calling_back() -> None:
    """With callback permission on, 0014's call grants when it ends (section 10, P7)."""
    actor = Actor(number("0014"), callback_permission_status="ENABLED")
    actor.ask()
    actor.wait(60)
    assert actor.timeline[-3:] == [(0, "connect"), (60, "terminate"), (60, "accept e")]


@pytest.mark.parametrize("callback", ["ENABLED", "DISABLED"])
def test_0014_hangs_up_when_it_is_taken(callback: str) -> None:
    """0014's call, taken by the business, lasts 5 s from the accept; then the grant, if enabled (section 10, P7)."""
    actor = Actor(number("0014"), callback_permission_status=callback)
    actor.ask()
    call = actor.conversation.calls[-1]
    actor.wait(10)
    actor.do(AcceptCall(call_id=call.id))
    actor.wait(600)
    granted = [(15, "accept e")] if callback == "ENABLED" else []
    assert actor.timeline[3:] == [(0, "connect"), (15, "terminate 5 s"), *granted]


def test_0014_can_be_called_back() -> None:
    """Where its call granted, 0014 picks up the business's call back (section 10, P7)."""
    actor = Actor(number("0014"), callback_permission_status="ENABLED")
    actor.ask()
    actor.do(RejectUserCall(call_id=actor.conversation.calls[-1].id))
    actor.events.clear()
    actor.call()
    actor.wait(600)
    assert actor.timeline == A_CALL


def test_a_business_that_hangs_up_first() -> None:
    """When the business ends the call before the test number does, the test number does nothing more (section 10)."""
    actor = Actor(number("0001"))
    actor.ask()
    call = actor.call()
    actor.wait(3)
    actor.do(EndCall(call_id=call.call_id))
    assert actor.wait(600) == []


@pytest.mark.parametrize(("ending", "second"), [("0001", "connect"), ("0007", "REJECTED")])
def test_a_second_ring_is_a_ring_of_its_own(ending: str, second: str) -> None:
    """Called again right after a cancelled call, the test number takes its 2 s from the second ring (section 10)."""
    actor = Actor(number(ending))
    actor.ask()
    call = actor.call()
    actor.wait(1)
    actor.do(EndCall(call_id=call.call_id))
    actor.call()
    actor.events.clear()
    actor.wait(2)
    assert actor.timeline[0] == (3, second)


def test_a_second_call_is_a_call_of_its_own() -> None:
    """Called again right after a call that the business ended, the test number talks for its 5 s again (section 10)."""
    actor = Actor(number("0001"))
    actor.ask()
    call = actor.call()
    actor.wait(3)
    actor.do(EndCall(call_id=call.call_id))
    actor.call()
    actor.events.clear()
    actor.wait(600)
    assert actor.timeline == [(5, "connect"), (5, "ACCEPTED"), (10, "terminate 5 s")]


def test_a_phone_switched_on_rings_then() -> None:
    """A test number whose phone is switched on while it is called takes its 2 s from that moment (section 10, C3)."""
    actor = Actor(number("0001"))
    actor.ask()
    actor.do(SWITCH_OFF)
    actor.call()
    actor.wait(10)
    actor.events.clear()
    actor.do(SWITCH_ON)
    actor.wait(600)
    assert actor.timeline == [(at + 10, what) for at, what in A_CALL]
