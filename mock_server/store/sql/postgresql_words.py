"""PostgreSQL's words: its locks, where it is, and what its errors mean."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

import asyncpg

from mock_server.errors import Unavailable
from mock_server.store.sql.steps import Hold

# The same work may succeed in another transaction: nothing of this one was kept. Two that made the same at once are
# among them: the second run sees what the first one made.
AGAIN: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.UniqueViolationError)
# The connection is no longer there.
LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    OSError,
    TimeoutError,
)
_TIME: Final = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"


class Place(NamedTuple):
    """Where a database is; without the password, so that it can be said."""

    host: str
    port: int
    database: str
    user: str

    @classmethod
    def of(cls, url: str) -> Place:
        """Raises Unavailable for what is no URL."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "localhost", parts.port or 5432
        except ValueError:
            raise Unavailable("Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE.") from None
        return cls(host, port, unquote(parts.path[1:]), unquote(parts.username or ""))

    def __str__(self) -> str:
        return f"PostgreSQL at {self.host}:{self.port}/{self.database}"


def locks(holds: Sequence[Hold], *, time: bool = False) -> tuple[str, list[int]]:
    """One statement that waits for these locks in their order, then reads the time; and the keys of the locks."""
    columns = [
        f"pg_advisory_xact_lock{'_shared' if hold.shared else ''}(${place})" for place, hold in enumerate(holds, 1)
    ]
    return f"SELECT {', '.join([*columns, _TIME] if time else columns)}", [_key(hold.name) for hold in holds]


def _key(name: str) -> int:
    """Two names may share a key: then they wait for each other, and nothing else happens."""
    raw = hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8, person=b"gupshup-mock").digest()
    return int.from_bytes(raw, signed=True)


def explained(error: BaseException, place: Place, *, ending: bool = False) -> Unavailable:
    """An error of PostgreSQL, or of the way there, in one sentence that says what to do."""
    if ending:
        said = "the connection was lost while this was being kept, so it may have been. Look before you try again"
        return Unavailable(f"{place}: {said}.")
    return Unavailable(f"{place}: {_meaning(error, place)}.")


def _meaning(error: BaseException, place: Place) -> str:
    for kinds, said in _MEANINGS:
        if isinstance(error, kinds):
            return said.format(user=place.user or "that it is asked for as", database=place.database)
    return f"{type(error).__name__}, which the sandbox has no word for; see the log of the server"


_MEANINGS: Final[tuple[tuple[Any, str], ...]] = (
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        "it refuses the user {user}. Check the user and the password of --store",
    ),
    (asyncpg.InvalidCatalogNameError, "it has no database {database}. Make it: createdb {database}"),
    (
        asyncpg.InsufficientPrivilegeError,
        "the user {user} may not make or write tables there. Give it a database of its own",
    ),
    (
        asyncpg.DuplicateTableError,
        "it holds tables of something else. Give the sandbox a database of its own",
    ),
    (asyncpg.TooManyConnectionsError, "it takes no more connections. End others, or raise its max_connections"),
    (asyncpg.DiskFullError, "its disk is full. Nothing of this request was kept; make room and try again"),
    (asyncpg.ReadOnlySQLTransactionError, "it only reads: it is a standby, or set so. Give the primary"),
    (asyncpg.QueryCanceledError, "a statement took longer than 30 s. Nothing of this request was kept; try again"),
    (AGAIN, "others changed the same at once, again and again. Nothing of this request was kept; try again"),
    (asyncpg.CannotConnectNowError, "it is starting or stopping. Try again in a moment"),
    (ValueError, "its URL cannot be read. Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"),
    (asyncpg.UndefinedObjectError, "it is too old: 14 or newer is needed"),
    (LOST, "it cannot be reached. See that it runs and that this machine may connect; then try again"),
)
