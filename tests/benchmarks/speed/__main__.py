"""Speed, measured: `python -m tests.benchmarks.speed` prints a table, in about three minutes. Needs `wrk`.

All on loopback. Machines are noisy: sandbox and yardstick run in turn, and what is quoted is the median of the ratios,
with the least and the most. Processor time is what a busy machine distorts least. The part `million`, half an hour at
most, is measured only when it is asked for.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable

from tests.benchmarks.speed import advancing, answering, carrying, growing, starting, table

Part = Callable[[argparse.Namespace], None]


def _stores(chosen: argparse.Namespace) -> None:
    answering.memory()
    answering.sqlite()
    if chosen.postgresql:
        answering.postgresql(chosen.postgresql)
    else:
        table.say("PostgreSQL", "not measured: give an empty database with --postgresql URL")


def _webhooks(_: argparse.Namespace) -> None:
    carrying.sustained()
    carrying.to_a_fast_receiver()
    carrying.to_a_slow_receiver()
    carrying.to_a_failing_receiver()


def _advance(_: argparse.Namespace) -> None:
    advancing.timers()
    advancing.webhooks()
    advancing.reset()


def _million(chosen: argparse.Namespace) -> None:
    growing.requests(chosen.many, chosen.seconds)
    growing.conversations(chosen.many, chosen.seconds)


PARTS: dict[str, Part] = {
    "start": lambda _: starting.cold_start(),
    "requests": _stores,
    "webhooks": _webhooks,
    "advance": _advance,
    "million": _million,
}
USUAL = [name for name in PARTS if name != "million"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.speed", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"only these: {', '.join(PARTS)}; otherwise {', '.join(USUAL)}")
    parser.add_argument("--postgresql", metavar="URL", help="an empty database, which is written to")
    parser.add_argument("--many", type=int, default=1_000_000, help="how many `million` is")
    parser.add_argument("--seconds", type=float, default=900, help="the longest that each half of `million` takes")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.part if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]}")
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing; install it (Debian: apt-get install wrk)")
    table.head()
    for name in chosen.part or USUAL:
        PARTS[name](chosen)


if __name__ == "__main__":
    main()
