"""Who gives way when all connections are taken. No sockets here."""

from __future__ import annotations

import pytest

from mock_server.server.seats import Seats


class Guest:
    def __init__(self) -> None:
        self.gave_way = False

    def give_way(self) -> None:
        self.gave_way = True


@pytest.fixture
def seats() -> Seats:
    return Seats(2)


def test_the_longest_waiting_guest_gives_way(seats: Seats) -> None:
    """Of two that wait, the one that has waited longer is closed for a newcomer."""
    first, second, newcomer = Guest(), Guest(), Guest()
    assert seats.take(first)
    assert seats.take(second)
    assert seats.take(newcomer)
    assert [first.gave_way, second.gave_way, newcomer.gave_way] == [True, False, False]
    assert len(seats) == 2


def test_a_guest_that_was_served_in_between_has_waited_less(seats: Seats) -> None:
    """Waiting begins anew when an answer has been given."""
    first, second = Guest(), Guest()
    seats.take(first)
    seats.take(second)
    seats.works(first)
    seats.waits(first)
    seats.take(Guest())
    assert [first.gave_way, second.gave_way] == [False, True]


def test_a_sign_of_life_is_not_waiting(seats: Seats) -> None:
    """The first byte of a head begins the waiting anew."""
    first, second = Guest(), Guest()
    seats.take(first)
    seats.take(second)
    seats.waits_anew(first)
    seats.take(Guest())
    assert [first.gave_way, second.gave_way] == [False, True]


def test_waiting_longer_does_not_make_waiting_shorter(seats: Seats) -> None:
    """A guest that waits and is told so again keeps its place in the order."""
    first, second = Guest(), Guest()
    seats.take(first)
    seats.take(second)
    seats.waits(first)
    seats.take(Guest())
    assert [first.gave_way, second.gave_way] == [True, False]


def test_there_is_no_seat_when_everybody_is_busy(seats: Seats) -> None:
    """A request in progress is never closed for a newcomer; who finds everybody busy is turned away."""
    first, second = Guest(), Guest()
    for guest in (first, second):
        seats.take(guest)
        seats.works(guest)
    assert not seats.take(Guest())
    assert [first.gave_way, second.gave_way] == [False, False]
    assert len(seats) == 2


def test_who_has_left_leaves_a_seat(seats: Seats) -> None:
    """After one has gone, a newcomer sits down and nobody gives way; one that is gone cannot wait."""
    first, second = Guest(), Guest()
    seats.take(first)
    seats.take(second)
    seats.leave(first)
    seats.waits(first)
    assert seats.take(Guest())
    assert [first.gave_way, second.gave_way] == [False, False]


def test_who_gave_way_may_say_good_bye_late(seats: Seats) -> None:
    """The closed connection reports its end after the newcomer has its seat, which stays taken."""
    first = Guest()
    seats.take(first)
    seats.take(Guest())
    seats.take(Guest())
    seats.leave(first)
    assert len(seats) == 2
