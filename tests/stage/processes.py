"""Two processes on one store, as far as the rooms `store` and `delivery` go: each has a store, a courier, clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from mock_server.clock import AppClock
from mock_server.delivery.courier import Courier
from mock_server.delivery.timeline import Timeline
from mock_server.errors import Unavailable
from mock_server.store.rows import App, Delivery
from mock_server.store.sql.postgresql import PostgresqlDatabase
from mock_server.store.sql.sqlite import SqliteDatabase
from mock_server.store.sql.steps import Afterwards, Database, Steps
from mock_server.store.sql.store import SqlStore
from tests.stage.conversation import an_app
from tests.stage.deliveries import URL, a_delivery
from tests.stage.depot import Bell
from tests.stage.machine import START, ManualMachine
from tests.stage.receiver import OK, Post
from tests.stage.stores import PARTNER
from tests.stage.watch import watched

T = TypeVar("T")

APP = "app"
LEASE = 45_000


class Line:
    """A process's way to the database.

    `dead`: the process was killed. `away`: the database is. `deaf`: what is kept, and what comes of it, is not heard.
    """

    alone = False

    def __init__(self, database: Database, *, shared: bool) -> None:
        self._database = database
        self._shared = shared
        self.dead = self.away = self.deaf = False

    async def open(self) -> None:
        if not self._shared:
            await self._database.open()

    async def close(self) -> None:
        if not self._shared:
            await self._database.close()

    async def run(self, make: Callable[[], Steps[T]]) -> T:
        if self.dead:
            await asyncio.Event().wait()
        if self.away:
            raise Unavailable("The database is away.")
        if self.deaf:
            await self._database.run(lambda: _untold(make))
            raise Unavailable("Nobody knows whether that was kept.")
        return await self._database.run(make)

    async def look(self, make: Callable[[], Steps[T]]) -> T:
        return await self.run(make)


def _untold(make: Callable[[], Steps[T]]) -> Steps[T]:
    """The same steps; nobody hears that they were kept."""
    steps = make()
    try:
        step = next(steps)
        while True:
            step = steps.send([] if isinstance(step, Afterwards) else (yield step))
    except StopIteration as ended:
        answer: T = ended.value
        return answer


class Process:
    """One of them."""

    def __init__(self, database: Database, machine: ManualMachine, arrived: list[str], *, shared: bool) -> None:
        self.line = Line(database, shared=shared)
        self.sender = Bell()
        self.sender.script = self._receive
        self._arrived = arrived
        sql = SqlStore(self.line, seed="seed", machine=machine, partner=PARTNER, lease=LEASE)
        self.store = watched(sql)
        self.courier = Courier(store=self.store, sender=self.sender, machine=machine)
        self.timeline = Timeline(store=self.store, courier=self.courier, machine=machine, patience=0.05)

    async def kill(self) -> None:
        """It ends without a word; its connections break."""
        self.line.dead = True
        await self.courier.close()
        await self.line.close()

    async def end(self) -> None:
        """It ends in order."""
        await self.courier.close()
        self.timeline.close()
        if not self.line.dead:
            await self.store.close()

    async def look(self) -> None:
        """Send what it can now."""
        self.courier.wake(APP)
        beat = self.courier._beat(APP)
        async with asyncio.timeout(10):
            while beat.pumping or beat.carrying:
                await asyncio.wait([*beat.carrying, *([beat.pumping] if beat.pumping else [])])

    async def is_sending(self, count: int) -> None:
        """Wait until it has given so many webhooks to its sender and has looked for more."""
        await self.sender.given(count)
        while pumping := self.courier._beat(APP).pumping:
            await asyncio.wait([pumping])

    async def hurries(self) -> None:
        """Wait until it has begun an advance."""
        async with asyncio.timeout(5):
            while self.courier._beat(APP).hurry is None:
                await self.store.changed(0.001)

    async def settle(self) -> None:
        self.courier.wake(APP)
        async with asyncio.timeout(10):
            await self.courier.idle(APP, 1)

    @property
    def sent(self) -> list[str]:
        return [post.body.decode() for post in self.sender.posts]

    def _receive(self, post: Post) -> Any:
        self._arrived.append(post.body.decode())
        return OK


class Pair:
    """Processes `one` and `two` with one app between them. Use as an async context manager.

    At a place of PostgreSQL each has its own connections; at a path they share the one connection of a SQLite file,
    which no two real processes can. `arrived` is what was answered 200, whoever sent it.
    """

    def __init__(self, place: str | Path, *, clock: AppClock | None = None, **app: Any) -> None:
        self.machine = ManualMachine()
        self.arrived: list[str] = []
        self._file = SqliteDatabase(place, machine=self.machine) if isinstance(place, Path) else None
        self.one, self.two = (self._process(place), self._process(place))
        self._app = App(an_app(), clock=clock or AppClock(frozen_at=START), **app)

    async def __aenter__(self) -> Pair:
        if self._file is not None:
            await self._file.open()
        for process in (self.one, self.two):
            await process.store.open()
        await self.one.store.add_app(self._app)
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in (self.one, self.two):
            await process.end()
        if self._file is not None:
            await self._file.close()

    async def put(self, *names: str, at: int = START, due: int | None = None, url: str = URL) -> None:
        """Webhooks, each to the user that its first letter names. Nobody is woken."""
        rows = [a_delivery(name, user=name[0], at=at, due=due or at, url=url) for name in names]
        await self.one.store.add_deliveries(APP, rows)

    async def until_arrived(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.arrived) < count:
                await self.two.store.changed(0.05)

    async def row(self, name: str) -> Delivery:
        return await self.two.store.delivery(APP, name)

    async def clock(self) -> float:
        """Seconds since the start on the app's clock."""
        return ((await self.two.store.app(APP)).clock.now(self.machine.now()) - START) / 1000

    def _process(self, place: str | Path) -> Process:
        if self._file is not None:
            return Process(self._file, self.machine, self.arrived, shared=True)
        database = PostgresqlDatabase(str(place), machine=self.machine)
        return Process(database, self.machine, self.arrived, shared=False)
