"""The store in memory (the default). Nothing here waits, so every unit of work is whole by itself."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from mock_server.clock import Machine
from mock_server.engine.state import CallState, Conversation
from mock_server.engine.test_numbers import new_conversation
from mock_server.errors import Conflict, NotFound, TooLarge
from mock_server.ids import same_secret
from mock_server.store import snapshots
from mock_server.store.answers import Answers
from mock_server.store.journal import Feed, Journal
from mock_server.store.outbox import Outbox
from mock_server.store.protocol import (
    APPS_BOUND,
    CONVERSATIONS_BOUND,
    STRIDE,
    Claim,
    Due,
    Page,
    Render,
    Route,
    Stride,
)
from mock_server.store.release import Box, Releaser
from mock_server.store.rows import App, Delivery, DeliveryState, Entry, Partner, Record
from mock_server.store.work import AppWork, Kept, Now, Work

T = TypeVar("T", bound=msgspec.Struct)


class _Cell:
    """All of one app."""

    __slots__ = ("app", "calls", "conversations", "generation", "journal", "outbox", "timers")

    def __init__(self, app: App, journal: Journal, generation: int) -> None:
        self.app = app
        self.generation = generation  # no two cells of a store have the same
        self.conversations: dict[str, Conversation] = {}
        self.calls: dict[str, str] = {}  # calls going on: id -> wa_id
        self.timers: list[tuple[int, str]] = []
        self.outbox = Outbox()
        self.journal = journal

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Everything of this generation that takes room; the journal goes on."""
        return (self.conversations, self.timers, *self.outbox.boxes)


