"""What the outbox costs in a database, however much waits there (W7)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import pytest

from mock_server.store.rows import DeliveryState
from mock_server.store.sql import outbox, schema
from mock_server.store.sql.claims import Moment
from mock_server.store.sql.postgresql import PostgresqlDatabase
from mock_server.store.sql.sqlite_words import translated
from mock_server.store.sql.steps import Many, Query, Steps, query
from tests.stage.deliveries import a_delivery, outcome
from tests.stage.machine import ManualMachine

EPOCH: Final = 1
DOWN: Final = "http://down.example/"
HOUR: Final = 3_600_000
HAND: Final = outbox.Hand("this process")
MINE: Final = HAND.next()


def a_crowd(count: int) -> Steps[None]:
    """So many that wait: half behind one failed one, a quarter due, a quarter failing at another URL; some finished."""
    yield from outbox.add(
        EPOCH, [a_delivery(f"held{n}", user="held", due=HOUR if n == 0 else 0) for n in range(count // 2)]
    )
    yield from outbox.add(EPOCH, [a_delivery(f"due{n}", user=f"due{n}") for n in range(count // 4)])
    failing = [
        a_delivery(f"bad{n}", user=f"bad{n}", due=HOUR + n, url=DOWN, failures=4, holds=False)
        for n in range(count // 4)
    ]
    yield from outbox.add(EPOCH, failing)
    done = DeliveryState.DELIVERED
    yield from outbox.add(EPOCH, [a_delivery(f"done{n}", user="done", state=done) for n in range(300)])


def claim(now: int = 0) -> Steps[list[Any]]:
    return (yield from outbox.claim(EPOCH, Moment(now, now), by=MINE, hand=HAND, lease=1000, per_url=8))


def deliver() -> Steps[None]:
    """Claim what there is room for, and have one arrive and one fail."""
    claimed = yield from claim()
    for row, ok in ((claimed[0], True), (claimed[1], False)):
        yield from outbox.settle(
            EPOCH, [outbox.Carried(outcome(row, ok=ok, at=0), MINE.ticket)], owner=MINE.owner, now=0
        )


def look() -> Steps[None]:
    yield from outbox.next_due(EPOCH, owner=MINE.owner, per_url=8, machine=0)


def put_three() -> Steps[None]:
    yield from outbox.add(EPOCH, [a_delivery(f"new{n}", user="held") for n in range(3)])


def send_again() -> Steps[None]:
    yield from outbox.redeliver(EPOCH, "held7", now=0)
    yield from outbox.redeliver(EPOCH, "done7", now=0)


def list_a_page() -> Steps[None]:
    yield from outbox.list_(EPOCH, state=None, kind="", wa_id="", after=10, limit=20)


WORK: Final[dict[str, Callable[[], Steps[None]]]] = {
    "deliver": deliver,
    "look": look,
    "put": put_three,
    "again": send_again,
    "list": list_a_page,
}


class Table:
    """The tables in memory, and how many instructions of SQLite's machine some steps take."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._instructions = 0
        self.run(schema.migrate(schema.DIALECTS["sqlite"]))

    def run(self, steps: Steps[Any]) -> None:
        try:
            step = next(steps)
            while True:
                step = steps.send(self._answered(step))
        except StopIteration:
            pass

    def cost(self, steps: Steps[Any]) -> int:
        self._instructions = 0
        self._connection.set_progress_handler(self._count, 1)
        self.run(steps)
        self._connection.set_progress_handler(None, 1)
        return self._instructions

    def close(self) -> None:
        self._connection.close()

    def _answered(self, step: Any) -> list[Any]:
        if isinstance(step, Query):
            statement = translated(step.sql)
            return self._connection.execute(statement.text, statement.ordered(step.args)).fetchall()
        if isinstance(step, Many):
            statement = translated(step.sql)
            self._connection.executemany(statement.text, [statement.ordered(row) for row in step.rows])
        return []

    def _count(self) -> int:
        self._instructions += 1
        return 0


@pytest.fixture
def tables() -> Iterator[tuple[Table, Table]]:
    """With 2 000 deliveries, and with 20 000."""
    few, many = Table(), Table()
    few.run(a_crowd(2_000))
    many.run(a_crowd(20_000))
    yield few, many
    few.close()
    many.close()


@pytest.mark.parametrize("what", WORK)
def test_it_costs_the_same_however_many_wait(tables: tuple[Table, Table], what: str) -> None:
    """Claiming, settling, adding, sending again and looking cost as much with ten times as many waiting (W7)."""
    few, many = (table.cost(WORK[what]()) for table in tables)
    assert many < few * 1.1 + 50


def test_counting_goes_through_an_index(tables: tuple[Table, Table]) -> None:
    """Counting what waits takes a few instructions a row (W7)."""
    assert tables[1].cost(outbox.waiting(EPOCH)) < 20_000 * 6


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("what", WORK)
async def test_postgresql_reads_no_whole_table(postgresql: str, what: str) -> None:
    """No statement of the outbox reads all deliveries, although PostgreSQL knows nothing about the table yet (W7)."""
    database = PostgresqlDatabase(postgresql, machine=ManualMachine())
    await database.open()
    await database.run(lambda: a_crowd(4_000))
    seen: dict[str, tuple[Any, ...]] = {}

    def watched() -> Steps[None]:
        steps = WORK[what]()
        try:
            step = next(steps)
            while True:
                if isinstance(step, Query):
                    seen[step.sql] = step.args
                step = steps.send((yield step))
        except StopIteration:
            pass

    await database.run(watched)
    for sql, args in seen.items():
        plan = [row[0] for row in await database.run(partial(query, f"EXPLAIN {sql}", *args))]
        assert not [line for line in plan if "Seq Scan on deliveries" in line], sql
    await database.close()
