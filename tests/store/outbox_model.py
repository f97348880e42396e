"""What an outbox must do, said once more in the plainest way: a list that is looked through each time (W5)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

# Milliseconds from the failed attempt's due time to the next, and how long it is tried at all.
LADDER = (1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000)
DAY = 86_400_000
WEEK = 7 * DAY


class Waiting(msgspec.Struct):
    """One webhook, as far as the model knows it."""

    name: str
    lane: tuple[str, str]
    url: str
    made: int
    due: int
    state: str = "waiting"
    failures: int = 0
    in_order: bool = True  # has its place in the lane, and may hold it
    under_way: bool = False
    may_arrive: int = 1  # how often it may arrive without anything being wrong
    arrived: int = 0

    def fail(self, at: int) -> None:
        """An attempt failed: when the next is, and whether it holds its lane until then."""
        wait = LADDER[self.failures] if self.failures < len(LADDER) else DAY
        due = self.due + wait if self.due + wait > at else at + wait
        self.failures += 1
        self.under_way = False
        if due >= self.made + WEEK:
            self.state = "dead"
        else:
            self.due = due
            self.in_order = self.in_order and self.failures <= 3


class Model:
    """All webhooks ever, in the order they were made."""

    def __init__(self, per_url: int) -> None:
        self.rows: list[Waiting] = []
        self.per_url = per_url

    def by_name(self, name: str) -> Waiting:
        return next(row for row in self.rows if row.name == name)

    def free_lanes(self) -> Iterator[list[Waiting]]:
        """Of each lane with nothing under way: what may go next, its first in order and all out of order."""
        for lane in dict.fromkeys(row.lane for row in self.rows):
            rows = [row for row in self.rows if row.lane == lane and row.state == "waiting"]
            if rows and not any(row.under_way for row in rows):
                yield [*[row for row in rows if row.in_order][:1], *[row for row in rows if not row.in_order]]

    def places(self, url: str) -> int:
        """How many more attempts may be under way at a URL."""
        return self.per_url - sum(row.under_way for row in self.rows if row.url == url)

    def next_due(self) -> int | None:
        dues = [min(row.due for row in lane) for lane in self.free_lanes() if self.places(lane[0].url) > 0]
        return min(dues, default=None)

    def arrive(self, row: Waiting, at: int) -> None:
        """It was answered 2xx: its URL is there again."""
        row.state, row.under_way = "delivered", False
        row.arrived += 1
        for other in self.rows:
            waits = other.state == "waiting" and not other.under_way
            if waits and other.failures and other.url == row.url:
                other.due = min(other.due, at)

    def fail(self, row: Waiting, at: int) -> None:
        row.fail(at)

    def redeliver(self, row: Waiting, at: int) -> None:
        if row.under_way:
            return
        if row.state != "waiting":
            row.state, row.made = "waiting", at
            row.may_arrive += 1
        row.due, row.failures, row.in_order = at, 0, False

    def restart(self) -> None:
        """Saved and loaded: what was under way is tried once more."""
        for row in self.rows:
            row.may_arrive += row.under_way
            row.under_way = False
