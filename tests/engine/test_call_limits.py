"""How many calls may be made: to one user, and by the number as a whole (C4, C8, C9)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import Allow, CallBusiness, Decline, EndCall, HangUp, PickUp, RejectCall
from mock_server.engine.turn import NumberUsage
from tests.stage.conversation import ALWAYS, ASK, CALL, DAY, HOUR, TEMPORARILY, TEXT, Actor
from tests.stage.machine import START


def allowed(permission: Allow = ALWAYS, **settings: Any) -> Actor:
    actor = Actor(**settings)
    actor.do(permission)
    return actor


@pytest.mark.parametrize("permission", [ALWAYS, TEMPORARILY])
def test_five_connected_calls_a_day(permission: Allow) -> None:
    """The sixth connected call within 24 hours is refused, whichever permission there is (C4)."""
    actor = allowed(permission)
    for _ in range(5):
        actor.connected_call()
    assert actor.refused(CALL) == 138012


def test_a_connected_call_counts_from_its_pick_up() -> None:
    """A connected call counts for 24 hours from its pick-up, not from its start or end, and no longer (C4, T6)."""
    actor = allowed(overrides={"connected_calls_per_24h": 1})
    actor.call()
    actor.wait(10)
    actor.do(PickUp())
    actor.wait(HOUR)
    actor.do(HangUp())
    actor.wait(DAY - HOUR - 0.001)
    assert actor.refused(CALL) == 138012
    actor.wait(0.001)
    actor.call()


@pytest.mark.parametrize(("late", "freed"), [(0, 1_767_254_400), (0.001, 1_767_254_401), (1, 1_767_254_401)])
def test_the_refusal_tells_the_first_whole_second(late: float, freed: int) -> None:
    """138012 tells the Unix second from which the next call goes through, never one too early (C2, T6)."""
    actor = allowed(overrides={"connected_calls_per_24h": 1})
    actor.wait(late)
    actor.connected_call()
    refusal = actor.run(CALL).refusal
    assert refusal is not None
    assert refusal.sentence == f"Next call allowed at {freed}"
    actor.now = freed * 1000
    actor.do(CALL)


def test_calls_that_do_not_connect_do_not_count() -> None:
    """Rejected, missed and cancelled calls, and calls of the user, leave the limit alone (C4)."""
    actor = allowed(overrides={"connected_calls_per_24h": 1})
    actor.call()
    actor.do(RejectCall())
    actor.call()
    actor.wait(60)
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.do(CallBusiness())
    actor.do(HangUp())
    actor.connected_call()
    assert actor.refused(CALL) == 138012


def test_the_limit_does_not_touch_the_permission() -> None:
    """With the limit reached the permission stands, and the user can still change it (C4)."""
    actor = allowed(overrides={"connected_calls_per_24h": 1})
    actor.connected_call()
    assert actor.refused(CALL) == 138012
    assert actor.permission == "permanent"


def test_windows_roll() -> None:
    """What counts is the last 24 hours before each call (C4)."""
    actor = allowed(overrides={"connected_calls_per_24h": 2})
    actor.connected_call()
    actor.wait(20 * HOUR)
    actor.connected_call()
    actor.wait(4 * HOUR)
    actor.connected_call()
    assert actor.refused(CALL) == 138012


def test_pick_ups_and_starts_long_past_are_forgotten() -> None:
    """What is kept of calls that no longer count does not grow with the calls ever made (C4, C9)."""
    actor = allowed()
    for _ in range(50):
        actor.connected_call()
        actor.wait(12 * HOUR)
    assert len(actor.conversation.connected_times) == 2
    assert len(actor.number.starts) == 2


def test_a_limit_of_none() -> None:
    """With a limit of 0 connected calls none is let through, and the refusal still tells a time (C4)."""
    actor = allowed(overrides={"connected_calls_per_24h": 0})
    refusal = actor.run(CALL).refusal
    assert refusal is not None
    assert (refusal.code, refusal.sentence) == (138012, "Next call allowed at 1767254400")


def test_a_call_going_on() -> None:
    """While one call with the user goes on, from either side, the business gets 138003 for another (C2)."""
    actor = allowed()
    actor.call()
    assert actor.refused(CALL) == 138003
    actor.do(PickUp())
    assert actor.refused(CALL) == 138003
    actor.do(HangUp())
    actor.do(CallBusiness())
    assert actor.refused(CALL) == 138003


def test_calls_going_on_are_the_numbers() -> None:
    """The calls going on with all users together count against the number's limit, until each ends (C9)."""
    actor = allowed(overrides={"calls_going_on": 3})
    actor.number = NumberUsage(going_on=2)
    call = actor.call()
    assert actor.number.going_on == 3
    other = allowed(overrides={"calls_going_on": 3})
    other.number = actor.number
    assert other.refused(CALL) == 138002
    actor.do(EndCall(call_id=call.call_id))
    other.number = actor.number
    other.do(CALL)


def test_a_call_that_times_out_is_no_longer_going_on() -> None:
    """A ring timeout gives the number its place back, as does the end of a user's call (C9)."""
    actor = allowed()
    actor.call()
    actor.wait(60)
    actor.do(CallBusiness())
    assert actor.number.going_on == 1
    actor.wait(60)
    assert actor.number.going_on == 0


def test_starts_are_the_numbers() -> None:
    """Each start counts for 24 hours against the number's limit, connected or not, and no longer (C9, T6)."""
    actor = allowed(overrides={"call_starts_per_24h": 2})
    actor.number = NumberUsage(starts=(START,))
    actor.wait(HOUR)
    actor.do(EndCall(call_id=actor.call().call_id))
    assert actor.refused(CALL) == 138005
    actor.wait(DAY - HOUR - 0.001)
    assert actor.refused(CALL) == 138005
    actor.wait(0.001)
    actor.do(CALL)


def test_paused_for_low_quality() -> None:
    """While calling is restricted there are no calls and no requests; messages go and answers stand (C8)."""
    actor = Actor()
    actor.ask()
    actor.restriction = "calling"
    assert actor.refused(ASK) == 138014
    assert actor.refused(CALL) == 138014
    actor.do(TEXT)
    actor.do(Decline())
    actor.do(ALWAYS)
    actor.restriction = None
    actor.do(CALL)


@pytest.mark.parametrize("command", [ASK, TEXT, CALL])
def test_a_blocked_number_sends_nothing(command: Any) -> None:
    """While the number is blocked every message, request and call is refused (C8)."""
    actor = allowed(TEMPORARILY)
    actor.restriction = "blocked"
    assert actor.refused(command) == 131031
