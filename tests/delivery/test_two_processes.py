"""Two processes that share a store: each webhook is one's to send, and the other's when that one is gone (W5, W6)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mock_server.store.answers import Unanswered
from mock_server.store.protocol import Store
from mock_server.store.rows import Delivery
from mock_server.store.work import Kept
from mock_server.subscriptions import EVERY_MODE, Subscription
from tests.stage.deliveries import URL, a_delivery, outcome
from tests.stage.machine import START
from tests.stage.processes import APP, Pair

pytestmark = pytest.mark.anyio

BOUND = 64


@pytest.fixture
async def pair(place: str | Path) -> AsyncIterator[Pair]:
    async with Pair(place) as pair:
        yield pair


async def hold_a1(pair: Pair) -> asyncio.Event:
    """Process one is sending a1 and has no answer yet; a2 and b1 wait."""
    pair.one.sender.held = held = asyncio.Event()
    await pair.put("a1")
    pair.one.courier.wake(APP)
    await pair.one.is_sending(1)
    await pair.put("a2", "b1")
    return held


async def rival(pair: Pair, *, seconds: float = 0) -> None:
    """So many seconds later, process two looks."""
    pair.machine.move(seconds=seconds)
    await pair.two.look()


async def test_each_is_sent_by_one(pair: Pair) -> None:
    """Two processes that send together send each webhook once, every user's in order (W5)."""
    names = [f"{user}{n}" for n in range(10) for user in "abcdefgh"]
    await pair.put(*names)
    await asyncio.gather(pair.one.settle(), pair.two.settle())
    assert sorted(pair.one.sent + pair.two.sent) == sorted(names)
    for user in "abcdefgh":
        assert [name for name in pair.arrived if name[0] == user] == [f"{user}{n}" for n in range(10)]


async def test_a_lane_is_one_senders(pair: Pair) -> None:
    """While one process has a webhook under way, the other sends none of that user's, and all others (W5)."""
    held = await hold_a1(pair)
    await rival(pair, seconds=44)
    assert pair.two.sent == ["b1"]
    held.set()
    await pair.one.settle()
    assert (pair.one.sent, (await pair.row("a1")).duplicate) == (["a1", "a2"], False)


async def test_what_a_dead_process_had_is_sent_again(pair: Pair) -> None:
    """When its lease has ended, another process sends what a killed one had under way, marked, and goes on (W6)."""
    await hold_a1(pair)
    await pair.one.kill()
    await rival(pair, seconds=44.999)
    assert pair.two.sent == ["b1"]
    await rival(pair, seconds=0.001)
    assert pair.two.sent == ["b1", "a1", "a2"]
    assert [(await pair.row(name)).duplicate for name in ("a1", "a2", "b1")] == [True, False, False]


async def test_a_sign_of_life_keeps_the_lane(pair: Pair) -> None:
    """A process that is alive keeps what it has under way, however long its receiver takes (W5)."""
    held = await hold_a1(pair)
    pair.machine.move(seconds=40)
    await pair.one.store.tend()
    await rival(pair, seconds=40)
    assert pair.two.sent == ["b1"]
    held.set()
    await pair.one.settle()
    assert not (await pair.row("a1")).duplicate


async def test_who_stalled_past_its_lease_keeps_nothing(pair: Pair) -> None:
    """What comes of an attempt whose lane another process has taken over is dropped (W5)."""
    held = await hold_a1(pair)
    await rival(pair, seconds=45)
    assert pair.two.sent == ["a1", "b1", "a2"]
    held.set()
    await pair.one.settle()
    row = await pair.row("a1")
    assert (row.attempted, row.state.value, row.duplicate) == (1, "delivered", True)
    assert pair.one.sent == ["a1"]


async def test_one_that_stops_leaves_its_lanes(pair: Pair) -> None:
    """What a process has under way when it is stopped is another's at once, and marked (W6)."""
    await hold_a1(pair)
    await pair.one.end()
    await rival(pair)
    assert pair.two.sent == ["a1", "b1", "a2"]
    assert [(await pair.row(name)).duplicate for name in ("a1", "a2")] == [True, False]


async def a_request(pair: Pair, row: Delivery) -> Unanswered:
    """Process one is asked for something that causes this webhook, and has not answered yet."""
    answer = pair.one.store.answers.begin(APP, row.wa_id)
    await pair.one.store.work(APP, row.wa_id, lambda app, user, now: Kept(conversation=user, deliveries=(row,)))
    return answer


async def test_who_was_asked_answers_before_another_sends(pair: Pair) -> None:
    """While its lease lasts another process leaves alone what a request has caused that is not answered yet (W6)."""
    answer = await a_request(pair, a_delivery("a1", user="a", at=START))
    await rival(pair, seconds=44.999)
    assert pair.two.sent == []
    answer.written()
    await pair.one.settle()
    assert pair.one.sent == ["a1"]


async def test_what_a_killed_process_did_not_answer_is_sent(pair: Pair) -> None:
    """A process that dies before it has answered has its webhooks sent by another when its lease is over (W6)."""
    await a_request(pair, a_delivery("a1", user="a", at=START))
    await pair.one.kill()
    await rival(pair, seconds=45)
    assert pair.two.sent == ["a1"]


