"""What came of attempts is kept together: those of an app that end together, or while others are being kept.

A transaction of its own for each would cost ten times as much, and they would wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from mock_server.errors import NotFound, Unavailable
from mock_server.store.sql.sending import Outcome

TOGETHER: Final = 64  # in one transaction

Keep: TypeAlias = Callable[[str, Sequence[Outcome]], Awaitable[list[bool]]]


class _Waiting(NamedTuple):
    outcome: Outcome
    kept: asyncio.Future[bool]


class Settling:
    """See the module. `keep` keeps what came of several claims, in one transaction."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._waiting: dict[str, list[_Waiting]] = {}  # by app
        self._keeping: set[asyncio.Task[None]] = set()

    async def settle(self, app_id: str, outcome: Outcome) -> bool:
        """Whether it was kept. Raises what the transaction raises; who gives up waiting changes nothing about it."""
        waiting = _Waiting(outcome, asyncio.get_running_loop().create_future())
        if app_id in self._waiting:
            self._waiting[app_id].append(waiting)
        else:
            self._waiting[app_id] = [waiting]
            task = asyncio.get_running_loop().create_task(self._keep_those_of(app_id))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)
        return await waiting.kept

    async def close(self) -> None:
        """Returns when nothing waits any more."""
        if self._keeping:
            await asyncio.wait(self._keeping)

    async def _keep_those_of(self, app_id: str) -> None:
        while waiting := self._waiting[app_id][:TOGETHER]:
            del self._waiting[app_id][:TOGETHER]
            await self._keep_together(app_id, waiting)
        del self._waiting[app_id]

    async def _keep_together(self, app_id: str, waiting: Sequence[_Waiting]) -> None:
        try:
            kept = await self._keep(app_id, [one.outcome for one in waiting])
        except Exception as error:
            if len(waiting) > 1 and not isinstance(error, (NotFound, Unavailable)):  # one of them is to blame
                for one in waiting:
                    await self._keep_together(app_id, [one])
                return
            for one in waiting:
                if not one.kept.done():
                    one.kept.set_exception(error)
            return
        for one, is_kept in zip(waiting, kept, strict=True):
            if not one.kept.done():  # somebody waits for it still
                one.kept.set_result(is_kept)
