"""Deliveries made by hand: the bytes say which one it is."""

from __future__ import annotations

from typing import Any

import msgspec

from mock_server.delivery import schedule
from mock_server.settings import Variants
from mock_server.store.outbox import Outbox
from mock_server.store.rows import Attempt, Delivery

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
    """Claims from an outbox and settles, one thing at a time."""

    def __init__(self, *rows: Delivery, per_url: int = MANY) -> None:
        self.outbox = Outbox()
        self.per_url = per_url
        self.under_way: dict[str, Delivery] = {}
        self.add(*rows)

    def add(self, *rows: Delivery) -> None:
        self.outbox.add(rows)

    def claim(self, at: int) -> list[str]:
        """The names of what is claimed at this instant, in order."""
        claimed = self.outbox.claim(at, self.per_url)
        self.under_way |= {row.id: row for row in claimed}
        return [row.id for row in claimed]

    def settle(self, name: str, *, ok: bool, at: int) -> Delivery:
        """What is under way was answered 200, or 500."""
        row = outcome(self.under_way.pop(name), ok=ok, at=at)
        assert self.outbox.settle(row, at)
        return row

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

    def next_due(self) -> int | None:
        return self.outbox.next_due(self.per_url)

    def restored(self) -> Hand:
        """What a snapshot of it would be after loading."""
        again = Hand(per_url=self.per_url)
        encoded = msgspec.json.encode(list(self.outbox.dump()))
        again.outbox.restore(msgspec.json.decode(encoded, type=list[Delivery]))
        return again