async def test_an_advance_waits_for_anothers_answer(pair: Pair) -> None:
    """Who moves the clock sends what another's request has caused once that one has answered, not before (W6, T2)."""
    answer = await a_request(pair, a_delivery("a1", user="a", at=START))
    advance = asyncio.create_task(pair.two.timeline.advance(APP, 1000))
    await pair.two.hurries()
    await pair.one.look()
    for _ in range(3):  # it looks again and again
        await pair.two.store.changed(0.05)
    assert (advance.done(), pair.two.sent) == (False, [])
    answer.written()
    await pair.one.look()
    async with asyncio.timeout(5):
        await advance
    assert (pair.one.sent, pair.two.sent) == ([], ["a1"])


async def test_one_that_stops_reserves_nothing(pair: Pair) -> None:
    """What a process that was stopped has not sent is another's at once (W6)."""
    await a_request(pair, a_delivery("a1", user="a", at=START))
    await pair.one.end()
    await rival(pair)
    assert pair.two.sent == ["a1"]


async def test_waiting_for_what_another_sends(pair: Pair) -> None:
    """Flush and an action wait for attempts that another process makes (W5)."""
    held = await hold_a1(pair)
    assert not await pair.two.courier.idle(APP, 0)
    attempted = asyncio.create_task(pair.two.courier.attempted(APP, ["a1", "a2"], 10))
    await asyncio.sleep(0.06)
    assert not attempted.done()
    held.set()
    async with asyncio.timeout(5):
        await attempted
    await pair.two.settle()
    assert sorted(pair.arrived) == ["a1", "a2", "b1"]


async def test_the_bound_of_a_url_is_for_both(pair: Pair) -> None:
    """Two processes have together as many attempts under way at a URL as one (W5)."""
    await pair.put(*(f"{chr(0x4E00 + n)}1" for n in range(100)))
    claims = [await process.store.claim(APP, per_url=BOUND) for process in (pair.one, pair.two)]
    assert [len(rows) for rows in claims] == [BOUND, 0]
    assert await pair.two.store.next_delivery(APP, per_url=BOUND) is None
    first = claims[0][0]
    assert await pair.one.store.settle(APP, first, outcome(first.delivery, ok=True, at=START), [])
    assert len(await pair.two.store.claim(APP, per_url=BOUND)) == 1


async def test_a_claim_that_nobody_waits_for_is_given_back(pair: Pair) -> None:
    """Who is cut off while it claims holds no lane afterwards (W5)."""
    await pair.put("a1")
    claiming = asyncio.create_task(pair.one.store.claim(APP, per_url=BOUND))
    await asyncio.sleep(0)
    claiming.cancel()
    await asyncio.wait([claiming])
    async with asyncio.timeout(5):
        while not await pair.two.store.claim(APP, per_url=BOUND):
            await pair.two.store.changed(0.01)
    assert not (await pair.row("a1")).duplicate


async def test_a_database_that_goes_away(pair: Pair) -> None:
    """A courier that cannot ask its store goes on when it can again, and what was under way is kept (W6)."""
    held = await hold_a1(pair)
    pair.one.line.away = True
    pair.one.courier.wake(APP)
    held.set()
    await asyncio.sleep(0.05)
    assert (await pair.row("a1")).attempted == 0
    pair.one.line.away = False
    await pair.until_arrived(3)
    await pair.one.settle()
    assert (await pair.row("a1")).attempted == 1


async def test_a_url_is_announced_once(place: str | Path) -> None:
    """Set-callback is said by one of two processes, once (W2)."""
    wants = Subscription(id="sub", url=URL, modes=EVERY_MODE, tag="all", announced=False)
    async with Pair(place, subscriptions=(wants,)) as pair:
        await pair.put("a1", "b1", "c1", "d1")
        claims = [await process.store.claim(APP, per_url=2) for process in (pair.one, pair.two)]
        assert len(claims[0]) == 2
        for claim in claims[0]:
            await pair.one.store.settle(APP, claim, outcome(claim.delivery, ok=False, at=START), [])
        pair.machine.move(seconds=1)
        await asyncio.gather(pair.one.settle(), pair.two.settle())
        sent = [post.body for process in (pair.one, pair.two) for post in process.sender.posts]
        assert sum(b"set-callback" in body for body in sent) == 1


async def test_nobody_is_left_behind(pair: Pair) -> None:
    """However adding, settling and sending again come together, every webhook can be sent in the end (W6)."""

    async def work(store: Store, name: str) -> None:
        for n in range(15):
            await store.add_deliveries(APP, [a_delivery(f"{name}{n}", user="a", at=START)])
            for claim in await store.claim(APP, per_url=BOUND):
                await store.redeliver(APP, f"{name}{n // 2}")
                await store.settle(APP, claim, outcome(claim.delivery, ok=n % 3 > 0, at=START), [])

    stores = (pair.one.store, pair.two.store, pair.one.store)
    await asyncio.gather(*(work(store, name) for store, name in zip(stores, "xyz", strict=True)))
    await pair.two.timeline.freeze(APP, at=START + 86_400_000)
    await pair.two.settle()
    assert await pair.two.store.waiting(APP) == 0
