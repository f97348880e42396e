"""What goes next, and when: one a lane, so many at a URL, the oldest first (W5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec

from mock_server.store.rows import Delivery
from mock_server.store.sql import codec, lanes, readiness
from mock_server.store.sql.readiness import LATER, RIPE
from mock_server.store.sql.steps import Many, Query, Row, Steps

Render: TypeAlias = Callable[[Delivery], Delivery]

# Each URL at which something is ripe (or later), by jumps from one to the next; with it, how many are under way there.
_URLS: Final = (
    "WITH RECURSIVE urls(url) AS"  # noqa: S608  our own words
    " (SELECT (SELECT min(d.url) FROM deliveries d WHERE d.epoch = $1 AND d.ready = {ready})"
    " UNION ALL SELECT (SELECT min(d.url) FROM deliveries d WHERE d.epoch = $1 AND d.ready = {ready} AND d.url > u.url)"
    " FROM urls u WHERE u.url IS NOT NULL)"
    f" SELECT u.url, (SELECT count(*) FROM lanes l WHERE l.epoch = $1 AND l.url = u.url AND {lanes.HELD}){{more}}"
    " FROM urls u WHERE u.url IS NOT NULL"
)
_FIRST_DUE: Final = (
    ", (SELECT d.due FROM deliveries d WHERE d.epoch = $1 AND d.ready = {ready} AND d.url = u.url AND {free}"
    " ORDER BY {order} LIMIT 1)"
)
_WITH_PLACES: Final = _URLS.format(ready=RIPE, more="")
_NEXT_DUE: Final = " UNION ALL ".join(
    f"SELECT * FROM ({question}) q{ready}"  # noqa: S608  our own words
    for ready, order in ((RIPE, "d.number"), (LATER, "d.due + 0"))
    for question in [_URLS.format(ready=ready, more=_FIRST_DUE.format(ready=ready, order=order, free=lanes.FREE))]
)
_OLDEST: Final = (
    "SELECT d.number, d.due, d.data FROM deliveries d"  # noqa: S608  our own words
    f" WHERE d.epoch = $1 AND d.ready = {RIPE} AND d.url = $4 AND d.due <= $5 AND {lanes.FREE}"
    " AND (d.others_from <= $2 OR d.maker = $3)"
    " ORDER BY d.number LIMIT $6 FOR UPDATE OF d SKIP LOCKED"
)


class Moment(NamedTuple):
    """When something is claimed: on the app's clock, and on the machine's, which leases go by."""

    app: int
    machine: int


def as_delivery(row: Row) -> Delivery:
    """From the columns number, due, data."""
    return msgspec.structs.replace(codec.DELIVERY.decode(row[2]), number=row[0], due=row[1])


def claim(
    epoch: int, at: Moment, *, by: lanes.By, hand: lanes.Hand, lease: int, per_url: int, render: Render | None = None
) -> Steps[list[Delivery]]:
    """What is due: one a lane, at most `per_url` under way at one URL, oldest first. The lanes are the owner's.

    `render` gives what is due for the first time its bytes, which are kept with it (W6). Nobody else may be claiming
    of this app.
    """
    yield from lanes.free_over(epoch, hand, machine=at.machine)
    claimed: list[Delivery] = []
    while True:
        ripened = yield from readiness.ripen(epoch, now=at.app)
        found = yield from _oldest(epoch, at, owner=by.owner, per_url=per_url)
        chosen = list({row.lane: row for row in reversed(found)}.values())  # of a lane the first
        yield from lanes.take(epoch, chosen, by=by, until=at.machine + lease)
        claimed += chosen
        if len(chosen) == len(found) and (chosen or ripened < readiness.SLICE):
            claimed.sort(key=lambda row: row.number)
            return claimed if render is None else (yield from _rendered(claimed, render))


def next_due(epoch: int, *, owner: str, per_url: int, machine: int) -> Steps[int | None]:
    """When the next claimable delivery is due: an instant that is past where several are due already."""
    rows = yield Query(_NEXT_DUE, (epoch, machine, owner))
    return min((due for _, under_way, due in rows if under_way < per_url and due is not None), default=None)


def _oldest(epoch: int, at: Moment, *, owner: str, per_url: int) -> Steps[Sequence[Delivery]]:
    """What is due in free lanes, as many at each URL as it has places; by age."""
    found: list[Delivery] = []
    for url, under_way in (yield Query(_WITH_PLACES, (epoch, at.machine, owner))):
        if under_way < per_url:
            rows = yield Query(_OLDEST, (epoch, at.machine, owner, url, at.app, per_url - under_way))
            found += [as_delivery(row) for row in rows]
    return sorted(found, key=lambda row: row.number)


def _rendered(rows: Sequence[Delivery], render: Render) -> Steps[list[Delivery]]:
    made = [render(row) if row.body is None else row for row in rows]
    fresh = [(new.number, codec.encode(new)) for old, new in zip(rows, made, strict=True) if new is not old]
    if fresh:
        yield Many("UPDATE deliveries SET data = $2 WHERE number = $1", fresh)
    return made
