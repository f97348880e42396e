"""What the outbox in memory is made of: lanes, in which order is kept, and the URLs that they wait for (W5)."""

from __future__ import annotations

import heapq
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import msgspec

from mock_server.store.rows import Delivery

LaneKey: TypeAlias = tuple[str, str]  # subscription, user


class Lane(msgspec.Struct, gc=False):
    """What waits for one user at one subscription: a queue whose head holds it, and loose ones that hold nothing.

    The queue is in the order of numbers, whatever came back to it, so that rows alone tell how a lane stood (S2).
    """

    _queue: list[tuple[int, str]] = []  # number, delivery id
    _loose: list[tuple[int, int, str]] = []  # a heap of: due, number, delivery id
    busy: str | None = None  # the delivery that is under way

    @property
    def empty(self) -> bool:
        return self.busy is None and not self._queue and not self._loose

    def add(self, row: Delivery) -> None:
        place = (row.number, row.id)
        if not row.holds:
            heapq.heappush(self._loose, (row.due, *place))
        elif not self._queue or place > self._queue[-1]:
            self._queue.append(place)
        else:
            self._queue.insert(bisect(self._queue, place), place)

    def follow(self, row: Delivery) -> bool:
        """Put a fresh row behind the others of the queue; False, and nothing is done, where it does not stand there."""
        place = (row.number, row.id)
        if not self._queue or place < self._queue[-1] or row.failures or not row.holds:
            return False
        self._queue.append(place)
        return True

    def remove(self, row: Delivery) -> None:
        """Take a row out that was added as it is."""
        if row.holds:
            self._queue.remove((row.number, row.id))
        elif self._loose[0][2] == row.id:
            heapq.heappop(self._loose)
        else:
            self._loose = [place for place in self._loose if place[2] != row.id]
            heapq.heapify(self._loose)

    def first(self) -> Iterator[str]:
        """The ids of what may go next: the queue's head, and the loose one that is due first."""
        if self._queue:
            yield self._queue[0][1]
        if self._loose:
            yield self._loose[0][2]

    def scheduled(self) -> list[str]:
        """The ids of all that wait for their own due time, and not for others of the lane."""
        return [*(place[1] for place in self._queue[:1]), *(place[2] for place in self._loose)]

    def bring_forward(self, delivery_ids: Iterable[str], now: int) -> None:
        """Those of the loose ones that are named are due now."""
        named = set(delivery_ids)
        self._loose = [(now, *place[1:]) if place[2] in named else place for place in self._loose]
        heapq.heapify(self._loose)


class Target:
    """One URL: which lanes wait for it, how many attempts are under way, which lanes had a failure.

    A place in line may be out of date; whoever takes it looks at the lane.
    """

    __slots__ = ("_later", "_ready", "troubled", "under_way")

    def __init__(self) -> None:
        self._later: list[tuple[int, int, LaneKey]] = []  # a heap of: due, number
        self._ready: list[tuple[int, int, LaneKey]] = []  # a heap of those that are due: number, due
        self.under_way = 0
        self.troubled: set[LaneKey] = set()

    @property
    def empty(self) -> bool:
        return not (self.under_way or self._later or self._ready or self.troubled)

    def put(self, row: Delivery) -> None:
        """Put the row's lane in line, for when the row is due."""
        heapq.heappush(self._later, (row.due, row.number, row.lane))

    def ripen(self, now: int) -> None:
        """Let those stand in line by age that are due."""
        while self._later and self._later[0][0] <= now:
            due, number, key = heapq.heappop(self._later)
            heapq.heappush(self._ready, (number, due, key))

    def oldest(self) -> tuple[int, LaneKey] | None:
        """Take the first place of those that are due: the number it was taken for, and the lane."""
        if not self._ready:
            return None
        number, _, key = heapq.heappop(self._ready)
        return number, key

    def next_due(self, due_of: Callable[[LaneKey], int | None]) -> int | None:
        """When the first lane in line is due; `due_of` tells when a lane is, None when it is busy or empty."""
        while self._ready and not _holds_good(due_of(self._ready[0][2]), self._ready[0][1]):
            heapq.heappop(self._ready)
        while self._later and not _holds_good(due_of(self._later[0][2]), self._later[0][0]):
            heapq.heappop(self._later)
        return min((*(place[1] for place in self._ready[:1]), *(place[0] for place in self._later[:1])), default=None)


def _holds_good(due: int | None, announced: int) -> bool:
    return due is not None and due <= announced
