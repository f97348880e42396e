"""The numbers of journal entries, given before anybody reads, and where each journal stands.

Units of work that number their own records would wait for each other, and those of two processes become visible in
another order than they began. So they only insert; whoever reads first gives what is there its numbers, one at a time.
A reader therefore never skips anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from mock_server.store.protocol import FINDINGS_KEPT
from mock_server.store.rows import Entry, Found
from mock_server.store.sql import codec
from mock_server.store.sql.steps import Hold, Query, Row, Steps, first

AT_ONCE: Final = 1000  # rows numbered in one transaction
FEED: Final = ""  # where an app's id stands: the feed of all, and what belongs to no app

COLUMNS: Final = "app, number, feed, size, at, machine_at, wa_id, data"

# In one statement: a thousand would have the interpreter let go of its lock, and wait for it, a thousand times.
_NUMBER: Final = (
    "UPDATE journal SET number = n.number, feed = n.feed FROM (SELECT j.id,"
    " CASE WHEN j.app = '' THEN 0 ELSE COALESCE(e.last, 0)"
    " + CAST(sum(j.size) OVER (PARTITION BY j.app ORDER BY j.id) AS BIGINT) END AS number,"
    " $1 + CAST(sum(j.size) OVER (ORDER BY j.id) AS BIGINT) AS feed"
    " FROM (SELECT id, app, size FROM journal WHERE feed IS NULL ORDER BY id LIMIT $2) j"
    " LEFT JOIN journals e ON e.app = j.app) n WHERE journal.id = n.id"
)
_NUMBERED: Final = (
    "SELECT app, max(number), max(feed), count(*), sum(findings) FROM journal WHERE feed > $1 GROUP BY app ORDER BY app"
)


class End(NamedTuple):
    """Where a journal stands."""

    last: int = 0
    cleared: int = 0
    findings_lost: int = 0
    last_finding_lost: int = 0
    cut: int = 0

    def gone(self, most: int) -> int:
        """Up to which number nothing is shown but findings, where so many entries are kept."""
        return max(self.cleared, self.cut, self.last - most)


def number_fresh() -> Steps[int]:
    """Give what has none its numbers; answers how many rows that were, at most AT_ONCE."""
    if not (yield Query("SELECT 1 FROM journal WHERE feed IS NULL LIMIT 1")):
        return 0
    yield Hold("journal")
    before = (yield from end_of(FEED)).last
    yield Query(_NUMBER, (before, AT_ONCE))
    rows = yield Query(_NUMBERED, (before,))
    for app_id, last, feed, _, findings in rows:
        if app_id != FEED:
            yield from keep_last(app_id, last)
            if findings:
                yield from lose_findings(app_id)
        before = max(before, feed)
    yield from keep_last(FEED, before)
    return sum(int(row[3]) for row in rows)


def number_all() -> Steps[None]:
    while (yield from number_fresh()) == AT_ONCE:
        pass


def end_of(app_id: str) -> Steps[End]:
    """Where a journal stands, as far as it is numbered."""
    row = yield from first(
        "SELECT last, cleared, findings_lost, last_finding_lost, cut FROM journals WHERE app = $1", app_id
    )
    return End(*row) if row is not None else End()


def ends() -> Steps[dict[str, int]]:
    """Every journal and its last number."""
    return {row[0]: row[1] for row in (yield Query("SELECT app, last FROM journals"))}


def entries_in(row: Row) -> Iterator[Entry]:
    app_id, number, _, size, app_at, machine_at, wa_id, data = row
    step = 1 if app_id != FEED else 0
    for place, record in enumerate(codec.RECORDS.decode(data), 1 - size):
        at: Any = getattr(record, "at", app_at)
        yield Entry(number + place * step, app_id, at, machine_at, record, wa_id)


def keep_last(app_id: str, last: int) -> Steps[None]:
    yield Query(
        "INSERT INTO journals (app, last, cleared, findings_lost, last_finding_lost, cut) VALUES ($1, $2, 0, 0, 0, 0)"
        " ON CONFLICT (app) DO UPDATE SET last = excluded.last",
        (app_id, last),
    )


def keep(app_id: str, end: End) -> Steps[None]:
    yield Query(
        "INSERT INTO journals (app, last, cleared, findings_lost, last_finding_lost, cut)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (app) DO UPDATE SET last = excluded.last,"
        " cleared = excluded.cleared, findings_lost = excluded.findings_lost,"
        " last_finding_lost = excluded.last_finding_lost, cut = excluded.cut",
        (app_id, *end),
    )


def lose_findings(app_id: str) -> Steps[None]:
    """Count those beyond the bound as lost, the oldest first."""
    end = yield from end_of(app_id)
    above = max(end.cleared, end.last_finding_lost)
    kept = yield Query(
        "SELECT COALESCE(sum(findings), 0) FROM journal WHERE app = $1 AND findings > 0 AND number > $2",
        (app_id, above),
    )
    # A row whose first findings are lost already counts whole: what is left of it is counted below.
    if int(kept[0][0]) <= FINDINGS_KEPT:
        return
    rows = yield Query(
        f"SELECT {COLUMNS} FROM journal WHERE app = $1 AND findings > 0 AND number > $2 ORDER BY number",  # noqa: S608
        (app_id, above),
    )
    numbers = list(_finding_numbers(rows, above))
    lost = numbers[: max(0, len(numbers) - FINDINGS_KEPT)]
    if lost:
        yield from keep(app_id, end._replace(findings_lost=end.findings_lost + len(lost), last_finding_lost=lost[-1]))


def _finding_numbers(rows: Iterable[Row], above: int) -> Iterator[int]:
    for row in rows:
        for entry in entries_in(row):
            if isinstance(entry.record, Found) and entry.number > above:
                yield entry.number
