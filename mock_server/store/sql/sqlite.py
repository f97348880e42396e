"""SQLite: one file, one connection, in a thread of its own; the event loop never waits for the disk.

Those who come while a transaction is going on share the next one. Each of them gets its answer when that is kept, so
whatever was answered survives the end of the process (WAL with `synchronous=NORMAL`), and of the machine with `FULL`.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from mock_server.clock import Machine
from mock_server.errors import SandboxError, Unavailable
from mock_server.store.sql import schema
from mock_server.store.sql.sqlite_file import Job, Outcomes, SqliteFile
from mock_server.store.sql.steps import Steps

T = TypeVar("T")

SHARED: Final = 64  # units of work in one transaction


class SqliteDatabase:
    """Implements `Database`. `full`: safe against power loss, too."""

    alone = True

    def __init__(self, path: Path, *, machine: Machine, full: bool = False) -> None:
        self.path = path
        self._file = SqliteFile(path, machine=machine, full=full)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._file.open)
        self._thread = threading.Thread(target=self._serve, name="sqlite", daemon=True)
        self._thread.start()
        try:
            await self.run(lambda: schema.migrate(schema.DIALECTS["sqlite"]))
        except SandboxError as error:
            await self.close()
            raise Unavailable(f"{self.path} cannot be the store: {error.sentence}.") from None

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    async def run(self, make: Callable[[], Steps[T]]) -> T:
        if self._thread is None:
            raise Unavailable("The store is closed: this sandbox has ended or is about to.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(Job(make, future))
        return await future

    async def look(self, make: Callable[[], Steps[T]]) -> T:
        return await self.run(make)

    # In the thread

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch = [job]
            while len(batch) < SHARED and not self._jobs.empty():
                further = self._jobs.get()
                if further is None:
                    self._jobs.put(None)
                    break
                batch.append(further)
            self._tell(self._file.carried(batch))
        self._file.close()

    def _tell(self, outcomes: Outcomes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(_tell, outcomes)


def _tell(outcomes: Outcomes) -> None:
    """On the event loop: what has to be known first, then the answers in the order of the units of work."""
    for call in outcomes[1]:
        call()
    for future, answer, error in outcomes[0]:
        if future.done():  # nobody waits for it any more
            continue
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(error)
