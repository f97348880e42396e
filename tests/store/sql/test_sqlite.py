"""The SQLite driver: a file, who may have it, and what is in it when the process ends."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mock_server.errors import Conflict, Unavailable
from mock_server.store.sql.sqlite import SqliteDatabase
from mock_server.store.sql.steps import Afterwards, Many, Query, Steps, first, now, query
from tests.stage.machine import START, ManualMachine

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(path, machine=ManualMachine())
    await database.open()
    yield database
    await database.close()


def put(key: str, value: bytes = b"1") -> Steps[str]:
    yield Query("INSERT INTO sandbox_meta (key, value) VALUES ($1, $2)", (key, value))
    return key


def keys() -> Steps[list[str]]:
    return [row[0] for row in (yield from query("SELECT key FROM sandbox_meta WHERE key <> 'version' ORDER BY key"))]


def put_and_raise(key: str) -> Steps[None]:
    yield from put(key)
    raise Conflict("changed_my_mind", "no")


def sentence_of(raised: pytest.ExceptionInfo[Unavailable], path: Path) -> str:
    return raised.value.sentence.replace(str(path), "FILE")


async def test_what_was_answered_is_there_again(path: Path) -> None:
    """What a unit of work has answered is in the file when another process opens it (W6)."""
    database = SqliteDatabase(path, machine=ManualMachine())
    await database.open()
    await database.run(lambda: put("a"))
    await database.close()
    again = SqliteDatabase(path, machine=ManualMachine())
    await again.open()
    assert await again.run(keys) == ["a"]
    await again.close()


async def test_it_can_be_read_by_its_owner_only(database: SqliteDatabase, path: Path) -> None:
    """The file holds secrets: nobody else on the machine can read it (S2)."""
    await database.run(lambda: put("a"))
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


async def test_the_time_is_the_machines(database: SqliteDatabase) -> None:
    """Inside a transaction the time is read from the machine that was given (T1)."""
    assert await database.run(now) == START


async def test_arguments_go_where_they_are_named(database: SqliteDatabase) -> None:
    """A statement may name its arguments in any order and several times."""
    assert await database.run(lambda: first("SELECT $2, $1, $2", "a", "b")) == ("b", "a", "b")


async def test_many_rows_at_once(database: SqliteDatabase) -> None:
    """One statement takes many rows of arguments."""

    def steps() -> Steps[None]:
        yield Many("INSERT INTO sandbox_meta (value, key) VALUES ($2, $1)", [("a", b"1"), ("b", b"2")])

    await database.run(steps)
    assert await database.run(keys) == ["a", "b"]


async def test_what_raises_keeps_nothing(database: SqliteDatabase) -> None:
    """Steps that raise reach their caller as they are, and nothing of theirs is kept."""
    with pytest.raises(Conflict, match="no"):
        await database.run(lambda: put_and_raise("a"))
    assert await database.run(keys) == []


async def test_those_who_share_a_transaction_do_not_harm_each_other(database: SqliteDatabase) -> None:
    """Of many units of work at once those that can be kept are, and the others are told why not."""
    work = [database.run(lambda n=n: put_and_raise(f"{n}") if n % 7 == 3 else put(f"{n}")) for n in range(30)]  # type: ignore[misc]
    answers = await asyncio.gather(*work, return_exceptions=True)
    raised = [n for n, answer in enumerate(answers) if isinstance(answer, Conflict)]
    assert raised == [3, 10, 17, 24]
    assert len(await database.run(keys)) == 26


async def test_one_that_cannot_be_said_fails_alone(database: SqliteDatabase) -> None:
    """A statement that SQLite refuses fails its own unit of work and no other of the same transaction."""
    work = [database.run(lambda n=n: put("a" if n in {1, 2} else f"{n}")) for n in range(4)]  # type: ignore[misc]
    answers = await asyncio.gather(*work, return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["str", "str", "Unavailable", "str"]
    assert await database.run(keys) == ["0", "3", "a"]


async def test_nobody_hears_of_what_was_not_kept(database: SqliteDatabase) -> None:
    """What is to be done afterwards is done when it is kept, before its answer, and not at all when it is not."""
    heard: list[str] = []

    def steps(key: str, *, fails: bool) -> Steps[str]:
        yield Afterwards(lambda: heard.append(key))
        yield from put(key)
        if fails:
            raise Conflict("no", "no")
        return key

    work = [database.run(lambda n=n: steps(f"{n}", fails=n == 1)) for n in range(3)]  # type: ignore[misc]
    await asyncio.gather(*work, return_exceptions=True)
    assert heard == ["0", "2"]


async def test_a_second_one_is_told(database: SqliteDatabase, path: Path) -> None:
    """One file is one process's: the second learns so at its start, in one sentence (DESIGN, SQLite)."""
    with pytest.raises(Unavailable) as raised:
        await SqliteDatabase(path, machine=ManualMachine()).open()
    assert sentence_of(raised, path).startswith("The store FILE: another process has it open, and one file is one")
    assert await database.run(lambda: put("a")) == "a"


