"""What a store does now and then, whether or not anybody asks for anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from mock_server.store.protocol import Due
from mock_server.store.sql import housekeeping, numbering, outbox, whole
from mock_server.store.sql.steps import Database, Steps
from mock_server.store.sql.units import Desk

SLICES: Final = 20  # of what is to be numbered or freed, done at once
TRIM: Final = 5.0  # seconds between two looks for what journals have beyond their bounds
COUNT: Final = 60.0  # seconds after which conversations are counted anew, for others make some, too
SIGNS: Final = 3  # of life within a lease


class Care:
    """Numbers, frees and trims; where others share the database, gives signs of life and looks what they did."""

    def __init__(self, database: Database, desk: Desk, *, begun: Callable[[whole.Begun], None]) -> None:
        self._database = database
        self._desk = desk
        self._begun = begun
        self._ends: dict[str, int] = {}
        self._trim_at = self._sign_at = self._count_at = 0.0
        self._last_record = 0
        self._looked = False

    async def take(self) -> Due:
        """Answers what waits for somebody to do it."""
        run = self._database.run
        for _ in range(SLICES):
            if not await run(_tidied):
                break
        if self._is_time("_trim_at", TRIM):
            self._ends = await run(lambda: housekeeping.trim(self._ends))
        if not self._database.alone:
            return await self._among_others()
        if self._looked:
            return Due()  # whatever is due is known to who made it due
        self._looked = True
        return await run(lambda: housekeeping.due(self._desk.owner))

    async def _among_others(self) -> Due:
        if self._is_time("_sign_at", self._desk.lease / 1000 / SIGNS):
            await self._database.run(self._sign_of_life)
        if self._is_time("_count_at", COUNT):
            self._desk.users.clear()
        begun, last, due = await self._database.run(self._seen)
        self._begun(begun)
        if last != self._last_record:
            self._last_record = last
            self._desk.readers.wake()
        return due

    def _seen(self) -> Steps[tuple[whole.Begun, int, Due]]:
        """What others did: another seed, new records, what is due."""
        begun = yield from whole.begun()
        last = yield from housekeeping.last_record()
        return begun, last, (yield from housekeeping.due(self._desk.owner))

    def _sign_of_life(self) -> Steps[None]:
        yield from housekeeping.renew_advances(self._desk.owner, self._desk.lease)
        yield from outbox.renew(self._desk.hand, lease=self._desk.lease)

    def _is_time(self, name: str, seconds: float) -> bool:
        instant = asyncio.get_running_loop().time()
        if instant < getattr(self, name):
            return False
        setattr(self, name, instant + seconds)
        return True


def _tidied() -> Steps[bool]:
    """Number records and free a slice of what is over; whether there is more to do."""
    return (yield from numbering.number_fresh()) == numbering.AT_ONCE or (yield from housekeeping.free())
