"""An advance costs transactions by what has to happen one after the other, not by how much happens (T2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from mock_server.clock import AppClock, Machine
from mock_server.engine.commands import Allow
from mock_server.store.sql.sqlite import SqliteDatabase
from mock_server.store.sql.steps import Steps
from mock_server.store.sql.store import SqlStore
from mock_server.store.work import carry_out
from tests.stage.deliveries import APP, a_delivery
from tests.stage.depot import Depot
from tests.stage.machine import START
from tests.stage.receiver import ERROR
from tests.stage.stores import PARTNER

pytestmark = pytest.mark.anyio

T = TypeVar("T")

BEGIN_AND_END = 3  # the clock sets out; nothing more is due; the clock has arrived
DAY = 86_400_000


class Counted(SqliteDatabase):
    """Counts what may change something."""

    transactions = 0

    async def run(self, make: Callable[[], Steps[T]]) -> T:
        self.transactions += 1
        return await super().run(make)

    async def look(self, make: Callable[[], Steps[T]]) -> T:
        return await super().run(make)


class Frozen(Depot):
    """An app whose clock stands, on a file, with a receiver that refuses everything."""

    def __init__(self, path: Path) -> None:
        super().__init__(clock=AppClock(frozen_at=START), store=partial(self._counted, path))
        self.sender.first, self.sender.script = None, lambda _: ERROR  # all of them end together

    def _counted(self, path: Path, machine: Machine) -> SqlStore:
        self.database = Counted(path, machine=machine)
        return SqlStore(self.database, seed="seed", machine=machine, partner=PARTNER)


async def test_what_is_due_together(tmp_path: Path) -> None:
    """Sixty webhooks of one instant are two transactions: they are claimed, and what came of them is kept."""
    async with Frozen(tmp_path / "sandbox.db") as depot:
        rows = [a_delivery(f"{n}", user=f"{n}", at=START, due=START + 1000) for n in range(60)]
        await depot.store.add_deliveries(APP, rows)
        before = depot.database.transactions
        done = await depot.timeline.advance(APP, 1500)
        assert done.failed == 60
        assert depot.database.transactions - before == BEGIN_AND_END + 2


async def test_a_week_of_retries(tmp_path: Path) -> None:
    """Fourteen attempts each, of sixty webhooks that fail together, are fourteen times as much, not 840 times."""
    async with Frozen(tmp_path / "sandbox.db") as depot:
        await depot.store.add_deliveries(APP, [a_delivery(f"{n}", user=f"{n}", at=START) for n in range(60)])
        before = depot.database.transactions
        done = await depot.timeline.advance(APP, 7 * DAY)
        assert done.failed == 840
        assert depot.database.transactions - before == BEGIN_AND_END + 14 * 2


async def test_timers_that_send_nothing(tmp_path: Path) -> None:
    """A hundred permissions that end at instants of their own are two transactions of fifty."""
    async with Frozen(tmp_path / "sandbox.db") as depot:
        for n in range(100):
            ends = Allow(always=False, seconds=1 + n, from_profile=True)
            await depot.store.work(APP, f"9198{n:08d}", carry_out(ends, lambda *_: (None, ()), seed="seed"))
        before = depot.database.transactions
        done = await depot.timeline.advance(APP, DAY)
        assert done.fired == 100
        assert depot.database.transactions - before == BEGIN_AND_END + 2
