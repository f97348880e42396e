"""From what `--store` says to a store in a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from mock_server.clock import Machine
from mock_server.errors import Unavailable
from mock_server.store.rows import Partner
from mock_server.store.sql.steps import Database
from mock_server.store.sql.store import SqlStore

SQLITE: Final = "sqlite:///"
POSTGRESQL: Final = ("postgresql://", "postgres://")


def sql_store(url: str, *, seed: str, machine: Machine, partner: Partner, **more: Any) -> SqlStore:
    """The store at `sqlite:///FILE` or `postgresql://...`, not opened. Raises Unavailable for what is neither."""
    return SqlStore(database_at(url, machine), seed=seed, machine=machine, partner=partner, **more)


def database_at(url: str, machine: Machine) -> Database:
    """The driver for this URL. Raises Unavailable."""
    if url.startswith(SQLITE):
        from mock_server.store.sql.sqlite import SqliteDatabase  # noqa: PLC0415  only who asks for it waits for it

        path, full = _file(url)
        return SqliteDatabase(path, machine=machine, full=full)
    if url.startswith(POSTGRESQL):
        try:
            from mock_server.store.sql.postgresql import PostgresqlDatabase  # noqa: PLC0415  the same
        except ImportError:
            raise Unavailable("A PostgreSQL store needs asyncpg: install gupshup-mock[postgresql].") from None
        return PostgresqlDatabase(url, machine=machine)
    raise Unavailable("A store is memory, sqlite:///FILE or postgresql://USER@HOST/DATABASE.")


def _file(url: str) -> tuple[Path, bool]:
    """The path in `sqlite:///relative.db` or `sqlite:////absolute.db`, and whether `?synchronous=full` is said."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    synchronous = asked.pop("synchronous", ["normal"])[-1]
    if asked or synchronous not in {"normal", "full"} or len(parts.path) < 2:
        raise Unavailable("Write sqlite:///FILE, or sqlite:///FILE?synchronous=full to be safe against power loss.")
    return Path(unquote(parts.path[1:])), synchronous == "full"
