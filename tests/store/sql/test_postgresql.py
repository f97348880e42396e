"""The PostgreSQL driver: locks, the database's time, and a server that goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from mock_server.clock import FollowedTime
from mock_server.errors import Conflict, Unavailable
from mock_server.store.sql.postgresql import PostgresqlDatabase
from mock_server.store.sql.steps import Afterwards, Hold, Many, Query, Row, Steps, first, now, query
from tests.stage.machine import START, ManualMachine
from tests.stage.postgresql import Server, required

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(postgresql: str) -> AsyncIterator[PostgresqlDatabase]:
    database = PostgresqlDatabase(postgresql, machine=ManualMachine())
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """One that can be stopped."""
    required()
    server = Server()
    server.start()
    yield server
    server.remove()


def put(key: str) -> Steps[str]:
    yield Query("INSERT INTO sandbox_meta (key, value) VALUES ($1, $2)", (key, b"1"))
    return key


def keys() -> Steps[list[str]]:
    rows = yield from query("SELECT key FROM sandbox_meta WHERE key NOT IN ('version', 'seed') ORDER BY key")
    return [row[0] for row in rows]


async def test_rows_go_in_and_come_out(database: PostgresqlDatabase) -> None:
    """Statements, many at once too, run in one transaction that is kept when the steps end."""

    def steps() -> Steps[int]:
        yield from put("a")
        yield Many("INSERT INTO sandbox_meta (value, key) VALUES ($2, $1)", [("b", b"1"), ("c", b"2")])
        return 7

    assert await database.run(steps) == 7
    assert await database.run(keys) == ["a", "b", "c"]


async def test_what_raises_keeps_nothing(database: PostgresqlDatabase) -> None:
    """Steps that raise reach their caller as they are, nothing of theirs is kept, and nobody hears of it."""
    heard: list[str] = []

    def steps() -> Steps[None]:
        yield Afterwards(lambda: heard.append("a"))
        yield from put("a")
        raise Conflict("no", "no")

    with pytest.raises(Conflict):
        await database.run(steps)
    assert (await database.run(keys), heard) == ([], [])


async def test_a_lock_is_waited_for(database: PostgresqlDatabase) -> None:
    """Two who hold the same name come one after the other; shared holders do not wait for each other."""
    at_once, most = 0, dict[bool, int]()

    def steps(*, shared: bool) -> Steps[None]:
        nonlocal at_once
        yield Hold("gate", shared=shared)
        yield Query("SELECT 1")
        at_once += 1
        most[shared] = max(most.get(shared, 0), at_once)
        yield Query("SELECT pg_sleep(0.1)")
        at_once -= 1

    for shared in (True, False):
        await asyncio.gather(*(database.run(lambda s=shared: steps(shared=s)) for _ in range(4)))  # type: ignore[misc]
    assert most[False] == 1
    assert most[True] > 1


async def test_of_two_who_block_each_other_one_begins_again(database: PostgresqlDatabase) -> None:
    """A deadlock is nobody's error: one of the two runs once more."""
    runs = list[str]()

    def steps(one: str, other: str) -> Steps[None]:
        runs.append(one)
        yield Hold(one)
        yield Query("SELECT pg_sleep(0.3)")
        yield Hold(other)
        yield Query("SELECT 1")

    await asyncio.gather(database.run(lambda: steps("a", "b")), database.run(lambda: steps("b", "a")))
    assert len(runs) == 3


async def test_of_two_who_make_the_same_one_sees_the_other(database: PostgresqlDatabase) -> None:
    """Who loses a race for a unique value runs once more, and then sees what is there."""

    def steps() -> Steps[bool]:
        if (yield from first("SELECT 1 FROM sandbox_meta WHERE key = 'a'")) is not None:
            return False
        yield Query("SELECT pg_sleep(0.05)")
        yield from put("a")
        return True

    assert sorted(await asyncio.gather(*(database.run(steps) for _ in range(3)))) == [False, False, True]


async def test_the_time_that_was_given(database: PostgresqlDatabase) -> None:
    """With a machine of a test's own the time is that one's (T1)."""
    assert await database.run(now) == START


