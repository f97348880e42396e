"""PostgreSQL: one database for several processes. Nothing here is home-made: it has the locks, the rows and the time.

A connection is held for one transaction at a time. What is lost before its end is begun again once on another
connection; a commit whose answer never came is said to be so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

import asyncpg

from mock_server.clock import FollowedTime, Machine
from mock_server.errors import SandboxError, Unavailable
from mock_server.store.sql import schema
from mock_server.store.sql.postgresql_connections import CLOSED, Connections
from mock_server.store.sql.postgresql_words import AGAIN, LOST, Place, explained, locks
from mock_server.store.sql.steps import Afterwards, Hold, Instant, Many, Query, Row, Step, Steps

T = TypeVar("T")

TRIES: Final = 5  # of one transaction: a deadlock, a lost connection
PARTING: Final = 5.0  # seconds that a close waits for what is going on


class PostgresqlDatabase:
    """Implements `Database`. With a `FollowedTime` the time is the database's, the same for every process."""

    alone = False

    def __init__(self, url: str, *, machine: Machine) -> None:
        self._place = Place.of(url)
        self._connections = Connections(url, self._place)
        self._machine = machine
        self._followed = machine if isinstance(machine, FollowedTime) else None
        self._going_on: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def open(self) -> None:
        try:
            await self.run(lambda: schema.migrate(schema.DIALECTS["postgresql"]))
        except Unavailable:
            raise
        except SandboxError as error:
            await self.close()
            raise Unavailable(f"{self._place} cannot be the store: {error.sentence}.") from None

    async def close(self) -> None:
        self._closed = True
        if self._going_on:
            await asyncio.wait(self._going_on, timeout=PARTING)
        await self._connections.close()
        if self._going_on:  # their connections are gone now
            await asyncio.wait(self._going_on)

    async def run(self, make: Callable[[], Steps[T]]) -> T:
        return await self._through(make, _Transaction)

    async def look(self, make: Callable[[], Steps[T]]) -> T:
        return await self._through(make, _Look)

    async def _through(self, make: Callable[[], Steps[T]], kind: type[_Look]) -> T:
        """Who is cut off while it waits leaves the transaction to come to its end: nobody waits long for its locks."""
        if self._closed:
            raise Unavailable(CLOSED)
        going_on = asyncio.get_running_loop().create_task(self._tried(make, kind))
        self._going_on.add(going_on)
        going_on.add_done_callback(self._over)
        return await asyncio.shield(going_on)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._going_on.discard(task)
        if not task.cancelled():
            task.exception()  # where nobody waits for it any more, nobody misses it

    async def _tried(self, make: Callable[[], Steps[T]], kind: type[_Look]) -> T:
        for left in reversed(range(TRIES)):
            try:
                return await self._once(make, kind)
            except _NotYet as error:
                if not left:
                    raise error.said from None
        raise AssertionError("unreachable")

    async def _once(self, make: Callable[[], Steps[T]], kind: type[_Look]) -> T:
        async with self._connections.one() as connection:
            transaction = kind(connection, self._machine, self._followed)
            try:
                answer = await transaction.run(make)
            except AGAIN as error:
                raise _NotYet(explained(error, self._place)) from None
            except LOST as error:
                self._connections.let_go(connection)
                said = explained(error, self._place, ending=transaction.ending)
                raise (said if transaction.ending else _NotYet(said)) from None
            except asyncpg.PostgresError as error:
                raise explained(error, self._place) from None
        for call in transaction.afterwards:
            call()
        return answer


class _NotYet(Exception):
    """Nothing was kept, and the same may succeed in another transaction."""

    def __init__(self, said: Unavailable) -> None:
        super().__init__(said.sentence)
        self.said = said


class _Look:
    """One run of some steps, each statement by itself. `ending`: the commit was sent, what came of it is unknown."""

    def __init__(self, connection: asyncpg.Connection, machine: Machine, followed: FollowedTime | None) -> None:
        self._connection = connection
        self._machine = machine
        self._followed = followed
        self._holds: list[Hold] = []  # to be asked for together with what comes next
        self.afterwards: list[Callable[[], None]] = []
        self.ending = False

    async def run(self, make: Callable[[], Steps[T]]) -> T:
        steps = make()
        try:
            step = next(steps)
            while True:
                step = steps.send(await self._answered(step))
        except StopIteration as ended:
            answer: T = ended.value
            return answer

    async def _answered(self, step: Step) -> list[Row]:
        if isinstance(step, Hold):
            self._holds.append(step)
            return []
        if isinstance(step, Afterwards):
            self.afterwards.append(step.call)
            return []
        if isinstance(step, Instant):
            self._holds += step.holds
            return [(await self._now(),)]
        await self._hold()
        if isinstance(step, Query):
            rows: list[Row] = await self._connection.fetch(step.sql, *step.args)
            return rows
        assert isinstance(step, Many)
        if len(step.rows) == 1:  # many cost a little more
            await self._connection.fetch(step.sql, *step.rows[0])
        elif step.rows:
            await self._connection.executemany(step.sql, step.rows)
        return []

    async def _now(self) -> int:
        """The time after all locks were got; asked for together with them."""
        if self._followed is None:
            await self._hold()
            return self._machine.now()
        holds, self._holds = self._holds, []
        text, keys = locks(holds, time=True)
        row: Any = await self._connection.fetchrow(text, *keys)
        self._followed.follow(row[len(keys)])
        return int(row[len(keys)])

    async def _hold(self) -> None:
        if self._holds:
            holds, self._holds = self._holds, []
            for start in range(0, len(holds), 100):
                text, keys = locks(holds[start : start + 100])
                await self._connection.fetchrow(text, *keys)


class _Transaction(_Look):
    """The same in one transaction."""

    async def run(self, make: Callable[[], Steps[T]]) -> T:
        await self._connection.execute("BEGIN")
        try:
            answer = await super().run(make)
        except LOST:
            raise
        except Exception:
            await self._connection.execute("ROLLBACK")
            raise
        self.ending = True
        await self._connection.execute("COMMIT")
        return answer
