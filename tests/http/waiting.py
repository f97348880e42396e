"""Waiting for something to happen, not for time to pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

SECONDS = 10
POLL = 0.0005  # a loop that only went round would starve the thread in which a store works


async def until(happened: Callable[[], bool]) -> None:
    """Return when it has happened; fail after ten seconds."""
    try:
        async with asyncio.timeout(SECONDS):
            while not happened():  # noqa: ASYNC110  what happens does not tell anybody
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise AssertionError("it did not happen") from None
