"""What `--store` may say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mock_server.errors import Unavailable
from mock_server.store.sql.opening import database_at
from mock_server.store.sql.sqlite import SqliteDatabase
from tests.stage.machine import ManualMachine


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///sandbox.db", "sandbox.db"),
        ("sqlite:///data/sandbox.db", "data/sandbox.db"),
        ("sqlite:////var/lib/sandbox.db", "/var/lib/sandbox.db"),
        ("sqlite:///a%20name.db?synchronous=full", "a name.db"),
    ],
)
def test_three_strokes_are_relative_and_four_absolute(url: str, path: str) -> None:
    """sqlite:///FILE is in the present folder, sqlite:////FILE in the root's (INTERFACE, serve)."""
    database = database_at(url, ManualMachine())
    assert isinstance(database, SqliteDatabase)
    assert database.path == Path(path)


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite:///x.db?mode=ro", "sqlite:///x.db?synchronous=off", "sqlite://x.db", "mysql://x"]
)
def test_what_is_no_store(url: str) -> None:
    """Anything else is refused with a sentence that says what one writes."""
    with pytest.raises(Unavailable, match="sqlite:///FILE"):
        database_at(url, ManualMachine())


def test_without_asyncpg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for PostgreSQL without its driver learns what to install."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    for name in ("postgresql", "postgresql_words"):
        monkeypatch.delitem(sys.modules, f"mock_server.store.sql.{name}", raising=False)
    with pytest.raises(Unavailable, match=r"gupshup-mock\[postgresql\]"):
        database_at("postgresql://localhost/x", ManualMachine())
