"""The journal in tables: written without numbers, numbered before anybody reads (section 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mock_server.store.protocol import FEED_KEPT, JOURNAL_BYTES, JOURNAL_KEPT, Page
from mock_server.store.rows import Entry, Found, Record
from mock_server.store.sql import codec, meta
from mock_server.store.sql.numbering import COLUMNS, FEED, End, end_of, entries_in, keep, lose_findings, number_all
from mock_server.store.sql.steps import Hold, Many, Query, Steps, query
from mock_server.store.work import Now

ROW_BOUND: Final = 250  # records in one row

_BEYOND: Final = (
    "SELECT max(r.number) FROM (SELECT {number} AS number, sum(length(data)) OVER (ORDER BY {number} DESC) AS bytes"
    " FROM journal WHERE {number} > $1{one}) r WHERE r.bytes > $2"
)


def add(app_id: str, records: Sequence[Record], now: Now, wa_id: str | None) -> Steps[None]:
    """Write the records of one unit of work."""
    yield from add_all(app_id, [(records, wa_id)], now)


def add_all(app_id: str, written: Sequence[tuple[Sequence[Record], str | None]], now: Now) -> Steps[None]:
    """The same for several at once: the records of each, and the user whom they are about."""
    rows = []
    for records, wa_id in written:
        for start in range(0, len(records), ROW_BOUND):
            part = tuple(records[start : start + ROW_BOUND])
            findings = sum(isinstance(record, Found) for record in part)
            rows.append((app_id, len(part), findings, now.app, now.machine, wa_id, codec.encode(part)))
    yield Many(
        "INSERT INTO journal (app, size, findings, at, machine_at, wa_id, data) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        rows,
    )


def page(app_id: str, *, after: int, limit: int, findings: bool) -> Steps[Page]:
    """Entries after a number. Dropped: how many that came after it are no longer kept.

    Of the findings it is all that were ever lost, for a reader who has not seen the last of them.
    """
    yield from number_all()
    end = yield from end_of(app_id)
    generation = yield from meta.number("generation")
    first_kept = _first_kept(end, findings=findings)
    above = max(after, first_kept - 1, end.cleared)
    only = " AND findings > 0" if findings else ""
    rows = yield Query(
        f"SELECT {COLUMNS} FROM journal WHERE app = $1 AND number > $2{only} ORDER BY number LIMIT $3",  # noqa: S608
        (app_id, above, limit),
    )
    found = (entry for row in rows for entry in entries_in(row) if entry.number > above)
    entries = [entry for entry in found if not findings or isinstance(entry.record, Found)][:limit]
    dropped = max(0, first_kept - 1 - after)
    if findings:
        dropped = end.findings_lost if after < end.last_finding_lost else 0
    return Page(entries, entries[-1].number if entries else max(after, 0), dropped, generation)


def last(app_id: str, *, before: int | None, limit: int, findings: bool) -> Steps[Page]:
    """The last entries, of those with numbers below `before` where that is given.

    Dropped: how many are no longer kept, findings or entries, whichever are asked for.
    """
    yield from number_all()
    end = yield from end_of(app_id)
    generation = yield from meta.number("generation")
    first_kept = _first_kept(end, findings=findings)
    above, below = max(first_kept - 1, end.cleared), end.last + 1 if before is None else before
    only = " AND findings > 0" if findings else ""
    rows = yield Query(
        # Wanted are rows whose first record is below; the index finds those whose last one can be that far.
        f"SELECT {COLUMNS} FROM journal WHERE app = $1 AND number > $2 AND number < $3"  # noqa: S608
        f" AND number - size + 1 < $4{only} ORDER BY number DESC LIMIT $5",
        (app_id, above, below + ROW_BOUND, below, limit),
    )
    found = (entry for row in reversed(rows) for entry in entries_in(row) if above < entry.number < below)
    entries = [entry for entry in found if not findings or isinstance(entry.record, Found)][-limit:]
    dropped = end.findings_lost if findings else first_kept - 1
    return Page(entries, entries[-1].number if entries else 0, dropped, generation)


def feed(*, after: int, limit: int) -> Steps[Page]:
    """Entries of all apps after a number of the store's; from the beginning after one that was never given."""
    yield from number_all()
    end = yield from end_of(FEED)
    generation = yield from meta.number("generation")
    after = after if after <= end.last else 0
    first_kept = end.gone(FEED_KEPT) + 1
    start = max(after + 1, first_kept)
    rows = yield Query(
        f"SELECT {COLUMNS} FROM journal WHERE feed >= $1 ORDER BY feed LIMIT $2",  # noqa: S608
        (start, limit),
    )
    entries = [entry for row in rows for entry in list(entries_in(row))[max(0, start - (row[2] - row[3] + 1)) :]]
    entries = entries[:limit]
    return Page(entries, start + len(entries) - 1, max(0, first_kept - 1 - after), generation)


