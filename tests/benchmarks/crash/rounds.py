"""Rounds of load, kill, restart and judgement."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time

import aiohttp

from tests.benchmarks.crash.judge import Verdict, judge
from tests.benchmarks.crash.load import Round
from tests.benchmarks.crash.processes import Process
from tests.benchmarks.crash.receiver import Receiver

_log = logging.getLogger("crash")

LEASE = 2.0  # seconds until a dead process's lanes are taken over; 45 in a real one
MOST_ANSWERS = 400  # before the kill: a random number of them, and a random moment more
ROUND_SECONDS = 120.0


async def play_rounds(
    store: str, processes: int, rounds: int, seed: int, *, users: int, lease: float | None = None
) -> Verdict:
    """So many rounds on one store, by one process that is started again, or by two of which one goes on."""
    total, chance = Verdict(), random.Random(seed)  # noqa: S311  moments, not secrets
    served = [Process(store, lease=lease) for _ in range(processes)]
    try:
        for process in served:
            process.start()
        async with Receiver(seed) as receiver:
            for number in range(1, rounds + 1):
                receiver.forget()
                async with asyncio.timeout(ROUND_SECONDS):
                    verdict = await _round(number, served, chance, receiver, users=users)
                total.add(verdict)
                _log.info("round %d: %d answered, %d wrong", number, verdict.answered, len(verdict.wrong))
                for line in verdict.wrong:
                    _log.info("  %s", line)
    finally:
        for process in served:
            process.kill()
    return total


async def _round(
    number: int, served: list[Process], chance: random.Random, receiver: Receiver, *, users: int
) -> Verdict:
    victim = chance.choice(served)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as http:
        round_ = Round(number, [process.url for process in served], chance, http)
        assert await round_.make_app(receiver.url)
        load = asyncio.create_task(round_.run(users=users))
        await _under_load(round_, load, answers=chance.randrange(MOST_ANSWERS))
        await asyncio.sleep(chance.uniform(0, 0.05))
        round_.killed = time.time()
        await asyncio.to_thread(victim.kill)
        if len(served) == 1:
            await _ended(load)
        else:
            await load  # the other one serves
        await asyncio.to_thread(victim.start)
        forgotten = await round_.make_app(receiver.url)
        await round_.try_again()
        verdict = await judge(round_, receiver)
        verdict.wrong += [f"{round_.app} is not there any more"] if forgotten else []
        return verdict


async def _under_load(round_: Round, load: asyncio.Task[None], *, answers: int) -> None:
    while round_.answered < answers and not load.done():  # noqa: ASYNC110
        await asyncio.sleep(0.002)


async def _ended(load: asyncio.Task[None]) -> None:
    """What was under way gets no answer; nothing more is asked of nobody."""
    await asyncio.wait({load}, timeout=0.2)
    load.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await load
