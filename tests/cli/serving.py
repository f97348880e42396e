"""`gupshup-mock serve` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

from tests.stage.watch import look_at_served

ROOT = Path(__file__).parents[2]
PATIENCE = 10.0  # seconds: what the whole demo may take, and more than any start


class Process:
    """A running `gupshup-mock`; a watchdog ends it when something that should come does not."""

    def __init__(self, process: subprocess.Popen[str], control_token: str | None = None) -> None:
        self._process = process
        self._control_token = control_token
        self._url: str | None = None

    def lines_until(self, start: str) -> list[str]:
        """What it prints, up to the first line that begins so."""
        assert self._process.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith(start):
            line = self._process.stdout.readline()
            assert line, f"it ended without a line that begins with {start!r}: {lines}"
            lines.append(line.rstrip("\n"))
        return lines

    def ready(self) -> tuple[str, list[str]]:
        """The URL at which it serves, and the lines before it said so."""
        *before, said = self.lines_until("ready ")
        self._url = said.removeprefix("ready ")
        return self._url, before

    def look_at_webhooks(self) -> None:
        """While it is still there: what it said is held against the schemas."""
        if self._url is not None and self._process.poll() is None:
            look_at_served(self._url, self._control_token)

    def stopped_by(self, number: signal.Signals) -> tuple[int, str, str]:
        """Exit code, further output and errors after a signal; fails when it is not gone within five seconds."""
        self.look_at_webhooks()
        self._process.send_signal(number)
        output, errors = self._process.communicate(timeout=5)
        return self._process.returncode, output, errors


@contextlib.contextmanager
def serving(*options: str, encoding: str = "utf-8") -> Iterator[Process]:
    """`gupshup-mock serve --port 0` with these options."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", *options]
    pipe = subprocess.PIPE
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        served = Process(process, _after("--control-token", options))
        try:
            yield served
            served.look_at_webhooks()
        finally:
            watchdog.cancel()
            process.kill()


def _after(name: str, options: tuple[str, ...]) -> str | None:
    return options[options.index(name) + 1] if name in options else None
