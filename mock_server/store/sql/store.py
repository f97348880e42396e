"""The store in a database: SQLite for one process, PostgreSQL for several. Implements `Store`.

Every method is one transaction of steps; what they do is in the other files of this package.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from mock_server import ids
from mock_server.clock import Machine
from mock_server.engine.state import Conversation
from mock_server.engine.test_numbers import new_conversation
from mock_server.errors import NotFound, Unavailable
from mock_server.store import snapshots
from mock_server.store.answers import Answers
from mock_server.store.protocol import Claim, Due, Page, Render
from mock_server.store.rows import App, Delivery, DeliveryState, Partner, Record
from mock_server.store.sql import apps, conversations, housekeeping, journal, numbering, outbox, sending, units, whole
from mock_server.store.sql.care import Care
from mock_server.store.sql.readers import Readers
from mock_server.store.sql.steps import Afterwards, Again, Database, Hold, Steps, now
from mock_server.store.work import AppWork, Kept, Now, Work

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

LEASE: Final = 45_000  # milliseconds that a lane or an advance is its owner's without a sign of life
GRACE: Final = 1000  # milliseconds that others leave to a process what its request has caused
FOR_EVER: Final = 10**15  # where nobody else is there
FRESH: Final = 0.5  # seconds that a rough count is good for


class SqlStore:
    """See the module. `lease`: milliseconds after which others take over what this process does not go on with."""

    def __init__(
        self, database: Database, *, seed: str, machine: Machine, partner: Partner, lease: int = LEASE
    ) -> None:
        self.seed = seed
        self.interval: float | None = 0.25
        self.answers = Answers()
        self._database = database
        self._machine = machine
        self._given_partner = partner
        self._readers = Readers()
        self._giving_back: set[asyncio.Future[None]] = set()
        self._desk = units.Desk(
            owner=ids.new_secret(),
            lease=FOR_EVER if database.alone else lease,
            grace=0 if database.alone else GRACE,
            answers=self.answers,
            recorded=self._readers.wake,
            changed=self._forget,
        )
        self._known: dict[str, tuple[App, int]] = {}  # apps and their epochs, where nobody else can change them
        self._waiting: dict[str, tuple[float, int]] = {}  # by app: when it was counted, and how many
        self._care = Care(database, self._desk, begun=self._take_up)

    async def open(self) -> None:
        await self._database.open()
        self._take_up(await self._run(lambda: whole.begin(self.seed, self._given_partner)))
        if self._database.alone:
            await self._run(housekeeping.take_over)

    async def close(self) -> None:
        self.wake_readers()
        with contextlib.suppress(Unavailable):  # closed before, or away: then the lease has to end
            await self._run(lambda: housekeeping.let_go(self._desk.owner))
        await self._database.close()

    # Apps and the partner account

    async def add_app(self, app: App) -> None:
        await self._run(lambda: apps.add(app))

    async def app(self, app_id: str) -> App:
        return (await self._known_app(app_id))[0]

    async def apps(self, *, after: str = "", limit: int = 100) -> list[App]:
        return await self._look(lambda: apps.page(after, limit))

    async def apps_of(self, *, phone_number_id: str = "", waba_id: str = "", meta_app_id: str = "") -> list[App]:
        if phone_number_id:
            return await self._look(lambda: apps.having("phone_number_id", phone_number_id))
        if waba_id:
            return await self._look(lambda: apps.having("waba_id", waba_id))
        return await self._look(lambda: apps.having("meta_app_id", meta_app_id))

    async def app_of_token(self, token: str) -> str | None:
        return await self._look(lambda: apps.owner_of(token))

    async def change_app(self, app_id: str, work: AppWork) -> Any:
        return await self._run(lambda: units.change_app(app_id, work, self._desk))

    async def reset_app(self, app_id: str, work: AppWork) -> Any:
        return await self._run(lambda: units.reset_app(app_id, work, self._desk))

    async def remove_app(self, app_id: str) -> None:
        await self._run(lambda: units.remove_app(app_id, self._desk))

    async def partner(self) -> Partner:
        return await self._look(whole.partner)

    async def change_partner(self, change: Callable[[Partner, int], tuple[Partner, S]]) -> S:
        def steps() -> Steps[S]:
            yield Hold("partner")
            machine = yield from now()
            changed, answer = change((yield from whole.partner()), machine)
            yield from whole.keep_partner(changed)
            return answer

        return await self._run(steps)

    # Conversations

    async def work(self, app_id: str, wa_id: str, work: Work) -> Any:
        alone = self._database.alone
        try:
            return await self._run(lambda: units.work(app_id, wa_id, work, self._desk, alone=alone))
        except Again:
            return await self._run(lambda: units.work(app_id, wa_id, work, self._desk, alone=True))

    async def conversation(self, app_id: str, wa_id: str) -> Conversation:
        def steps() -> Steps[Conversation]:
            row = yield from apps.row(app_id)
            found = yield from conversations.get(row.epoch, wa_id)
            return found or new_conversation(wa_id, row.app.settings)

        return await self._look(steps)

    async def conversations(self, app_id: str, *, after: str = "", limit: int = 100) -> list[Conversation]:
        return await self._look(_of(app_id, lambda epoch: conversations.page(epoch, after, limit)))

    async def conversation_of_call(self, app_id: str, call_id: str) -> str | None:
        return await self._look(_of(app_id, lambda epoch: conversations.of_call(epoch, call_id)))

    async def next_timer(self, app_id: str) -> tuple[int, str] | None:
        return await self._look(lambda: sending.next_timer(app_id, self._desk))

    # Outbox

    async def claim(
        self, app_id: str, *, per_url: int, until: int | None = None, render: Render | None = None
    ) -> list[Claim]:
        claiming = asyncio.ensure_future(
            self._run(lambda: sending.claim(app_id, self._desk, per_url=per_url, until=until, render=render))
        )
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            claiming.add_done_callback(partial(self._give_back, app_id))
            raise

    def _give_back(self, app_id: str, claiming: asyncio.Future[list[Claim]]) -> None:
        """Nobody waits for these claims any more."""
        if not claiming.cancelled() and claiming.exception() is None and (claims := claiming.result()):
            task = asyncio.ensure_future(self._given_back(app_id, claims))
            self._giving_back.add(task)
            task.add_done_callback(self._giving_back.discard)

    async def _given_back(self, app_id: str, claims: list[Claim]) -> None:
        with contextlib.suppress(NotFound, Unavailable):  # then their leases end, or at the end everything is let go
            await self._run(lambda: sending.give_back(app_id, self._desk, claims))
        for claim in claims:
            self._desk.hand.drop(claim.ticket, claim.delivery.number)

    async def holds_good(self, app_id: str, claim: Claim) -> bool:
        return claim.generation == (await self._known_app(app_id))[1]

    async def settle(self, app_id: str, claim: Claim, delivery: Delivery, records: Sequence[Record]) -> bool:
        try:
            settled = await self._run(lambda: sending.settle(app_id, self._desk, claim, delivery, records=records))
        except Unavailable:  # who carries it asks again
            raise
        except BaseException:
            self._desk.hand.drop(claim.ticket, claim.delivery.number)
            raise
        self._desk.hand.drop(claim.ticket, claim.delivery.number)
        return settled

    async def next_delivery(self, app_id: str, *, per_url: int) -> int | None:
        return await self._look(lambda: sending.next_delivery(app_id, self._desk, per_url=per_url))

    async def under_way(self, app_id: str) -> int:
        return await self._look(_of(app_id, outbox.under_way))

    async def add_deliveries(self, app_id: str, deliveries: Sequence[Delivery]) -> None:
        await self._run(lambda: sending.add(app_id, deliveries))

    async def delivery(self, app_id: str, delivery_id: str) -> Delivery:
        return await self._look(_of(app_id, lambda epoch: outbox.get(epoch, delivery_id)))

    async def deliveries(
        self, app_id: str, *, state: DeliveryState | None, kind: str, wa_id: str, after: int, limit: int
    ) -> list[Delivery]:
        return await self._run(
            _of(
                app_id,
                lambda epoch: outbox.list_(epoch, state=state, kind=kind, wa_id=wa_id, after=after, limit=limit),
            )
        )

    async def redeliver(self, app_id: str, delivery_id: str) -> Delivery:
        return await self._run(lambda: sending.redeliver(app_id, delivery_id))

    async def waiting(self, app_id: str) -> int:
        return await self._look(_of(app_id, outbox.waiting))

    async def waiting_about(self, app_id: str) -> int:
        instant = asyncio.get_running_loop().time()
        counted, count = self._waiting.get(app_id, (0.0, None))
        if count is None or instant - counted > FRESH:
            if count is not None:
                self._waiting[app_id] = (instant, count)  # one counts, the others go on with what was counted before
            count = await self.waiting(app_id)
            self._waiting[app_id] = (instant, count)
        return count

    # Journal

    async def record(self, app_id: str | None, records: Sequence[Record], *, wa_id: str | None = None) -> None:
        if app_id is not None:
            kept = Kept(records=tuple(records))
            await self._run(lambda: units.record(app_id, kept, self._desk, wa_id=wa_id))
            return

        def steps() -> Steps[None]:
            machine = yield from now()
            yield from journal.add(numbering.FEED, records, Now(machine, machine), wa_id)
            yield Afterwards(self._readers.wake)

        await self._run(steps)

    async def journal(self, app_id: str, *, after: int, limit: int, findings: bool = False) -> Page:
        return await self._run(_of(app_id, lambda _: journal.page(app_id, after=after, limit=limit, findings=findings)))

    async def feed(self, app_id: str | None, *, after: int, limit: int) -> Page:
        self._readers.reads()
        if app_id is None:
            return await self._run(lambda: journal.feed(after=after, limit=limit))
        after = after if after <= await self.feed_end(app_id) else 0
        return await self.journal(app_id, after=after, limit=limit)

    async def feed_end(self, app_id: str | None) -> int:
        def steps() -> Steps[int]:
            if app_id is not None:
                yield from apps.one(app_id)
            yield from numbering.number_all()
            return (yield from numbering.end_of(app_id or numbering.FEED)).last

        return await self._run(steps)

    async def changed(self, timeout: float) -> None:
        await self._readers.changed(timeout)

    def wake_readers(self) -> None:
        self._readers.wake()

    # Everything

    async def save(self) -> bytes:
        seed, saved_at, partner, feed_last, dumps = await self._run(whole.save)
        return await asyncio.to_thread(
            snapshots.encode, seed=seed, saved_at=saved_at, partner=partner, feed_last=feed_last, apps=dumps
        )

    async def load(self, snapshot: bytes) -> None:
        saved = await asyncio.to_thread(snapshots.decode, snapshot, machine_now=self._machine.now())

        def steps() -> Steps[whole.Begun]:
            begun = yield from whole.load(saved)
            yield Afterwards(self._known.clear)
            yield Afterwards(self._readers.wake)
            return begun

        self._take_up(await self._run(steps))

    async def tend(self) -> Due:
        return await self._care.take()

    def _take_up(self, begun: whole.Begun) -> None:
        """Another process may have loaded a snapshot with another seed."""
        self.seed = begun.seed

    async def _known_app(self, app_id: str) -> tuple[App, int]:
        """The app and its epoch; where no other process can change it, as it was kept last."""
        if app_id in self._known:
            return self._known[app_id]
        return await self._look(lambda: self._learn(app_id))

    def _learn(self, app_id: str) -> Steps[tuple[App, int]]:
        row = yield from apps.one(app_id)
        if self._database.alone:
            yield Afterwards(lambda: self._known.__setitem__(app_id, row))
        return row

    def _forget(self, app_id: str) -> None:
        self._known.pop(app_id, None)

    async def _run(self, make: Callable[[], Steps[T]]) -> T:
        return await self._database.run(make)

    async def _look(self, make: Callable[[], Steps[T]]) -> T:
        return await self._database.look(make)


def _of(app_id: str, steps_of: Callable[[int], Steps[T]]) -> Callable[[], Steps[T]]:
    """Steps about an app's present epoch. They raise NotFound."""

    def steps() -> Steps[T]:
        _, epoch = yield from apps.one(app_id)
        return (yield from steps_of(epoch))

    return steps
