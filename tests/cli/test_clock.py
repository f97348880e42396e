"""`gupshup-mock clock`."""

from __future__ import annotations

import pytest

from mock_server.cli.answers import clock
from mock_server.client import AppClient
from tests.cli.command_line import CommandLine


def test_the_clock_is_shown(gupshup_mock: CommandLine) -> None:
    """`clock show` says what time it is in the app (T1)."""
    assert gupshup_mock.done("clock", "show") == "2026-12-24T18:00:00.000Z  (frozen)\n"


def test_the_clock_is_advanced(gupshup_mock: CommandLine, app: AppClient) -> None:
    """`clock advance 7d` moves it and says what happened on the way: here a permission ended (T2)."""
    app.user("919812345678").allow_temporarily()
    assert gupshup_mock.done("clock", "advance", "7d") == (
        "2026-12-31T18:00:00.000Z  (frozen)\n"
        "timers fired: 1, webhooks attempted: 0, failed: 0\n"
    )  # fmt: skip


def test_the_clock_is_frozen_later_and_never_earlier(gupshup_mock: CommandLine) -> None:
    """`clock freeze --at` stands at a later instant; an earlier one is refused (T1)."""
    assert (
        gupshup_mock.done("clock", "freeze", "--at", "2027-01-01T00:00:00Z") == "2027-01-01T00:00:00.000Z  (frozen)\n"
    )
    assert gupshup_mock.refused("clock", "freeze", "--at", "2026-01-01T00:00:00Z") == (
        "Error: The clock never goes back: it is 2027-01-01T00:00:00.000Z in this app, "
        "later than 2026-01-01T00:00:00.000Z.\n"
    )


def test_the_clock_goes_on(gupshup_mock: CommandLine) -> None:
    """`clock resume` lets it run from where it stands."""
    shown = gupshup_mock.json("clock", "resume")
    assert (shown["frozen"], shown["now"][:19]) == (False, "2026-12-24T18:00:00")


@pytest.mark.parametrize(
    ("offset", "said"), [(0.4, "0 s ahead of"), (604800.2, "604800 s ahead of"), (-59.9, "60 s behind")]
)
def test_a_running_clock_is_compared_with_the_machines(offset: float, said: str) -> None:
    """A clock that runs is told by how far it is ahead of this machine, or behind."""
    shown = {"now": "2026-12-24T18:00:00.000Z", "frozen": False, "offset_seconds": offset, "advancing_to": None}
    assert clock(shown) == f"2026-12-24T18:00:00.000Z  (running, {said} this machine)"


def test_a_number_without_a_unit_is_no_length_of_time(gupshup_mock: CommandLine) -> None:
    """`clock advance 7` is wrong usage, and the line shows how to write it (INTERFACE, durations)."""
    assert gupshup_mock.misused("clock", "advance", "7") == (
        "Error: Invalid value for 'BY': '7' is no length of time; write it like 90s, 5m, 24h or 7d."
    )
