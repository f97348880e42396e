"""`gupshup-mock demo` and `serve --demo`."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from mock_server.cli.main import cli
from mock_server.client import SandboxClient
from mock_server.demo.receiver import Receiver
from mock_server.demo.story import NotAsTold, play
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.cli.serving import PATIENCE, ROOT, serving
from tests.stage.watch import a_sandbox

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TOLD = [
    rf"      ok  POST /partner/app/demo/v3/message -> 200, message id {UUID}",
    r"      ok  webhooks message_status: enqueued, sent, delivered",
    r"      ok  webhook call_permission_reply: response accept, is_permanent true, and no expiry",
    r"      ok  -> 400, 138017: .*",
    r"      ok  webhook call_permission_reply: .* is_permanent false, .* 604800 s after its timestamp \d+",
    r"      ok  -> 400, 138009: .*",
    r"      ok  it is .*; Ravi's permission: no_permission, and no webhook says so",
    r"      ok  refused: 138006, .*",
]


def test_the_demo_tells_the_whole_story_within_ten_seconds() -> None:
    """`demo` shows request, statuses, both permissions, limit, a week, and no permission; then it ends with 0."""
    command = [sys.executable, "-m", "mock_server", "demo"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    for line in TOLD:
        assert re.search(f"^{line}$", told.stdout, re.MULTILINE), line


def test_serve_plays_the_demo_and_goes_on_serving() -> None:
    """`serve --demo` is ready first, tells the story without lines of its log between, and goes on serving."""
    with serving("--demo") as process:
        url, _ = process.ready()
        told = process.lines_until("The demo is over")
        for line in TOLD:
            assert any(re.fullmatch(line, one) for one in told), line
        assert not [line for line in told if "  delivery  " in line]
        with SandboxClient(url) as sandbox:
            assert [row["id"] for row in sandbox.apps()] == ["00000000-0000-4000-8000-000000000001", "demo"]
            sandbox.app("demo").user("919812345670").text("after it")
        assert "919812345670 after it" in process.lines_until("20")[-1]
        assert process.stopped_by(signal.SIGTERM)[0] == 0


def test_the_demo_for_programs() -> None:
    """`demo --json` prints each step and each piece of evidence as an object a line."""
    result = CliRunner().invoke(cli, ["demo", "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert lines[1]["evidence"].startswith("POST /partner/app/demo/subscription url=http://127.0.0.1:")
    assert {line["holds"] for line in lines if line["kind"] == "evidence"} == {True}


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bool]] = []

    def step(self, what: str) -> None:
        self.heard.append((what, True))

    def shows(self, evidence: str, *, holds: bool) -> None:
        self.heard.append((evidence, holds))


def test_the_demo_believes_nothing() -> None:
    """The demo stops at the first thing that is not as it tells: here the webhooks never come."""
    sandbox: Any = a_sandbox(ServerSettings(allow_webhook_to=("*.example.com",)))
    listener = Listener()
    with (
        RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server,
        SandboxClient(server.url) as client,
        pytest.raises(NotAsTold, match="This is not what the sandbox should show: webhooks message_status: "),
    ):
        play(client, listener, patience=0.1)
    assert listener.heard[-1] == ("webhooks message_status: ", False)


def test_a_receiver_waits_only_so_long() -> None:
    """Where nothing comes the demo's receiver says so after its patience has ended."""
    with Receiver(patience=0.01) as receiver:
        assert receiver.reply("919812345678") is None
