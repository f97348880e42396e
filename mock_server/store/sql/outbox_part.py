"""The store's outbox: what waits for delivery, who carries it, and how an advance goes on (W5, T2)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from mock_server.errors import Unavailable
from mock_server.store.protocol import Claim, Render, Route, Stride
from mock_server.store.rows import Delivery, DeliveryState, Record
from mock_server.store.sql import advancing, outbox, sending
from mock_server.store.sql.claiming import Claiming
from mock_server.store.sql.part import Part, of
from mock_server.store.sql.settling import Settling
from mock_server.store.sql.steps import Database
from mock_server.store.sql.units import Desk

FRESH: Final = 0.5  # seconds that a rough count is good for


class OutboxPart(Part):
    """Implements what `Store` has under its outbox."""

    def __init__(self, database: Database, desk: Desk) -> None:
        super().__init__(database, desk)
        self._claiming = Claiming(self._give_back)
        self._settling = Settling(self._settle)
        self._waiting: dict[str, tuple[float, int]] = {}  # by app: when it was counted, and how many

    async def _all_over(self) -> None:
        """Returns when nobody waits for what was asked of the database any more."""
        await self._settling.close()
        await self._claiming.close()

    async def next_timer(self, app_id: str) -> tuple[int, str] | None:
        return await self._look(lambda: sending.next_timer(app_id, self._desk))

    async def stride(self, app_id: str, route: Route, *, per_url: int, render: Render | None = None) -> Stride:
        striding = self._run(lambda: advancing.stride(app_id, self._desk, route, per_url=per_url, render=render))
        return await self._claiming.wait(app_id, striding, lambda stride: stride.claims)

    async def claim(
        self, app_id: str, *, per_url: int, until: int | None = None, render: Render | None = None
    ) -> list[Claim]:
        claiming = self._run(lambda: sending.claim(app_id, self._desk, per_url=per_url, until=until, render=render))
        return await self._claiming.wait(app_id, claiming, lambda claims: claims)

    async def settle(self, app_id: str, claim: Claim, delivery: Delivery, records: Sequence[Record]) -> bool:
        try:
            settled = await self._settling.settle(app_id, sending.Outcome(claim, delivery, records))
        except Unavailable:  # who carries it asks again
            raise
        except BaseException:
            self._desk.drop([claim])
            raise
        self._desk.drop([claim])
        return settled

    async def _settle(self, app_id: str, outcomes: Sequence[sending.Outcome]) -> list[bool]:
        return await self._run(lambda: sending.settle(app_id, self._desk, outcomes))

    async def _give_back(self, app_id: str, claims: Sequence[Claim]) -> None:
        try:
            await self._run(lambda: sending.give_back(app_id, self._desk, claims))
        finally:
            self._desk.drop(claims)

    async def next_delivery(self, app_id: str, *, per_url: int) -> int | None:
        return await self._look(lambda: sending.next_delivery(app_id, self._desk, per_url=per_url))

    async def under_way(self, app_id: str) -> int:
        return await self._look(of(app_id, outbox.under_way))

    async def add_deliveries(self, app_id: str, deliveries: Sequence[Delivery]) -> None:
        await self._run(lambda: sending.add(app_id, deliveries))

    async def delivery(self, app_id: str, delivery_id: str) -> Delivery:
        return await self._look(of(app_id, lambda epoch: outbox.get(epoch, delivery_id)))

    async def deliveries(
        self, app_id: str, *, state: DeliveryState | None, kind: str, wa_id: str, after: int, limit: int
    ) -> list[Delivery]:
        return await self._run(
            of(
                app_id,
                lambda epoch: outbox.list_(epoch, state=state, kind=kind, wa_id=wa_id, after=after, limit=limit),
            )
        )

    async def redeliver(self, app_id: str, delivery_id: str) -> Delivery:
        return await self._run(lambda: sending.redeliver(app_id, delivery_id))

    async def waiting(self, app_id: str) -> int:
        return await self._look(of(app_id, outbox.waiting))

    async def waiting_about(self, app_id: str) -> int:
        instant = asyncio.get_running_loop().time()
        counted, count = self._waiting.get(app_id, (0.0, None))
        if count is None or instant - counted > FRESH:
            if count is not None:
                self._waiting[app_id] = (instant, count)  # one counts, the others go on with what was counted before
            count = await self.waiting(app_id)
            self._waiting[app_id] = (instant, count)
        return count
