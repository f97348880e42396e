"""What the outbox makes of a lane when another transaction changes the same one at the same time (W5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from msgspec.structs import replace

from mock_server.clock import AppClock
from mock_server.store.rows import App
from mock_server.store.sql.postgresql import PostgresqlDatabase
from mock_server.store.sql.readiness import BEHIND, LATER, RIPE
from mock_server.store.sql.store import SqlStore
from mock_server.store.work import Kept
from tests.stage.conversation import an_app
from tests.stage.deliveries import a_delivery, outcome
from tests.stage.machine import START, ManualMachine
from tests.stage.stores import PARTNER

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

APP = "app"
OUT_OF_LINE = "UPDATE deliveries SET holds = 0, ready = 2, due = $1 WHERE id = $2"  # as by one who sends it again
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Other:
    """Another process in the middle of its transaction."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def begin(self, sql: str, *args: object) -> None:
        await self._connection.execute("BEGIN")
        await self._connection.execute(sql, *args)

    async def end_once_waited_for(self) -> None:
        async with asyncio.timeout(10):
            while not await self._connection.fetchval(WAITING):
                pass
        await self._connection.execute("COMMIT")

    async def readiness(self) -> dict[str, int]:
        rows = await self._connection.fetch("SELECT id, ready FROM deliveries WHERE finished IS NULL")
        return {row[0]: row[1] for row in rows}


@pytest.fixture
async def store(postgresql: str) -> AsyncIterator[SqlStore]:
    """a1 has failed and waits for its time; a2 stands behind it."""
    machine = ManualMachine()
    store = SqlStore(PostgresqlDatabase(postgresql, machine=machine), seed="seed", machine=machine, partner=PARTNER)
    await store.open()
    await store.add_app(App(an_app(), clock=AppClock(frozen_at=START)))
    await put(store, "a1", "a2")
    (claim,) = await store.claim(APP, per_url=64)
    await store.settle(APP, claim, outcome(claim.delivery, ok=False, at=START), [])
    yield store
    await store.close()


@pytest.fixture
async def other(postgresql: str, store: SqlStore) -> AsyncIterator[Other]:
    connection = await asyncpg.connect(postgresql)
    yield Other(connection)
    await connection.close()


async def put(store: SqlStore, *names: str) -> None:
    await store.add_deliveries(APP, [a_delivery(name, user=name[0], at=START, due=START) for name in names])


async def claimed(store: SqlStore) -> list[str]:
    return [claim.delivery.id for claim in await store.claim(APP, per_url=64)]


async def test_the_last_leaves_while_one_comes(store: SqlStore, other: Other) -> None:
    """Who comes while the last of the queue is sent again stands behind those that are there still (W5)."""
    await other.begin(OUT_OF_LINE, START, "a2")
    coming = asyncio.create_task(put(store, "a3"))
    await other.end_once_waited_for()
    await coming
    assert await claimed(store) == ["a2"]
    assert await other.readiness() == {"a1": LATER, "a2": RIPE, "a3": BEHIND}


async def test_the_next_leaves_while_the_head_is_settled(store: SqlStore, other: Other) -> None:
    """When the head has gone and the next one is sent again at that moment, the one after it may go (W5)."""
    await put(store, "a3")
    await store.change_app(APP, lambda app, _: Kept(app=replace(app, clock=AppClock(frozen_at=START + 1000))))
    (claim,) = await store.claim(APP, per_url=64)
    await other.begin(OUT_OF_LINE, START, "a2")
    settling = asyncio.create_task(store.settle(APP, claim, outcome(claim.delivery, ok=True, at=START), []))
    await other.end_once_waited_for()
    assert await settling
    assert await other.readiness() == {"a2": RIPE, "a3": RIPE}
