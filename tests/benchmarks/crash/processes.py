"""Sandboxes in processes of their own, which are killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[3]
READY_SECONDS = 20.0


class Process:
    """One `gupshup-mock serve` on a port that stays the same. With `lease` it is composed here: see `serve_leased`."""

    def __init__(self, store: str, *, lease: float | None = None, options: tuple[str, ...] = ()) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.restart_ms: list[float] = []
        plain = ["-m", "mock_server", "serve", "--log", "quiet"]
        leased = ["-m", "tests.benchmarks.crash.serve_leased", "--lease", str(lease)]
        where = ["--port", str(self.port), "--store", store]
        self._command = [sys.executable, *(plain if lease is None else leased), *where, *options]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it answers."""
        began = time.perf_counter()
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.DEVNULL)
        while time.perf_counter() - began < READY_SECONDS:
            if self._process.poll() is not None:
                raise RuntimeError(f"it has ended at once, with {self._process.returncode}: {self._command}")
            if self.answers():
                self.restart_ms.append((time.perf_counter() - began) * 1000)
                return
            time.sleep(0.01)
        raise RuntimeError(f"it does not answer: {self._command}")

    def kill(self) -> None:
        """As the kernel would for want of memory: no word, no last act."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def answers(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            asked.request("GET", "/_sandbox/health")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, how)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
