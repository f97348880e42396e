"""The users that act by themselves (section 10): what each row does, and at which second."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from mock_server.engine.test_numbers import TEST_NUMBERS
from tests.stage.conversation import ASK, TEXT, Actor

Timeline: TypeAlias = list[tuple[float, str]]

ARRIVES: Timeline = [(0, "enqueued"), (0, "sent"), (0, "delivered")]
READ: Timeline = [*ARRIVES, (0, "read")]
ASKED: dict[str, Timeline] = {
    "0001": [*READ, (0, "accept b")],
    "0002": [*READ, (0, "accept a"), (604_800, "permission_expired")],
    "0003": [*READ, (0, "reject d")],
    "0004": READ,
    "0005": [*READ, (0, "accept b")],
    "0006": [*READ, (0, "accept a"), (604_800, "permission_expired")],
    "0007": [*READ, (0, "accept b")],
    "0008": [(0, "enqueued"), (0, "failed not_on_whatsapp")],
    "0009": [(0, "enqueued"), (0, "failed outdated_app")],
    "0010": [*READ, (0, "reject d"), (60, "accept b")],
    "0011": [*READ, (0, "accept a"), (5, "permission_expired")],
    "0012": [*READ, (0, "accept b")],
    "0013": [*ARRIVES, (0, "accept c")],
    "0014": [*ARRIVES, (0, "connect"), (60, "terminate")],
    "0015": ARRIVES,
}


def number(ending: str) -> str:
    return "91999900" + ending[-4:]


def test_every_row_is_here() -> None:
    """There are fourteen test numbers, 0001 to 0014, each of which says what it does (section 10)."""
    assert list(TEST_NUMBERS) == [f"{n:04d}" for n in range(1, 15)]
    assert all(row.does for row in TEST_NUMBERS.values())


@pytest.mark.parametrize("ending", ASKED)
def test_asked(ending: str) -> None:
    """A request to the test number brings exactly this, to the second, and nothing more in thirty days (section 10)."""
    actor = Actor(number(ending))
    actor.ask()
    actor.wait(30 * 86_400)
    assert actor.timeline == ASKED[ending]


def test_0009_gets_other_messages() -> None:
    """0009 has an app too old for requests, and gets a text (section 10, R7)."""
    actor = Actor(number("0009"))
    actor.do(TEXT)
    assert actor.timeline == ARRIVES


def test_0010_accepts_the_same_request() -> None:
    """0010's accept, a minute after its decline, answers the same request (section 10, P6)."""
    actor = Actor(number("0010"))
    asked = actor.ask()
    actor.wait(60)
    assert actor.reply.context_id == asked.wamid


def test_0012_has_a_username() -> None:
    """0012 is a username user in everything it sends (section 10, A3)."""
    actor = Actor(number("0012"))
    actor.ask()
    assert actor.reply.contact.username == "sandbox_user"


def test_0013_allows_on_the_first_message_only() -> None:
    """0013 allows from the profile when first messaged, be it a text, and not again (section 10)."""
    actor = Actor(number("0013"))
    actor.do(TEXT)
    actor.do(TEXT)
    assert actor.timeline == [*ARRIVES, (0, "accept c"), *ARRIVES]


def test_a_text_is_no_request() -> None:
    """A test number that answers requests leaves other messages alone (section 10)."""
    actor = Actor(number("0001"))
    actor.do(TEXT)
    actor.wait(600)
    assert actor.timeline == ARRIVES


def test_the_answer_comes_after_delivered() -> None:
    """However slow the statuses, a test number answers after `delivered` (W6)."""
    actor = Actor(number("0001"), status_delay=10)
    actor.ask()
    actor.wait(600)
    assert actor.timeline == [(0, "enqueued"), (10, "sent"), (20, "delivered"), (20, "read"), (20, "accept b")]


WHICH: list[tuple[dict[str, Any], str, bool]] = [
    ({}, "919999000003", True),
    ({}, "919812340003", False),
    ({"test_numbers": "any"}, "919812340003", True),
    ({"test_numbers": "off"}, "919999000003", False),
]


@pytest.mark.parametrize(("settings", "wa_id", "acts"), WHICH)
def test_which_numbers_act(settings: dict[str, Any], wa_id: str, acts: bool) -> None:
    """`test_numbers` says whether the prefix is needed, or not, or no number acts by itself (section 10)."""
    actor = Actor(wa_id, **settings)
    actor.do(ASK)
    assert ("reject d" in actor.story) is acts
