"""Two processes and one clock: an advance is one's, and the other's to finish when that one is gone (T2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from mock_server.clock import AppClock
from mock_server.delivery.timeline import Advanced
from mock_server.engine.commands import SendMessage
from mock_server.engine.engine import Outcome
from mock_server.engine.state import Form
from mock_server.errors import Conflict
from mock_server.store.rows import App, Delivery, Record
from mock_server.store.work import Kept, Now, carry_out
from tests.stage.machine import START
from tests.stage.processes import APP, Pair

pytestmark = pytest.mark.anyio

BOUND = 64
USER = "919812345678"


@pytest.fixture
async def pair(place: str | Path) -> AsyncIterator[Pair]:
    """Three webhooks fall due 10, 20 and 30 s from now; the clock runs with the machine's."""
    async with Pair(place, clock=AppClock()) as pair:
        for name, seconds in (("a1", 10), ("b1", 20), ("a2", 30)):
            await pair.put(name, due=START + seconds * 1000)
        yield pair


async def halfway(pair: Pair) -> asyncio.Task[Advanced]:
    """Process one advances by an hour and is sending what fell due after 20 s; a1 has arrived."""
    advance = asyncio.create_task(pair.one.timeline.advance(APP, 3_600_000))
    await pair.one.sender.given(1)
    pair.one.sender.held = asyncio.Event()
    await pair.one.sender.given(2)
    return advance


async def test_who_advances_has_the_clock(pair: Pair) -> None:
    """While one process advances an app's clock, another sends nothing of it and cannot move it (T2)."""
    advance = await halfway(pair)
    assert await pair.clock() == 20
    assert await pair.two.store.claim(APP, per_url=BOUND) == []
    assert await pair.two.store.next_delivery(APP, per_url=BOUND) is None
    with pytest.raises(Conflict, match="going on"):
        await pair.two.timeline.advance(APP, 1)
    with pytest.raises(Conflict, match="Another process"):
        await pair.two.timeline.finish(APP)
    assert pair.one.sender.held is not None
    pair.one.sender.held.set()
    assert (await advance).attempted == 3
    assert (pair.arrived, await pair.clock()) == (["a1", "b1", "a2"], 3600)


async def test_settings_may_change_meanwhile(pair: Pair) -> None:
    """A change of settings through another process does not take the advance from who began it (T2)."""
    advance = await halfway(pair)
    await pair.two.store.change_app(APP, paused)
    await pair.two.store.change_app(APP, unpaused)
    assert pair.one.sender.held is not None
    pair.one.sender.held.set()
    assert (await advance).attempted == 3


async def test_an_orphaned_advance_is_finished(pair: Pair) -> None:
    """When who advances is killed, another goes on to the target in order, and the clock runs again after it (T2)."""
    advance = await halfway(pair)
    await pair.one.kill()
    pair.machine.move(seconds=44)
    with pytest.raises(Conflict):
        await pair.two.timeline.finish(APP)
    pair.machine.move(seconds=1)
    assert APP in (await pair.two.store.tend()).unfinished
    done = await pair.two.timeline.finish(APP)
    assert done is not None
    assert (done.attempted, done.failed) == (2, 0)
    assert pair.two.sent == ["b1", "a2"]
    assert [(await pair.row(name)).duplicate for name in ("a1", "b1", "a2")] == [False, True, False]
    assert await pair.clock() == 3600
    pair.machine.move(seconds=5)
    assert await pair.clock() == 3605
    advance.cancel()


async def test_a_process_that_ends_leaves_its_advance(pair: Pair) -> None:
    """An advance that is going on when its process is stopped moves no further, and the clock is free (T2)."""
    advance = await halfway(pair)
    await pair.one.courier.close()
    await asyncio.wait([advance])
    await pair.one.end()
    assert await pair.clock() == 20
    await pair.two.timeline.advance(APP, 60_000)
    assert pair.two.sent == ["b1", "a2"]


async def test_who_stalled_goes_no_further(pair: Pair) -> None:
    """A process that comes back after another has finished its advance moves nothing, and says so (T2)."""
    advance = await halfway(pair)
    pair.machine.move(seconds=45)
    await pair.two.timeline.finish(APP)
    assert pair.one.sender.held is not None
    pair.one.sender.held.set()
    with pytest.raises(Conflict):
        await advance
    assert await pair.clock() == 3600
    assert (await pair.row("b1")).attempted == 1


async def test_nothing_to_finish(pair: Pair) -> None:
    """Finishing an advance that another has finished already does nothing (T2)."""
    assert await pair.two.timeline.finish(APP) is None
    assert await pair.clock() == 0


async def test_an_advance_waits_for_what_another_sends(pair: Pair) -> None:
    """What another process has under way when an advance begins is waited for, and its lane goes on in order (T2)."""
    pair.machine.move(seconds=10)
    pair.two.sender.held = held = asyncio.Event()
    pair.two.courier.wake(APP)
    await pair.two.sender.given(1)
    pair.one.timeline = type(pair.one.timeline)(
        store=pair.one.store, courier=pair.one.courier, machine=pair.machine, patience=5
    )
    advance = asyncio.create_task(pair.one.timeline.advance(APP, 60_000))
    await asyncio.sleep(0.06)
    assert pair.one.sent == []
    held.set()
    await advance
    assert (pair.two.sent, pair.one.sent) == (["a1"], ["b1", "a2"])


async def test_a_clock_that_is_behind(pair: Pair) -> None:
    """A timer that is due by one process's time and not yet by the store's is left, not asked for without end (T7)."""
    await pair.one.store.change_app(APP, slow)
    sent = carry_out(SendMessage(request=Form.INTERACTIVE), tell, seed="seed")
    await pair.one.store.work(APP, USER, sent)
    timer = await pair.one.store.next_timer(APP)
    assert timer == (START + 5000, USER)
    async with asyncio.timeout(5):
        assert await pair.one.courier.run_timers(APP, START + 6000) == 0
    pair.machine.move(seconds=6)
    assert await pair.one.courier.run_timers(APP, START + 6000) == 1


def tell(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[None, tuple[Record, ...]]:
    return None, ()


def changed(app: App, **settings: object) -> Kept:
    return Kept(app=replace(app, settings=replace(app.settings, **settings)))


def paused(app: App, _: Now) -> Kept:
    return changed(app, deliveries="paused")


def unpaused(app: App, _: Now) -> Kept:
    return changed(app, deliveries="on")


def slow(app: App, _: Now) -> Kept:
    return changed(app, status_delay=5)
