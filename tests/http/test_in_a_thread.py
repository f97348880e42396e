"""A sandbox that is served from a thread of somebody else's process, of tests for example."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from mock_server.http.app import Sandbox
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings

sandbox = Sandbox(ServerSettings())
before = "aiohttp" in sys.modules
with RunningServer(lambda: sandbox, on_stop=sandbox.stop):
    print(before, "aiohttp" in sys.modules)
"""


def test_when_it_is_ready_it_has_imported_what_it_needs() -> None:
    """Modules make loggers, and pytest goes through those at every test: one that came meanwhile ended a run."""
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout == "False True\n"
