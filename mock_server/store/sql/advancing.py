"""An advance in tables: from one due instant to the next, in as few transactions as can be (T2, T7)."""

from __future__ import annotations

from mock_server.engine.test_numbers import new_conversation
from mock_server.store.protocol import STRIDE, Render, Route, Stride
from mock_server.store.rows import App
from mock_server.store.sql import apps, conversations, sending, units
from mock_server.store.sql.steps import Steps
from mock_server.store.work import Kept, Now


def stride(app_id: str, desk: units.Desk, route: Route, *, per_url: int, render: Render | None) -> Steps[Stride]:
    """The clock, the timers that fell due and the claims are kept together: all of it has happened, or nothing."""
    row = yield from apps.entered(app_id, alone=True)
    app, at, fired = row.app, row.app.clock.frozen_at or 0, 0
    sending_from = yield from sending.next_delivery_of(row, desk, per_url=per_url)
    while fired < STRIDE:
        timer = yield from conversations.next_timer(row.epoch)
        due = min((due for due in (timer[0] if timer else None, sending_from) if due is not None), default=None)
        if due is None or due > route.until:
            yield from _keep(row, app, desk)
            return Stride(at, fired, over=True)
        at = max(at, due)
        app = route.step(app, at)
        if timer is None or timer[0] > at:
            there = yield from _keep(row, app, desk)
            claims = yield from sending.claimed(there, desk, now=at, per_url=per_url, render=render)
            return Stride(at, fired, claims)
        kept = yield from _fall_due(row._replace(app=app, now=Now(at, row.now.machine)), timer[1], route, desk)
        app, fired = kept.app or app, fired + kept.answer
        if kept.deliveries and app.settings.deliveries != "paused":
            sending_from = at
    yield from _keep(row, app, desk)
    return Stride(at, fired)


def _fall_due(row: apps.Row, wa_id: str, route: Route, desk: units.Desk) -> Steps[Kept]:
    """The timers of one user. The app's row is kept at the end, once for all."""
    old = yield from conversations.get(row.epoch, wa_id)
    kept = route.wake(row.app, old or new_conversation(wa_id, row.app.settings), row.now)
    without_app = Kept(conversation=kept.conversation, deliveries=kept.deliveries, records=kept.records)
    yield from units.keep(row, without_app, desk, wa_id=wa_id, old=old)
    return kept


def _keep(row: apps.Row, app: App, desk: units.Desk) -> Steps[apps.Row]:
    """The app's row as it is now; whose the advance is, and until when, is said with it."""
    if app is not row.app:
        yield from units.keep(row, Kept(app=app), desk)
    return row._replace(app=app)
