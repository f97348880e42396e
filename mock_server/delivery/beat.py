"""One app's courier: what is under way here, and when it looks again."""

from __future__ import annotations

import asyncio
from typing import Final

from mock_server.delivery.hurry import Pace
from mock_server.store.protocol import Claim, Store

SHORTEST_SLEEP: Final = 0.0005  # seconds; twice as long each time that what is due does not come, up to LONGEST_DOZE
LONGEST_DOZE: Final = 0.064


class Beat(Pace):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.again = False  # woken while pumping
        self.carrying: dict[asyncio.Task[None], Claim] = {}
        self.alarm: asyncio.TimerHandle | None = None
        self.pumping: asyncio.Task[None] | None = None
        self.waiters: dict[str, list[asyncio.Future[None]]] = {}
        self._doze = SHORTEST_SLEEP

    def silence(self) -> None:
        """No alarm rings any more."""
        if self.alarm is not None:
            self.alarm.cancel()
            self.alarm = None

    def looked(self, *, in_vain: bool) -> None:
        """Whether anything came of it that the courier looked."""
        self._doze = min(self._doze * 2, LONGEST_DOZE) if in_vain else SHORTEST_SLEEP

    def sleep(self, seconds: float) -> float:
        """How long to sleep until something is due in so many seconds.

        What is due already and was not there is another process's to see, whose clock is a little ahead or behind.
        """
        return max(seconds, self._doze)

    def tell(self, delivery_id: str) -> None:
        """Let those go on who wait for this delivery's attempt."""
        for waiter in self.waiters.pop(delivery_id, ()):
            if not waiter.done():
                waiter.set_result(None)

    def tell_all(self) -> None:
        for delivery_id in list(self.waiters):
            self.tell(delivery_id)

    async def under_way(self, store: Store, app_id: str) -> dict[asyncio.Task[None], Claim]:
        """What is being carried here, but for what a reset or a load has made pointless."""
        one_of_each = {claim.generation: claim for claim in self.carrying.values()}
        good = {number for number, claim in one_of_each.items() if await store.holds_good(app_id, claim)}
        return {task: claim for task, claim in self.carrying.items() if claim.generation in good}
