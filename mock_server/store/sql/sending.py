"""The outbox as the courier sees it: what it may claim, and what came of it (W5, T2)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mock_server.store.protocol import Claim, Render
from mock_server.store.rows import Delivery, Record
from mock_server.store.sql import apps, conversations, journal, outbox
from mock_server.store.sql.claims import Moment
from mock_server.store.sql.steps import Afterwards, Hold, Steps
from mock_server.store.sql.units import Desk


def claim(app_id: str, desk: Desk, *, per_url: int, until: int | None, render: Render | None) -> Steps[list[Claim]]:
    """What is due, unless deliveries are paused or another process moves the clock."""
    row = yield from apps.entered(app_id, alone=False)
    if row.app.settings.deliveries == "paused" or row.advanced_by_another(desk.owner):
        return []
    now = row.now.app if until is None else until
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
    for claim in claims:
        if claim.generation == row.epoch:
            yield from outbox.leave(row.epoch, claim.delivery, by=_by(claim, desk))


def settle(app_id: str, desk: Desk, claim: Claim, delivery: Delivery, *, records: Sequence[Record]) -> Steps[bool]:
    """False, and nothing is kept, when the claim no longer holds good."""
    row = yield from apps.entered(app_id, alone=False)
    if row.epoch != claim.generation:
        return False
    if not (yield from outbox.settle(row.epoch, delivery, by=_by(claim, desk), now=row.now.app)):
        return False
    if records:
        yield from journal.add(app_id, records, row.now, delivery.wa_id or None)
        yield Afterwards(desk.recorded)
    return True


def next_delivery(app_id: str, desk: Desk, *, per_url: int) -> Steps[int | None]:
    """When the next delivery that this process could claim is due."""
    row = yield from apps.row(app_id)
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


def _by(claim: Claim, desk: Desk) -> outbox.By:
    return outbox.By(desk.owner, claim.ticket)
