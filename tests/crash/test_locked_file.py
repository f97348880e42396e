"""A file is one process's: whoever comes second is told so, and breaks nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.crash.processes import Process

pytestmark = pytest.mark.slow


def refused(store: str) -> str:
    """What `gupshup-mock serve` says, once, when it cannot begin."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--store", store]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """Two sandboxes on one file: the second ends at its start with a sentence, and the first goes on (W6)."""
    store = f"sqlite:///{tmp_path}/sandbox.db"
    first = Process(store)
    first.start()
    try:
        assert "another process has it open, and one file is one process's" in refused(store)
        assert first.answers()
    finally:
        first.kill()


def test_a_file_that_somebody_writes(tmp_path: Path) -> None:
    """A file that another program holds is left as it is; let go of, it can be used (E3)."""
    file = tmp_path / "sandbox.db"
    holding = sqlite3.connect(file, isolation_level=None)
    holding.execute("CREATE TABLE mine (x)")
    holding.execute("BEGIN EXCLUSIVE")
    assert "another process has it open" in refused(f"sqlite:///{file}")
    holding.execute("COMMIT")
    assert holding.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]
    holding.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of another kind is refused with a sentence and not touched."""
    file = tmp_path / "notes.txt"
    file.write_text("dear diary\n" * 200)
    assert "it is no SQLite database" in refused(f"sqlite:///{file}")
    assert file.read_text() == "dear diary\n" * 200
