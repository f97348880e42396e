"""Webhooks a second, to a receiver that answers at once, one that is slow, and one that fails."""

from __future__ import annotations

import time
from typing import Final

from tests.benchmarks.speed.load import load
from tests.benchmarks.speed.processes import WEBHOOK, received, receiver, sandbox
from tests.benchmarks.speed.table import say

SLOW: Final = "0.2"  # seconds
WATCHED: Final = 4  # seconds that a receiver is watched


def sustained() -> None:
    """Requests while their three webhooks each go out."""
    with receiver(), sandbox("--webhook", WEBHOOK) as process:
        loaded = load(process)
        say("requests with a fast receiver", f"{loaded.rate:.0f}/s, p99 {loaded.p99:.0f} ms")


def to_a_fast_receiver() -> None:
    say("webhooks to a fast receiver", f"{_carried():.0f}/s", "2500/s")


def to_a_slow_receiver() -> None:
    """64 attempts are under way at one URL at most, so five times that many are possible."""
    say(f"webhooks to one that answers after {SLOW} s", f"{_carried(SLOW):.0f}/s")


def to_a_failing_receiver() -> None:
    """Attempts: first ones and what of their repetitions falls into that time."""
    say("attempts at one that answers 500", f"{_carried('0', '500'):.0f}/s")


def _carried(*behaviour: str) -> float:
    """What comes in a second when some thousands wait and deliveries are let go."""
    with receiver(*behaviour), sandbox("--webhook", WEBHOOK) as process:
        process.control("PATCH", "", deliveries="paused")
        load(process, seconds=2)
        waiting = process.control("POST", "/deliveries/flush", timeout_seconds=0)["waiting"]
        began, until = time.perf_counter(), time.perf_counter() + WATCHED
        process.control("PATCH", "", deliveries="on")
        while (came := received()) < waiting and time.perf_counter() < until:
            time.sleep(0.02)
        return came / (time.perf_counter() - began)
