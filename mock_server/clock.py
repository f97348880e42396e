"""The only reader of time.

Instants are whole milliseconds since the Unix epoch. An app's clock is a value (`AppClock`) that is kept with the app
and says what time it is there when the machine's time is known.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

from mock_server.errors import Conflict, Malformed

SECOND: Final = 1000
DAY: Final = 86_400 * SECOND
TOLERANCE: Final = 20  # milliseconds between two clocks that are taken for the same
END: Final = 221_845_392_000_000  # 9000-01-01: no clock goes further, so that whatever is due later still has a date


class Machine(Protocol):
    """Where real time comes from; tests pass their own."""

    def now(self) -> int:
        """Wall-clock time in milliseconds since the epoch."""

    def elapsed(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""


class MachineTime:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def elapsed(self) -> float:
        return time.monotonic()


class FollowedTime:
    """The time of a database that several processes share, as far as one of them knows it between two looks."""

    def __init__(self, own: Machine) -> None:
        self._own = own
        self._ahead = 0  # milliseconds that the database is ahead of this machine

    def now(self) -> int:
        return self._own.now() + self._ahead

    def elapsed(self) -> float:
        return self._own.elapsed()

    def follow(self, now: int) -> None:
        """What the database's clock said just now. The way here takes a little, which is no difference."""
        ahead = now - self._own.now()
        if abs(ahead - self._ahead) > TOLERANCE:
            self._ahead = ahead


class AppClock(msgspec.Struct, frozen=True, gc=False):
    """An app's clock: the machine's time plus `offset`, or standing at `frozen_at` (both milliseconds). Rule T1.

    While an advance is going on (T2) `target` is where it will end and `resume` whether the clock runs on afterwards.
    """

    offset: int = 0
    frozen_at: int | None = None
    target: int | None = None
    resume: bool = False

    def now(self, machine_now: int) -> int:
        return machine_now + self.offset if self.frozen_at is None else self.frozen_at

    def freeze(self, machine_now: int, *, at: int | None = None) -> AppClock:
        """Stand still, now or `at` a later instant. Raises Conflict for an earlier one or during an advance."""
        self._not_advancing()
        now = self.now(machine_now)
        if at is not None and at < now:
            raise Conflict(
                "clock_back", f"The clock never goes back: it is {iso(now)} in this app, later than {iso(at)}."
            )
        return AppClock(offset=self.offset, frozen_at=now if at is None else at)

    def run(self, machine_now: int) -> AppClock:
        """Go on from where the clock stands, at the machine's pace."""
        self._not_advancing()
        return AppClock(offset=self.now(machine_now) - machine_now)

    def begin_advance(self, machine_now: int, by: int) -> AppClock:
        """Stand at the present instant with `by` milliseconds to go (T2).

        Raises Conflict when an advance is going on, or past the year 8999.
        """
        self._not_advancing()
        now = self.now(machine_now)
        if now + by > END:
            raise Conflict("clock_end", f"No clock goes past {iso(END)}; it is {iso(now)} in this app.")
        return AppClock(frozen_at=now, target=now + by, resume=self.frozen_at is None)

    def step(self, to: int) -> AppClock:
        """The next instant of an advance."""
        return msgspec.structs.replace(self, frozen_at=to)

    def end_advance(self, machine_now: int) -> AppClock:
        """At the target; running again if it ran before. Real time spent is not added (T2)."""
        reached = self.target if self.target is not None else self.now(machine_now)
        return AppClock(offset=reached - machine_now) if self.resume else AppClock(frozen_at=reached)

    def _not_advancing(self) -> None:
        if self.target is not None:
            raise Conflict(
                "advancing", "An advance of this app's clock is going on; wait for its answer, then try again."
            )


def iso(instant: int) -> str:
    """`2026-11-21T22:10:00.000Z` for an instant in milliseconds."""
    moment = datetime.fromtimestamp(instant // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{instant % SECOND:03d}Z"


def parse_iso(text: str) -> int:
    """Milliseconds for an ISO 8601 date and time of the years 1970 to 8999; without a zone it is taken as UTC.

    Raises Malformed.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("instant", f"{text[:40]!r} is not a date and time like 2026-11-21T22:10:00Z.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    instant = round(moment.timestamp() * SECOND)
    if not 0 <= instant < END:
        raise Malformed("instant", f"{text[:40]!r} is not within the years 1970 to 8999.")
    return instant


def unix(instant: int) -> int:
    """Whole Unix seconds, as the providers print them."""
    return instant // SECOND


def unix_up(instant: int) -> int:
    """Unix seconds rounded up: the first whole second at which something that frees at `instant` is free (T6)."""
    return -(-instant // SECOND)
