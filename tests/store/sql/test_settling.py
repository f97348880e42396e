"""What came of attempts is kept together, and each hears what became of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from mock_server.errors import Unavailable
from mock_server.store.protocol import Claim
from mock_server.store.rows import App
from mock_server.store.sql.sending import Outcome
from mock_server.store.sql.settling import Settling
from tests.stage.conversation import an_app
from tests.stage.deliveries import a_delivery

pytestmark = pytest.mark.anyio

APP = App(an_app())


def outcome(name: str) -> Outcome:
    row = a_delivery(name)
    return Outcome(Claim(APP, 0, row, 1), row, ())


class Ledger:
    """Keeps what it is given, all but `bad`, when its door is open."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.door = asyncio.Event()
        self.door.set()
        self.settling = Settling(self._keep)

    async def _keep(self, app_id: str, outcomes: Sequence[Outcome]) -> list[bool]:
        await self.door.wait()
        names = "".join(outcome.row.id for outcome in outcomes)
        if "x" in names:
            raise ValueError(names)
        if "y" in names:
            raise Unavailable("away")
        self.kept.append(f"{app_id}:{names}")
        return [outcome.row.id != "n" for outcome in outcomes]

    def settle(self, name: str, app_id: str = "1") -> asyncio.Task[bool]:
        return asyncio.create_task(self.settling.settle(app_id, outcome(name)))


async def test_what_ends_together_is_kept_together() -> None:
    """Attempts that end at the same time share a transaction, app by app, and each hears its own answer."""
    ledger = Ledger()
    answers = await asyncio.gather(*map(ledger.settle, "anb"), ledger.settle("c", "2"))
    assert answers == [True, False, True, True]
    assert sorted(ledger.kept) == ["1:anb", "2:c"]


async def test_who_comes_later_shares_the_next_one() -> None:
    """What ends while others are being kept does not wait one by one."""
    ledger = Ledger()
    ledger.door.clear()
    tasks = [ledger.settle("a")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks += map(ledger.settle, "bcd")
    await asyncio.sleep(0)
    ledger.door.set()
    assert await asyncio.gather(*tasks) == [True] * 4
    assert ledger.kept == ["1:a", "1:bcd"]


async def test_sixty_four_at_once() -> None:
    """A transaction has a bound, so that others have their turn."""
    ledger = Ledger()
    await asyncio.gather(*[ledger.settle("a") for _ in range(70)])
    assert [len(names) - 2 for names in ledger.kept] == [64, 6]


async def test_one_that_cannot_be_kept_takes_nobody_with_it() -> None:
    """What is wrong with one of them is that one's alone to hear; the others are kept."""
    ledger = Ledger()
    answers = await asyncio.gather(*map(ledger.settle, "axb"), return_exceptions=True)
    assert (answers[0], answers[2], ledger.kept) == (True, True, ["1:a", "1:b"])
    assert isinstance(answers[1], ValueError)


async def test_all_hear_that_nothing_was_kept() -> None:
    """Where the store cannot be asked each of them hears it, and asks again itself."""
    ledger = Ledger()
    answers = await asyncio.gather(*map(ledger.settle, "ay"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    assert await ledger.settle("a")


async def test_who_gives_up_waiting() -> None:
    """What came of an attempt is kept although nobody waits for that any more, and a close waits for it."""
    ledger = Ledger()
    ledger.door.clear()
    tasks = [*map(ledger.settle, "ab")]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.sleep(0)
    ledger.door.set()
    await ledger.settling.close()
    assert ledger.kept == ["1:ab"]
    assert await tasks[1]
