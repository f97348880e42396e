"""Rate limits as the providers document them (E5), on the machine's time, per process, off unless asked for."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Final

import msgspec

from mock_server.clock import Machine
from mock_server.errors import RateLimited

KEYS_BOUND: Final = 10_000


class Rate(msgspec.Struct, frozen=True, gc=False):
    """At most `calls` in any `seconds`; beyond that the caller gets this code."""

    calls: int
    seconds: float
    code: int | str = "rate"


# Gupshup, partner rate limits, in force since Sep 28 2023.
LOGIN: Final = Rate(10, 60)
TOKEN: Final = Rate(10, 60)
TEMPLATES: Final = Rate(10, 60)
SUBSCRIPTION: Final = Rate(5, 60)
UNIVERSAL: Final = Rate(3, 60)
BSUID: Final = Rate(10, 60)
OTHER: Final = Rate(10, 1)

# Meta. State queries: "Obtain user call permissions", Jun 26 2026 (5 until Dec 2025). Messages of a number:
# "Throughput", Nov 21 2025. Of a pair: "About the platform", Dec 5 2025: a burst of 45 in 6 s, 600 in an hour.
STATE_QUERIES: Final = Rate(100, 1, 613)
GRAPH_MESSAGES: Final = Rate(80, 1, 130429)
PAIR_BURST: Final = Rate(45, 6, 131056)
PAIR: Final = Rate(600, 3600, 131056)


class Rates:
    """Counts calls per key; also remembers who was told to wait, for the journal's eye on retry storms."""

    def __init__(self, *, machine: Machine, enforced: bool) -> None:
        self._machine = machine
        self._enforced = enforced
        self._calls: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._told: OrderedDict[tuple[str, str], float] = OrderedDict()

    def check(self, what: str, whose: str, rate: Rate) -> None:
        """Count a call. Raises RateLimited beyond the rate."""
        if not self._enforced:
            return
        now = self._machine.elapsed()
        calls = self._calls.setdefault((what, whose), deque(maxlen=rate.calls))
        self._calls.move_to_end((what, whose))
        if len(self._calls) > KEYS_BOUND:
            self._calls.popitem(last=False)
        if len(calls) == rate.calls and calls[0] + rate.seconds > now:
            raise RateLimited(rate.code, f"More than {rate.calls} calls in {rate.seconds:g} s; wait, then try again.")
        calls.append(now)

    def told_to_wait(self, route: str, whom: str) -> None:
        """Remember that this path answered 429 about this user."""
        self._told[route, whom] = self._machine.elapsed()
        if len(self._told) > KEYS_BOUND:
            self._told.popitem(last=False)

    def too_soon(self, route: str, whom: str) -> bool:
        """Whether the same path and user come again within 1 s of a 429 (section 11)."""
        told = self._told.get((route, whom))
        return told is not None and self._machine.elapsed() - told < 1