async def test_the_time_is_the_databases(postgresql: str) -> None:
    """Processes that share a database go by its clock, however wrong their own machines' clocks are (DESIGN, gates)."""
    time = FollowedTime(ManualMachine())
    database = PostgresqlDatabase(postgresql, machine=time)
    await database.open()

    def both() -> Steps[tuple[int, Row | None]]:
        told = yield from now(Hold("gate"))
        return told, (yield from first("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"))

    told, asked = await database.run(both)
    assert asked is not None
    assert 0 <= asked[0] - told < 10_000
    assert abs(time.now() - told) < 10_000
    await database.close()


async def test_many_at_once(database: PostgresqlDatabase) -> None:
    """More units of work than connections wait for their turn, and each is kept."""
    await asyncio.gather(*(database.run(lambda n=n: put(f"{n:03}")) for n in range(60)))  # type: ignore[misc]
    assert len(await database.run(keys)) == 60


async def test_a_process_has_ten_connections(database: PostgresqlDatabase) -> None:
    """However many ask at once, a process makes no more connections than its share; all are answered."""

    def steps() -> Steps[int]:
        yield Query("SELECT pg_sleep(0.05)")
        rows = yield Query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'gupshup-mock'"
        )
        return int(rows[0][0])

    assert 1 < max(await asyncio.gather(*(database.run(steps) for _ in range(60)))) <= 10


async def test_one_that_is_cut_off_comes_to_its_end(database: PostgresqlDatabase) -> None:
    """A unit of work that nobody waits for any more is kept as a whole, and its locks are free."""
    begun = asyncio.Event()

    def steps() -> Steps[None]:
        yield Hold("gate")
        yield from put("a")
        begun.set()
        yield Query("SELECT pg_sleep(0.1)")
        yield from put("b")

    task = asyncio.ensure_future(database.run(steps))
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    def after() -> Steps[list[str]]:
        yield Hold("gate")
        return (yield from keys())

    assert await asyncio.wait_for(database.run(after), 10) == ["a", "b"]


async def test_a_close_waits_for_what_is_going_on(postgresql: str) -> None:
    """What has begun when the store is closed is kept, and nothing goes on after the close."""
    database = PostgresqlDatabase(postgresql, machine=ManualMachine())
    await database.open()
    task = asyncio.ensure_future(database.run(lambda: put("last")))
    await asyncio.sleep(0)
    await database.close()
    assert task.done()
    assert await task == "last"


async def test_a_server_that_goes_away_and_comes_back(server: Server) -> None:
    """While PostgreSQL is away requests are refused in one sentence; when it is back everything is there."""
    database = PostgresqlDatabase(server.url(), machine=ManualMachine())
    await database.open()
    await asyncio.gather(*(database.run(lambda n=n: put(f"{n}")) for n in range(5)))  # type: ignore[misc]
    await asyncio.to_thread(server.stop)
    with pytest.raises(Unavailable, match=r"it cannot be reached\. See that it runs"):
        await database.run(lambda: put("away"))
    await asyncio.to_thread(server.start)
    assert await database.run(keys) == ["0", "1", "2", "3", "4"]
    await database.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://me:hidden@127.0.0.1:1/sandbox", "PostgreSQL at 127.0.0.1:1/sandbox: it cannot be reached"),
        ("postgresql://me:hidden@127.0.0.1:nought/sandbox", "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE."),
    ],
)
async def test_what_cannot_be_reached(url: str, sentence: str) -> None:
    """A server that is not there is said in one sentence, and the password never."""
    with pytest.raises(Unavailable) as raised:
        await PostgresqlDatabase(url, machine=ManualMachine()).open()
    assert sentence in raised.value.sentence
    assert "hidden" not in repr(raised.value)


async def test_a_database_that_is_not_there(postgresql: str) -> None:
    """The sentence says how one makes it."""
    url = postgresql.rpartition("/")[0] + "/nowhere"
    with pytest.raises(Unavailable, match=r"it has no database nowhere\. Make it: createdb nowhere"):
        await PostgresqlDatabase(url, machine=ManualMachine()).open()


async def test_when_it_is_closed(postgresql: str) -> None:
    """Whoever comes after the end is told so."""
    database = PostgresqlDatabase(postgresql, machine=ManualMachine())
    await database.open()
    await database.close()
    await database.close()
    with pytest.raises(Unavailable, match="has ended"):
        await database.run(keys)
