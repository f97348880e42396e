"""Requests a second and their 99th percentile, each store against a bare Starlette route in the same run.

An accepted call permission request with validation, state, journal and queued webhooks, delivery paused.
"""

from __future__ import annotations

import tempfile

from tests.benchmarks.speed.load import Load, load
from tests.benchmarks.speed.processes import BARE, HERE, SECOND, WEBHOOK, Process, sandbox, started
from tests.benchmarks.speed.table import say, spread

ROUNDS = 5


def memory() -> None:
    with sandbox("--webhook", WEBHOOK) as process:
        say("memory, idle", f"{process.memory():.0f} MiB", "60 MiB")
        _against_bare("memory", process, target="0.6")


def sqlite() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="gupshup-mock-speed-") as folder,
        sandbox("--webhook", WEBHOOK, "--store", f"sqlite:///{folder}/speed.db") as process,
    ):
        _against_bare("SQLite", process, target="0.4")


def postgresql(url: str) -> None:
    """On this database, with one process and with two."""
    with sandbox("--webhook", WEBHOOK, "--store", url) as first:
        _against_bare("PostgreSQL, one process", first)
        with sandbox("--webhook", WEBHOOK, "--store", url, port=SECOND) as second:
            _against_bare("PostgreSQL, two processes", first, second)


def _against_bare(what: str, *processes: Process, target: str = "") -> None:
    first = processes[0]
    first.control("PATCH", "", deliveries="paused")
    with started(str(HERE / "bare.py"), str(BARE), port=BARE) as bare:
        pairs = []
        for _ in range(ROUNDS):
            first.control("POST", "/reset")
            pairs.append((load(*processes), load(bare)))
    _tell(what, pairs, target)


def _tell(what: str, pairs: list[tuple[Load, Load]], target: str) -> None:
    say(f"{what}: requests against bare Starlette", spread([o.rate / b.rate for o, b in pairs], ".2f"), target)
    say(f"{what}: the same by processor time", spread([b.cost / o.cost for o, b in pairs], ".2f"))
    say(f"{what}: requests a second", spread([o.rate for o, _ in pairs], ".0f"))
    ours, bare = ([load.p99 for load in loads] for loads in zip(*pairs, strict=True))
    say(f"{what}: p99", f"{spread(ours, '.0f')} ms; bare {spread(bare, '.0f')} ms", "15 ms" if target else "")
