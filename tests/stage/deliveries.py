"""Deliveries made by hand: the bytes say which one it is."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from mock_server.clock import AppClock
from mock_server.delivery import schedule
from mock_server.settings import Variants
from mock_server.store.protocol import Claim
from mock_server.store.rows import App, Attempt, Delivery
from tests.stage.conversation import an_app
from tests.stage.machine import ManualMachine
from tests.stage.stores import a_store

T = TypeVar("T")

APP = "app"
URL = "http://receiver.example/webhooks"
MANY = 64  # attempts at one URL


def a_delivery(name: str, *, user: str = "ana", at: int = 0, **fields: Any) -> Delivery:
    """A webhook to `user` whose body is its name, due when it was made."""
    known = {"subscription_id": "sub", "url": URL, "kind": "message", "body": name.encode(), "number": 0}
    row: dict[str, Any] = known | {"id": name, "wa_id": user, "created_at": at, "due": at} | fields
    return Delivery(**row)


def outcome(row: Delivery, *, ok: bool, at: int, window: Variants | None = None) -> Delivery:
    """The row after an attempt at `at` that was answered 200, or 500."""
    status = 200 if ok else 500
    return schedule.after(row, Attempt(row.attempted + 1, at, "answered", status), window or Variants())


class Hand:
    """Claims from a store and settles, one thing at a time; the app's clock shows what one says.

    Not for tests that run on an event loop: it has its own.
    """

    def __init__(self, *rows: Delivery, per_url: int = MANY) -> None:
        self.per_url = per_url
        self.under_way: dict[str, Claim] = {}
        self.machine = ManualMachine(0)
        self.store = a_store(self.machine)
        self._runner = asyncio.Runner()
        self._do(self.store.open())
        self._do(self.store.add_app(App(an_app(), clock=AppClock())))
        HANDS.append(self)
        self.add(*rows)

    def close(self) -> None:
        HANDS.remove(self)
        self._do(self.store.close())
        self._runner.close()

    def add(self, *rows: Delivery) -> None:
        self._do(self.store.add_deliveries(APP, rows))

    def claim(self, at: int) -> list[str]:
        """The names of what is claimed at this instant, in order."""
        self.machine.at = at
        claims = self._do(self.store.claim(APP, per_url=self.per_url))
        self.under_way |= {claim.delivery.id: claim for claim in claims}
        return [claim.delivery.id for claim in claims]

    def settle(self, name: str, *, ok: bool, at: int) -> Delivery:
        """What is under way was answered 200, or 500."""
        claim = self.under_way.pop(name)
        row = outcome(claim.delivery, ok=ok, at=at)
        assert self.settle_as(claim, row, at=at)
        return row

    def settle_as(self, claim: Claim, row: Delivery, *, at: int) -> bool:
        self.machine.at = at
        return self._do(self.store.settle(APP, claim, row, []))

    def deliver(self, at: int) -> list[str]:
        """Claim and deliver until nothing is due; the names in order."""
        sent: list[str] = []
        while names := self.claim(at):
            for name in names:
                self.settle(name, ok=True, at=at)
            sent += names
        return sent

    def fail(self, at: int) -> list[str]:
        """Claim what is due and have it fail, once each; the names in order."""
        names = self.claim(at)
        for name in names:
            self.settle(name, ok=False, at=at)
        return names

    def redeliver(self, name: str, *, at: int) -> Delivery:
        self.machine.at = at
        return self._do(self.store.redeliver(APP, name))

    def next_due(self) -> int | None:
        return self._do(self.store.next_delivery(APP, per_url=self.per_url))

    def reload(self) -> None:
        """Save everything and load it again."""
        self._do(self.store.load(self._do(self.store.save())))
        self.under_way = {}

    def row(self, name: str) -> Delivery:
        return self._do(self.store.delivery(APP, name))

    @property
    def rows(self) -> list[Delivery]:
        """Everything that is kept."""
        return self._do(self.store.deliveries(APP, state=None, kind="", wa_id="", after=0, limit=1_000_000))

    @property
    def waiting(self) -> int:
        return self._do(self.store.waiting(APP))

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


HANDS: list[Hand] = []  # those that are not closed yet
