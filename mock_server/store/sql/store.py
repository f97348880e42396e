"""The store in a database: SQLite for one process, PostgreSQL for several. Implements `Store`.

Every method is one transaction of steps; what they do is in the other files of this package. Two parts of it have files
of their own: the outbox and the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from mock_server import ids
from mock_server.clock import Machine
from mock_server.engine.state import Conversation
from mock_server.engine.test_numbers import new_conversation
from mock_server.errors import Unavailable
from mock_server.store import snapshots
from mock_server.store.answers import Answers
from mock_server.store.protocol import Claim, Due
from mock_server.store.rows import App, Partner
from mock_server.store.sql import apps, conversations, housekeeping, units, whole
from mock_server.store.sql.care import Care
from mock_server.store.sql.journal_part import JournalPart
from mock_server.store.sql.outbox_part import OutboxPart
from mock_server.store.sql.part import of
from mock_server.store.sql.readers import Readers
from mock_server.store.sql.steps import Afterwards, Again, Database, Hold, Steps, now
from mock_server.store.work import AppWork, Work

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

LEASE: Final = 45_000  # milliseconds that a lane or an advance is its owner's without a sign of life
FOR_EVER: Final = 10**15  # where nobody else is there


class SqlStore(JournalPart, OutboxPart):
    """See the module. `lease`: milliseconds after which others take over what this process does not go on with."""

    def __init__(
        self, database: Database, *, seed: str, machine: Machine, partner: Partner, lease: int = LEASE
    ) -> None:
        self.seed = seed
        self.interval: float | None = 0.25
        self.answers = Answers()
        desk = units.Desk(
            owner=ids.new_secret(),
            lease=FOR_EVER if database.alone else lease,
            shares=not database.alone,
            answers=self.answers,
            readers=Readers(),
            changed=self._forget,
        )
        super().__init__(database, desk)
        self._machine = machine
        self._given_partner = partner
        self._known: dict[str, tuple[App, int]] = {}  # apps and their epochs, where nobody else can change them
        self._care = Care(database, desk, begun=self._take_up)

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
        await self._all_over()

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
        return await self._look(of(app_id, lambda epoch: conversations.page(epoch, after, limit)))

    async def conversation_of_call(self, app_id: str, call_id: str) -> str | None:
        return await self._look(of(app_id, lambda epoch: conversations.of_call(epoch, call_id)))

    async def holds_good(self, app_id: str, claim: Claim) -> bool:
        return claim.generation == (await self._known_app(app_id))[1]

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
            yield Afterwards(self._desk.readers.wake)
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
