"""Call permission requests: when one is accepted, what counts for how long (R2-R4, T6)."""

from __future__ import annotations

import pytest

from mock_server.engine.commands import (
    Allow,
    CallBusiness,
    Decline,
    EndCall,
    HangUp,
    PickUp,
    Revoke,
    SendMessage,
    SetUser,
)
from mock_server.engine.state import Reachability
from tests.stage.conversation import ALWAYS, ASK, ASK_BY_TEMPLATE, DAY, HOUR, TEMPORARILY, WEEK, Actor

TWO_A_DAY = {"requests_per_24h": 2, "requests_per_7d": 3}


@pytest.mark.parametrize("ask", [ASK, ASK_BY_TEMPLATE])
def test_a_request_counts_for_a_day(ask: SendMessage) -> None:
    """A request of either form counts for 24 hours and not an instant longer (R2, T6)."""
    actor = Actor()
    actor.do(ask)
    actor.wait(DAY - 0.001)
    assert actor.refused(ask) == 138009
    actor.wait(0.001)
    actor.do(ask)


@pytest.mark.parametrize(("ask", "form"), [(ASK, "interactive"), (ASK_BY_TEMPLATE, "template")])
def test_a_request_of_either_form_can_be_answered(ask: SendMessage, form: str) -> None:
    """A free-form request and a template with the component are both requests, and are answered alike (R1)."""
    actor = Actor()
    accepted = actor.do(ask)
    actor.do(TEMPORARILY)
    assert accepted.is_request
    assert actor.conversation.requests[0].form == form
    assert actor.reply.context_id == accepted.wamid


def test_both_forms_count_together() -> None:
    """A template right after a free-form request is one request too many (R2)."""
    actor = Actor()
    actor.do(ASK)
    assert actor.refused(ASK_BY_TEMPLATE) == 138009


def test_two_in_seven_days() -> None:
    """The third request waits until the first is seven days old, to the instant (R2, T6)."""
    actor = Actor()
    actor.ask()
    actor.wait(DAY)
    actor.ask()
    actor.wait(WEEK - DAY - 0.001)
    assert actor.refused(ASK) == 138009
    actor.wait(0.001)
    actor.ask()


def test_windows_roll() -> None:
    """What counts is the last 24 hours before each request, not a calendar day (R2)."""
    actor = Actor(overrides=TWO_A_DAY)
    actor.ask()
    actor.wait(20 * HOUR)
    actor.ask()
    actor.wait(3 * HOUR)
    assert actor.refused(ASK) == 138009
    actor.wait(HOUR)
    actor.ask()


def test_a_refused_request_does_not_count() -> None:
    """Refused requests count for nothing: after ten of them the next is due when it was before (R3)."""
    actor = Actor()
    actor.ask()
    for _ in range(10):
        actor.wait(2 * HOUR)
        assert actor.refused(ASK) == 138009
    actor.wait(4 * HOUR)
    actor.ask()


def test_a_connected_call_resets_both_counts() -> None:
    """A call of the business that is picked up frees both limits from the pick-up (R2)."""
    actor = Actor()
    actor.ask()
    actor.wait(DAY)
    actor.ask()
    actor.do(TEMPORARILY)
    actor.call()
    assert actor.refused(ASK) == 138009
    actor.do(PickUp())
    actor.ask()


def test_a_call_that_does_not_connect_resets_nothing() -> None:
    """Neither a missed or cancelled call nor a user's call that nobody takes frees a limit (R2)."""
    actor = Actor()
    actor.ask()
    actor.do(TEMPORARILY)
    actor.call()
    actor.wait(60)
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.do(CallBusiness())
    actor.do(HangUp())
    assert actor.refused(ASK) == 138009


@pytest.mark.parametrize("reachability", [Reachability.OUTDATED_APP, Reachability.NOT_ON_WHATSAPP])
def test_a_failed_request_is_given_back(reachability: Reachability) -> None:
    """A request that fails after it was accepted frees its place at that moment (R2)."""
    actor = Actor(status_delay=10)
    actor.do(SetUser(reachability=reachability))
    actor.ask()
    actor.wait(9.999)
    assert actor.refused(ASK) == 138009
    assert actor.wait(0.001) == [f"failed {reachability.value}"]
    actor.ask()


def test_a_failed_request_gives_back_its_own_place_only() -> None:
    """A request that fails after a reset takes nothing from one accepted since, not even at the same instant (R2)."""
    actor = Actor(status_delay=10, enforce_service_window=True)
    actor.do(TEMPORARILY)
    actor.ask()
    actor.connected_call()
    actor.ask()
    assert actor.wait(10) == ["failed window_closed", "sent"]
    assert actor.refused(ASK) == 138009


def test_an_unreachable_user_uses_up_the_limit() -> None:
    """A request to a phone that is switched off counts as any other (R2)."""
    actor = Actor()
    actor.do(SetUser(reachability=Reachability.SWITCHED_OFF))
    actor.ask()
    assert actor.refused(ASK) == 138009


def test_a_request_during_a_temporary_permission() -> None:
    """A request is accepted while a temporary permission is active (R4)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    actor.ask()


@pytest.mark.parametrize("answer", [ALWAYS, TEMPORARILY, Decline()])
def test_no_answer_frees_the_place(answer: Allow | Decline) -> None:
    """A request counts for its 24 hours whatever the user answers, and whether or not that was taken back (R2)."""
    actor = Actor()
    actor.ask()
    actor.do(answer)
    if actor.permission != "no_permission":
        actor.do(Revoke())
    assert actor.refused(ASK) == 138009
