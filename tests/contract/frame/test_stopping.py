"""A run that is stopped stops the application that it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from contract_tests import stopping
from contract_tests.patience import Stopwatch
from tests.contract.frame.kit import environment_with, target_file
from tests.contract.frame.test_verify import a_small_kit

SECONDS = 30
VERIFY = "from mock_server.cli.verify import command; command(prog_name='gupshup-mock verify')"
Process = subprocess.Popen[str]


def ctrl_c(process: Process) -> None:
    """A terminal tells everybody in front of it."""
    os.killpg(process.pid, signal.SIGINT)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are told to processes, not to groups")
@pytest.mark.parametrize("stop", [Process.terminate, lambda process: process.send_signal(signal.SIGINT), ctrl_c])
def test_whoever_stops_verify_stops_the_application(tmp_path: Path, stop: Callable[[Process], None]) -> None:
    """By SIGTERM, SIGINT or Ctrl-C, in the middle of a test of 20 s: exit code 1, and nobody listens there any more."""
    home = a_small_kit(tmp_path / "home", "probe_waiting.py")
    target = target_file(tmp_path, mode="good")
    call = [sys.executable, "-P", "-c", VERIFY, str(target), "-s"]
    environment, pipe = environment_with(home), subprocess.PIPE
    with Process(
        call, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        begun = next((line for line in process.stdout if "the test waits" in line), "")
        since = Stopwatch()
        stop(process)
        rest = process.stdout.read()
        assert (begun != "", process.wait(SECONDS)) == (True, 1), rest
        assert since.seconds < 15, rest
    assert "\nThe run was stopped, and with it whatever it had started.\n" in rest
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", urlsplit(target.read_text().split('"')[1]).port))


def test_a_second_signal_does_not_end_the_stopping() -> None:
    """Ctrl-C reaches pytest from the terminal and from `verify`: what is being stopped by the first goes on."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with pytest.raises(KeyboardInterrupt):
            stopping._stop(signal.SIGINT, None)
        assert {signal.getsignal(number) for number in before} == {signal.SIG_IGN}
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
