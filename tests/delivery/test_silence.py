"""Receivers that do not answer while a clock is advanced (T2). The sender is told the time-outs; they take no time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from mock_server.delivery.sender import Answer
from mock_server.settings import Dialect, ServerSettings
from mock_server.store.rows import DeliveryState
from mock_server.store.work import Kept
from mock_server.subscriptions import EVERY_MODE, Subscription
from tests.stage.deliveries import URL, a_delivery
from tests.stage.depot import APP, Bell, Depot
from tests.stage.machine import START
from tests.stage.play import RECEIVER, Play
from tests.stage.receiver import Post

pytestmark = pytest.mark.anyio

WEEK = 604_800
OTHER = "http://other.example/"


@pytest.fixture
async def depot() -> AsyncIterator[Depot]:
    """A depot with a frozen clock and a receiver that never answers."""
    async with Depot() as depot:
        depot.sender.silent = {URL}
        yield depot


async def outcomes(depot: Depot, name: str) -> list[str]:
    return [attempt.outcome for attempt in (await depot.row(name)).attempts]


async def test_seven_days_of_silence(depot: Depot) -> None:
    """A silent receiver is waited for twice: 2 s to learn that it is silent, and 1 s before the end (T2)."""
    await depot.put("a1")
    done = await depot.advance(seconds=WEEK)
    assert depot.sender.timeouts == [10, 2, 1]
    assert await outcomes(depot, "a1") == ["timed_out", "timed_out", *["not_sent"] * 11, "timed_out"]
    assert (await depot.row("a1")).state is DeliveryState.DEAD
    assert (done.fired, done.attempted, done.failed) == (0, 13, 13)


async def test_the_log_says_why(depot: Depot) -> None:
    """An attempt that was left out is recorded as `not_sent: receiver did not answer` (T2)."""
    await depot.put("a1")
    await depot.advance(seconds=60)
    attempts = (await depot.row("a1")).attempts
    assert [attempt.sentence for attempt in attempts] == [
        "the receiver did not answer within 10 s",
        "the receiver did not answer within 2 s",
        "not_sent: receiver did not answer",
        "not_sent: receiver did not answer",
    ]
    assert [attempt.status for attempt in attempts] == [None] * 4


async def test_left_out_attempts_keep_the_schedule(depot: Depot) -> None:
    """An attempt that was left out counts as failed: the next comes when it would have come (T2, W5)."""
    await depot.put("a1")
    await depot.advance(seconds=WEEK)
    first = (await depot.row("a1")).attempts[0].at
    at = [(attempt.at - first) // 1000 for attempt in (await depot.row("a1")).attempts]
    assert at == [0, 1, 6, 36, 156, 756, 4356, 25956, 112356, 198756, 285156, 371556, 457956, 544356]


async def test_the_last_attempt_is_real(depot: Depot) -> None:
    """What would die without having been sent gets one real attempt, and is delivered when that is answered (T2)."""
    await depot.put("a1")
    await depot.advance(seconds=6 * 86_400)
    assert await outcomes(depot, "a1") == ["timed_out", "timed_out", *["not_sent"] * 11]
    depot.sender.silent = set()
    await depot.advance(seconds=86_400)
    assert (await depot.row("a1")).state is DeliveryState.DELIVERED


async def test_many_users_are_waited_for_together(depot: Depot) -> None:
    """However many users' webhooks time out together, the last attempts still have their second (T2)."""
    await depot.put(*(f"{letter}1" for letter in "abcdefgh"))
    await depot.advance(seconds=WEEK)
    assert depot.sender.timeouts == [*[10] * 8, *[2] * 8, *[1] * 8]


async def test_what_dies_later_waits_no_more(depot: Depot) -> None:
    """Once a URL has had its time, further last attempts are made and not waited for (T2)."""
    await depot.put("a1", "a2", "a3")
    await depot.advance(seconds=WEEK + 3_600)
    assert depot.sender.timeouts == [10, 2, 1, 0.001, 0.001]
    assert [(await depot.row(name)).state.value for name in ("a1", "a2", "a3")] == ["dead"] * 3


async def test_each_url_for_itself(depot: Depot) -> None:
    """A silent receiver is no reason to leave out another one (T2)."""
    depot.failing = {"b1"}
    await depot.put("a1")
    await depot.put("b1", url=OTHER)
    await depot.advance(seconds=600)
    assert await outcomes(depot, "b1") == ["answered"] * 5
    assert [timeout for post, timeout in _sent(depot) if post.url == OTHER] == [10, 2, 2, 2, 2]


def _sent(depot: Depot) -> list[tuple[Post, float]]:
    return list(zip(depot.sender.posts, depot.sender.timeouts, strict=True))


