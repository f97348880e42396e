"""Who is connected, and who makes room when the server is full."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol


class Guest(Protocol):
    """A connection, as far as its seat is concerned."""

    def give_way(self) -> None:
        """Close at once, whatever is left unsaid."""


class Seats:
    """At most `limit` connections, of which those that wait for their client give way to newcomers.

    A connection waits while no request of it is being answered, or while its client does not read the answer.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: set[Guest] = set()
        # Longest waiting first. Not a plain dict: finding its first key walks over all that were deleted before.
        self._waiting: OrderedDict[Guest, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, guest: Guest) -> bool:
        """Seat a newcomer, closing the longest waiting guest when full. False: everybody is busy, there is no seat."""
        if len(self._taken) >= self._limit and not self._make_room():
            return False
        self._taken.add(guest)
        self._waiting[guest] = None
        return True

    def waits(self, guest: Guest) -> None:
        """From now on the server waits for this guest's client, unless it did already."""
        if guest in self._taken:
            self._waiting[guest] = None

    def waits_anew(self, guest: Guest) -> None:
        """The client gave a sign of life, and is waited for once more."""
        self.works(guest)
        self.waits(guest)

    def works(self, guest: Guest) -> None:
        """From now on the client waits for the server: this guest cannot be asked to leave."""
        self._waiting.pop(guest, None)

    def leave(self, guest: Guest) -> None:
        """The connection is gone, or was never seated."""
        self._taken.discard(guest)
        self._waiting.pop(guest, None)

    def _make_room(self) -> bool:
        if not self._waiting:
            return False
        guest, _ = self._waiting.popitem(last=False)
        # Its own `leave` comes one turn of the loop later; the newcomer needs the seat now.
        self._taken.discard(guest)
        guest.give_way()
        return True
