"""Freeing an old generation in slices: a million rows at once would stop everybody for a quarter of a second."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

SLICE: Final = 200  # rows freed before others have their turn; a fraction of a millisecond

Box: TypeAlias = dict[Any, Any] | deque[Any] | list[Any]


class Releaser:
    """Takes containers that nobody needs any more and empties them while the event loop has time."""

    def __init__(self) -> None:
        self._boxes: deque[Box] = deque()
        self._task: asyncio.Task[None] | None = None

    def release(self, boxes: Iterable[Box]) -> None:
        """Returns at once; must be called on the event loop."""
        self._boxes.extend(boxes)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def done(self) -> None:
        """Returns when everything is free."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._boxes:
            _empty(self._boxes[0])
            if not self._boxes[0]:
                self._boxes.popleft()
            await asyncio.sleep(0)
        self._task = None


def _empty(box: Box) -> None:
    """Take up to a slice of rows out."""
    for _ in range(min(SLICE, len(box))):
        if isinstance(box, dict):
            box.popitem()
        else:
            box.pop()