def clear(app_id: str) -> Steps[None]:
    """Nothing of what is there is shown any more; numbers go on, so that a reader never sees one twice."""
    yield from number_all()
    yield Hold("journal")
    last = (yield from end_of(app_id)).last
    yield from keep(app_id, End(last, last))


def entries_of(app_id: str) -> Steps[tuple[Entry, ...]]:
    """For a snapshot: everything kept, findings that the journal has lost included."""
    yield from number_all()
    end = yield from end_of(app_id)
    rows = yield from query(
        f"SELECT {COLUMNS} FROM journal WHERE app = $1 AND number > $2 ORDER BY number",  # noqa: S608
        app_id,
        end.cleared,
    )
    entries = (entry for row in rows for entry in entries_in(row))
    return tuple(entry for entry in entries if _is_kept(entry, end))


def restore(app_id: str, entries: Sequence[Entry], last: int) -> Steps[None]:
    """The journal of a snapshot; its entries are not in the feed."""
    yield Many(
        "INSERT INTO journal (app, number, feed, size, findings, at, machine_at, wa_id, data)"
        " VALUES ($1, $2, 0, 1, $3, $4, $5, $6, $7)",
        [
            (app_id, row.number, int(isinstance(row.record, Found)), row.at, row.machine_at, row.wa_id,
             codec.encode((row.record,)))
            for row in entries
        ],
    )  # fmt: skip
    before = (entries[0].number if entries else last + 1) - 1
    yield from keep(app_id, End(max(last, entries[-1].number if entries else 0), before))
    yield from lose_findings(app_id)


def empty(feed_last: int) -> Steps[None]:
    """No journal at all, and a feed that goes on after this number."""
    yield Hold("journal")
    yield Query("DELETE FROM journal")
    yield Query("DELETE FROM journals")
    yield from keep(FEED, End(feed_last, feed_last))


def trim(app_id: str) -> Steps[None]:
    """Free what nobody can read any more, once what is too much for a journal is cut off."""
    yield from _cut(app_id)
    end, whole = (yield from end_of(app_id)), (yield from end_of(FEED))
    number = 0 if app_id == FEED else end.gone(JOURNAL_KEPT)
    yield Query(
        "DELETE FROM journal WHERE app = $1 AND number <= $2 AND feed <= $3"
        " AND (findings = 0 OR number <= $4 OR number <= $5)",
        (app_id, number, whole.gone(FEED_KEPT), end.last_finding_lost, end.cleared),
    )


def _cut(app_id: str) -> Steps[None]:
    """Nothing is shown any more of what is older than the last `JOURNAL_BYTES` bytes, but findings."""
    end = yield from end_of(app_id)
    if app_id == FEED:
        beyond = yield from query(_BEYOND.format(number="feed", one=""), end.gone(FEED_KEPT), JOURNAL_BYTES)
    else:
        one = " AND app = $3"
        beyond = yield from query(
            _BEYOND.format(number="number", one=one), end.gone(JOURNAL_KEPT), JOURNAL_BYTES, app_id
        )
    if beyond[0][0] is not None:
        yield Query("UPDATE journals SET cut = $2 WHERE app = $1", (app_id, beyond[0][0]))


def _first_kept(end: End, *, findings: bool) -> int:
    """The number of the first entry that can be read, or from which on findings can."""
    return (end.last_finding_lost if findings else end.gone(JOURNAL_KEPT)) + 1


def _is_kept(entry: Entry, end: End) -> bool:
    if entry.number > end.gone(JOURNAL_KEPT):
        return True
    return isinstance(entry.record, Found) and entry.number > max(end.last_finding_lost, end.cleared)