async def test_silence_is_forgotten(depot: Depot) -> None:
    """The next advance asks the receiver again (T2)."""
    await depot.put("a1")
    await depot.advance(seconds=60)
    depot.sender.silent = set()
    await depot.advance(seconds=600)
    assert (await depot.row("a1")).state is DeliveryState.DELIVERED


class WakesUp(Bell):
    """Silent until it is given its fifth webhook."""

    async def post(self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], timeout: float) -> Answer:
        self.silent = {URL} if len(self.posts) < 4 else set()
        return await super().post(url, body, headers, timeout)


async def test_an_answer_ends_the_silence() -> None:
    """A last attempt that is answered brings all that waits for the URL, within the same advance (T2, W5)."""
    async with Depot(sender=WakesUp()) as depot:
        await depot.put("a1")
        await depot.advance(seconds=2 * 86_400)
        await depot.put("b1")
        await depot.advance(seconds=WEEK)
        assert depot.sender.timeouts == [10, 2, 10, 2, 1, 1]
        assert depot.arrived == [(544_356, "a1"), (544_356, "b1")]


async def test_what_is_under_way_is_cut_short() -> None:
    """An attempt under way when the advance begins is waited for 2 s at most, and recorded as timed out (T2)."""
    async with Depot(patience=0.05) as depot:
        depot.sender.held = asyncio.Event()
        put = asyncio.create_task(depot.put("a1", "b1", "a2"))
        await depot.sender.given(2)
        advance = asyncio.create_task(depot.advance(seconds=30))
        await advance
        await put
        assert [await outcomes(depot, name) for name in ("a1", "b1", "a2")] == [
            ["timed_out", "not_sent", "not_sent"],
            ["timed_out", "not_sent", "not_sent"],
            [],
        ]
        assert (await depot.row("a1")).attempts[0].sentence == "cut short by an advance of the clock"


async def test_what_is_under_way_may_still_arrive() -> None:
    """An attempt under way that is answered within that time is delivered, and counted (T2)."""
    async with Depot(patience=5) as depot:
        depot.sender.held = asyncio.Event()
        put = asyncio.create_task(depot.put("a1", "a2"))
        await depot.sender.given(1)
        advance = asyncio.create_task(depot.advance(seconds=30))
        await depot.hurries()
        depot.sender.held.set()
        done = await advance
        await put
        assert depot.arrived == [(0, "a1"), (0, "a2")]
        assert (done.attempted, done.failed) == (2, 0)


async def test_an_advance_that_is_broken_off() -> None:
    """An advance whose caller goes away leaves the clock where it got to, and free to be advanced again (T2)."""
    async with Depot(patience=60) as depot:
        depot.sender.held = asyncio.Event()
        await depot.store.add_deliveries(APP, [a_delivery("a1", at=START, due=START + 10_000)])
        advance = asyncio.create_task(depot.advance(seconds=3_600))
        await depot.sender.given(1)
        advance.cancel()
        with pytest.raises(asyncio.CancelledError):
            await advance
        assert await depot.clock() == 10
        depot.sender.held = None
        await depot.advance(seconds=60)
        assert await depot.clock() == 70
        assert depot.arrived[-1][1] == "a1"


async def test_a_meta_receiver_has_two_seconds_too() -> None:
    """The 20 s of dialect meta are not waited for during an advance (T2, W5)."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect.META)) as play:
        await play.act("text", text="hello")
        await play.set(status_delay=10)
        await play.request()
        await play.settle()
        await play.advance(60)
        assert play.receiver.whats == ["message", "sent", "delivered"]
        assert play.receiver.timeouts == [20, 20, 2, 2]  # the handshake, the message; then in the hurry


async def test_a_silent_url_is_announced_within_its_time(depot: Depot) -> None:
    """Where set-callback is due on the way, its receiver is waited for 2 s like any other (T2, W2)."""
    new = Subscription(id="sub", url=URL, modes=EVERY_MODE, tag="all", announced=False)
    await depot.store.change_app(APP, lambda app, _: Kept(app=msgspec.structs.replace(app, subscriptions=(new,))))
    await depot.store.add_deliveries(APP, [a_delivery("a1", at=START, due=START + 10_000)])
    await depot.advance(seconds=10)
    assert depot.sender.timeouts == [2]
    assert b"set-callback" in depot.sender.posts[0].body
    assert await outcomes(depot, "a1") == ["not_sent"]


async def test_nothing_is_lost_in_an_advance(depot: Depot) -> None:
    """After an advance over a silence, everything arrives as soon as the receiver is back (T2, W6)."""
    await depot.put("a1", "a2", "b1")
    await depot.advance(seconds=3_600)
    depot.sender.silent = set()
    await depot.put("c1")
    assert sorted(depot.order) == ["a1", "a2", "b1", "c1"]
    assert await depot.store.waiting(APP) == 0
