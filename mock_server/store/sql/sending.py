"""The outbox as the courier sees it: what it may claim, and what came of it (W5, T2)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from mock_server.store.protocol import Claim, Render
from mock_server.store.rows import Delivery, Record
from mock_server.store.sql import apps, conversations, journal, outbox
from mock_server.store.sql.claims import Moment
from mock_server.store.sql.steps import Afterwards, Hold, Steps
from mock_server.store.sql.units import Desk


class Outcome(NamedTuple):
    """What came of a claim: the delivery's new row, and what the journal gets."""

    claim: Claim
    row: Delivery
    records: Sequence[Record]


def claim(app_id: str, desk: Desk, *, per_url: int, until: int | None, render: Render | None) -> Steps[list[Claim]]:
    """What is due, unless deliveries are paused or another process moves the clock: then that one gets it all."""
    one_at_a_time = Hold(f"claims:{app_id}")  # of what two find only one would get it
    row = yield from apps.row(app_id, Hold(apps.gate(app_id), shared=True), one_at_a_time)
    return (yield from claimed(row, desk, now=row.now.app if until is None else until, per_url=per_url, render=render))


def claimed(row: apps.Row, desk: Desk, *, now: int, per_url: int, render: Render | None) -> Steps[list[Claim]]:
    """The same for who has come through the app's gate, and claims alone."""
    if row.advanced_by_another(desk.owner):
        if not desk.owes_answers(row.app.id):
            yield from outbox.share(row.epoch, desk.owner, machine=row.now.machine)
        return []
    if row.app.settings.deliveries == "paused":
        return []
    by = desk.hand.next()
    rows = yield from outbox.claim(
        row.epoch,
        Moment(now, row.now.machine),
        by=by,
        hand=desk.hand,
        lease=desk.lease,
        per_url=per_url,
        render=None if render is None else partial(render, row.app),
    )
    if rows:
        yield Afterwards(lambda: desk.hand.take(by.ticket, [delivery.number for delivery in rows]))
    return [Claim(row.app, now, delivery, row.epoch, by.ticket) for delivery in rows]


def give_back(app_id: str, desk: Desk, claims: Sequence[Claim]) -> Steps[None]:
    """Claims that nobody carries: their lanes are free, as they were."""
    row = yield from apps.entered(app_id, alone=False)
    carried = [outbox.Carried(claim.delivery, claim.ticket) for claim in claims if claim.generation == row.epoch]
    yield from outbox.leave(row.epoch, carried, owner=desk.owner)


def settle(app_id: str, desk: Desk, outcomes: Sequence[Outcome]) -> Steps[list[bool]]:
    """What came of several claims. False, and nothing of it is kept, where one no longer holds good."""
    row = yield from apps.entered(app_id, alone=False)
    good = [outcome for outcome in outcomes if outcome.claim.generation == row.epoch]
    carried = [outbox.Carried(outcome.row, outcome.claim.ticket) for outcome in good]
    settled = yield from outbox.settle(row.epoch, carried, owner=desk.owner, now=row.now.app)
    kept = [outcome for outcome, is_kept in zip(good, settled, strict=True) if is_kept]
    yield from journal.add_all(app_id, [(outcome.records, outcome.row.wa_id or None) for outcome in kept], row.now)
    yield Afterwards(desk.readers.wake)
    is_kept = {id(outcome) for outcome in kept}
    return [id(outcome) in is_kept for outcome in outcomes]


def next_delivery(app_id: str, desk: Desk, *, per_url: int) -> Steps[int | None]:
    """When the next delivery that this process could claim is due."""
    return (yield from next_delivery_of((yield from apps.row(app_id)), desk, per_url=per_url))


def next_delivery_of(row: apps.Row, desk: Desk, *, per_url: int) -> Steps[int | None]:
    if row.app.settings.deliveries == "paused" or row.advanced_by_another(desk.owner):
        return None
    return (yield from outbox.next_due(row.epoch, owner=desk.owner, per_url=per_url, machine=row.now.machine))


def next_timer(app_id: str, desk: Desk) -> Steps[tuple[int, str] | None]:
    """The first timer, unless another process moves the clock: it lets them fall due."""
    row = yield from apps.row(app_id)
    return None if row.advanced_by_another(desk.owner) else (yield from conversations.next_timer(row.epoch))


def add(app_id: str, deliveries: Sequence[Delivery]) -> Steps[None]:
    """Each lane's are numbered as they are kept: the next ones wait for these."""
    row = yield from apps.entered(app_id, alone=False)
    for wa_id in sorted({delivery.wa_id for delivery in deliveries}):
        yield Hold(apps.user(app_id, wa_id))
    yield from outbox.add(row.epoch, deliveries)


def redeliver(app_id: str, delivery_id: str) -> Steps[Delivery]:
    row = yield from apps.entered(app_id, alone=False)
    return (yield from outbox.redeliver(row.epoch, delivery_id, now=row.now.app))
