"""A few rounds of what `python -m tests.benchmarks.crash` does at length: load, kill -9, restart, comparison (W6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.crash.judge import Verdict
from tests.benchmarks.crash.rounds import LEASE, play_rounds

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


def check(verdict: Verdict) -> None:
    """Nothing is wrong, and there was something that could have been."""
    assert verdict.wrong == []
    lost = (verdict.lost_requests, verdict.lost_events, verdict.stuck, verdict.over_limit, verdict.unmarked)
    assert lost == (0, 0, 0, 0, 0)
    assert verdict.requests > 0
    assert verdict.events > 0


async def test_a_file_survives_kills(tmp_path: Path) -> None:
    """Killed under load and started again on its file, a sandbox has lost no request and no event, lets nothing through
    that a limit forbids, and marks what came twice (W6, R2).
    """
    check(await play_rounds(f"sqlite:///{tmp_path}/crash.db", 1, 4, 4, users=24))


async def test_one_of_two_is_killed(postgresql: str) -> None:
    """Of two sandboxes on one database one is killed: the other serves, and takes over what the dead one had (W6)."""
    check(await play_rounds(postgresql, 2, 3, 5, users=24, lease=LEASE))


async def test_forgetting_would_be_found_out() -> None:
    """The comparison can fail: a sandbox in memory loses all that it had, and every loss is counted."""
    verdict = await play_rounds("memory", 1, 1, 6, users=8)
    assert verdict.lost_requests + verdict.lost_events > 0
