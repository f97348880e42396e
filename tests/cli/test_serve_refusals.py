"""`gupshup-mock serve` with settings that cannot be: it ends before it serves, in one line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server.cli.main import cli


def serve(*options: str) -> tuple[int, str]:
    """Exit code and what it said; fails when it said anything on stdout."""
    result = CliRunner().invoke(cli, ["serve", *options], prog_name="gupshup-mock")
    assert result.stdout == ""
    return result.exit_code, result.stderr


def test_a_port_in_use() -> None:
    """A port in use is one line that says so and what to do: exit code 1 (INTERFACE)."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert serve("--port", str(port)) == (
            1,
            f"Error: Port {port} on 127.0.0.1 is in use. "
            "Stop what listens there, or take another with --port (0 picks a free one).\n",
        )


def test_off_loopback_without_a_control_token() -> None:
    """Where other machines can reach it a control token is required: one line, exit code 2 (DESIGN, Security)."""
    assert serve("--host", "0.0.0.0") == (
        2,
        "Error: 0.0.0.0 can be reached from other machines: give a control token "
        "(--control-token or GUPSHUP_MOCK_CONTROL_TOKEN).\n",
    )


def test_another_store() -> None:
    """A store that there is not is refused: one line, exit code 2."""
    assert serve("--store", "sqlite:////nowhere/x.db") == (
        2,
        "Error: The store /nowhere/x.db: its folder is not there. Make it first.\n",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--app-token", "a b"), "--app-token must be 8 to 200 printable characters without spaces."),
        (("--control-token", "short"), "--control-token must have at least 8 characters."),
        (("--freeze-at", "today"), '--freeze-at must be an instant such as 2026-11-21T22:10:00.000Z, not "today".'),
        (("--webhook", "nonsense"), '--webhook must be an http or https URL, not "nonsense".'),
    ],
)
def test_a_wrong_value(options: tuple[str, ...], said: str) -> None:
    """A wrong value is one line that names the option and what it should be: exit code 2."""
    assert serve(*options) == (2, f"Error: {said}\n")


def test_a_wrong_file(tmp_path: Path) -> None:
    """A wrong configuration is one line that names the file and the key: exit code 2."""
    file = tmp_path / "sandbox.toml"
    file.write_text("[server]\nporto = 8400\n")
    code, said = serve("--config", str(file))
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith(f"Error: {file}: server.porto: is not a known field; known are: host, port, webhook,")


def test_two_apps_of_one_id(tmp_path: Path) -> None:
    """A configuration whose apps cannot stand beside each other is one line: exit code 2."""
    file = tmp_path / "sandbox.toml"
    file.write_text('[[app]]\nid = "orders"\n[[app]]\nid = "orders"\n')
    code, said = serve("--config", str(file), "--port", "0")
    assert (code, said.count("\n")) == (2, 1)
    assert "orders" in said


def test_a_demo_whose_webhooks_may_not_come() -> None:
    """`serve --demo` where webhooks may not come to this machine says which option lets them: exit code 2."""
    assert serve("--demo", "--allow-webhook-to", "*.example.com") == (
        2,
        "Error: 127.0.0.1 (127.0.0.1) is not allowed; start the sandbox with --allow-webhook-to 127.0.0.1.\n",
    )


def test_an_unknown_option_is_wrong_usage() -> None:
    """An option that there is not ends with 2."""
    assert serve("--nonsense")[0] == 2
