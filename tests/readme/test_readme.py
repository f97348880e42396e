"""Every command and Python block of the README is executed, and prints what the README says."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_server import schemas
from mock_server.wire.codes import CODES
from tests.readme.blocks import README, blocks
from tests.stage.watch import look_at_served

DOCUMENTS = README.parent / "tests" / "facts" / "README.md"
CODES_PAGE = README.parent / "mock_server" / "http" / "graph" / "CODES.md"
WALK = [block for block in blocks() if block.language in {"bash", "text"} and block.words in {"", "background"}]


@pytest.fixture
def ports() -> dict[str, str]:
    """Free ports in the place of the two that the README prints."""
    free = []
    for _ in range(2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free.append(str(probe.getsockname()[1]))
    return {"8400": free[0], "9000": free[1]}


@pytest.fixture
def shell(tmp_path: Path, ports: dict[str, str]) -> Iterator[Shell]:
    shell = Shell(tmp_path, ports)
    yield shell
    shell.close()


class Shell:
    """Runs blocks as a reader would, with this Python's `gupshup-mock` on the path and other ports."""

    def __init__(self, folder: Path, ports: dict[str, str]) -> None:
        self._folder = folder
        self._ports = ports
        self._background: list[subprocess.Popen[bytes]] = []
        self._serves = False
        command = folder / "gupshup-mock"
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m mock_server "$@"\n')
        command.chmod(0o755)
        url = f"http://127.0.0.1:{ports['8400']}"
        path = f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        self._env = os.environ | {"PATH": path, "GUPSHUP_MOCK_URL": url, "PYTHONPATH": str(README.parent)}

    def run(self, text: str) -> str:
        """What the block prints; fails when a command does."""
        script = "set -e\n" + self._ported(text)
        done = subprocess.run(
            ["bash", "-c", script],
            env=self._env,
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, text: str) -> None:
        """Leave the block running, once what it listens on answers."""
        serves = "gupshup-mock serve" in text
        if serves:
            text = text.replace("gupshup-mock serve", f"gupshup-mock serve --port {self._ports['8400']}")
        process = subprocess.Popen(
            ["bash", "-c", "exec " + self._ported(text)],
            env=self._env,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._background.append(process)
        self._serves = self._serves or serves
        port = self._ports["8400" if serves else "9000"]
        knock = f"(echo > /dev/tcp/127.0.0.1/{port}) 2>/dev/null && exit 0"
        wait = f"for n in $(seq 200); do {knock}; sleep 0.05; done; exit 1"
        subprocess.run(["bash", "-c", wait], check=True, timeout=30)

    def close(self) -> None:
        try:
            if self._serves:
                look_at_served(self._env["GUPSHUP_MOCK_URL"])
        finally:
            for process in self._background:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(10)

    def _ported(self, text: str) -> str:
        for printed, free in self._ports.items():
            text = re.sub(rf"\b{printed}\b", free, text)
        return text


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's walk uses curl, which is not on this machine")
def test_the_walk_works_as_printed(shell: Shell) -> None:
    """Every command of the five-minute walk works in order and prints what stands below it (W5, P2, R2, T2)."""
    printed = ""
    for block in WALK:
        if block.language == "text":
            _matches(block.text, printed)
        elif block.words == "background":
            shell.start(block.text)
        else:
            printed = shell.run(block.text)


def test_the_python_blocks_work(tmp_path: Path) -> None:
    """Every Python block of the README runs as it stands."""
    listed = [block.text for block in blocks() if (block.language, block.words) == ("python", "")]
    assert listed
    for number, text in enumerate(listed):
        script = tmp_path / f"block_{number}.py"
        script.write_text(text)
        env = os.environ | {"PYTHONPATH": str(README.parent)}
        done = subprocess.run(
            [sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "schema"), [("sandbox.toml", "config"), ("my-story.toml", "scenario"), ("target.toml", "target")]
)
def test_the_files_satisfy_their_schemas(name: str, schema: str) -> None:
    """The configuration file, the scenario and the target that the README shows are such as the command line takes."""
    listed = [block.text for block in blocks() if (block.language, block.words) == ("toml", name)]
    assert listed
    for text in listed:
        schemas.validate(schema, tomllib.loads(text))


def test_the_tests_that_are_named_exist() -> None:
    """Every test that `tests/facts/README.md` names is there."""
    named = re.findall(r"`((?:tests/[\w/]+|\w+)\.py)(?:::(\w+))?`", DOCUMENTS.read_text())
    assert len(named) > 20
    for file, test in named:
        path = file if file.startswith("tests/") else f"tests/facts/{file}"
        text = (README.parent / path).read_text()
        assert not test or f"def {test}(" in text, (file, test)


def test_the_codes_are_those_of_the_product() -> None:
    """Each of Meta's calling codes is in `CODES.md`, with the HTTP status that Graph gives it (E1)."""
    rows = dict(re.findall(r"^\| (\d+) \| (\d+|-) \|", CODES_PAGE.read_text(), re.MULTILINE))
    calling = {code: known.status for code, known in CODES.items() if 138_000 <= code < 138_019}
    assert {int(code): int(status) for code, status in rows.items() if int(code) in calling} == calling
    assert all(int(code) in CODES for code in rows)


def _matches(expected: str, printed: str) -> None:
    """Each expected line's parts between `…` occur in order, the lines one after another."""
    place = 0
    for line in expected.splitlines():
        for part in filter(None, line.split("…")):
            found = printed.find(part, place)
            assert found >= 0, f"{part!r} is not printed after what came before it in:\n{printed}"
            place = found + len(part)
