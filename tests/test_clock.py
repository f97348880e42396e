"""An app's clock: running, frozen, advanced, never back (T1, T2); and how instants are written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mock_server.clock import END, AppClock, MachineTime, iso, parse_iso, unix, unix_up
from mock_server.errors import Conflict, Malformed

NOW = 1_767_168_000_000  # 2025-12-31T08:00:00Z


def test_a_clock_runs_with_the_machine() -> None:
    """A new app's clock shows the machine's time (T1)."""
    assert AppClock().now(NOW) == NOW
    assert AppClock().now(NOW + 5) == NOW + 5


def test_an_offset_stays() -> None:
    """A clock that was advanced runs on, ahead of the machine by what it was advanced (T1, T2)."""
    clock = AppClock().begin_advance(NOW, 3_600_000).end_advance(NOW)
    assert clock.now(NOW) == NOW + 3_600_000
    assert clock.now(NOW + 7) == NOW + 3_600_007


def test_frozen_it_stands() -> None:
    """A frozen clock stands while the machine's time goes on (T1)."""
    clock = AppClock().freeze(NOW)
    assert clock.now(NOW + 86_400_000) == NOW


def test_frozen_at_a_later_instant() -> None:
    """A clock can be frozen at a later instant, and runs on from there (T1)."""
    clock = AppClock().freeze(NOW, at=NOW + 1_000)
    assert clock.now(NOW) == NOW + 1_000
    assert clock.run(NOW + 50).now(NOW + 60) == NOW + 1_010


def test_it_never_goes_back() -> None:
    """Freezing at an earlier instant is refused (T2)."""
    with pytest.raises(Conflict, match="never goes back") as refused:
        AppClock().freeze(NOW, at=NOW - 1)
    assert refused.value.code == "clock_back"


def test_going_on_loses_nothing() -> None:
    """A clock that was frozen goes on from where it stood, at the machine's pace (T1)."""
    clock = AppClock().freeze(NOW).run(NOW + 10_000)
    assert clock.now(NOW + 10_000) == NOW
    assert clock.now(NOW + 10_005) == NOW + 5


def test_an_advance_stands_at_each_step() -> None:
    """During an advance the clock stands at each due instant, whatever the machine's time does (T2)."""
    clock = AppClock().begin_advance(NOW, 10_000)
    assert clock.now(NOW + 500) == NOW
    assert clock.step(NOW + 4_000).now(NOW + 900) == NOW + 4_000


def test_real_time_spent_is_not_added() -> None:
    """After an advance that took 3 s of real time the clock has moved by what was asked and no more (T2)."""
    clock = AppClock().begin_advance(NOW, 10_000).step(NOW + 4_000).end_advance(NOW + 3_000)
    assert clock.now(NOW + 3_000) == NOW + 10_000
    assert clock.now(NOW + 3_001) == NOW + 10_001


def test_a_frozen_clock_is_frozen_after_an_advance() -> None:
    """An advance of a frozen clock leaves it frozen, further on (T2)."""
    clock = AppClock().freeze(NOW).begin_advance(NOW + 77, 10_000).end_advance(NOW + 99)
    assert clock.now(NOW + 86_400_000) == NOW + 10_000


def test_an_advance_of_nothing() -> None:
    """An advance by 0 leaves the clock where it is (T2)."""
    assert AppClock().begin_advance(NOW, 0).end_advance(NOW).now(NOW) == NOW


MOVES: list[Callable[[AppClock], AppClock]] = [
    lambda clock: clock.freeze(NOW),
    lambda clock: clock.run(NOW),
    lambda clock: clock.begin_advance(NOW, 1),
]


@pytest.mark.parametrize("move", MOVES, ids=["freeze", "resume", "advance"])
def test_one_move_at_a_time(move: Callable[[AppClock], AppClock]) -> None:
    """While an advance is going on, another advance, a freeze and a resume are refused (T2)."""
    with pytest.raises(Conflict) as refused:
        move(AppClock().begin_advance(NOW, 10_000))
    assert refused.value.code == "advancing"


def test_no_clock_goes_past_its_end() -> None:
    """An advance past the year 8999 is refused, so that every instant can be written (T2)."""
    clock = AppClock(frozen_at=END - 1_000)
    assert clock.begin_advance(NOW, 1_000).end_advance(NOW).now(NOW) == END
    with pytest.raises(Conflict, match="past 9000-01-01T") as refused:
        clock.begin_advance(NOW, 1_001)
    assert refused.value.code == "clock_end"


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (NOW, "2025-12-31T08:00:00.000Z"),
        (NOW + 1, "2025-12-31T08:00:00.001Z"),
        (END, "9000-01-01T00:00:00.000Z"),
    ],
)
def test_instants_are_iso_with_milliseconds(instant: int, written: str) -> None:
    """An instant is written as ISO 8601 in UTC, with milliseconds and Z."""
    assert iso(instant) == written


@pytest.mark.parametrize(
    "text",
    ["2025-12-31T08:00:00Z", "2025-12-31T08:00:00.000Z", "2025-12-31T13:30:00+05:30", "2025-12-31T08:00:00"],
)
def test_instants_are_read_in_any_zone(text: str) -> None:
    """An ISO 8601 time is read in its zone, without one in UTC."""
    assert parse_iso(text) == NOW


@pytest.mark.parametrize("text", ["", "tomorrow", "2025-13-01T00:00:00Z", "1767168000", "x" * 1000])
def test_what_is_no_instant(text: str) -> None:
    """What is no date and time is refused, with at most 40 characters of it in the sentence (E3)."""
    with pytest.raises(Malformed) as refused:
        parse_iso(text)
    assert len(refused.value.sentence) < 120


@pytest.mark.parametrize("text", ["1969-12-31T23:59:59Z", "9000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_instants_too_far_away(text: str) -> None:
    """Times outside the years 1970 to 8999 are refused (E3)."""
    with pytest.raises(Malformed, match="1970 to 8999"):
        parse_iso(text)


@pytest.mark.parametrize(("instant", "down", "up"), [(1_000, 1, 1), (1_001, 1, 2), (1_999, 1, 2), (2_000, 2, 2)])
def test_unix_seconds(instant: int, down: int, up: int) -> None:
    """Unix seconds are cut off; where something frees they are rounded up, so that none comes too early (T6)."""
    assert (unix(instant), unix_up(instant)) == (down, up)


def test_the_machines_own_time() -> None:
    """The machine's time is in milliseconds of this century, and its stopwatch does not go back (T1)."""
    machine = MachineTime()
    assert machine.now() > NOW
    assert machine.elapsed() <= machine.elapsed()
