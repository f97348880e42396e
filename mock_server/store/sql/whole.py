"""The store as a whole: its beginning, its snapshot, and a snapshot's load (S2)."""

from __future__ import annotations

from typing import NamedTuple

from mock_server.store.rows import App, Partner
from mock_server.store.snapshots import AppDump, Snapshot
from mock_server.store.sql import apps, codec, conversations, journal, meta, numbering, outbox
from mock_server.store.sql.steps import Hold, Query, Steps, now


class Begun(NamedTuple):
    """What a store knows of itself when it is open."""

    seed: str
    generation: int


class Saved(NamedTuple):
    """The parts of a snapshot. `saved_at` is the machine's time."""

    seed: str
    saved_at: int
    partner: Partner
    feed_last: int
    apps: list[AppDump]


def begin(seed: str, partner: Partner) -> Steps[Begun]:
    """What is kept already stands; a store with nothing in it gets this seed and this partner account."""
    yield Hold("schema")
    if (yield from meta.get("seed")) is None:
        yield from meta.put("seed", seed.encode())
        yield from keep_partner(partner)
    return (yield from begun())


def begun() -> Steps[Begun]:
    return Begun(((yield from meta.get("seed")) or b"").decode(), (yield from meta.number("generation")))


def partner() -> Steps[Partner]:
    return codec.PARTNER.decode((yield from meta.get("partner")) or b"")


def keep_partner(partner: Partner) -> Steps[None]:
    yield from meta.put("partner", codec.encode(partner))


def save() -> Steps[Saved]:
    """Everything, at one instant."""
    rows = yield from _alone_with_all()
    saved_at = yield from now()
    yield from numbering.number_all()
    dumps = []
    for data, epoch in rows:
        dumps.append((yield from _dump(codec.app(data), epoch)))
    seed = (yield from begun()).seed
    return Saved(seed, saved_at, (yield from partner()), (yield from numbering.end_of(numbering.FEED)).last, dumps)


def load(saved: Snapshot) -> Steps[Begun]:
    """Replace everything."""
    for _, epoch in (yield from _alone_with_all()):
        yield from apps.over(epoch)
    yield Query("DELETE FROM apps")
    feed = yield from numbering.end_of(numbering.FEED)
    yield from journal.empty(max(feed.last, saved.feed_last))
    yield from meta.raised("generation")
    yield from meta.put("seed", saved.seed.encode())
    yield from keep_partner(saved.partner)
    for dump in saved.apps:
        epoch = yield from meta.raised("epoch")
        yield from apps.insert(dump.app, epoch)
        yield from conversations.restore(epoch, dump.conversations)
        yield from outbox.restore(epoch, dump.deliveries)
        yield from journal.restore(dump.app.id, dump.journal, dump.journal_last)
    return (yield from begun())


def _alone_with_all() -> Steps[list[tuple[bytes, int]]]:
    """Hold the gates of all apps, in the order of their ids; answers their rows and epochs."""
    yield Hold(apps.ALL)
    for row in (yield Query("SELECT id FROM apps ORDER BY id")):
        yield Hold(apps.gate(row[0]))
    return [(row[0], row[1]) for row in (yield Query("SELECT data, epoch FROM apps ORDER BY id"))]


def _dump(app: App, epoch: int) -> Steps[AppDump]:
    return AppDump(
        app=app,
        conversations=(yield from conversations.all_of(epoch)),
        deliveries=tuple((yield from outbox.dump(epoch))),
        journal=(yield from journal.entries_of(app.id)),
        journal_last=(yield from numbering.end_of(app.id)).last,
    )