class MemoryStore:
    """Implements `Store`."""

    def __init__(self, *, seed: str, machine: Machine, partner: Partner) -> None:
        self.seed = seed
        self.interval: float | None = None
        self.answers = Answers()
        self._machine = machine
        self._partner = partner
        self._cells: dict[str, _Cell] = {}
        self._numbers: dict[str, str] = {}  # phone-number-id -> app id; neither ever changes
        self._feed = Feed()
        self._generation = 0  # raised by a load: event streams begin anew
        self._cells_made = 0
        self._releaser = Releaser()
        self._readers: set[asyncio.Future[None]] = set()

    async def open(self) -> None:
        pass

    async def tend(self) -> Due:
        return Due()

    def wake_readers(self) -> None:
        self._wake()

    async def close(self) -> None:
        self._wake()

    # Apps and the partner account

    async def add_app(self, app: App) -> None:
        if len(self._cells) >= APPS_BOUND:
            raise Conflict("too_many_apps", f"There are {APPS_BOUND} apps, which is the bound; delete one first.")
        for cell in self._cells.values():
            _distinct(cell.app, app)
        self._cells[app.id] = self._new_cell(app)
        self._numbers[app.settings.phone_number_id] = app.id

    async def app(self, app_id: str) -> App:
        return self._cell(app_id).app

    async def apps(self, *, after: str = "", limit: int = 100) -> list[App]:
        ids = sorted(app_id for app_id in self._cells if app_id > after)
        return [self._cells[app_id].app for app_id in ids[:limit]]

    async def apps_of(self, *, phone_number_id: str = "", waba_id: str = "", meta_app_id: str = "") -> list[App]:
        if phone_number_id:
            app_id = self._numbers.get(phone_number_id)
            return [self._cells[app_id].app] if app_id is not None else []
        name, wanted = ("waba_id", waba_id) if waba_id else ("meta_app_id", meta_app_id)
        return [cell.app for cell in self._cells.values() if getattr(cell.app.settings, name) == wanted]

    async def app_of_token(self, token: str) -> str | None:
        now = self._machine.now()
        owners = [cell.app.id for cell in self._cells.values() if _owns(cell.app, token, now)]
        return owners[0] if owners else None

    async def change_app(self, app_id: str, work: AppWork) -> Any:
        cell = self._cell(app_id)
        now = self._now(cell)
        kept = work(cell.app, now)
        if kept.app is not None and kept.app.settings is not cell.app.settings:
            for other in self._cells.values():
                if other is not cell:
                    _distinct(other.app, kept.app)
        self._keep(cell, kept, now, None)
        return kept.answer

    async def reset_app(self, app_id: str, work: AppWork) -> Any:
        cell = self._cell(app_id)
        kept = work(cell.app, self._now(cell))
        fresh = self._new_cell(kept.app or cell.app, cell.journal)
        self._cells[app_id] = fresh
        self._releaser.release((*cell.boxes, *fresh.journal.clear()))
        self._keep(fresh, kept, self._now(fresh), None)
        return kept.answer

    async def remove_app(self, app_id: str) -> None:
        cell = self._cells.pop(self._cell(app_id).app.id)
        del self._numbers[cell.app.settings.phone_number_id]
        self._releaser.release((*cell.boxes, *cell.journal.clear()))

    async def partner(self) -> Partner:
        return self._partner

    async def change_partner(self, change: Callable[[Partner, int], tuple[Partner, T]]) -> T:
        self._partner, answer = change(self._partner, self._machine.now())
        return answer

    # Conversations

    async def work(self, app_id: str, wa_id: str, work: Work) -> Any:
        cell = self._cell(app_id)
        conversation = cell.conversations.get(wa_id)
        if conversation is None:
            if len(cell.conversations) >= CONVERSATIONS_BOUND:
                raise TooLarge(
                    "too_many_users", f"This app has {CONVERSATIONS_BOUND} users, which is the bound; reset it."
                )
            conversation = new_conversation(wa_id, cell.app.settings)
        now = self._now(cell)
        kept = work(cell.app, conversation, now)
        self._keep(cell, kept, now, wa_id)
        return kept.answer

    async def conversation(self, app_id: str, wa_id: str) -> Conversation:
        cell = self._cell(app_id)
        return cell.conversations.get(wa_id) or new_conversation(wa_id, cell.app.settings)

    async def conversations(self, app_id: str, *, after: str = "", limit: int = 100) -> list[Conversation]:
        cell = self._cell(app_id)
        keys = heapq.nsmallest(limit, (wa_id for wa_id in cell.conversations if wa_id > after))
        return [cell.conversations[wa_id] for wa_id in keys]

    async def conversation_of_call(self, app_id: str, call_id: str) -> str | None:
        return self._cell(app_id).calls.get(call_id)

    async def next_timer(self, app_id: str) -> tuple[int, str] | None:
        cell = self._cell(app_id)
        while cell.timers:
            due, wa_id = cell.timers[0]
            timers = cell.conversations[wa_id].timers
            if timers and timers[0].due == due:
                return due, wa_id
            heapq.heappop(cell.timers)
        return None

    async def stride(self, app_id: str, route: Route, *, per_url: int, render: Render | None = None) -> Stride:
        cell = self._cell(app_id)
        at, fired = cell.app.clock.frozen_at or 0, 0
        while fired < STRIDE:
            timer = await self.next_timer(app_id)
            dues = (timer[0] if timer else None, await self.next_delivery(app_id, per_url=per_url))
            due = min((due for due in dues if due is not None), default=None)
            if due is None or due > route.until:
                return Stride(at, fired, over=True)
            at = max(at, due)
            cell.app = route.step(cell.app, at)
            if timer is None or timer[0] > at:
                return Stride(at, fired, await self.claim(app_id, per_url=per_url, until=at, render=render))
            fired += await self.work(app_id, timer[1], route.wake)
        return Stride(at, fired)

    # Outbox

    async def claim(
        self, app_id: str, *, per_url: int, until: int | None = None, render: Render | None = None
    ) -> list[Claim]:
        cell = self._cell(app_id)
        if cell.app.settings.deliveries == "paused":
            return []
        now = self._now(cell).app if until is None else until
        rows = cell.outbox.claim(now, per_url)
        if render is not None:
            rows = [row if row.body is not None else cell.outbox.keep(render(cell.app, row)) for row in rows]
        return [Claim(cell.app, now, row, cell.generation) for row in rows]

    async def holds_good(self, app_id: str, claim: Claim) -> bool:
        return claim.generation == self._cell(app_id).generation

    async def settle(self, app_id: str, claim: Claim, delivery: Delivery, records: Sequence[Record]) -> bool:
        cell = self._cell(app_id)
        now = self._now(cell)
        if claim.generation != cell.generation or not cell.outbox.settle(delivery, now.app):
            return False
        self._keep(cell, Kept(records=tuple(records)), now, delivery.wa_id or None)
        return True

    async def next_delivery(self, app_id: str, *, per_url: int) -> int | None:
        cell = self._cell(app_id)
        return None if cell.app.settings.deliveries == "paused" else cell.outbox.next_due(per_url)

    async def under_way(self, app_id: str) -> int:
        return self._cell(app_id).outbox.under_way

    async def add_deliveries(self, app_id: str, deliveries: Sequence[Delivery]) -> None:
        self._cell(app_id).outbox.add(deliveries)

    async def delivery(self, app_id: str, delivery_id: str) -> Delivery:
        return self._cell(app_id).outbox.get(delivery_id)

    async def deliveries(
        self, app_id: str, *, state: DeliveryState | None, kind: str, wa_id: str, after: int, limit: int
    ) -> list[Delivery]:
        found = []
        for row in self._cell(app_id).outbox:
            wanted = (
                (state is None or row.state is state) and kind in {"", row.kind, row.topic} and wa_id in {"", row.wa_id}
            )
            if row.number > after and wanted:
                found.append(row)
        return found[:limit]

    async def redeliver(self, app_id: str, delivery_id: str) -> Delivery:
        cell = self._cell(app_id)
        return cell.outbox.redeliver(delivery_id, self._now(cell).app)

    async def waiting(self, app_id: str) -> int:
        return len(self._cell(app_id).outbox)

    async def waiting_about(self, app_id: str) -> int:
        return len(self._cell(app_id).outbox)

    # Journal

    async def record(self, app_id: str | None, records: Sequence[Record], *, wa_id: str | None = None) -> None:
        if app_id is None:
            machine = self._machine.now()
            for record in records:
                self._feed.add(Entry(0, "", machine, machine, record, wa_id))
            self._wake()
            return
        cell = self._cell(app_id)
        self._keep(cell, Kept(records=tuple(records)), self._now(cell), wa_id)

    async def journal(self, app_id: str, *, after: int, limit: int, findings: bool = False) -> Page:
        journal = self._cell(app_id).journal
        return journal.page(after=after, limit=limit, findings=findings, generation=self._generation)

    async def journal_end(self, app_id: str, *, before: int | None = None, limit: int, findings: bool = False) -> Page:
        journal = self._cell(app_id).journal
        return journal.end(before=before, limit=limit, findings=findings, generation=self._generation)

    async def feed(self, app_id: str | None, *, after: int, limit: int) -> Page:
        after = after if after <= await self.feed_end(app_id) else 0
        if app_id is not None:
            return await self.journal(app_id, after=after, limit=limit)
        return self._feed.page(after=after, limit=limit, generation=self._generation)

    async def feed_end(self, app_id: str | None) -> int:
        return self._feed.last if app_id is None else self._cell(app_id).journal.last

    async def changed(self, timeout: float) -> None:
        reader = asyncio.get_running_loop().create_future()
        self._readers.add(reader)
        try:
            await asyncio.wait_for(reader, timeout)
        except TimeoutError:
            pass
        finally:
            self._readers.discard(reader)

    # Everything

    async def save(self) -> bytes:
        dumps = [
            snapshots.AppDump(
                app=cell.app,
                conversations=tuple(cell.conversations.values()),
                deliveries=tuple(cell.outbox.dump()),
                journal=tuple(cell.journal.entries()),
                journal_last=cell.journal.last,
            )
            for cell in self._cells.values()
        ]
        return snapshots.encode(
            seed=self.seed, saved_at=self._machine.now(), partner=self._partner, feed_last=self._feed.last, apps=dumps
        )

    async def load(self, snapshot: bytes) -> None:
        saved = snapshots.decode(snapshot, machine_now=self._machine.now())
        feed = Feed()
        feed.last = max(self._feed.last, saved.feed_last)
        self._cells = {dump.app.id: self._restored(dump, feed) for dump in saved.apps}
        self._numbers = {cell.app.settings.phone_number_id: app_id for app_id, cell in self._cells.items()}
        self.seed, self._partner, self._feed = saved.seed, saved.partner, feed
        self._generation += 1
        self._wake()

    def _restored(self, dump: snapshots.AppDump, feed: Feed) -> _Cell:
        cell = self._new_cell(dump.app, Journal(dump.app.id, feed))
        for conversation in dump.conversations:
            self._keep_conversation(cell, conversation)
        cell.outbox.restore(dump.deliveries)
        cell.journal.restore(dump.journal, dump.journal_last)
        return cell

    def _new_cell(self, app: App, journal: Journal | None = None) -> _Cell:
        self._cells_made += 1
        return _Cell(app, journal or Journal(app.id, self._feed), self._cells_made)

    def _cell(self, app_id: str) -> _Cell:
        cell = self._cells.get(app_id)
        if cell is None:
            raise NotFound("unknown_app", f"There is no app {app_id[:80]!r}; GET /_sandbox/apps lists them.")
        return cell

    def _now(self, cell: _Cell) -> Now:
        machine = self._machine.now()
        return Now(cell.app.clock.now(machine), machine)

    def _keep(self, cell: _Cell, kept: Kept, now: Now, wa_id: str | None) -> None:
        if kept.app is not None:
            cell.app = kept.app
        if kept.conversation is not None:
            self._keep_conversation(cell, kept.conversation)
        if kept.deliveries:
            cell.outbox.add(kept.deliveries)
        if kept.records:
            cell.journal.add(kept.records, at=now.app, machine_at=now.machine, wa_id=wa_id)
            self._wake()

    def _keep_conversation(self, cell: _Cell, conversation: Conversation) -> None:
        old = cell.conversations.get(conversation.wa_id)
        cell.conversations[conversation.wa_id] = conversation
        timers = conversation.timers
        if timers and (old is None or old.timers[:1] != timers[:1]):
            heapq.heappush(cell.timers, (timers[0].due, conversation.wa_id))
        if old is None or old.calls is not conversation.calls:
            for call in conversation.calls:
                if call.state is CallState.ENDED:
                    cell.calls.pop(call.id, None)
                else:
                    cell.calls[call.id] = conversation.wa_id

    def _wake(self) -> None:
        for reader in self._readers:
            if not reader.done():
                reader.set_result(None)
        self._readers.clear()


def _owns(app: App, token: str, machine_now: int) -> bool:
    """Every good token of the app is compared, each in constant time (A4)."""
    settings = app.settings
    minted = (row.value for row in app.tokens if row.status(machine_now) == "ACTIVE")
    own = [settings.token, settings.graph_token or settings.token, *minted]
    return sum(same_secret(token, value) for value in own) > 0


def _distinct(old: App, new: App) -> None:
    """Two apps share no id, token, number or phone-number-id."""
    for name in ("id", "token", "phone_number_id", "business_number"):
        if getattr(old.settings, name) == getattr(new.settings, name):
            raise Conflict("taken", f"{name} is taken by app {old.id}; choose another.")
