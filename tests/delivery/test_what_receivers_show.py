"""What an answer to a webhook tells about the integrator: advices, and what it can know (section 11)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mock_server.delivery.sender import Answer
from mock_server.settings import Dialect, ServerSettings
from tests.stage.play import RECEIVER, USER, Play
from tests.stage.receiver import ERROR, OK

pytestmark = pytest.mark.anyio

TALKATIVE = Answer("answered", 200, "thanks", 0.001, "answered 200")


async def findings(play: Play, kind: str) -> list[Any]:
    return [row for row in (await play.control("GET", "violations"))["entries"] if row["kind"] == kind]


@pytest.mark.parametrize(("seconds", "advices"), [(1.0, 0), (1.2, 1)])
async def test_a_slow_answer(play: Play, seconds: float, advices: int) -> None:
    """Answering a webhook slower than a second brings an advice, with what was seen (section 11)."""
    await play.act("text", text="for the set-callback")
    play.receiver.script = lambda _: Answer("answered", 200, "", seconds, "answered 200")
    await play.act("text", text="hello")
    found = await findings(play, "advice")
    assert len(found) == advices
    assert all("a webhook was answered after 1.2 s" in row["seen"] for row in found)


@pytest.mark.parametrize(("dialect", "advices"), [(Dialect.GUPSHUP, 1), (Dialect.META, 0)])
async def test_a_body_in_the_answer(dialect: Dialect, advices: int) -> None:
    """Gupshup wants an empty body in the answer to a webhook; Meta does not mind one (section 11)."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=dialect)) as play:
        play.receiver.script = lambda _: TALKATIVE
        await play.act("text", text="hello")
        assert len(await findings(play, "advice")) == advices


async def test_no_advice_about_a_failure(play: Play) -> None:
    """A webhook that was refused, however slowly, brings a retry and no advice (section 11)."""
    play.receiver.script = lambda _: Answer("answered", 500, "oh", 3.0, "answered 500")
    await play.act("text", text="hello")
    assert await findings(play, "advice") == []


async def test_what_was_delivered_is_known(play: Play) -> None:
    """Who asks again after an accept that its receiver answered 2xx commits a violation (section 11, 138017)."""
    await play.request()
    await play.act("allow_always")
    assert (await play.request()).status_code == 400
    assert len(await findings(play, "violation")) == 1


async def test_what_was_not_delivered_is_not_known(play: Play) -> None:
    """Who asks again before the accept has arrived could not know better (section 11, 138017)."""
    await play.request()
    await play.settle()
    play.receiver.script = lambda post: ERROR if post.what == "reply accept" else OK
    await play.act("allow_always")
    assert (await play.request()).status_code == 400
    assert await findings(play, "violation") == []


async def test_an_action_waits_for_its_webhooks(play: Play) -> None:
    """An action answers after the first attempt of each webhook it caused (INTERFACE, actions)."""
    await play.request()
    answer = (await play.act("allow_always")).json()
    assert [(row["state"], row["attempts"]) for row in answer["deliveries"]] == [("delivered", 1), ("delivered", 1)]


async def test_an_action_does_not_wait_for_what_cannot_come(play: Play) -> None:
    """What a failed webhook holds on a frozen clock is not waited for (INTERFACE, actions; W5)."""
    await play.request()
    await play.settle()
    await play.control("POST", "clock", json={"freeze": True})
    play.receiver.script = lambda _: ERROR
    async with asyncio.timeout(5):
        answer = (await play.act("allow_always")).json()
    assert [(row["state"], row["attempts"]) for row in answer["deliveries"]] == [("waiting", 1), ("waiting", 0)]


async def test_an_action_does_not_wait_while_paused(play: Play) -> None:
    """With deliveries paused an action answers at once (INTERFACE, actions)."""
    await play.set(deliveries="paused")
    async with asyncio.timeout(5):
        answer = (await play.act("text", text="hello")).json()
    assert [(row["state"], row["attempts"]) for row in answer["deliveries"]] == [("waiting", 0)]


async def test_every_attempt_is_in_the_journal(play: Play) -> None:
    """The journal has every attempt with its outcome, beside the event (section 11)."""
    await play.act("text", text="for the set-callback")
    play.receiver.script = lambda _: ERROR
    await play.act("text", text="hello", wait=False)
    await play.settle()
    play.receiver.script = lambda _: OK
    await play.advance(1)
    rows = (await play.control("GET", f"journal?kind=delivery&wa_id={USER}"))["entries"]
    attempts = [(row["attempt"]["number"], row["attempt"]["status"]) for row in rows]
    assert attempts == [(1, 200), (1, 500), (2, 200)]
