"""What the business can do with a call: the five actions of Meta's `/calls` (C1, C6, facts/meta 4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import (
    AcceptCall,
    CallBusiness,
    Command,
    EndCall,
    HangUp,
    PickUp,
    PlaceCall,
    PreAcceptCall,
    RejectUserCall,
)
from mock_server.engine.events import CallConnect, CallTerminate
from mock_server.engine.state import CallState, Direction
from mock_server.engine.turn import NumberUsage
from tests.stage.conversation import ALWAYS, CALL, Actor
from tests.stage.machine import START

ANSWERS = [PreAcceptCall, AcceptCall, RejectUserCall]
IDS = ["pre_accept", "accept", "reject"]


def rung(**settings: Any) -> tuple[Actor, str]:
    """A user's call that rings at the business, with its id."""
    actor = Actor(**settings)
    return actor, actor.do(CallBusiness()).call_id


def state(actor: Actor) -> CallState:
    return actor.conversation.calls[-1].state


def test_connect() -> None:
    """`connect` starts a call with the business's offer and opaque data, and answers its id (meta 4.1 row connect)."""
    actor = Actor()
    actor.do(ALWAYS)
    call = actor.do(PlaceCall(opaque="order-1", sdp="v=0"))
    assert call.call_id.startswith("wacid.")
    actor.do(PickUp())
    connect = next(event for event in actor.events if isinstance(event, CallConnect))
    assert (connect.call_id, connect.sdp, connect.opaque) == (call.call_id, "v=0", "order-1")


def test_a_connect_without_an_offer_is_refused_last() -> None:
    """An offer that cannot be used is code 100, after every other check (C2, meta 4.1 row connect)."""
    actor = Actor(overrides={"call_starts_per_24h": 1})
    without_offer = PlaceCall(sdp_problem="session is missing.")
    assert actor.refused(without_offer) == 138006
    actor.do(ALWAYS)
    actor.number = NumberUsage(starts=(START,))
    assert actor.refused(without_offer) == 138005
    actor.number = NumberUsage()
    before = actor.conversation
    refusal = actor.run(without_offer).refusal
    assert refusal is not None
    assert (refusal.code, refusal.sentence) == (100, "session is missing.")
    assert (actor.conversation, actor.number) == (before, NumberUsage())


def test_pre_accept() -> None:
    """`pre_accept` of a user's call tells nobody anything and leaves it ringing (C6, meta 4.1 row pre_accept)."""
    actor, call_id = rung()
    before = actor.conversation
    actor.do(PreAcceptCall(call_id=call_id))
    actor.do(PreAcceptCall(call_id=call_id))
    assert (actor.conversation, actor.story) == (before, ["connect"])
    actor.wait(60)
    assert actor.timeline == [(0, "connect"), (60, "terminate")]


@pytest.mark.parametrize("pre_accepted", [True, False])
def test_accept(pre_accepted: bool) -> None:
    """`accept` connects a user's call, pre-accepted or not, until either side hangs up (C6, meta 4.1 row accept)."""
    actor, call_id = rung()
    if pre_accepted:
        actor.do(PreAcceptCall(call_id=call_id))
    actor.wait(3)
    actor.do(AcceptCall(call_id=call_id))
    assert state(actor) is CallState.CONNECTED
    assert actor.wait(86_400) == []
    actor.do(EndCall(call_id=call_id))
    assert actor.timeline == [(0, "connect"), (86_403, "terminate 86400 s")]


def test_an_accepted_call_has_no_accepted_status() -> None:
    """Statuses are of business-initiated calls only: taking a user's call tells nothing (C6, meta 5.3)."""
    actor, call_id = rung()
    actor.do(AcceptCall(call_id=call_id))
    actor.do(HangUp())
    assert actor.story == ["connect", "terminate 0 s"]


def test_what_accept_gives_comes_back() -> None:
    """The opaque data of `accept` is in the terminate (meta 5.4, 4.1 row accept)."""
    actor, call_id = rung()
    actor.do(AcceptCall(call_id=call_id, opaque="agent-7"))
    actor.do(HangUp())
    assert isinstance(actor.last, CallTerminate)
    assert (actor.last.opaque, actor.last.direction) == ("agent-7", Direction.USER_INITIATED)
    assert (actor.last.picked_up_at, actor.last.ended_at) == (START, START)


def test_reject() -> None:
    """`reject` of a user's call ends it without duration and without a status (C6, meta 4.1 row reject)."""
    actor, call_id = rung()
    actor.wait(3)
    actor.do(RejectUserCall(call_id=call_id))
    actor.wait(600)
    assert actor.timeline == [(0, "connect"), (3, "terminate")]
    assert actor.number.going_on == 0


@pytest.mark.parametrize("by_business", [True, False])
@pytest.mark.parametrize("connected", [True, False])
def test_terminate(by_business: bool, connected: bool) -> None:
    """`terminate` ends a call of either side, ringing or connected (C3, C6, meta 4.1 row terminate)."""
    actor = Actor()
    actor.do(ALWAYS)
    call_id = actor.do(CALL if by_business else CallBusiness()).call_id
    if connected:
        actor.do(PickUp() if by_business else AcceptCall(call_id=call_id))
    actor.wait(2)
    actor.do(EndCall(call_id=call_id))
    assert actor.story[-1] == ("terminate 2 s" if connected else "terminate")
    assert state(actor) is CallState.ENDED


@pytest.mark.parametrize("answer", ANSWERS, ids=IDS)
def test_only_a_ringing_call_of_the_user_is_answered(answer: Any) -> None:
    """An unknown call, one of the business, one accepted, one ended: refused, and nothing changes (C6, meta 4.1)."""
    actor, call_id = rung()

    def refused(command: Command) -> int | str:
        before = actor.conversation
        code = actor.refused(command)
        assert actor.conversation == before
        return code

    assert refused(answer(call_id="wacid.x")) == "unknown_call"
    actor.do(AcceptCall(call_id=call_id))
    assert refused(answer(call_id=call_id)) == "call_accepted"
    actor.do(HangUp())
    assert refused(answer(call_id=call_id)) == "call_ended"
    actor.do(ALWAYS)
    assert refused(answer(call_id=actor.call().call_id)) == "not_a_users_call"


@pytest.mark.parametrize("answer", ANSWERS, ids=IDS)
def test_too_late(answer: Any) -> None:
    """At the very instant of the ring timeout a user's call is over (C6, T6)."""
    actor, call_id = rung()
    actor.now += 60_000
    assert actor.refused(answer(call_id=call_id)) == "call_ended"
    assert actor.story == ["connect", "terminate"]


def test_a_blocked_number_takes_no_calls() -> None:
    """While the number is blocked it can take no call, and still end those that are there (C8)."""
    actor, call_id = rung()
    actor.restriction = "blocked"
    assert actor.refused(PreAcceptCall(call_id=call_id)) == 131031
    assert actor.refused(AcceptCall(call_id=call_id)) == 131031
    actor.do(RejectUserCall(call_id=call_id))


def test_a_paused_number_takes_calls() -> None:
    """A pause of business-initiated calling does not keep the business from taking the user's calls (C8)."""
    actor, call_id = rung()
    actor.restriction = "calling"
    actor.do(AcceptCall(call_id=call_id))
    assert state(actor) is CallState.CONNECTED
