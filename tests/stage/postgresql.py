"""A real PostgreSQL for tests: the machine's own programs, a folder of its own, nothing left behind.

pytest-postgresql would do the same, but not for root (its issue 455), as which tests run in a container. Each process
of a test run has its server, started when first asked for and stopped when the process ends: that takes 1.5 s, and
workers share nothing.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

NEED: Final = "GUPSHUP_MOCK_TESTS_NEED_POSTGRESQL"
MISSING: Final = "PostgreSQL's server programs are not here: neither in PATH nor in /usr/lib/postgresql/*/bin"
# Nothing has to outlive the machine, and several servers share it. Commits are written at once, if not to the disk: so
# they outlive the server.
FRUGAL: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "autovacuum": "off",
    "jit": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`; None where there is none."""
    in_path = shutil.which("postgres")
    candidates = [Path(in_path).resolve().parent] if in_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


# What a test has left open would keep its locks.
_NOBODY_ELSE: Final = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
TIDY_EVERY: Final = 50  # rows that are deleted still take room, and a TRUNCATE takes long
COUNTED: Final = (("deliveries", "number"), ("journal", "id"))  # tables that number their rows


# Ends the server as it is told, and when there is nobody left to tell it: a test run may be killed.
_KEEPER: Final = """
    "$@" & server=$!
    read -r how
    kill -"${how:-QUIT}" $server
    wait $server
    [ -n "$how" ] || rm -rf "$0"
"""


def required() -> None:
    """Skips the test where PostgreSQL is not installed, or fails it where it must be."""
    if programs() is None:
        refuse = pytest.fail if os.environ.get(NEED) else pytest.skip
        refuse(MISSING)


class Server:
    """A server of its own on a free port of loopback. Can be stopped and started again, with what it holds."""

    def __init__(self) -> None:
        folder = programs()
        if folder is None:
            raise LookupError(MISSING)
        self._programs = folder
        self._folder = Path(tempfile.mkdtemp(prefix="gupshup-mock-postgresql-"))
        self._data = self._folder / "data"
        self._as = _other_user(self._folder)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", "-D", str(self._data), *options)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Returns when it takes connections."""
        log = self._folder / "log"
        settings = [part for name, value in FRUGAL.items() for part in ("-c", f"{name}={value}")]
        postgres = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port), *settings]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", _KEEPER, self._folder, *postgres],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                **self._as,
            )
        for _ in range(600):
            if self._ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not begin: {log.read_text()[-2000:]}")

    def stop(self, how: str = "INT") -> None:
        """The signal INT ends it in order, connections are cut; QUIT ends it as a crash would."""
        if self._process is not None:
            self._process.communicate(f"{how}\n".encode(), timeout=60)
            self._process = None
            (self._data / "postmaster.pid").unlink(missing_ok=True)  # a crash leaves it there

    def remove(self) -> None:
        """Stop it and forget everything."""
        self.stop("QUIT")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ready(self) -> bool:
        """What pg_ctl looks at: the state in the last line of the file with the process id."""
        try:
            return (self._data / "postmaster.pid").read_text().rstrip().endswith("ready")
        except FileNotFoundError:
            return False

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, check=False, **self._as)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stderr.decode()[-2000:]}")


class Databases:
    """Empty databases of one server, each used again when it is given back."""

    def __init__(self) -> None:
        self.server = Server()
        self.server.start()
        atexit.register(self.server.remove)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._free: list[str] = []
        self._lines: dict[str, asyncpg.Connection] = {}  # by URL; they stay
        self._made = 0
        self._emptied = 0

    def take(self) -> str:
        """The URL of a database with nothing in it."""
        if self._free:
            url = self._free.pop()
            self._emptied += 1
            self._do(self._empty(url, thoroughly=self._emptied % TIDY_EVERY == 0))
            return url
        self._made += 1
        name = f"sandbox_{self._made}"
        self._do(_execute(self.server.url(), f"CREATE DATABASE {name}"))
        return self.server.url(name)

    def give_back(self, url: str) -> None:
        self._free.append(url)

    async def _empty(self, url: str, *, thoroughly: bool) -> None:
        """Rows go and the tables stay, with the version of their schema: quicker than making them anew."""
        if url not in self._lines or self._lines[url].is_closed():
            self._lines[url] = await asyncpg.connect(url)
        line = self._lines[url]
        rows = await line.fetch(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        names = {row[0] for row in rows}
        if "sandbox_meta" not in names:
            return
        others = names - {"sandbox_meta"}
        wiping = [f"TRUNCATE {', '.join(others)}"] if thoroughly else [f"DELETE FROM {name}" for name in others]  # noqa: S608  our own
        counters = [f"ALTER TABLE {name} ALTER {column} RESTART" for name, column in COUNTED if name in names]
        await line.execute("; ".join(["DELETE FROM sandbox_meta WHERE key <> 'version'", *wiping, *counters]))

    def _do(self, work: Any) -> None:
        """On a loop of its own: whoever asks may be in the middle of another."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


_here: list[Databases] = []


def databases() -> Databases:
    """Those of this process. Raises LookupError where PostgreSQL is not installed."""
    if not _here:
        _here.append(Databases())
    return _here[0]


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _other_user(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to be run by root: then as somebody else, whose the folder becomes."""
    if os.geteuid() != 0:
        return {}
    names = {row.pw_name for row in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, name)
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
