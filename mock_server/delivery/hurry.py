"""What an advance of the clock allows its receivers (T2). Seconds of real time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from mock_server.delivery.sender import Answer

T = TypeVar("T")

SHORTEST_WAIT: Final = 0.001  # what a last attempt gets when its URL has used up what the advance allows it


class Hurry:
    """The account of one advance: which URLs did not answer, how long each was waited for, what was attempted.

    A URL is waited for at most `patience` seconds at a time: once to learn that it is silent, and then half as long for
    all last attempts. Attempts made together are waited for together.
    """

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self._allowance = 1.5 * patience
        self.attempted = 0
        self.failed = 0
        self.silent: set[str] = set()
        self._left: dict[str, float] = {}
        self._together: dict[str, float] = {}  # how long the attempts under way have waited for a URL in vain

    def allow(self, url: str, timeout: float) -> float:
        """How long an attempt at this URL may take, where it could take `timeout` without the hurry."""
        left = self._left.get(url, self._allowance)
        return min(timeout, self.patience, max(left, SHORTEST_WAIT))

    def take_note(self, url: str, answer: Answer, timeout: float) -> None:
        """What came of an attempt that was allowed `timeout`."""
        if answer.outcome == "timed_out":
            self.did_not_answer(url, timeout)
        elif answer.status is not None:
            self.silent.discard(url)

    def did_not_answer(self, url: str, waited: float) -> None:
        self.silent.add(url)
        self._together[url] = max(self._together.get(url, 0), waited)

    def all_settled(self) -> None:
        """The attempts that were made together are over."""
        for url, waited in self._together.items():
            self._left[url] = self._left.get(url, self._allowance) - waited
        self._together.clear()


class Pace:
    """How an app's webhooks are carried at present: at leisure, or in a hurry while its clock is advanced."""

    def __init__(self) -> None:
        self.hurry: Hurry | None = None
        self.ended = False
        self._asking: dict[asyncio.Timeout, asyncio.Task[Any] | None] = {}

    async def ask(self, receiver: Awaitable[T]) -> T:
        """What the receiver says. Raises TimeoutError when it is cut short; cancelled at the end of the process."""
        async with asyncio.timeout(None) as scope:
            self._asking[scope] = task = asyncio.current_task()
            if self.ended and task is not None:
                task.cancel()
            try:
                return await receiver
            finally:
                self._asking.pop(scope, None)

    def cut_short(self) -> None:
        """Wait for no receiver any more that is being asked."""
        for scope in self._asking:
            scope.reschedule(0)
        self._asking.clear()

    def end(self) -> None:
        """Ask no receiver any more; what came of those that have answered is still kept."""
        self.ended = True
        for task in self._asking.values():
            if task is not None:
                task.cancel()
