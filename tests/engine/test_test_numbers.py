"""The users that act by themselves (section 10): what each row does, and at which second."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from mock_server.engine.commands import EndCall
from mock_server.engine.test_numbers import TEST_NUMBERS
from tests.stage.conversation import ASK, CALL, TEXT, Actor

Timeline: TypeAlias = list[tuple[float, str]]

ARRIVES: Timeline = [(0, "enqueued"), (0, "sent"), (0, "delivered")]
READ: Timeline = [*ARRIVES, (0, "read")]
A_CALL: Timeline = [(0, "RINGING"), (2, "connect"), (2, "ACCEPTED"), (7, "terminate 5 s")]
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


def test_0003_and_0004_cannot_be_called() -> None:
    """Those who decline or do not answer give no permission (section 10)."""
    for ending in ("0003", "0004"):
        actor = Actor(number(ending))
        actor.ask()
        assert actor.refused(CALL) == 138006


def test_0005_revokes_after_a_connected_call_only() -> None:
    """0005 keeps its permission when the call was cancelled before it was picked up (section 10)."""
    actor = Actor(number("0005"))
    actor.ask()
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.wait(600)
    assert actor.permission == "permanent"


def test_0006_is_revoked_by_the_fourth_call() -> None:
    """0006 never picks up, so that the fourth call revokes (section 10, C5)."""
    actor = Actor(number("0006"))
    actor.ask()
    for _ in range(4):
        actor.call()
        actor.wait(60)
    assert actor.story[-2:] == ["terminate", "reject f"]


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


def test_0011_can_be_called_for_five_seconds() -> None:
    """0011's permission is there at 4.999 s and gone at 5 s (section 10, T6)."""
    actor = Actor(number("0011"))
    actor.ask()
    actor.wait(4.999)
    actor.do(EndCall(call_id=actor.call().call_id))
    actor.wait(0.001)
    assert actor.refused(CALL) == 138006


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


def test_0014_grants_by_calling_back() -> None:
    """With callback permission on, 0014's call grants when it ends (section 10, P7)."""
    actor = Actor(number("0014"), callback_permission_status="ENABLED")
    actor.ask()
    actor.wait(60)
    assert actor.timeline[-3:] == [(0, "connect"), (60, "terminate"), (60, "accept e")]


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
