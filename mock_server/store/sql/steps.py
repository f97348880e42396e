"""What runs in a transaction, written once for every database.

A function of this package is a generator of *steps*: it yields a statement and gets the rows of its answer. A driver
runs it within one transaction. So the same code runs in SQLite's thread and on PostgreSQL's connections, and nothing
in it can wait for anything else. Placeholders are `$1`, `$2` ...; rows are tuples, read by position.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

T = TypeVar("T")

Row: TypeAlias = Sequence[Any]


class Query(NamedTuple):
    """One statement; answers its rows."""

    sql: str
    args: tuple[Any, ...] = ()


class Many(NamedTuple):
    """One statement for each of these rows of arguments; answers nothing."""

    sql: str
    rows: Sequence[tuple[Any, ...]]


class Hold(NamedTuple):
    """A lock on a name until the end of the transaction. Where a database has one writer that is the lock already."""

    name: str
    shared: bool = False


class Instant(NamedTuple):
    """The time when these locks are held, in milliseconds since the epoch: one row with one number."""

    holds: tuple[Hold, ...] = ()


class Afterwards(NamedTuple):
    """Something to call on the event loop when all this is kept, before anybody has the answer. It must not raise."""

    call: Callable[[], None]


Step: TypeAlias = Query | Many | Hold | Instant | Afterwards
Steps: TypeAlias = Generator[Step, list[Row], T]


class Again(Exception):
    """Roll back and run the steps once more, holding the app's gate exclusively."""


class Database(Protocol):
    """A driver. Raises Unavailable where the database cannot do it."""

    alone: bool  # nobody else uses this database while it is open

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def run(self, make: Callable[[], Steps[T]]) -> T:
        """The answer of the steps, run in one transaction that is kept when they end and rolled back when they raise.

        `make` may be called again: after a deadlock, or when others that shared its transaction could not be kept.
        """

    async def look(self, make: Callable[[], Steps[T]]) -> T:
        """The same for steps that only read and hold nothing: each sees what is kept when it comes to it."""


def query(sql: str, *args: Any) -> Steps[list[Row]]:
    """The rows of one statement."""
    return (yield Query(sql, args))


def first(sql: str, *args: Any) -> Steps[Row | None]:
    """The first row of one statement."""
    rows = yield Query(sql, args)
    return rows[0] if rows else None


def now(*holds: Hold) -> Steps[int]:
    """The time when these locks are held, in milliseconds since the epoch."""
    return int((yield Instant(holds))[0][0])
