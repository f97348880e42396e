"""Waiting without time: the event loop goes round until something has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

ROUNDS = 10_000


async def until(happened: Callable[[], bool]) -> None:
    """Return when it has happened; fail after 10 000 rounds of the event loop."""
    for _ in range(ROUNDS):
        if happened():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not happen")
