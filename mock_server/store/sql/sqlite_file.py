"""A SQLite file and its one connection, for the one thread that uses it: several units of work in a transaction."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from mock_server.clock import Machine
from mock_server.errors import Unavailable
from mock_server.store.sql.sqlite_words import explained, translated
from mock_server.store.sql.steps import Afterwards, Hold, Instant, Many, Query, Row, Step, Steps

T = TypeVar("T")

STATEMENTS: Final = 256  # kept prepared
PATIENCE: Final = 1.0  # seconds that an open waits for another process to let go of the file
OLDEST: Final = (3, 35, 0)  # RETURNING

_PRAGMAS: Final = (
    "PRAGMA locking_mode = EXCLUSIVE",  # a second process gets an error at its start, not now and then
    "PRAGMA journal_mode = WAL",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
)


class Job(NamedTuple):
    """A unit of work, and who waits for it."""

    make: Callable[[], Steps[Any]]
    future: asyncio.Future[Any]


class Outcome(NamedTuple):
    """What came of a job."""

    future: asyncio.Future[Any]
    answer: Any = None
    error: Exception | None = None


class _Shared(Exception):
    """One of several in a transaction cannot be kept: each gets one of its own."""


Outcomes: TypeAlias = tuple[list[Outcome], list[Callable[[], None]]]


class SqliteFile:
    """See the module. `full`: safe against power loss, too."""

    def __init__(self, path: Path, *, machine: Machine, full: bool) -> None:
        self.path = path
        self._machine = machine
        self._synchronous = "FULL" if full else "NORMAL"
        self._connection: sqlite3.Connection
        self._cursor: sqlite3.Cursor
        self._wrote = False  # this transaction has changed something
        self._afterwards: list[Callable[[], None]] = []

    def open(self) -> None:
        """Raises Unavailable."""
        if sqlite3.sqlite_version_info < OLDEST:
            raise Unavailable(f"This Python has SQLite {sqlite3.sqlite_version}; 3.35 or newer is needed.")
        try:
            if not self.path.exists():  # the file has secrets in it
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(
                self.path,
                timeout=PATIENCE,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=STATEMENTS,
            )
            for pragma in (*_PRAGMAS, f"PRAGMA synchronous = {self._synchronous}"):
                self._connection.execute(pragma)
            self._connection.execute("BEGIN IMMEDIATE").execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise explained(error, self.path) from None
        self._cursor = self._connection.cursor()

    def close(self) -> None:
        self._connection.close()

    def carried(self, batch: list[Job]) -> Outcomes:
        """All in one transaction; each in one of its own where that cannot be kept."""
        if len(batch) > 1:
            try:
                return self._transaction(batch)
            except _Shared:
                pass
        outcomes, afterwards = list[Outcome](), list[Callable[[], None]]()
        for job in batch:
            kept, calls = self._alone(job)
            outcomes.append(kept)
            afterwards += calls
        return outcomes, afterwards

    def _transaction(self, batch: list[Job]) -> Outcomes:
        outcomes = []
        try:
            self._begin()
            for job in batch:
                before = self._wrote
                self._wrote = False
                try:
                    outcomes.append(Outcome(job.future, self._run(job.make)))
                except sqlite3.Error:
                    raise
                except Exception as error:
                    if self._wrote:
                        raise _Shared from error
                    outcomes.append(Outcome(job.future, error=error))
                self._wrote |= before
            self._cursor.execute("COMMIT")
        except (sqlite3.Error, _Shared):
            self._roll_back()
            raise _Shared from None
        return outcomes, self._afterwards

    def _alone(self, job: Job) -> tuple[Outcome, list[Callable[[], None]]]:
        try:
            self._begin()
            answer = self._run(job.make)
            self._cursor.execute("COMMIT")
        except Exception as error:
            self._roll_back()
            said = explained(error, self.path) if isinstance(error, sqlite3.Error) else error
            return Outcome(job.future, error=said), []
        return Outcome(job.future, answer), self._afterwards

    def _begin(self) -> None:
        self._wrote = False
        self._afterwards = []
        self._cursor.execute("BEGIN IMMEDIATE")

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # it may have been rolled back already, as by a full disk
            if self._connection.in_transaction:
                self._cursor.execute("ROLLBACK")

    def _run(self, make: Callable[[], Steps[T]]) -> T:
        steps = make()
        try:
            step = next(steps)
            while True:
                step = steps.send(self._answered(step))
        except StopIteration as ended:
            answer: T = ended.value
            return answer

    def _answered(self, step: Step) -> list[Row]:
        if isinstance(step, Query):
            statement = translated(step.sql)
            self._wrote |= statement.writes
            self._cursor.execute(statement.text, statement.ordered(step.args))
            return self._cursor.fetchall()
        if isinstance(step, Many):
            statement = translated(step.sql)
            self._wrote = True
            self._cursor.executemany(statement.text, map(statement.ordered, step.rows))
        elif isinstance(step, Instant):
            return [(self._machine.now(),)]
        elif isinstance(step, Afterwards):
            self._afterwards.append(step.call)
        else:
            assert isinstance(step, Hold)  # the transaction is the lock
        return []
