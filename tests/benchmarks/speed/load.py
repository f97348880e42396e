"""Load: wrk with 32 connections for some seconds, and what it and the processor's account say."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from typing import Final, NamedTuple

from tests.benchmarks.speed.processes import HERE, Process

CONNECTIONS: Final = 32
SECONDS: Final = 3
APART: Final = 40_000_000  # users between those of one process and those of the next


class Load(NamedTuple):
    """Requests, requests a second, the 99th percentile in milliseconds, processor microseconds a request."""

    requests: int
    rate: float
    p99: float
    cost: float


def load(
    *processes: Process, seconds: int = SECONDS, users: int | None = None, text: bool = False, first: int = 0
) -> Load:
    """Call permission requests to users who are all different, to each process its share of the connections.

    Or texts; `users`: to so many in turn, from the `first` of them. Raises ValueError for an answer that is no 200.
    """
    before = [process.processor() for process in processes]
    environment = {**os.environ, "WRK_MESSAGE": "text" if text else "request"}
    if users is not None:
        environment["WRK_USERS"] = str(users)
    share = CONNECTIONS // len(processes)
    running = []
    for place, process in enumerate(processes):
        environment["WRK_FIRST"] = str(first + place * APART)
        running.append(_wrk(process, share, seconds, environment))
    loads = [_read(wrk.communicate()[0]) for wrk in running]
    requests = sum(one.requests for one in loads)
    used = sum(process.processor() - begun for process, begun in zip(processes, before, strict=True))
    return Load(requests, sum(one.rate for one in loads), max(one.p99 for one in loads), used / requests * 1e6)


def _wrk(process: Process, connections: int, seconds: int, environment: dict[str, str]) -> subprocess.Popen[str]:
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(HERE / "requests.lua")]
    return subprocess.Popen(
        [*wrk, f"http://127.0.0.1:{process.port}"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _read(said: str) -> Load:
    if wrong := re.search(r"Non-2xx.*", said):
        raise ValueError(f"wrk: {wrong[0]}")
    (amount, unit), (requests, rate) = _figures(r"99%\s+([\d.]+)(us|ms|s)\s", said), _figures(_REQUESTS, said)
    return Load(int(requests), float(rate), float(amount) * {"us": 0.001, "ms": 1, "s": 1000}[unit], 0.0)


_REQUESTS: Final = r"(?s)(\d+) requests in.*Requests/sec:\s+([\d.]+)"


def _figures(pattern: str, said: str) -> Sequence[str]:
    found = re.search(pattern, said)
    assert found is not None, said
    return found.groups()
