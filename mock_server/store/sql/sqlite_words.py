"""SQLite's words: how it is asked what the steps ask, and what its errors mean."""

from __future__ import annotations

import errno
import re
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from mock_server.errors import Unavailable

_LOCKS: Final = re.compile(r"\s+FOR (?:UPDATE|SHARE)(?: OF \w+)?(?: SKIP LOCKED| NOWAIT)?")  # it has one writer
_PLACES: Final = re.compile(r"\$(\d+)")


class Statement(NamedTuple):
    """A statement in SQLite's words. `order`: which argument goes where, if not one after the other."""

    text: str
    order: tuple[int, ...] | None
    writes: bool

    def ordered(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args if self.order is None else tuple([args[place] for place in self.order])


@lru_cache(maxsize=512)
def translated(sql: str) -> Statement:
    """`$n` becomes `?`, and what locks rows goes."""
    text = _LOCKS.sub("", sql)
    order = tuple(int(place) - 1 for place in _PLACES.findall(text))
    in_order = order == tuple(range(len(order)))
    return Statement(_PLACES.sub("?", text), None if in_order else order, not text.lstrip().startswith("SELECT"))


_MEANINGS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full. Nothing of this request was kept; make room and try again",
    sqlite3.SQLITE_BUSY: "another process has it open, and one file is one process's. End that one, or use another "
    "file; several processes can share a PostgreSQL store",
    sqlite3.SQLITE_LOCKED: "another process has it open. End that one, or use another file",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database. Give another file",
    sqlite3.SQLITE_CORRUPT: "the file is damaged. Keep a copy of it, and start with another file or a snapshot",
    sqlite3.SQLITE_READONLY: "it cannot be written. Give the user of this process the right to",
    sqlite3.SQLITE_PERM: "it cannot be written. Give the user of this process the right to",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened. See whether it and its folder are there and may be written",
    sqlite3.SQLITE_IOERR: "the disk failed. Nothing of this request was kept; see what the system's log says of it",
}
_SYSTEM: Final = {
    errno.ENOENT: "its folder is not there. Make it first",
    errno.ENOTDIR: "its folder is not there. Make it first",
    errno.EACCES: "its folder cannot be written. Give the user of this process the right to",
    errno.EROFS: "its folder cannot be written: the file system is read-only",
    errno.ENOSPC: "the disk is full. Make room and try again",
}


def explained(error: Exception, path: Path) -> Unavailable:
    """An error of SQLite, or of the system under it, in one sentence that says what to do."""
    if isinstance(error, OSError):
        meaning = _SYSTEM.get(error.errno or 0)
    else:
        meaning = _MEANINGS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return Unavailable(f"The store {path}: {meaning or f'{type(error).__name__}: {error}'}.")
