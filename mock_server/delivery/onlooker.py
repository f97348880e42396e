"""Waiting for webhooks to be attempted, whichever process attempts them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from mock_server.clock import SECOND, Machine
from mock_server.delivery.beat import Beat
from mock_server.store.protocol import Store
from mock_server.store.rows import DeliveryState

PER_URL: Final = 64  # attempts under way at one URL
FIRST_LOOK: Final = 1.0  # seconds to see what there is, also for who has no time to wait for it
LONGEST_LOOK: Final = 0.05  # seconds; then who waits looks again


class Onlooker:
    """Asks the store, which knows what others do, and is told at once what is done here. `wake` wakes the courier."""

    def __init__(self, *, store: Store, machine: Machine, wake: Callable[[str], None]) -> None:
        self._store = store
        self._machine = machine
        self._wake = wake
        self.stopping = False

    async def attempted(self, app_id: str, beat: Beat, delivery_ids: Sequence[str], timeout: float) -> None:
        """Returns when each of these deliveries has been tried once, at the latest after `timeout` seconds.

        Earlier where nothing more can be tried in that time: behind a failed one, on a frozen clock, while paused.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        waiting = {row_id: loop.create_future() for row_id in delivery_ids if await self._is_untried(app_id, row_id)}
        for row_id, future in waiting.items():
            beat.waiters.setdefault(row_id, []).append(future)
        while waiting and not self.stopping and (left := until - loop.time()) > 0:
            if not await self._comes_within(app_id, beat, left):
                break
            timeout = min(left, LONGEST_LOOK)
            told, _ = await asyncio.wait(waiting.values(), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            waiting = {
                row_id: future
                for row_id, future in waiting.items()
                if future not in told and (told or await self._is_untried(app_id, row_id))
            }
        for row_id in delivery_ids:
            beat.waiters.pop(row_id, None)

    async def idle(self, app_id: str, beat: Beat, timeout: float) -> bool:
        """Waits until nothing of the app is due or under way; False when `timeout` seconds were not enough."""
        until = self._machine.elapsed() + timeout
        self._wake(app_id)  # for timers that are due, and what they cause
        if beat.pumping:
            await asyncio.wait([beat.pumping], timeout=FIRST_LOOK)
        while await self._comes_within(app_id, beat, 0):
            if self.stopping or self._machine.elapsed() >= until:
                return False
            await self._something_done(app_id, beat)
        return True

    async def settled(self, app_id: str, timeout: float) -> None:
        """Returns when nothing of the app is under way anywhere, at the latest after `timeout` seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while await self._store.under_way(app_id) and (left := until - loop.time()) > 0:
            await self._store.changed(min(left, LONGEST_LOOK))

    async def _is_untried(self, app_id: str, delivery_id: str) -> bool:
        row = await self._store.delivery(app_id, delivery_id)
        return row.attempted == 0 and row.state is DeliveryState.WAITING

    async def _comes_within(self, app_id: str, beat: Beat, seconds: float) -> bool:
        """Whether something is under way, or will be sent within so many seconds if the clock is left alone.

        What is due at one look may be under way at the next and over at the third, so the last one is at what happens
        here: while nobody carries here, and nobody looks for what to carry, nothing has become due since.
        """
        if beat.pumping or beat.hurry or await self._is_under_way(app_id, beat):
            return True
        app = await self._store.app(app_id)
        due = await self._store.next_delivery(app_id, per_url=PER_URL)
        ahead = 0 if app.clock.frozen_at is not None else round(seconds * SECOND)
        if app.clock.target is not None or (due is not None and due <= app.clock.now(self._machine.now()) + ahead):
            return True
        return await self._is_under_way(app_id, beat) or beat.pumping is not None

    async def _is_under_way(self, app_id: str, beat: Beat) -> bool:
        """Here, where a task may still have to write what came of it, or anywhere."""
        return bool(await beat.under_way(self._store, app_id) or await self._store.under_way(app_id))

    async def _something_done(self, app_id: str, beat: Beat) -> None:
        """Wait for what is under way here, or a little while for what others do."""
        tasks = list(await beat.under_way(self._store, app_id))
        if not tasks:
            self._wake(app_id)
            tasks = [beat.pumping] if beat.pumping else []
        if tasks:
            await asyncio.wait(tasks, timeout=LONGEST_LOOK, return_when=asyncio.FIRST_COMPLETED)
        else:
            await self._store.changed(LONGEST_LOOK)
