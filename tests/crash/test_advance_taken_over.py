"""An advance whose process is killed in the middle is finished by another (T2)."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.benchmarks.crash.processes import Process
from tests.benchmarks.crash.receiver import Receiver
from tests.stage.play import APP

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CONTROL = f"/_sandbox/apps/{APP}"
DAYS = 6 * 86_400
# In six days: at once, after the seven waits that grow, and every day.
ATTEMPTS = 8 + 5


async def clock(http: aiohttp.ClientSession, process: Process) -> Any:
    async with http.get(f"{process.url}{CONTROL}") as answer:
        return (await answer.json())["clock"]


async def until(done: Any, seconds: float = 30) -> None:
    """Wait for what other processes do."""
    async with asyncio.timeout(seconds):
        while not await done():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_it_is_finished_by_the_other(postgresql: str) -> None:
    """The clock gets where it was going, every retry on the way is made, and then the app can be advanced again."""
    async with Receiver(1, failing=1, slowest=0.4) as receiver, aiohttp.ClientSession() as http:
        first, second = (Process(postgresql, lease=1.5, options=("--webhook", receiver.url)) for _ in range(2))
        first.start()
        second.start()
        try:
            text = {"action": "text", "text": "hello"}
            await http.post(f"{first.url}{CONTROL}/users/919800000001/actions", json=text)
            begun = (await clock(http, first))["offset_seconds"]
            advance = asyncio.create_task(
                http.post(f"{first.url}{CONTROL}/clock", json={"advance_seconds": DAYS}, timeout=None)
            )
            await until(lambda: _seen(receiver, 5))
            await asyncio.to_thread(first.kill)
            with pytest.raises(aiohttp.ClientError):
                await advance
            assert (await clock(http, second))["advancing_to"] is not None
            await until(lambda: _arrived(http, second))
            assert (await clock(http, second))["offset_seconds"] == pytest.approx(begun + DAYS, abs=5)
            assert _tried(receiver) - ATTEMPTS in {0, 1}  # what was under way is tried again
            async with http.post(f"{second.url}{CONTROL}/clock", json={"advance_seconds": 60}) as answer:
                assert answer.status == 200
        finally:
            first.kill()
            second.kill()


def _tried(receiver: Receiver) -> int:
    return len([row for row in receiver.arrivals if row.user])


async def _seen(receiver: Receiver, count: int) -> bool:
    return _tried(receiver) >= count


async def _arrived(http: aiohttp.ClientSession, process: Process) -> bool:
    return (await clock(http, process))["advancing_to"] is None
