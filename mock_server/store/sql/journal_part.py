"""The store's journal: of each app, and the feed of all (section 11)."""

from __future__ import annotations

from collections.abc import Sequence

from mock_server.store.protocol import Page
from mock_server.store.rows import Record
from mock_server.store.sql import apps, journal, numbering, units
from mock_server.store.sql.part import Part, of
from mock_server.store.sql.steps import Afterwards, Steps, now
from mock_server.store.work import Kept, Now


class JournalPart(Part):
    """Implements what `Store` has under its journal."""

    async def record(self, app_id: str | None, records: Sequence[Record], *, wa_id: str | None = None) -> None:
        if app_id is not None:
            kept = Kept(records=tuple(records))
            await self._run(lambda: units.record(app_id, kept, self._desk, wa_id=wa_id))
            return

        def steps() -> Steps[None]:
            machine = yield from now()
            yield from journal.add(numbering.FEED, records, Now(machine, machine), wa_id)
            yield Afterwards(self._desk.readers.wake)

        await self._run(steps)

    async def journal(self, app_id: str, *, after: int, limit: int, findings: bool = False) -> Page:
        return await self._run(of(app_id, lambda _: journal.page(app_id, after=after, limit=limit, findings=findings)))

    async def journal_end(self, app_id: str, *, before: int | None = None, limit: int, findings: bool = False) -> Page:
        return await self._run(
            of(app_id, lambda _: journal.last(app_id, before=before, limit=limit, findings=findings))
        )

    async def feed(self, app_id: str | None, *, after: int, limit: int) -> Page:
        self._desk.readers.reads()
        if app_id is None:
            return await self._run(lambda: journal.feed(after=after, limit=limit))
        after = after if after <= await self.feed_end(app_id) else 0
        return await self.journal(app_id, after=after, limit=limit)

    async def feed_end(self, app_id: str | None) -> int:
        def steps() -> Steps[int]:
            if app_id is not None:
                yield from apps.one(app_id)
            yield from numbering.number_all()
            return (yield from numbering.end_of(app_id or numbering.FEED)).last

        return await self._run(steps)

    async def changed(self, timeout: float) -> None:
        await self._desk.readers.changed(timeout)

    def wake_readers(self) -> None:
        self._desk.readers.wake()
