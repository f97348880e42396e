"""The connections of one process to PostgreSQL: as few as do, made when all others are busy for a while."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import asyncpg

from mock_server.errors import Unavailable
from mock_server.store.sql.postgresql_words import Place, explained

MOST: Final = 10
BUSY: Final = 0.02  # seconds without an idle one, after which a further one is made
STATEMENTS: Final = 512  # kept prepared, by connection
PATIENCE: Final = 10.0  # seconds to connect
SILENCE: Final = 40.0  # seconds without an answer, after which the database is away
PARTING: Final = 1.0  # seconds to take leave
CLOSED: Final = "The store is closed: this sandbox has ended or is about to."
_SERVER: Final = {
    "application_name": "gupshup-mock",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "60000",
    "client_connection_check_interval": "2000",  # a process that was killed holds no lock for long
    "jit": "off",
}


class Connections:
    """See the module."""

    def __init__(self, url: str, place: Place) -> None:
        self._url = url
        self._place = place
        self._closed = False
        self._made = 0  # those that are there, idle or busy
        self._idle: asyncio.LifoQueue[asyncpg.Connection] = asyncio.LifoQueue()
        self._busy: set[asyncpg.Connection] = set()

    async def close(self) -> None:
        """Whatever is still going on is cut off."""
        self._closed = True
        for connection in self._busy:
            connection.terminate()
        await asyncio.gather(*(_part_from(connection) for connection in self._all_idle()))

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection for one transaction. Raises Unavailable."""
        connection = await self._taken()
        self._busy.add(connection)
        try:
            yield connection
        finally:
            self._busy.discard(connection)
            if self._closed:  # it may have been made meanwhile
                connection.terminate()
            self._idle.put_nowait(connection)

    def let_go(self, lost: asyncpg.Connection) -> None:
        """Where one connection is lost the others are, too: they are made anew."""
        for connection in (lost, *self._all_idle()):
            connection.terminate()

    async def _taken(self) -> asyncpg.Connection:
        while True:
            connection = await self._next()
            if not connection.is_closed():
                return connection
            self._made -= 1

    async def _next(self) -> asyncpg.Connection:
        """One that is idle or becomes so soon, or a new one."""
        while self._made and not self._closed:
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(self._idle.get(), BUSY if self._made < MOST else None)
            if self._made < MOST:  # others have waited, too
                break
        self._made += 1
        try:
            return await self._connected()
        except BaseException:
            self._made -= 1
            raise

    async def _connected(self) -> asyncpg.Connection:
        if self._closed:
            raise Unavailable(CLOSED)
        try:
            return await asyncpg.connect(
                self._url,
                timeout=PATIENCE,
                command_timeout=SILENCE,
                statement_cache_size=STATEMENTS,
                max_cached_statement_lifetime=0,
                server_settings=_SERVER,
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValueError) as error:
            raise explained(error, self._place) from None

    def _all_idle(self) -> list[asyncpg.Connection]:
        """Those that nobody uses, taken out."""
        idle = []
        while not self._idle.empty():
            idle.append(self._idle.get_nowait())
        self._made -= len(idle)
        return idle


async def _part_from(connection: asyncpg.Connection) -> None:
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        await connection.close(timeout=PARTING)
