"""How long a request can be answered, and what each answer sends (P6)."""

from __future__ import annotations

from mock_server.engine.commands import Allow, Decline, SetUser
from mock_server.engine.engine import settled
from mock_server.engine.events import PermissionReply
from mock_server.engine.requests import Accepted, answerable, answerable_until
from mock_server.engine.state import MessageState, Reachability, Request
from tests.stage.conversation import ALWAYS, DAY, SWITCH_OFF, SWITCH_ON, TEMPORARILY, WEEK, Actor
from tests.stage.machine import START

MANY = {"requests_per_24h": 1000, "requests_per_7d": 1000}


def request_of(actor: Actor, accepted: Accepted) -> Request:
    return next(r for r in settled(actor.conversation, actor.world).requests if r.wamid == accepted.wamid)


def test_a_week_after_delivery() -> None:
    """An unanswered request expires 7 days after it was delivered, to the instant (P6, T6)."""
    actor = Actor(status_delay=10)
    asked = actor.ask()
    actor.wait(20)
    actor.wait(WEEK - 0.001)
    assert answerable(request_of(actor, asked), actor.now)
    actor.wait(0.001)
    assert actor.refused(Allow(always=True, request_id=asked.wamid)) == "request_expired"


def test_a_week_after_the_first_answer() -> None:
    """An answered request expires 7 days after its first answer, whenever it was answered again (P6, T6)."""
    actor = Actor()
    asked = actor.ask()
    actor.wait(3 * DAY)
    actor.do(Decline())
    actor.wait(6 * DAY)
    actor.do(TEMPORARILY)
    assert actor.reply.context_id == asked.wamid
    actor.wait(DAY - 0.001)
    actor.do(Decline(request_id=asked.wamid))
    actor.wait(0.001)
    assert actor.refused(Decline(request_id=asked.wamid)) == "request_expired"


def test_each_answer_sends_a_reply() -> None:
    """A request that is answered three times sends three replies, each with its id as context (P6)."""
    actor = Actor()
    asked = actor.ask()
    for answer in (Decline(), TEMPORARILY, ALWAYS):
        actor.wait(60)
        actor.do(answer)
    replies = [event for event in actor.events if isinstance(event, PermissionReply)]
    assert [reply.row for reply in replies] == ["d", "a", "b"]
    assert [reply.context_id for reply in replies] == [asked.wamid] * 3


def test_answering_a_newer_one_expires_the_older() -> None:
    """Once the user has answered a newer request, the older one cannot be answered any more (P6)."""
    actor = Actor()
    older = actor.ask()
    actor.wait(DAY)
    actor.ask()
    actor.do(Decline())
    assert actor.refused(Allow(always=True, request_id=older.wamid)) == "request_expired"
    assert actor.permission == "no_permission"


def test_a_newer_one_alone_expires_nothing() -> None:
    """The mere arrival of a newer request leaves the older one answerable, and answering that leaves the newer (P6)."""
    actor = Actor()
    older = actor.ask()
    actor.wait(DAY)
    newer = actor.ask()
    actor.do(Decline(request_id=older.wamid))
    actor.do(Decline(request_id=newer.wamid))
    assert actor.reply.context_id == newer.wamid


def test_acting_from_the_profile_expires_nothing() -> None:
    """A user who acts from the profile can still answer the request (P6)."""
    actor = Actor()
    asked = actor.ask()
    actor.do(Allow(always=True, from_profile=True))
    actor.do(Decline())
    assert actor.reply.context_id == asked.wamid


def test_after_expiry_the_profile_is_left() -> None:
    """With its request expired, the user's action comes from the profile (P2, P6)."""
    actor = Actor()
    actor.ask()
    actor.wait(WEEK)
    actor.do(ALWAYS)
    assert actor.reply.row == "c"


def test_undelivered_cannot_be_answered() -> None:
    """A request that waits for a phone to be switched on cannot be answered; its week starts when it arrives (P6)."""
    actor = Actor()
    actor.do(SWITCH_OFF)
    asked = actor.ask()
    assert answerable_until(request_of(actor, asked)) is None
    actor.wait(30 * DAY)
    actor.do(SWITCH_ON)
    assert answerable_until(request_of(actor, asked)) == START + (30 * DAY + WEEK) * 1000


def test_failed_cannot_be_answered() -> None:
    """A request that failed cannot be answered (R2)."""
    actor = Actor()
    actor.do(SetUser(reachability=Reachability.OUTDATED_APP))
    asked = actor.ask()
    actor.do(SWITCH_ON)
    assert request_of(actor, asked).state is MessageState.FAILED
    assert actor.refused(Allow(always=True, request_id=asked.wamid)) == "request_expired"


def test_a_refused_answer_changes_nothing() -> None:
    """Answering an expired request changes and sends nothing, and the refusal says when it expired (P6)."""
    actor = Actor()
    asked = actor.ask()
    actor.wait(WEEK)
    before = actor.conversation
    outcome = actor.run(Allow(always=True, request_id=asked.gs_id))
    assert outcome.refusal is not None
    assert outcome.refusal.sentence == (
        "This request expired at 2026-01-07T08:00:00.000Z, 7 days after its first answer or its delivery."
    )
    assert actor.conversation == before


def test_a_request_that_waits_long_is_kept() -> None:
    """However many requests came after it, one that was on its way can be answered once it arrives (P6)."""
    actor = Actor(overrides=MANY)
    actor.do(SWITCH_OFF)
    first = actor.ask()
    for _ in range(30):
        actor.wait(DAY)
        actor.ask()
    actor.do(SWITCH_ON)
    actor.do(Decline(request_id=first.wamid))
    assert actor.reply.context_id == first.wamid


def test_requests_that_count_are_kept() -> None:
    """However many requests there are, each counts for its seven days (R2)."""
    actor = Actor(overrides={"requests_per_24h": 1000, "requests_per_7d": 50})
    for _ in range(50):
        actor.ask()
    assert actor.run(SetUser()).refusal is None
    assert len(actor.conversation.request_times) == 50


def test_requests_long_past_are_forgotten() -> None:
    """What a conversation keeps does not grow with the requests ever sent."""
    actor = Actor(overrides=MANY)
    for _ in range(300):
        actor.ask()
        actor.do(Decline())
        actor.wait(DAY)
    assert len(actor.conversation.requests) <= 18
