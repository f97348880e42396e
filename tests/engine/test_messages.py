"""A message's way from accepted to read, and what stops it (R6, R7)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import CallBusiness, Decline, Read, SendMessage, SetUser, Write
from mock_server.engine.events import MessageStatus
from mock_server.engine.state import Reachability
from tests.stage.conversation import ALWAYS, ASK, SWITCH_OFF, SWITCH_ON, TEMPORARILY, TEXT, Actor
from tests.stage.machine import START

OUTDATED = SetUser(reachability=Reachability.OUTDATED_APP)
NOT_THERE = SetUser(reachability=Reachability.NOT_ON_WHATSAPP)


def statuses(actor: Actor) -> list[MessageStatus]:
    return [event for event in actor.events if isinstance(event, MessageStatus)]


@pytest.mark.parametrize("message", [ASK, TEXT])
def test_a_message_arrives_at_once(message: SendMessage) -> None:
    """An accepted message is enqueued, sent and delivered at that instant, in this order (R6)."""
    actor = Actor()
    accepted = actor.do(message)
    assert actor.timeline == [(0, "enqueued"), (0, "sent"), (0, "delivered")]
    assert {status.wamid for status in statuses(actor)} == {accepted.wamid}
    assert {status.gs_id for status in statuses(actor)} == {accepted.gs_id}


def test_statuses_can_be_slow() -> None:
    """With `status_delay` each status comes that much after the one before (R6)."""
    actor = Actor(status_delay=2.5)
    actor.ask()
    actor.wait(60)
    assert actor.timeline == [(0, "enqueued"), (2.5, "sent"), (5, "delivered")]


@pytest.mark.parametrize("action", [Read(), ALWAYS, TEMPORARILY, Decline(), Write(text="hello")])
def test_looking_reads(action: Any) -> None:
    """Reading, answering and writing make what was delivered `read`, before anything else of it is told (R6)."""
    actor = Actor()
    accepted = actor.ask()
    actor.events.clear()
    actor.do(action)
    assert actor.story[0] == "read"
    assert statuses(actor)[0].wamid == accepted.wamid


def test_everything_is_read_in_order_and_once() -> None:
    """All that was delivered is read, oldest first, and not a second time (R6)."""
    actor = Actor()
    sent = [actor.do(TEXT).wamid for _ in range(3)]
    actor.events.clear()
    actor.do(Read())
    actor.do(Read())
    assert [(status.status, status.wamid) for status in statuses(actor)] == [("read", wamid) for wamid in sent]


def test_calling_reads_nothing() -> None:
    """A user who calls has not looked at the chat (R6)."""
    actor = Actor()
    actor.do(TEXT)
    actor.do(CallBusiness())
    assert "read" not in actor.story


def test_a_phone_that_is_switched_off_gets_sent_only() -> None:
    """A message to a phone that is switched off stays `sent`; the rest comes, oldest first, when it is on (R6)."""
    actor = Actor()
    actor.do(SWITCH_OFF)
    first, second = actor.do(TEXT), actor.ask()
    assert actor.wait(3600) == []
    assert actor.story == ["enqueued", "sent", "enqueued", "sent"]
    actor.events.clear()
    actor.do(SWITCH_ON)
    assert [(s.status, s.wamid, s.at) for s in statuses(actor)] == [
        ("delivered", first.wamid, START + 3_600_000),
        ("delivered", second.wamid, START + 3_600_000),
    ]


def test_switching_on_hurries_nothing() -> None:
    """A message with slow statuses is not delivered early because the phone was off, or the user was changed (R6)."""
    actor = Actor(status_delay=10)
    actor.do(SWITCH_OFF)
    actor.do(TEXT)
    actor.wait(15)
    actor.do(SWITCH_ON)
    actor.do(SetUser(name="Asha"))
    assert actor.story == ["enqueued", "sent"]
    assert actor.wait(5) == ["delivered"]


@pytest.mark.parametrize("action", [Read(), Write(text="hello"), CallBusiness()])
@pytest.mark.parametrize(("user", "why"), [(SWITCH_OFF, "switched_off"), (NOT_THERE, "not_on_whatsapp")])
def test_without_a_phone_nobody_reads_writes_or_calls(action: Any, user: SetUser, why: str) -> None:
    """A user who is switched off or not on WhatsApp neither reads, writes nor calls (R6)."""
    actor = Actor()
    actor.do(TEXT)
    actor.do(user)
    before = actor.conversation
    assert actor.refused(action) == why
    assert actor.conversation == before


def test_an_outdated_app_fails_requests_only() -> None:
    """An app too old for requests fails them and nothing else (R6, R7)."""
    actor = Actor()
    actor.do(OUTDATED)
    actor.do(ASK)
    actor.do(TEXT)
    assert actor.story == ["enqueued", "failed outdated_app", "enqueued", "sent", "delivered"]


@pytest.mark.parametrize("message", [ASK, TEXT])
def test_a_number_not_on_whatsapp_fails_everything(message: SendMessage) -> None:
    """A message to a number that is not on WhatsApp is accepted and fails (R6)."""
    actor = Actor()
    actor.do(NOT_THERE)
    actor.do(message)
    assert actor.story == ["enqueued", "failed not_on_whatsapp"]


def test_an_unknown_bsuid_fails() -> None:
    """A message to a BSUID that belongs to nobody is accepted and fails (A3)."""
    actor = Actor("IN.00000000000000000001")
    actor.ask()
    assert actor.story == ["enqueued", "failed unknown_user_id"]


def test_a_failure_is_slow_like_any_status() -> None:
    """With `status_delay` a failure comes that much after `enqueued` (R6)."""
    actor = Actor(status_delay=2)
    actor.do(NOT_THERE)
    actor.ask()
    actor.wait(60)
    assert actor.timeline == [(0, "enqueued"), (2, "failed not_on_whatsapp")]


def test_what_becomes_of_the_user_decides() -> None:
    """A message that waits for a phone fails when the user has left WhatsApp instead of switching it on (R6)."""
    actor = Actor()
    actor.do(SWITCH_OFF)
    actor.ask()
    actor.do(NOT_THERE)
    assert actor.story == ["enqueued", "sent", "failed not_on_whatsapp"]


def test_other_messages_do_nothing_else() -> None:
    """A message that is no request leaves limits and permission alone (R7)."""
    actor = Actor()
    for _ in range(20):
        actor.do(TEXT)
    assert actor.conversation.requests == ()
    assert actor.permission == "no_permission"
    actor.ask()


def test_opaque_data_is_echoed() -> None:
    """What the business sends as biz_opaque_callback_data comes back with each status (R6)."""
    actor = Actor()
    actor.do(SendMessage(opaque="order-12345"))
    actor.do(Read())
    assert [status.opaque for status in statuses(actor)] == ["order-12345"] * 4


def test_a_request_shows_how_far_it_has_come() -> None:
    """A request's state is that of its last status (R6)."""
    actor = Actor(status_delay=10)
    actor.ask()
    states = [actor.conversation.requests[0].state.value]
    for _ in range(2):
        actor.wait(10)
        states.append(actor.conversation.requests[0].state.value)
    actor.do(Read())
    assert [*states, actor.conversation.requests[0].state.value] == ["accepted", "sent", "delivered", "read"]


def test_none_on_its_way_is_lost() -> None:
    """However many messages are on their way at once, each gets all its statuses (R6)."""
    actor = Actor(status_delay=10)
    for _ in range(300):
        actor.do(TEXT)
    actor.wait(20)
    assert actor.story.count("sent") == 300
    assert actor.story.count("delivered") == 300


def test_what_waits_is_bounded() -> None:
    """Of the messages that wait for a phone the last hundred arrive; unread ones are forgotten before those (R6)."""
    actor = Actor()
    actor.do(TEXT)
    actor.events.clear()
    actor.do(SWITCH_OFF)
    sent = [actor.do(TEXT).wamid for _ in range(300)]
    actor.do(SWITCH_ON)
    assert [status.wamid for status in statuses(actor) if status.status == "delivered"] == sent[200:]
