"""The server in the foreground, as a process that gets signals."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.raw_client import PATIENCE, request

PROGRAM = Path(__file__).with_name("foreground.py")


class Running:
    """A process that serves; `port` is what it said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        ready, host, port = process.stdout.readline().split()
        assert (ready, host) == ("ready", "127.0.0.1")
        self.port = int(port)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def stopped_by(self, number: signal.Signals) -> tuple[int, str, str]:
        """Send a signal; return exit code, output and errors. Fails when the process is not gone within 5 s."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=5)
        return self.process.returncode, output, errors


@contextlib.contextmanager
def running(*options: str) -> Iterator[Running]:
    command = [sys.executable, str(PROGRAM), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_although_an_event_stream_is_open(number: signal.Signals) -> None:
    """SIGTERM or Ctrl-C with an open event stream: gone within five seconds, exit code 0, nothing on stderr."""
    with running() as server, server.connect() as stream:
        stream.sendall(request("/stream"))
        assert stream.recv(1) == b"H"
        code, output, errors = server.stopped_by(number)
    assert (code, errors) == (0, "")
    assert output == "startup on_stop stream: ended itself shutdown\n"


@pytest.mark.slow
def test_a_signal_ends_it_although_the_event_loop_is_blocked() -> None:
    """Code that blocks the event loop for ever does not keep the process: gone within five seconds, and says so."""
    with running("--stuck") as server, server.connect() as client:
        client.sendall(request("/"))
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        code, _, errors = server.stopped_by(signal.SIGTERM)
    assert (code, errors) == (143, "Not stopped after 4.8 seconds: ended.\n")


def test_importing_it_is_cheap() -> None:
    """Importing the server brings neither of the HTTP clients, whose import costs half of a start."""
    program = "import sys, mock_server.server; print(sorted({'aiohttp', 'httpx', 'requests'} & set(sys.modules)))"
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert found.stdout == "[]\n"
