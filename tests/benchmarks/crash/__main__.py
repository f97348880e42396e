"""What a crash costs: `python -m tests.benchmarks.crash` kills sandboxes under load and prints what was lost.

SQLite: one process, killed at a random instant and started again on its file. PostgreSQL: two processes on one
database, one killed while the other serves. All on loopback; about five minutes with the usual number of rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time

from tests.benchmarks.crash.judge import Verdict
from tests.benchmarks.crash.rounds import LEASE, play_rounds
from tests.stage import postgresql

ROUNDS = {"sqlite": 50, "postgresql": 20}
COLUMNS = {
    "rounds": "rounds", "answered": "answered", "requests": "requests 200", "events": "events due",
    "arrivals": "attempts", "twice": "twice, marked", "waiting": "still waiting", "lost_requests": "lost requests",
    "lost_events": "lost events", "stuck": "stuck", "over_limit": "over limit", "unmarked": "unmarked",
    "out_of_order": "out of order",
}  # fmt: skip


def main() -> None:
    chosen = _options()
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    print(f"seed {chosen.seed}")
    rows: dict[str, Verdict] = {}
    for kind in chosen.store or list(ROUNDS):
        began = time.perf_counter()
        rows[kind] = _played(kind, chosen.rounds or ROUNDS[kind], chosen.seed, chosen.users)
        print(f"{kind}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print("".join(f"| {name} " for name in ("store", *COLUMNS.values())) + "|")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for kind, verdict in rows.items():
        print("".join(f"| {value} " for value in (kind, *(getattr(verdict, name) for name in COLUMNS))) + "|")
    sys.exit(any(verdict.wrong for verdict in rows.values()))


def _played(kind: str, rounds: int, seed: int, users: int) -> Verdict:
    if kind == "postgresql":
        return asyncio.run(play_rounds(postgresql.databases().take(), 2, rounds, seed, users=users, lease=LEASE))
    with tempfile.TemporaryDirectory(prefix="gupshup-mock-crash-") as folder:
        return asyncio.run(play_rounds(f"sqlite:///{folder}/crash.db", 1, rounds, seed, users=users))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.crash", description=__doc__)
    parser.add_argument("--store", choices=list(ROUNDS), action="append", help="only this one; both otherwise")
    parser.add_argument("--rounds", type=int, help=f"otherwise {ROUNDS}")
    parser.add_argument("--users", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311  no secret
    return parser.parse_args()


if __name__ == "__main__":
    main()
