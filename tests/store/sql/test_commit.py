"""A connection that is lost while a transaction is being kept: nobody can know, and nobody pretends to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from mock_server.errors import Unavailable
from mock_server.store.sql.postgresql import PostgresqlDatabase
from mock_server.store.sql.steps import Query, Steps, first
from tests.stage.machine import ManualMachine

pytestmark = pytest.mark.anyio


class Wire:
    """Between a driver and PostgreSQL. Once: `loses` what the server answers to this, or the thing itself."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)
        self._tasks: set[asyncio.Task[None]] = set()
        self.loses = b""
        self.before = False  # the server does not even get it

    async def open(self) -> str:
        self._listening = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port = self._listening.sockets[0].getsockname()[1]
        return self._server._replace(netloc=f"postgres@127.0.0.1:{port}").geturl()

    async def close(self) -> None:
        self._listening.close()
        await asyncio.gather(*self._tasks)
        await self._listening.wait_closed()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        assert self._server.port is not None
        back, there = await asyncio.open_connection("127.0.0.1", self._server.port)
        answers = asyncio.ensure_future(_pass_on(back, writer))
        while data := await reader.read(65_536):
            if self.loses and self.loses in data:
                self.loses = b""
                answers.cancel()
                await asyncio.gather(answers, return_exceptions=True)
                if not self.before:
                    there.write(data)
                    await back.read(65_536)
                break
            there.write(data)
        there.close()
        writer.transport.abort()
        await asyncio.gather(answers, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)


@pytest.fixture
async def wire(postgresql: str) -> AsyncIterator[Wire]:
    wire = Wire(postgresql)
    yield wire
    await wire.close()


@pytest.fixture
async def database(wire: Wire) -> AsyncIterator[PostgresqlDatabase]:
    database = PostgresqlDatabase(await wire.open(), machine=ManualMachine())
    await database.open()
    yield database
    await database.close()


class Counter:
    """A unit of work that raises a number, and how often it ran."""

    def __init__(self) -> None:
        self.runs = 0

    def steps(self) -> Steps[None]:
        self.runs += 1
        yield Query(
            "INSERT INTO sandbox_meta (key, value) VALUES ('n', '1') ON CONFLICT (key) DO UPDATE SET value = 'again'"
        )


def kept() -> Steps[bytes]:
    row = yield from first("SELECT value FROM sandbox_meta WHERE key = 'n'")
    return b"" if row is None else bytes(row[0])


@pytest.mark.parametrize(("before", "there"), [(False, b"1"), (True, b"")])
async def test_the_answer_to_a_commit_is_lost(
    database: PostgresqlDatabase, wire: Wire, before: bool, there: bytes
) -> None:
    """It may have been kept or not: who asked is told so, and it is not done a second time."""
    counter = Counter()
    wire.loses, wire.before = b"COMMIT", before
    with pytest.raises(Unavailable, match="so it may have been"):
        await database.run(counter.steps)
    assert (counter.runs, await database.run(kept)) == (1, there)


async def test_a_connection_is_lost_before_that(database: PostgresqlDatabase, wire: Wire) -> None:
    """What was lost before its end was not kept, and is done once more on another connection, unseen."""
    counter = Counter()
    wire.loses, wire.before = b"INSERT", False
    await database.run(counter.steps)
    assert (counter.runs, await database.run(kept)) == (2, b"1")
