"""Lanes that somebody has claimed: whose they are, and until when (W5).

A row is there while a delivery of the lane is under way. Its lease is on the machine's time, renewed by its owner; when
it ends the owner has died or stalled, and what it had under way may arrive twice. Its *ticket* tells one claiming of an
owner from another, so that what comes of an attempt counts only while the lane is still that attempt's.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from mock_server.store.rows import Delivery
from mock_server.store.sql import codec
from mock_server.store.sql.steps import Many, Query, Row, Steps, first, now

# A lane `l` is held; $2 is the machine's time. For its owner, $3, no lease ends while it carries what it claimed.
HELD: Final = "(l.until > $2 OR l.owner = $3)"
# A condition on a delivery `d`: nothing of its lane is under way.
FREE: Final = (
    "NOT EXISTS (SELECT 1 FROM lanes l WHERE l.epoch = d.epoch AND l.subscription = d.subscription"  # noqa: S608
    f" AND l.wa_id = d.wa_id AND {HELD})"
)


_LEAVE: Final = (
    "DELETE FROM lanes WHERE epoch = $1 AND subscription = $2 AND wa_id = $3 AND delivery = $4 AND owner = $5"
    " AND ticket = $6"
)


class By(NamedTuple):
    """Whose a lane is, and by which claiming."""

    owner: str
    ticket: int


class Carried(NamedTuple):
    """A delivery's row, and the ticket of the claim by which it was carried."""

    row: Delivery
    ticket: int


class Hand:
    """What one process has claimed and somebody there still carries. Its leases are renewed for nothing else."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._tickets = itertools.count(1)
        self._carried: dict[int, set[int]] = {}  # by ticket: the numbers of deliveries

    def next(self) -> By:
        return By(self.owner, next(self._tickets))

    def take(self, ticket: int, numbers: Iterable[int]) -> None:
        self._carried.setdefault(ticket, set()).update(numbers)

    def drop(self, ticket: int, number: int) -> None:
        """Nobody carries this any more."""
        carried = self._carried.get(ticket, set())
        carried.discard(number)
        if not carried:
            self._carried.pop(ticket, None)

    def forget(self, tickets: Iterable[int]) -> None:
        for ticket in tickets:
            self._carried.pop(ticket, None)

    @property
    def tickets(self) -> set[int]:
        """Of which something is carried."""
        return set(self._carried)


def take(epoch: int, rows: Sequence[Delivery], *, by: By, until: int) -> Steps[None]:
    """The lanes of these deliveries, which are free, are the owner's."""
    yield Many(
        "INSERT INTO lanes (epoch, subscription, wa_id, url, delivery, owner, ticket, until)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [(epoch, row.subscription_id, row.wa_id, row.url, row.number, *by, until) for row in rows],
    )


def leave(epoch: int, carried: Sequence[Carried], *, owner: str) -> Steps[list[bool]]:
    """Free the lanes of these deliveries; False for one that is not under way, or no longer by this claiming."""
    keys = [(epoch, row.subscription_id, row.wa_id, row.number, owner, ticket) for row, ticket in carried]
    if len(keys) == 1:
        return [bool((yield Query(_LEAVE + " RETURNING delivery", keys[0])))]
    rows = yield Query("SELECT delivery, ticket FROM lanes WHERE epoch = $1 AND owner = $2 FOR UPDATE", (epoch, owner))
    held = {tuple(row) for row in rows}
    left = [(row.number, ticket) in held for row, ticket in carried]
    yield Many(_LEAVE, [key for key, is_left in zip(keys, left, strict=True) if is_left])
    return left


def is_under_way(epoch: int, row: Delivery) -> Steps[bool]:
    found = yield from first(
        "SELECT 1 FROM lanes WHERE epoch = $1 AND subscription = $2 AND wa_id = $3 AND delivery = $4",
        *(epoch, row.subscription_id, row.wa_id, row.number),
    )
    return found is not None


def under_way(epoch: int) -> Steps[int]:
    """How many deliveries are under way, whoever has them."""
    machine = yield from now()
    rows = yield Query("SELECT count(*) FROM lanes WHERE epoch = $1 AND until > $2", (epoch, machine))
    return int(rows[0][0])


def renew(hand: Hand, *, lease: int) -> Steps[None]:
    """A sign of life: what the owner carries stays its own for `lease` milliseconds more."""
    carried = hand.tickets
    machine = yield from now()
    known = {row[0] for row in (yield Query("SELECT DISTINCT ticket FROM lanes WHERE owner = $1", (hand.owner,)))}
    hand.forget(carried - known)  # others have taken them over, or the app is another one
    yield Many(
        "UPDATE lanes SET until = $3 WHERE owner = $1 AND ticket = $2",
        [(hand.owner, ticket, machine + lease) for ticket in sorted(carried & known)],
    )


def free_over(epoch: int, hand: Hand, *, machine: int) -> Steps[None]:
    """Free the app's lanes whose lease has ended; not those of who asks, who knows that it carries them still."""
    over = yield Query(
        "SELECT subscription, wa_id, owner, ticket FROM lanes WHERE epoch = $1 AND until <= $2", (epoch, machine)
    )
    for subscription, wa_id, *by in over:
        if by[0] == hand.owner and by[1] in hand.tickets:
            continue
        freed = yield Query(
            "DELETE FROM lanes WHERE epoch = $1 AND until <= $2 AND subscription = $3 AND wa_id = $4 AND owner = $5"
            " AND ticket = $6 RETURNING delivery",
            (epoch, machine, subscription, wa_id, *by),
        )
        yield from _may_come_twice(freed)


def free_of(owner: str, *, epoch: int) -> Steps[None]:
    """Free what one who is not there any more has of an app."""
    yield from _may_come_twice(
        (yield Query("DELETE FROM lanes WHERE epoch = $1 AND owner = $2 RETURNING delivery", (epoch, owner)))
    )


def release(owner: str) -> Steps[None]:
    """The owner ends in order: whatever it had under way was cut off, and is free for others at once."""
    yield from _may_come_twice((yield Query("DELETE FROM lanes WHERE owner = $1 RETURNING delivery", (owner,))))
    yield Query("UPDATE deliveries SET others_from = 0 WHERE maker = $1 AND others_from > 0", (owner,))


def free_all() -> Steps[None]:
    """Nobody else is there: all lanes are free."""
    yield from _may_come_twice((yield Query("DELETE FROM lanes RETURNING delivery")))


def _may_come_twice(rows: Sequence[Row]) -> Steps[None]:
    """What was under way is marked: the receiver may have it already (W6, S2)."""
    marked = []
    for row in rows:
        found = yield from first("SELECT data FROM deliveries WHERE number = $1 FOR UPDATE", row[0])
        if found is not None:
            twice = msgspec.structs.replace(codec.DELIVERY.decode(found[0]), duplicate=True)
            marked.append((row[0], codec.encode(twice)))
    if marked:
        yield Many("UPDATE deliveries SET data = $2 WHERE number = $1", marked)
