"""Processes that are measured: started, asked, and looked at from outside. Loopback only."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx

HERE: Final = Path(__file__).parent
APP: Final = "00000000-0000-4000-8000-000000000001"
BARE, SANDBOX, SECOND, RECEIVER = 18401, 18402, 18404, 18403
WEBHOOK: Final = f"http://127.0.0.1:{RECEIVER}/"
CLIENT: Final = httpx.Client(timeout=120, trust_env=False)  # made once: making one costs 50 ms


class Process:
    """One that answers on `port`, `milliseconds` after it was started."""

    def __init__(self, pid: int, port: int, milliseconds: float) -> None:
        self.pid = pid
        self.port = port
        self.milliseconds = milliseconds

    def control(self, method: str, path: str, **body: object) -> Any:
        """The ready-made app's control API."""
        url = f"http://127.0.0.1:{self.port}/_sandbox/apps/{APP}{path}"
        answer = CLIENT.request(method, url, json=body or None)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def memory(self) -> float:
        """Resident MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # Linux prints it

    def processor(self) -> float:
        """Seconds of processor time until now."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def started(*command: str, port: int) -> Iterator[Process]:
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    try:
        yield Process(process.pid, port, _until_answered(port, begin))
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def sandbox(*options: str, port: int = SANDBOX) -> Iterator[Process]:
    command = ("-m", "mock_server", "serve", "--port", str(port), "--log", "quiet", "--seed", "bench", *options)
    with started(*command, port=port) as process:
        yield process


@contextlib.contextmanager
def receiver(*behaviour: str) -> Iterator[Process]:
    """Where WEBHOOK leads: seconds until it answers, and the status."""
    with started(str(HERE / "receiver.py"), str(RECEIVER), *behaviour, port=RECEIVER) as process:
        yield process


def received() -> int:
    """How many webhooks came."""
    return int(CLIENT.get(f"{WEBHOOK}count").text)


def _until_answered(port: int, begin: float) -> float:
    while time.perf_counter() - begin < 30:
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/_sandbox/health")
            asked.getresponse().read()
            return (time.perf_counter() - begin) * 1000
        time.sleep(0.002)
    sys.exit(f"nothing answered on port {port}")
