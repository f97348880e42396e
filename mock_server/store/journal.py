"""The journal in memory: bounded rings of flat records, the oldest go first, counted (section 11)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from mock_server.store.protocol import FEED_KEPT, FINDINGS_KEPT, JOURNAL_BYTES, JOURNAL_KEPT, Page
from mock_server.store.rows import Entry, Found, Record


class Ring(deque[Entry]):
    """The last entries, at most `most` of them, with at most `room` bytes in what was said; the oldest go first."""

    __slots__ = ("_bytes", "_most", "_room")

    def __init__(self, most: int, room: int = JOURNAL_BYTES) -> None:
        super().__init__()
        self._most = most
        self._room = room
        self._bytes = 0

    def keep(self, entry: Entry) -> None:
        self.append(entry)
        self._bytes += entry.said
        while self._bytes > self._room or len(self) > self._most:
            self._bytes -= self.popleft().said


class Journal:
    """One app's journal. Numbers go on after a reset, so that a reader never sees one twice."""

    def __init__(self, app_id: str, feed: Feed) -> None:
        self.app_id = app_id
        self.last = 0
        self._feed = feed
        self._findings_lost = 0
        self._last_finding_lost = 0
        self._entries = Ring(JOURNAL_KEPT)
        self._findings: deque[Entry] = deque(maxlen=FINDINGS_KEPT)

    def add(self, records: Iterable[Record], *, at: int, machine_at: int, wa_id: str | None) -> None:
        for record in records:
            self.last += 1
            entry = Entry(self.last, self.app_id, getattr(record, "at", at), machine_at, record, wa_id)
            self._entries.keep(entry)
            if isinstance(record, Found):
                self._add_finding(entry)
            self._feed.add(entry)

    def page(self, *, after: int, limit: int, findings: bool, generation: int) -> Page:
        """Entries after a number. Dropped: how many that came after it are no longer kept.

        Of the findings it is all that were ever lost, for a reader who has not seen the last of them.
        """
        ring = self._findings if findings else self._entries
        first = ring[0].number if ring else self.last + 1
        entries = _after(ring, after, limit)
        dropped = max(0, first - 1 - after)
        if findings:
            dropped = self._findings_lost if after < self._last_finding_lost else 0
        return Page(entries, entries[-1].number if entries else max(after, 0), dropped, generation)

    def end(self, *, before: int | None, limit: int, findings: bool, generation: int) -> Page:
        """The last entries, of those with numbers below `before` where that is given.

        Dropped: how many are no longer kept, findings or entries, whichever are asked for.
        """
        ring = self._findings if findings else self._entries
        older = (entry for entry in reversed(ring) if before is None or entry.number < before)
        entries = list(islice(older, limit))[::-1]
        dropped = self._findings_lost if findings else (ring[0].number if ring else self.last + 1) - 1
        return Page(entries, entries[-1].number if entries else 0, dropped, generation)

    def clear(self) -> tuple[deque[Entry], deque[Entry]]:
        """Start afresh; the old rings are handed out, to be freed when there is time."""
        old = (self._entries, self._findings)
        self._entries = Ring(JOURNAL_KEPT)
        self._findings = deque(maxlen=FINDINGS_KEPT)
        self._findings_lost = self._last_finding_lost = 0
        return old

    def entries(self) -> list[Entry]:
        """For a snapshot: everything kept, findings that the ring has lost included."""
        kept = {entry.number: entry for entry in (*self._findings, *self._entries)}
        return [kept[number] for number in sorted(kept)]

    def restore(self, entries: Iterable[Entry], last: int) -> None:
        self.clear()
        for entry in entries:
            self._entries.keep(entry)
            if isinstance(entry.record, Found):
                self._add_finding(entry)
        self.last = max(self.last, last)

    def _add_finding(self, entry: Entry) -> None:
        if len(self._findings) == FINDINGS_KEPT:
            self._findings_lost += 1
            self._last_finding_lost = self._findings[0].number
        self._findings.append(entry)


class Feed:
    """The last entries of all apps, numbered by the store."""

    def __init__(self) -> None:
        self.last = 0
        self._entries = Ring(FEED_KEPT)

    def add(self, entry: Entry) -> None:
        self.last += 1
        self._entries.keep(entry)

    def page(self, *, after: int, limit: int, generation: int) -> Page:
        first = self.last - len(self._entries) + 1
        start = max(after + 1, first)
        offset = start - first
        entries = [self._entries[n] for n in range(offset, min(offset + limit, len(self._entries)))]
        return Page(entries, start + len(entries) - 1, max(0, first - 1 - after), generation)


def _after(ring: deque[Entry], after: int, limit: int) -> list[Entry]:
    """Up to `limit` entries with numbers above `after`. A reader that keeps up costs only what is new."""
    found: list[Entry] = []
    for entry in reversed(ring):
        if entry.number <= after:
            break
        found.append(entry)
    found.reverse()
    return found[:limit]
