"""When a webhook is tried again, and when it is given up (W5). Pure: no sandbox, no clock."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.delivery import schedule
from mock_server.settings import Dialect, Variants
from mock_server.store.rows import Attempt, Delivery, DeliveryState
from tests.stage.deliveries import a_delivery, outcome

SECOND = 1_000
HOUR = 3_600_000
DAY = 86_400_000
WEEK = 7 * DAY
# Seconds after the event at which one that never arrives is tried: 1 s, 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, daily.
LADDER_7D = [0, 1, 6, 36, 156, 756, 4356, 25956, 112356, 198756, 285156, 371556, 457956, 544356]
LADDER_36H = [0, 1, 6, 36, 156, 756, 4356, 25956, 112356]
SHORT = Variants(retry_window="36h")


def life(window: Variants, *, late: int = 0) -> list[Delivery]:
    """The rows of a webhook that never arrives, each attempt `late` milliseconds after it was due."""
    rows = [a_delivery("d")]
    while rows[-1].state is DeliveryState.WAITING:
        rows.append(outcome(rows[-1], ok=False, at=rows[-1].due + late, window=window))
    return rows


@pytest.mark.parametrize(("window", "seconds"), [(Variants(), LADDER_7D), (SHORT, LADDER_36H)], ids=["7d", "36h"])
def test_the_ladder(window: Variants, seconds: list[int]) -> None:
    """Tried after 1 s, 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, then daily until the window ends, then dead (W5)."""
    rows = life(window)
    assert [row.due / SECOND for row in rows[:-1]] == seconds
    assert rows[-1].state is DeliveryState.DEAD
    assert rows[-1].attempted == len(seconds)


@pytest.mark.parametrize("late", [1, 300, 999])
def test_counted_from_the_due_time(late: int) -> None:
    """A late attempt delays none that comes after it: each is counted from when the one before was due (W5)."""
    assert [row.due / SECOND for row in life(Variants(), late=late)[:-1]] == LADDER_7D


def test_counted_from_now_after_a_long_hold() -> None:
    """Where the next attempt would be past already, as in a lane that was held, it is counted from this one (W5)."""
    held = a_delivery("d")
    assert outcome(held, ok=False, at=36 * SECOND).due == 37 * SECOND


def test_a_lane_is_held_for_three_retries() -> None:
    """After the first, second and third failure the lane is held, after the fourth and later ones it is not (W5)."""
    assert [row.holds for row in life(Variants())[1:6]] == [True, True, True, False, False]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_success(status: int) -> None:
    """Any answer of 200 to 299 delivers the webhook (W5)."""
    tried = schedule.after(a_delivery("d"), Attempt(1, 0, "answered", status), Variants())
    assert (tried.state, tried.attempted) == (DeliveryState.DELIVERED, 1)


@pytest.mark.parametrize("status", [100, 199, 300, 301, 307, 400, 404, 422, 429, 500, 503, None])
def test_all_else_is_failure(status: int | None) -> None:
    """A redirect, an error or no answer at all brings another attempt a second later (W5)."""
    tried = schedule.after(a_delivery("d"), Attempt(1, 0, "answered", status), Variants())
    assert (tried.state, tried.due, tried.failures) == (DeliveryState.WAITING, 1 * SECOND, 1)


@pytest.mark.parametrize(("left", "dies"), [(DAY, True), (DAY + 1, False)])
def test_the_window_is_half_open(left: int, dies: bool) -> None:
    """An attempt that would fall on the very end of the window is not made (W5, T6)."""
    row = a_delivery("d", due=WEEK - left, failures=7)
    assert schedule.dies_by_failing(row, row.due, Variants()) is dies
    assert (outcome(row, ok=False, at=row.due).state is DeliveryState.DEAD) is dies


def test_the_window_begins_with_the_event() -> None:
    """A webhook that waited in its lane for six days has one day left (W5)."""
    row = a_delivery("d")
    seconds = []
    while row.state is DeliveryState.WAITING:
        seconds.append(max(row.due, 6 * DAY) // SECOND - 6 * 86_400)
        row = outcome(row, ok=False, at=max(row.due, 6 * DAY))
    assert seconds == [0, 1, 6, 36, 156, 756, 4356, 25956]


def test_a_success_after_failures_ends_it() -> None:
    """A webhook that arrives at the third attempt is delivered, with three attempts to show (W5)."""
    row = a_delivery("d")
    for at, ok in ((0, False), (1 * SECOND, False), (6 * SECOND, True)):
        row = outcome(row, ok=ok, at=at)
    assert row.state is DeliveryState.DELIVERED
    assert [(attempt.number, attempt.at, attempt.status) for attempt in row.attempts] == [
        (1, 0, 500),
        (2, 1_000, 500),
        (3, 6_000, 200),
    ]


def test_the_last_fifty_attempts_are_kept() -> None:
    """However often it is sent again, fifty attempts are shown and the count goes on."""
    row = a_delivery("d")
    for n in range(60):
        row = outcome(row, ok=True, at=n)
    assert (len(row.attempts), row.attempted, row.attempts[-1].number) == (50, 60, 60)


def test_timeouts() -> None:
    """A receiver has 10 s in dialect gupshup and 20 s in dialect meta (W5)."""
    assert schedule.TIMEOUTS == {Dialect.GUPSHUP: 10, Dialect.META: 20}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(lates=st.lists(st.integers(0, 3 * DAY), max_size=30), window=st.sampled_from([Variants(), SHORT]))
def test_every_life_ends(lates: list[int], window: Variants) -> None:
    """However late its attempts come, a webhook is never due in the past, and dies within its window (W5)."""
    row, dues = a_delivery("d"), [0]
    end = WEEK if window.retry_window == "7d" else 36 * HOUR
    for late in [*lates, *[0] * 30]:
        at = row.due + late
        row = outcome(row, ok=False, at=at, window=window)
        if row.state is DeliveryState.DEAD:
            break
        assert at < row.due < end
        dues.append(row.due)
    assert row.state is DeliveryState.DEAD
    assert all(earlier < later for earlier, later in pairwise(dues))
