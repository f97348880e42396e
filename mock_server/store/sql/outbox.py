"""The outbox in tables: what waits for delivery and what is finished (W5, W6, W7).

All of it hangs on an app's epoch. Columns say what is searched, `data` is the row; where a column can change without
it (the due time, the number), the column counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from mock_server.errors import NotFound
from mock_server.store.protocol import FINISHED_KEPT
from mock_server.store.rows import Delivery, DeliveryState
from mock_server.store.sql import claims, codec, lanes, readiness
from mock_server.store.sql.claims import as_delivery
from mock_server.store.sql.lanes import By, Carried, Hand, free_all, free_of, leave, release, renew, under_way
from mock_server.store.sql.steps import Many, Query, Steps, first

__all__ = [
    "By", "Carried", "Hand", "add", "claim", "dump", "free_all", "free_of", "get", "leave", "list_", "next_due",
    "redeliver", "release", "renew", "restore", "settle", "share", "under_way", "waiting",
]  # fmt: skip

claim, next_due = claims.claim, claims.next_due

TRIM_EVERY: Final = 127  # a prime, so that no pattern of numbers escapes it
_INSERT: Final = (
    "INSERT INTO deliveries (epoch, id, subscription, wa_id, url, kind, topic, state, due, holds, failures, ready,"
    " finished, maker, others_from, data)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
)
_WRITE: Final = (
    "UPDATE deliveries SET state = $2, due = $3, holds = $4, failures = $5, ready = $6, finished = $7, data = $8"
    " WHERE number = $1"
)


class Reserved(NamedTuple):
    """Who alone may claim a delivery, and until when (milliseconds of the machine's time)."""

    maker: str
    others_from: int


FOR_ALL: Final = Reserved("", 0)


def add(epoch: int, deliveries: Sequence[Delivery], reserved: Reserved = FOR_ALL) -> Steps[None]:
    """Put new deliveries at the end of their lanes, numbered in this order."""
    led: dict[tuple[str, str], bool] = {}  # lanes whose queue has a head
    rows = []
    for row in deliveries:
        ready = readiness.of(row)
        if ready and row.holds:
            if row.lane not in led:
                led[row.lane] = not (yield from readiness.queue_is_empty(epoch, row))
            ready = readiness.BEHIND if led[row.lane] else ready
            led[row.lane] = True
        rows.append(_columns(epoch, row, ready, reserved))
    yield Many(_INSERT, rows)


def share(epoch: int, maker: str, *, machine: int) -> Steps[None]:
    """What was reserved for its maker is for everybody: it has given its answers."""
    yield Query(
        "UPDATE deliveries SET others_from = 0 WHERE epoch = $1 AND finished IS NULL AND maker = $2"
        " AND others_from > $3",
        (epoch, maker, machine),
    )


def restore(epoch: int, deliveries: Sequence[Delivery]) -> Steps[None]:
    """Rows of a snapshot, in order. What was failing keeps its schedule, what was due stays due."""
    yield from add(epoch, sorted(deliveries, key=lambda row: row.number))


def dump(epoch: int) -> Steps[list[Delivery]]:
    """Rows for a snapshot, in order. What is under way may arrive twice, so it is marked (S2)."""
    yield from _trim(epoch)
    rows = yield Query(
        "SELECT d.number, d.due, d.data, l.delivery FROM deliveries d LEFT JOIN lanes l ON l.epoch = d.epoch"
        " AND l.subscription = d.subscription AND l.wa_id = d.wa_id AND l.delivery = d.number"
        " WHERE d.epoch = $1 ORDER BY d.number",
        (epoch,),
    )
    return [
        as_delivery(row) if row[3] is None else msgspec.structs.replace(as_delivery(row), duplicate=True)
        for row in rows
    ]


def settle(epoch: int, carried: Sequence[Carried], *, owner: str, now: int) -> Steps[list[bool]]:
    """The rows after attempts; frees their lanes. False, and nothing is kept, for a lane that is another claim's.

    So what was marked when the lane was taken over stays marked.
    """
    left = yield from lanes.leave(epoch, carried, owner=owner)
    rows = sorted((row for (row, _), ours in zip(carried, left, strict=True) if ours), key=lambda row: row.number)
    yield Many(_WRITE, [_written(row, readiness.LATER, now=now) for row in rows])
    yield from readiness.promote(epoch, [row for row in rows if _has_left_its_queue(row)], now=now)
    for url in sorted({row.url for row in rows if row.state is DeliveryState.DELIVERED}):
        yield from readiness.bring_forward(epoch, url, now=now)
    if any(row.state is not DeliveryState.WAITING and row.number % TRIM_EVERY == 0 for row in rows):
        yield from _trim(epoch)
    return left


def get(epoch: int, delivery_id: str) -> Steps[Delivery]:
    """Raises NotFound."""
    row = yield from first("SELECT number, due, data FROM deliveries WHERE epoch = $1 AND id = $2", epoch, delivery_id)
    if row is None:
        raise _unknown(delivery_id)
    return as_delivery(row)


def list_(
    epoch: int, *, state: DeliveryState | None, kind: str, wa_id: str, after: int, limit: int
) -> Steps[list[Delivery]]:
    """In the order they were made; `kind` is a kind or a topic."""
    yield from _trim(epoch)
    chosen, args = "", list[Any]([epoch, after, limit])
    asked = (("state = {0}", state), ("(kind = {0} OR topic = {0})", kind), ("wa_id = {0}", wa_id))
    for condition, value in asked:
        if value:
            args.append(str(value))
            chosen += " AND " + condition.format(f"${len(args)}")
    rows = yield Query(
        f"SELECT number, due, data FROM deliveries WHERE epoch = $1 AND number > $2{chosen}"  # noqa: S608  our own words
        " ORDER BY number LIMIT $3",
        tuple(args),
    )
    return [as_delivery(row) for row in rows]


def redeliver(epoch: int, delivery_id: str, *, now: int) -> Steps[Delivery]:
    """Due now, with a fresh schedule and out of its lane's order: it neither waits for others nor holds them."""
    found = yield from first(
        "SELECT number, due, data FROM deliveries WHERE epoch = $1 AND id = $2 FOR UPDATE", epoch, delivery_id
    )
    if found is None:
        raise _unknown(delivery_id)
    old = as_delivery(found)
    row = msgspec.structs.replace(old, due=now, failures=0, holds=False)
    if old.state is not DeliveryState.WAITING:
        row = msgspec.structs.replace(row, state=DeliveryState.WAITING, created_at=now, duplicate=True)
    elif (yield from lanes.is_under_way(epoch, old)):
        return old
    yield Query(_WRITE, _written(row, readiness.RIPE, now=now))
    if old.holds:
        yield from readiness.promote(epoch, [row], now=now)
    return row


def waiting(epoch: int) -> Steps[int]:
    """How many deliveries wait. Counts them: not for every request."""
    rows = yield Query(
        "SELECT count(*) FROM deliveries WHERE epoch = $1 AND subscription >= '' AND finished IS NULL", (epoch,)
    )
    return int(rows[0][0])


def _columns(epoch: int, row: Delivery, ready: int, reserved: Reserved) -> tuple[Any, ...]:
    finished = None
    if row.state is not DeliveryState.WAITING:
        finished = row.attempts[-1].at if row.attempts else row.created_at
    return (
        *(epoch, row.id, row.subscription_id, row.wa_id, row.url, row.kind, row.topic, row.state.value, row.due),
        *(int(row.holds), row.failures, ready, finished, *reserved, codec.encode(row)),
    )


def _written(row: Delivery, ready: int, *, now: int) -> tuple[Any, ...]:
    """What `_WRITE` keeps of a row; `ready` while it waits."""
    waits = row.state is DeliveryState.WAITING
    ready, finished = (ready, None) if waits else (readiness.BEHIND, now)
    return (row.number, row.state.value, row.due, int(row.holds), row.failures, ready, finished, codec.encode(row))


def _has_left_its_queue(row: Delivery) -> bool:
    return row.state is not DeliveryState.WAITING or not row.holds


def _trim(epoch: int) -> Steps[None]:
    """Of the finished ones the last are kept (W7); done now and then, and before anybody looks at all of them."""
    last = yield from first(
        "SELECT finished, number FROM deliveries WHERE epoch = $1 AND finished IS NOT NULL"
        " ORDER BY finished DESC, number DESC LIMIT 1 OFFSET $2",
        *(epoch, FINISHED_KEPT),
    )
    if last is not None:
        yield Query(
            "DELETE FROM deliveries WHERE epoch = $1 AND finished IS NOT NULL"
            " AND (finished < $2 OR (finished = $2 AND number <= $3))",
            (epoch, last[0], last[1]),
        )


def _unknown(delivery_id: str) -> NotFound:
    return NotFound("unknown_delivery", f"There is no delivery {delivery_id[:80]}; list them to see which are kept.")
