"""The customer service window: what opens it, how long it lasts, what it stops (R5, P8)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import CallBusiness, EndCall, HangUp, PickUp, Read, SendMessage, Write
from mock_server.engine.state import Form
from mock_server.engine.windows import service_window_open, service_window_until
from tests.stage.conversation import ALWAYS, ASK, ASK_BY_TEMPLATE, CALL, DAY, TEMPORARILY, Actor
from tests.stage.machine import START

SYNC = SendMessage(request=Form.INTERACTIVE, window_error="sync")
ASYNC = SendMessage(request=Form.INTERACTIVE, window_error="async")
BOTH = SendMessage(request=Form.INTERACTIVE, window_error="both")


def is_open(actor: Actor) -> bool:
    return service_window_open(actor.conversation, actor.now)


def enforced() -> Actor:
    return Actor(enforce_service_window=True)


def test_not_enforced_unless_asked() -> None:
    """Unless the app enforces the window, a free-form request goes through without one (R5)."""
    actor = Actor()
    actor.do(SYNC)
    assert actor.story == ["enqueued", "sent", "delivered"]


def test_nothing_opened_it() -> None:
    """The window of a user who never did anything is closed, and has no end (R5)."""
    actor = Actor()
    assert not is_open(actor)
    assert service_window_until(actor.conversation) is None


@pytest.mark.parametrize("action", [Write(text="hello"), CallBusiness()])
def test_the_user_opens_it_for_a_day(action: Any) -> None:
    """A message or a call of the user opens the window for 24 hours and not an instant longer (R5, T6)."""
    actor = enforced()
    actor.do(action)
    actor.wait(DAY - 0.001)
    actor.do(SYNC)
    actor.wait(0.001)
    assert actor.refused(SYNC) == 138009
    assert actor.refused(SendMessage(window_error="sync")) == 131047


def test_a_pick_up_opens_it() -> None:
    """The user's pick-up of a business call opens the window; its ringing and its end do not (R5)."""
    actor = enforced()
    actor.do(ALWAYS)
    call = actor.call()
    assert not is_open(actor)
    actor.do(PickUp())
    assert is_open(actor)
    actor.wait(DAY)
    actor.do(EndCall(call_id=call.call_id))
    assert not is_open(actor)


def test_each_opening_counts_anew() -> None:
    """The window lasts 24 hours from the last thing that opened it (R5)."""
    actor = Actor()
    actor.do(Write(text="hello"))
    actor.wait(3600)
    actor.do(CallBusiness())
    actor.do(HangUp())
    assert service_window_until(actor.conversation) == START + 90_000_000


@pytest.mark.parametrize("action", [Read(), ALWAYS, TEMPORARILY])
def test_a_reply_does_not_open_it(action: Any) -> None:
    """Neither a permission reply nor a look at the chat opens the window (P8)."""
    actor = Actor()
    actor.ask()
    actor.do(action)
    assert not is_open(actor)


def test_a_reply_opens_it_by_option() -> None:
    """With `reply_opens_window` a permission reply opens it for 24 hours (P8)."""
    actor = Actor(reply_opens_window=True)
    actor.do(TEMPORARILY)
    assert service_window_until(actor.conversation) == START + 86_400_000


@pytest.mark.parametrize("message", [ASK_BY_TEMPLATE, SendMessage(free_form=False, window_error="sync")])
def test_a_template_needs_no_window(message: SendMessage) -> None:
    """Templates go through with the window closed (R5)."""
    actor = enforced()
    actor.do(message)
    assert actor.story == ["enqueued", "sent", "delivered"]


def test_refused_at_once() -> None:
    """With `window_error: sync` a closed window refuses, and nothing is sent or counted (R5, R3)."""
    actor = enforced()
    before = actor.conversation
    assert actor.refused(SYNC) == 131047
    assert actor.conversation == before
    assert actor.events == []


def test_failed_afterwards() -> None:
    """With `window_error: async` a closed window accepts and fails, and gives the request back (R5, R2)."""
    actor = enforced()
    actor.do(ASYNC)
    assert actor.story == ["enqueued", "failed window_closed"]
    actor.do(ASK_BY_TEMPLATE)


def test_refused_and_failed() -> None:
    """With `window_error: both` a closed window refuses and also sends `failed`; nothing is counted (R5, R3)."""
    actor = enforced()
    assert actor.refused(BOTH) == 131047
    assert actor.story == ["enqueued", "failed window_closed"]
    actor.do(ASK_BY_TEMPLATE)


def test_an_open_window_lets_all_through() -> None:
    """With the window open a free-form message arrives, whichever way the error would come (R5)."""
    actor = enforced()
    actor.do(Write(text="hello"))
    actor.events.clear()
    actor.do(SendMessage(window_error="both"))
    actor.do(ASK)
    assert actor.story == ["enqueued", "sent", "delivered"] * 2


def test_calls_need_no_window() -> None:
    """A call needs a permission, no window (R5, C2)."""
    actor = enforced()
    actor.do(ALWAYS)
    actor.do(CALL)
    assert actor.refused(SendMessage(window_error="sync")) == 131047
