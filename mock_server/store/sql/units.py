"""Units of work: rows loaded, a pure function called, all that it returns kept or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mock_server.engine.state import Conversation
from mock_server.engine.test_numbers import new_conversation
from mock_server.errors import TooLarge
from mock_server.store.answers import Answers
from mock_server.store.protocol import CONVERSATIONS_BOUND, Claim
from mock_server.store.sql import apps, codec, conversations, journal, meta, outbox
from mock_server.store.sql.readers import Readers
from mock_server.store.sql.steps import Afterwards, Again, Hold, Steps, first, now
from mock_server.store.work import AppWork, Kept, Now, Work


class Desk:
    """What a process needs at hand: who it is, how long its leases are, and whom to tell what is kept.

    `users` counts the conversations of each epoch, as far as this process knows: a bound need not be exact, and
    counting them for each new one would cost more the more there are.
    """

    def __init__(
        self,
        *,
        owner: str,
        lease: int,
        shares: bool,
        answers: Answers,
        readers: Readers,
        changed: Callable[[str], None],
    ) -> None:
        self.owner = owner
        self.hand = outbox.Hand(owner)
        self._shares = shares  # the database, with other processes
        self._answers = answers
        self.lease = lease  # milliseconds of the machine's time
        self.readers = readers  # of the journal
        self.changed = changed  # an app's row is another one
        self.users: dict[int, int] = {}

    def reserved(self, row: apps.Row, wa_id: str) -> outbox.Reserved:
        """For whom deliveries are that are made now: for this process alone, while it has not answered who made them.

        When it is to send them it waits for its answer itself, however long that takes (W6). Others send them when a
        lease is over: then it is not there any more.
        """
        if self._shares and self._answers.outstanding(row.app.id, wa_id):
            return outbox.Reserved(self.owner, row.now.machine + self.lease)
        return outbox.FOR_ALL

    def owes_answers(self, app_id: str) -> bool:
        """Whether anybody waits for an answer of this process that the app's deliveries have to wait for."""
        return self._answers.any_of(app_id)

    def drop(self, claims: Iterable[Claim]) -> None:
        """Nobody here carries these any more."""
        for claim in claims:
            self.hand.drop(claim.ticket, claim.delivery.number)

    def kept(self, row: apps.Row, kept: Kept, *, is_new: bool) -> None:
        """A unit of work is kept; `is_new`: its conversation was not there before."""
        if kept.app is not None:
            self.changed(row.app.id)
        if kept.conversation is not None and is_new:
            self.users[row.epoch] = self.users.get(row.epoch, 0) + 1
        if kept.records:
            self.readers.wake()


def work(app_id: str, wa_id: str, work: Work, desk: Desk, *, alone: bool) -> Steps[Any]:
    """A unit of work on one conversation.

    Raises Again when it changes the app's row, too, and does not hold its gate alone.
    """
    machine = yield from now(Hold(apps.gate(app_id), shared=not alone), Hold(apps.user(app_id, wa_id)))
    found = yield from first(
        "SELECT a.data, a.epoch, a.advance_owner, a.advance_until, c.data FROM apps a"
        " LEFT JOIN conversations c ON c.epoch = a.epoch AND c.wa_id = $2 WHERE a.id = $1",
        app_id,
        wa_id,
    )
    if found is None:
        raise apps.unknown(app_id)
    row = apps.as_row(found, machine)
    old = None if found[4] is None else codec.CONVERSATION.decode(found[4])
    if old is None:
        yield from _check_room(row.epoch, desk)
    kept = work(row.app, old or new_conversation(wa_id, row.app.settings), row.now)
    if kept.app is not None and not alone:
        raise Again
    yield from keep(row, kept, desk, wa_id=wa_id, old=old)
    return kept.answer


def change_app(app_id: str, work: AppWork, desk: Desk) -> Steps[Any]:
    """A unit of work on the app's row."""
    row = yield from apps.entered(app_id, alone=True)
    kept = work(row.app, row.now)
    yield from keep(row, kept, desk)
    return kept.answer


def reset_app(app_id: str, work: AppWork, desk: Desk) -> Steps[Any]:
    """The same, and the app begins a new life: another epoch, another journal (S1)."""
    row = yield from apps.entered(app_id, alone=True)
    kept = work(row.app, row.now)
    app = kept.app or row.app
    yield from journal.clear(app_id)
    yield from apps.over(row.epoch)
    epoch = yield from meta.raised("epoch")
    yield from apps.keep(row, app, epoch=epoch, owner=desk.owner, lease=desk.lease)
    machine = row.now.machine
    yield Afterwards(lambda: desk.changed(app_id))
    fresh = row._replace(app=app, epoch=epoch, now=Now(app.clock.now(machine), machine))
    yield from keep(fresh, _without_app(kept), desk)
    return kept.answer


def remove_app(app_id: str, desk: Desk) -> Steps[None]:
    """The app is gone; what is in the feed of all stays there."""
    row = yield from apps.entered(app_id, alone=True)
    yield from journal.clear(app_id)
    yield from apps.over(row.epoch)
    yield from apps.remove(app_id)
    yield Afterwards(lambda: desk.changed(app_id))


def record(app_id: str, kept: Kept, desk: Desk, *, wa_id: str | None) -> Steps[None]:
    """Write to an app's journal."""
    row = yield from apps.row(app_id)
    yield from keep(row, kept, desk, wa_id=wa_id)


def keep(
    row: apps.Row, kept: Kept, desk: Desk, *, wa_id: str | None = None, old: Conversation | None = None
) -> Steps[None]:
    """All that a unit of work leaves behind; `old` is the conversation as it was before."""
    if kept.app is not None:
        yield from apps.keep(row, kept.app, epoch=row.epoch, owner=desk.owner, lease=desk.lease)
        if row.takes_over(kept.app, desk.owner):
            yield from outbox.free_of(row.advance_owner or "", epoch=row.epoch)
    if kept.conversation is not None:
        yield from conversations.keep(row.epoch, kept.conversation, old)
    if kept.deliveries:
        yield from outbox.add(row.epoch, kept.deliveries, desk.reserved(row, wa_id or ""))
    if kept.records:
        yield from journal.add(row.app.id, kept.records, row.now, wa_id)
    yield Afterwards(lambda: desk.kept(row, kept, is_new=old is None))


def _check_room(epoch: int, desk: Desk) -> Steps[None]:
    if epoch not in desk.users:
        desk.users[epoch] = yield from conversations.count(epoch)
    if desk.users[epoch] >= CONVERSATIONS_BOUND:
        sentence = f"This app has {CONVERSATIONS_BOUND} users, which is the bound; reset it."
        raise TooLarge("too_many_users", sentence)


def _without_app(kept: Kept) -> Kept:
    return Kept(answer=kept.answer, deliveries=kept.deliveries, records=kept.records)
