"""What a call permission request is refused with, and in which order (R3)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.commands import Revoke, SendMessage
from mock_server.engine.state import Form
from tests.stage.conversation import ALWAYS, ASK, DAY, TEXT, Actor


def test_a_refused_request_changes_nothing() -> None:
    """After a refusal the conversation is what it was, and nothing was sent (R3)."""
    actor = Actor()
    actor.ask()
    before, told_before = actor.conversation, len(actor.events)
    assert actor.refused(ASK) == 138009
    assert actor.conversation == before
    assert len(actor.events) == told_before


def test_the_limit_says_when_the_next_can_be_sent() -> None:
    """138009 tells how much is used and when the next request goes through (R2)."""
    actor = Actor()
    actor.ask()
    refusal = actor.run(ASK).refusal
    assert refusal is not None
    assert refusal.sentence == (
        "1 of 1 requests to this user in 24 hours are used; the next can be sent at 2026-01-01T08:00:00.000Z."
    )


def test_with_both_limits_reached_the_later_end_is_told() -> None:
    """Where the day's and the week's limit are both reached, 138009 names the instant at which both are free (R2)."""
    actor = Actor()
    actor.ask()
    actor.wait(DAY)
    actor.ask()
    refusal = actor.run(ASK).refusal
    assert refusal is not None
    assert refusal.sentence == (
        "2 of 2 requests to this user in 7 days are used; the next can be sent at 2026-01-07T08:00:00.000Z."
    )


def test_permanent_permission_needs_no_request() -> None:
    """With a permanent permission a request is refused with 138017 and changes nothing (R3)."""
    actor = Actor()
    actor.do(ALWAYS)
    before = actor.conversation
    assert actor.refused(ASK) == 138017
    assert actor.conversation == before


def test_order_of_refusals() -> None:
    """Of all that is wrong, a request is refused with the first in the order of R3; mended one by one, it goes."""
    actor = Actor(
        rules="meta-test-number", allowed_recipients=["919800000000"], calling="DISABLED", country="US",
        overrides={"requests_per_24h": 0}, enforce_service_window=True,
    )  # fmt: skip
    ask = SendMessage(request=Form.INTERACTIVE, window_error="sync")
    actor.do(ALWAYS)
    actor.restriction = "blocked"
    assert actor.refused(ask) == 131031
    actor.restriction = "calling"
    assert actor.refused(ask) == 131030
    actor.set(allowed_recipients=None)
    assert actor.refused(ask) == 138000
    actor.set(calling="ENABLED")
    assert actor.refused(ask) == 138014
    actor.restriction = None
    assert actor.refused(ask) == 138013
    actor.set(country="IN")
    assert actor.refused(ask) == 138017
    actor.do(Revoke())
    assert actor.refused(ask) == 138009
    actor.set(overrides={})
    assert actor.refused(ask) == 131047
    actor.set(enforce_service_window=False)
    actor.do(ask)


@pytest.mark.parametrize("country", ["US", "CA", "EG", "VN", "NG"])
def test_countries_without_business_calls(country: str) -> None:
    """A number of a country without business-initiated calls cannot ask for permission (R3, 138013)."""
    assert Actor(country=country).refused(ASK) == 138013


@pytest.mark.parametrize("settings", [{"calling": "DISABLED"}, {"country": "US"}])
def test_other_messages_need_no_calling(settings: dict[str, Any]) -> None:
    """Texts are accepted where requests are refused for reasons of calling (R7)."""
    actor = Actor(**settings)
    actor.restriction = "calling"
    actor.do(TEXT)
