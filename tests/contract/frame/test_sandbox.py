"""Where a run's sandbox is: the kit's own on a given port, or one that runs already."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server.client import READY_MADE_APP, SandboxClient
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.contract.frame.kit import Run, a_kit, a_port, run_pytest, target_file
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.slow  # each runs the kit in a process of its own


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxClient]:
    made: Any = a_sandbox(ServerSettings(control_token="a-control-token"))
    with (
        RunningServer(lambda: made, on_stop=made.stop) as server,
        SandboxClient(server.url, "a-control-token") as client,
    ):
        yield client


def run(folder: Path, said: str, dialect: str = "gupshup", *, mode: str = "good") -> Run:
    a_kit(folder, "probe_reply.py")
    more = f'dialect = "{dialect}"\n[sandbox]\n{said}'
    target = target_file(folder, mode=mode, more=more)
    return run_pytest(folder, "-k", "default or 2025", "--gupshup-target", str(target))


def at(sandbox: SandboxClient, more: str = "") -> str:
    return f'url = "{sandbox.url}"\ncontrol_token = "a-control-token"\n{more}'


def test_in_one_that_runs_the_kit_makes_its_apps_and_takes_them_away(tmp_path: Path, sandbox: SandboxClient) -> None:
    """With ids of the target's choosing; afterwards only what was there before is there."""
    ids = (
        'app_id = "of-mine"\napp_token = "sk_of_mine_1"\nphone_number_id = "555555555555555"\nsecond_app_id = "another"'
    )
    done = run(tmp_path, at(sandbox, ids))
    assert done.code == 0, done.out
    assert [app["id"] for app in sandbox.apps()] == [READY_MADE_APP]


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_an_app_that_is_there_is_taken_over(tmp_path: Path, sandbox: SandboxClient, dialect: str) -> None:
    """Subscribed as its provider would be told to; it stays, without what the run left in it."""
    made = sandbox.create_app(id=f"there-{dialect}", dialect=dialect)
    done = run(tmp_path, at(sandbox, f'app_id = "{made["id"]}"'), dialect)
    assert done.code == 0, done.out
    app = sandbox.app(made["id"])
    assert (len(app.show()["subscriptions"]), list(app.users())) == (0, [])
    app.delete()


def test_a_handshake_that_is_not_answered_right_is_one_clear_failure(tmp_path: Path, sandbox: SandboxClient) -> None:
    """What the sandbox says of it, with the question, as a test that fails."""
    made = sandbox.create_app(id="to-be-greeted", dialect="meta")
    done = run(tmp_path, at(sandbox, f'app_id = "{made["id"]}"'), "meta", mode="greets")
    sandbox.app(made["id"]).delete()
    assert (done.code, "1 failed" in done.out) == (6, True)
    assert "came back   The sandbox does not take the application's webhook_url: " in done.out
    assert "ERROR" not in done.out


def test_an_application_may_be_configured_with_what_serve_prints(tmp_path: Path) -> None:
    """The ids and the token of the ready-made app, and a port: whoever runs already and knows these can be tested."""
    app = f'app_id = "{READY_MADE_APP}"\napp_token = "sk_sandbox_0000000000000001"'
    done = run(tmp_path, f'port = {a_port()}\n{app}\nphone_number_id = "100000000000001"')
    assert done.code == 0, done.out


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            'url = "http://127.0.0.1:9"',
            "The sandbox of [sandbox] cannot be used: No sandbox answers at http://127.0.0.1:9",
        ),
        ('url = "{url}"', "The sandbox of [sandbox] cannot be used: "),
        ("port = {taken}", "The sandbox of [sandbox] cannot be started: Port {taken} on 127.0.0.1 is in use."),
        ('host = "0.0.0.0"', "The sandbox of [sandbox] cannot be started: 0.0.0.0 can be reached from other machines"),
        ("{token}app_id = 'x y'", "sandbox.app_id must be "),
        (
            'url = "{url}"\ncontrol_token = "a-control-token"\napp_id = "of-mine"\nphone_number_id = "100000000000001"',
            "The sandbox does not make the app of [sandbox]: ",
        ),
    ],
)
def test_one_that_cannot_be_used_is_one_clear_failure(
    tmp_path: Path, sandbox: SandboxClient, said: str, sentence: str
) -> None:
    """Nobody there, a wrong control token, a port in use, a host without a control token, the number of another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", a_port()))
        taken.listen()
        words = {"{url}": sandbox.url, "{taken}": str(taken.getsockname()[1]), "{token}": ""}
        for name, value in words.items():
            said, sentence = said.replace(name, value), sentence.replace(name, value)
        done = run(tmp_path, said)
    assert done.code != 0
    assert sentence in done.out
    assert "Traceback" not in done.out
    assert ".py:" not in done.out.replace(".py::", "")
