"""Tables have a version, and only go forward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from mock_server.errors import SandboxError, Unavailable
from mock_server.store.sql import meta, schema
from mock_server.store.sql.opening import database_at
from mock_server.store.sql.steps import Database, Query, Steps, first
from tests.stage.machine import ManualMachine

pytestmark = pytest.mark.anyio

FURTHER = ("ALTER TABLE apps ADD COLUMN colour TEXT", "UPDATE apps SET colour = 'green'")


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """An empty place; other tests get a database of PostgreSQL's without what these did to the tables."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'sandbox.db'}"
        return
    url = request.getfixturevalue("postgresql")
    await _empty(url)
    yield url
    await _empty(url)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = database_at(url, ManualMachine())
    await database.open()
    yield database
    await database.close()


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()


def version() -> Steps[Any]:
    return (yield from meta.get("version"))


async def test_a_new_place_gets_this_versions_tables(database: Database) -> None:
    """An empty place has the newest tables when it is open."""
    assert await database.run(version) == b"%d" % len(schema.MIGRATIONS)
    assert await database.run(lambda: first("SELECT count(*) FROM apps")) is not None


async def test_an_older_one_is_brought_forward(database: Database, kind: str) -> None:
    """Tables of an older version get what is new, and keep their rows."""
    await database.run(lambda: meta.put("seed", b"kept"))
    newer = (*schema.MIGRATIONS, FURTHER)
    await database.run(lambda: schema.migrate(schema.DIALECTS[kind], newer))
    await database.run(lambda: first("SELECT colour FROM apps"))
    assert await database.run(version) == b"%d" % len(newer)
    assert await database.run(lambda: meta.get("seed")) == b"kept"


async def test_a_second_start_changes_nothing(database: Database, kind: str) -> None:
    """What has the newest tables already is left alone."""
    await database.run(lambda: schema.migrate(schema.DIALECTS[kind]))
    assert await database.run(version) == b"%d" % len(schema.MIGRATIONS)


async def test_half_a_migration_is_none(database: Database, kind: str) -> None:
    """A migration that fails in its middle leaves the tables as they were."""
    broken = (*schema.MIGRATIONS, (FURTHER[0], "SELECT 1 FROM nowhere"))
    with pytest.raises(Unavailable):
        await database.run(lambda: schema.migrate(schema.DIALECTS[kind], broken))
    assert await database.run(version) == b"%d" % len(schema.MIGRATIONS)
    with pytest.raises(Unavailable):
        await database.run(lambda: first("SELECT colour FROM apps"))


async def test_a_newer_one_is_refused(database: Database, url: str) -> None:
    """A place that a newer program wrote is refused in one sentence, and not touched."""
    await database.run(lambda: meta.put("version", b"99"))
    await database.close()
    with pytest.raises(SandboxError, match=r"a newer gupshup-mock wrote it \(tables of version 99, this one knows 1\)"):
        await database_at(url, ManualMachine()).open()


async def test_somebody_elses_tables(url: str, kind: str) -> None:
    """A place with other tables and none of the sandbox's is left alone."""
    database = database_at(url, ManualMachine())
    await database.open()

    def steps() -> Steps[None]:
        names = [row[0] for row in (yield Query(schema.DIALECTS[kind].tables))]
        for name in names:
            yield Query(f"DROP TABLE {name}")
        yield Query("CREATE TABLE guests (name TEXT)")

    await database.run(steps)
    await database.close()
    with pytest.raises(Unavailable, match="it holds tables of something else"):
        await database_at(url, ManualMachine()).open()
