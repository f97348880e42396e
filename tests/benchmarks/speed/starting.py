"""From the start of the process to its first answer."""

from __future__ import annotations

from tests.benchmarks.speed.processes import sandbox
from tests.benchmarks.speed.table import say, spread

STARTS = 7


def cold_start() -> None:
    times, used = [], []
    for _ in range(STARTS):
        with sandbox() as process:
            times.append(process.milliseconds)
            used.append(process.processor() * 1000)
    say("first 200 after the start of the process", f"{spread(times, '.0f')} ms", "400 ms")
    say("the same by processor time", f"{spread(used, '.0f')} ms")
