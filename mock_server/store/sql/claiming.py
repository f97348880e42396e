"""Claims that somebody waits for; what nobody waits for any more is given back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar

from mock_server.errors import NotFound, Unavailable
from mock_server.store.protocol import Claim

T = TypeVar("T")

GiveBack: TypeAlias = Callable[[str, Sequence[Claim]], Awaitable[None]]


class Claiming:
    """See the module. `give_back` frees the lanes of claims that nobody carries."""

    def __init__(self, give_back: GiveBack) -> None:
        self._give_back = give_back
        self._going_on: set[asyncio.Task[Any]] = set()

    async def wait(self, app_id: str, asked: Coroutine[Any, Any, T], claims_of: Callable[[T], Sequence[Claim]]) -> T:
        """The answer, which has claims in it. Who is cut off meanwhile has claimed nothing."""
        claiming = self._spawn(asked)
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            claiming.add_done_callback(partial(self._left_over, app_id, claims_of))
            raise

    async def close(self) -> None:
        """Returns when nothing is going on any more."""
        while self._going_on:
            await asyncio.wait(self._going_on)

    def _left_over(self, app_id: str, claims_of: Callable[[T], Sequence[Claim]], claiming: asyncio.Task[T]) -> None:
        if not claiming.cancelled() and claiming.exception() is None and (claims := claims_of(claiming.result())):
            self._spawn(self._given_back(app_id, claims))

    async def _given_back(self, app_id: str, claims: Sequence[Claim]) -> None:
        with contextlib.suppress(NotFound, Unavailable):  # then their leases end, or at the end everything is let go
            await self._give_back(app_id, claims)

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)
        return task
