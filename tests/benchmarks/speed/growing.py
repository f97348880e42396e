"""Whether anything grows: memory after a million requests, and what a request costs with a million conversations."""

from __future__ import annotations

import time

from tests.benchmarks.speed.load import Load, load
from tests.benchmarks.speed.processes import Process, sandbox
from tests.benchmarks.speed.table import say

SLICE = 20  # seconds of load at a time


def requests(wanted: int, seconds: float) -> None:
    """Texts to a hundred users, no webhooks: once everything that is bounded is full, nothing may grow any more."""
    with sandbox() as process:
        sent = _send(process, wanted // 4, seconds / 4, users=100)
        early, first = process.memory(), load(process, users=100, text=True)
        say(f"memory after {sent} requests to 100 users", f"{early:.0f} MiB")
        sent += _send(process, wanted - sent, seconds * 3 / 4, users=100)
        late, last = process.memory(), load(process, users=100, text=True)
        say(f"memory after {sent} requests to 100 users", f"{late:.0f} MiB", "the same")
        say("cost of a request then, and before", f"{_cost(last)}; {_cost(first)}", "the same")


def conversations(wanted: int, seconds: float) -> None:
    """Texts to users who are all different, no webhooks."""
    with sandbox() as process:
        few = load(process, users=1000, text=True)
        sent = _send(process, wanted, seconds, users=wanted)
        many = load(process, users=wanted, text=True)
        say(f"memory with {min(sent, wanted)} conversations", f"{process.memory():.0f} MiB")
        say("cost of a request with 1000 conversations", _cost(few))
        say("cost of a request with all of them", _cost(many), "the same")


def _send(process: Process, wanted: int, seconds: float, *, users: int) -> int:
    """Send so many requests, or as many as fit into the time. Answers how many."""
    sent, until = 0, time.perf_counter() + seconds
    while sent < wanted and (left := until - time.perf_counter()) > 1:
        sent += load(process, seconds=min(SLICE, int(left)), users=users, text=True, first=sent).requests
    return sent


def _cost(loaded: Load) -> str:
    return f"{loaded.cost:.0f} us of processor time, {loaded.rate:.0f}/s, p99 {loaded.p99:.0f} ms"
