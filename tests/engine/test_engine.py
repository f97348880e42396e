"""The engine's one door: due timers first, refusals that change nothing (R3, T6, T7)."""

from __future__ import annotations

from mock_server.engine.commands import Allow, Wake, WebhookAnswered
from mock_server.engine.engine import handle, settled
from tests.stage.conversation import ALWAYS, CALL, SWITCH_OFF, TEMPORARILY, WEEK, Actor, told


def test_what_is_due_comes_before_the_command() -> None:
    """A command first runs what has fallen due, and its outcome tells the two apart (T7)."""
    actor = Actor(status_delay=10)
    actor.ask()
    actor.now += 60_000
    outcome = actor.run(ALWAYS)
    assert [told(event) for event in outcome.earlier] == ["sent", "delivered"]
    assert [told(event) for event in outcome.events] == ["read", "accept b"]
    assert outcome.happened == outcome.earlier + outcome.events


def test_each_timer_at_its_own_due_time() -> None:
    """However late somebody looks, each thing happened at the instant it was due (T7)."""
    actor = Actor(status_delay=10)
    actor.do(Allow(always=False, seconds=15))
    actor.ask()
    actor.call()
    actor.wait(30 * WEEK)
    assert actor.timeline[2:] == [
        (0, "RINGING"), (10, "sent"), (15, "permission_expired"), (20, "delivered"), (60, "terminate"),
    ]  # fmt: skip


def test_at_one_instant_in_the_order_they_were_set() -> None:
    """Of timers due at the same instant the one that was set first fires first (T7)."""
    actor = Actor(status_delay=30, ring_timeout=30)
    actor.do(TEMPORARILY)
    actor.ask()
    actor.call()
    actor.wait(30)
    assert actor.story[-2:] == ["sent", "terminate"]
    other = Actor(status_delay=30, ring_timeout=30)
    other.do(TEMPORARILY)
    other.call()
    other.ask()
    other.wait(30)
    assert other.story[-2:] == ["terminate", "sent"]


def test_a_timer_at_the_instant_of_a_command_comes_first() -> None:
    """At the very instant at which the permission ends, a call is refused (T6, T7)."""
    actor = Actor()
    actor.do(Allow(always=False, seconds=5))
    actor.now += 5_000
    assert actor.refused(CALL) == 138006
    assert actor.story == ["accept inferred", "permission_expired"]


def test_fired_timers_are_counted() -> None:
    """The outcome counts the timers that fired, those that others set included (T2)."""
    actor = Actor("919999000001", status_delay=10)
    actor.ask()
    actor.now += 60_000
    assert actor.run(Wake()).fired == 3
    assert actor.run(Wake()).fired == 0


def test_after_a_refusal_what_was_due_stands() -> None:
    """A refused command changes nothing but what had fallen due before it (T7, R3)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    actor.now += WEEK * 1000
    then = settled(actor.conversation, actor.world)
    outcome = actor.run(CALL)
    assert outcome.conversation == then
    assert [told(event) for event in outcome.happened] == ["permission_expired"]


def test_a_look_keeps_nothing() -> None:
    """`settled` tells how a conversation is at an instant and leaves it as it was kept (T7)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    kept = actor.conversation
    actor.now += WEEK * 1000
    assert settled(kept, actor.world).permission.status.value == "no_permission"
    assert kept.permission.status.value == "temporary"
    assert actor.conversation is kept


def test_a_look_before_anything_is_due() -> None:
    """While nothing is due, a conversation is what was kept (T7)."""
    actor = Actor()
    actor.do(TEMPORARILY)
    assert settled(actor.conversation, actor.world) is actor.conversation


def test_numbers_of_a_conversation_rise() -> None:
    """The events of a conversation are numbered upwards, which is their order everywhere (T7)."""
    actor = Actor("919999000005")
    actor.ask()
    actor.call()
    actor.wait(60)
    numbers = [event.number for event in actor.events]
    assert numbers == sorted(set(numbers))


def test_an_answered_webhook_changes_nothing_to_be_seen() -> None:
    """That a webhook was answered tells nothing new to anybody, and an unknown one is no error (section 11)."""
    actor = Actor()
    actor.do(ALWAYS)
    told_before = list(actor.events)
    actor.do(WebhookAnswered(wamid=actor.reply.wamid))
    actor.do(WebhookAnswered(wamid="wamid.x"))
    assert actor.events == told_before


def test_a_number_is_given_along() -> None:
    """What a command was given is not changed in place: the outcome has its own (S2)."""
    actor = Actor()
    actor.do(ALWAYS)
    conversation, world = actor.conversation, actor.world
    outcome = handle(CALL, conversation, world)
    assert conversation.calls == ()
    assert world.number.going_on == 0
    assert outcome.number.going_on == 1
    actor.do(SWITCH_OFF)
