"""Everything as one JSON document (S2), secrets included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from mock_server.clock import AppClock
from mock_server.engine.state import Conversation
from mock_server.errors import Malformed
from mock_server.store.protocol import CLOCK_BOUND
from mock_server.store.rows import App, Delivery, Entry, Partner

VERSION: Final = 1


class AppDump(msgspec.Struct, frozen=True):
    """All of one app."""

    app: App
    conversations: tuple[Conversation, ...]
    deliveries: tuple[Delivery, ...]
    journal: tuple[Entry, ...]
    journal_last: int


class Snapshot(msgspec.Struct, frozen=True):
    """The document. `saved_at` is the machine's time in milliseconds."""

    version: int
    seed: str
    saved_at: int
    partner: Partner
    feed_last: int
    apps: tuple[AppDump, ...]


def encode(*, seed: str, saved_at: int, partner: Partner, feed_last: int, apps: Sequence[AppDump]) -> bytes:
    """The document's bytes."""
    return msgspec.json.encode(Snapshot(VERSION, seed, saved_at, partner, feed_last, tuple(apps)))


def decode(document: bytes, *, machine_now: int) -> Snapshot:
    """The snapshot, its clocks standing where they stood when it was saved. Raises Malformed."""
    try:
        saved = msgspec.json.decode(document, type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("snapshot", f"This is no snapshot of a sandbox: {str(error)[:200]}") from None
    if saved.version != VERSION:
        raise Malformed("snapshot", f"This snapshot has version {saved.version}; this sandbox reads version {VERSION}.")
    _distinct("app", (dump.app.id for dump in saved.apps))
    for dump in saved.apps:
        _distinct("user", (conversation.wa_id for conversation in dump.conversations))
        _distinct("delivery", (delivery.id for delivery in dump.deliveries))
        if not 0 <= dump.app.clock.now(saved.saved_at) < CLOCK_BOUND:
            raise Malformed("snapshot", f"The clock of app {dump.app.id[:80]} stands at a time that no calendar has.")
    late = machine_now - saved.saved_at
    return msgspec.structs.replace(saved, apps=tuple(_as_saved(dump, late, saved.saved_at) for dump in saved.apps))


def _distinct(what: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise Malformed("snapshot", f"This snapshot has the {what} {key[:80]} twice.")
        seen.add(key)


def _as_saved(dump: AppDump, late: int, saved_at: int) -> AppDump:
    clock = dump.app.clock
    if clock.target is not None:  # an advance was going on: it ends where it stood
        clock = msgspec.structs.replace(clock, target=None, resume=False)
        clock = AppClock(offset=clock.now(saved_at) - saved_at) if dump.app.clock.resume else clock
    if clock.frozen_at is None:
        clock = AppClock(offset=clock.offset - late)
    return msgspec.structs.replace(dump, app=msgspec.structs.replace(dump.app, clock=clock))
