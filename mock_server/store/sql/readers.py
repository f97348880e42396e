"""Who waits for something to be recorded."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary


class Readers:
    """Wakes those who wait. What is recorded while a reader reads is not missed by it: then it does not wait."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._recorded = 0
        self._seen: WeakKeyDictionary[asyncio.Task[Any], int] = WeakKeyDictionary()

    def reads(self) -> None:
        """The present task begins to read: whatever is recorded from now on may be new to it."""
        task = asyncio.current_task()
        if task is not None:
            self._seen[task] = self._recorded

    def wake(self) -> None:
        """Something was recorded."""
        self._recorded += 1
        for reader in self._waiting:
            if not reader.done():
                reader.set_result(None)
        self._waiting.clear()

    async def changed(self, timeout: float) -> None:
        """Returns when something was recorded since the present task began to read, at the latest after `timeout` s."""
        task = asyncio.current_task()
        if task is not None and self._seen.pop(task, self._recorded) != self._recorded:
            return
        reader = asyncio.get_running_loop().create_future()
        self._waiting.add(reader)
        try:
            await asyncio.wait_for(reader, timeout)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(reader)