async def test_a_full_disk(database: SqliteDatabase, path: Path) -> None:
    """When nothing more fits, the unit of work is refused whole, what was kept stays, and reading goes on."""
    await database.run(lambda: put("a"))
    pages = await database.run(lambda: first("PRAGMA page_count"))
    await database.run(lambda: first(f"PRAGMA max_page_count = {pages[0] if pages else 0}"))
    big = [database.run(lambda n=n: put(f"big{n}", b"x" * 100_000)) for n in range(3)]  # type: ignore[misc]
    answers = await asyncio.gather(*big, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    assert str(answers[0]).replace(str(path), "FILE") == (
        "The store FILE: the disk is full. Nothing of this request was kept; make room and try again."
    )
    assert await database.run(keys) == ["a"]


async def test_when_it_is_closed(path: Path) -> None:
    """Whoever comes after the end is told so, and does not wait."""
    database = SqliteDatabase(path, machine=ManualMachine())
    await database.open()
    await database.close()
    await database.close()
    with pytest.raises(Unavailable, match="has ended"):
        await database.run(keys)


async def test_who_is_waiting_at_the_end_is_answered(path: Path) -> None:
    """What was asked before the end is kept and answered (W6)."""
    database = SqliteDatabase(path, machine=ManualMachine())
    await database.open()
    work = [asyncio.ensure_future(database.run(lambda n=n: put(f"{n}"))) for n in range(200)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*work) == [f"{n}" for n in range(200)]


async def test_power_loss(path: Path) -> None:
    """`?synchronous=full` waits for the disk at each commit; without it a commit survives the process only."""
    for full, expected in ((False, 1), (True, 2)):
        database = SqliteDatabase(path, machine=ManualMachine(), full=full)
        await database.open()
        assert await database.run(lambda: first("PRAGMA synchronous")) == (expected,)
        await database.close()


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ("no folder", "The store FILE: its folder is not there. Make it first."),
        (
            "a folder",
            "The store FILE: it cannot be opened. See whether it and its folder are there and may be written.",
        ),
        ("a text", "The store FILE: it is no SQLite database. Give another file."),
        (
            "another program's",
            "FILE cannot be the store: it holds tables of something else; give the sandbox a place of its own.",
        ),
    ],
)
async def test_what_cannot_be_a_store(tmp_path: Path, made: str, sentence: str) -> None:
    """A place that cannot hold the store is refused at the start, in one sentence that says what to do."""
    path = tmp_path / "missing" / "sandbox.db" if made == "no folder" else tmp_path / "sandbox.db"
    if made == "a folder":
        path.mkdir()
    elif made == "a text":
        path.write_text("this is no database, and it is long enough to be looked at as one" * 20)
    elif made == "another program's":
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE guests (name TEXT)")
        connection.close()
    with pytest.raises(Unavailable) as raised:
        await SqliteDatabase(path, machine=ManualMachine()).open()
    assert sentence_of(raised, path) == sentence
