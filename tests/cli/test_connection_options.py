"""What every client command has: where the sandbox is, which app, the control token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.client import SandboxClient
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.cli.command_line import CommandLine
from tests.stage.watch import a_sandbox

NOWHERE = "http://127.0.0.1:1"
SAID = (
    "No sandbox answers at http://127.0.0.1:1 (Connection refused). Start one with `gupshup-mock serve`, "
    "or say where it is with --url or GUPSHUP_MOCK_URL."
)


@pytest.fixture(scope="module")
def guarded() -> Iterator[RunningServer]:
    """A sandbox that asks for a control token."""
    sandbox: Any = a_sandbox(ServerSettings(control_token="only-for-us"))
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as running:
        yield running


def test_no_sandbox_is_one_line_that_says_what_to_do(gupshup_mock: CommandLine) -> None:
    """Where nothing answers, a command ends with 1 and says how to start a sandbox or to find one."""
    assert gupshup_mock.refused("clock", "show", "--url", NOWHERE) == f"Error: {SAID}\n"
    said = json.loads(gupshup_mock.refused("clock", "show", "--url", NOWHERE, "--json"))
    assert said == {"error": {"code": "unreachable", "sentence": SAID}}


def test_a_url_has_a_scheme(gupshup_mock: CommandLine) -> None:
    """A URL without http:// is wrong usage."""
    assert gupshup_mock.misused("clock", "show", "--url", "127.0.0.1:8400") == (
        "Error: Invalid value for '--url' (env var: 'GUPSHUP_MOCK_URL'): "
        "'127.0.0.1:8400' must begin with http:// or https://"
    )


def test_the_app_comes_from_the_environment(gupshup_mock: CommandLine, sandbox: SandboxClient) -> None:
    """GUPSHUP_MOCK_APP chooses the app, and --app wins over it."""
    sandbox.create_app(id="chosen", name="chosen by the environment")
    environment = {"GUPSHUP_MOCK_APP": "chosen"}
    assert "name=chosen by the environment\n" in gupshup_mock.run("app", "show", env=environment).stdout
    other = gupshup_mock.run("app", "show", "--app", "00000000-0000-4000-8000-000000000001", env=environment)
    assert "name=sandbox\n" in other.stdout
    sandbox.app("chosen").delete()


def test_the_control_token_comes_from_an_option_or_the_environment(
    gupshup_mock: CommandLine, guarded: RunningServer
) -> None:
    """--control-token and GUPSHUP_MOCK_CONTROL_TOKEN open a sandbox that has one; without it the answer is no."""
    url = ("--url", guarded.url)
    assert gupshup_mock.refused("numbers", *url) == (
        "Error: The control token is missing or wrong: give it with --control-token or GUPSHUP_MOCK_CONTROL_TOKEN "
        "(over HTTP: 'Authorization: Bearer TOKEN').\n"
    )
    assert gupshup_mock.run("numbers", *url, "--control-token", "only-for-us").exit_code == 0
    assert gupshup_mock.run("numbers", *url, env={"GUPSHUP_MOCK_CONTROL_TOKEN": "only-for-us"}).exit_code == 0


def test_json_comes_from_the_environment(gupshup_mock: CommandLine) -> None:
    """GUPSHUP_MOCK_JSON=1 is --json for every command."""
    result = gupshup_mock.run("clock", "show", env={"GUPSHUP_MOCK_JSON": "1"})
    assert json.loads(result.stdout)["unix"] == 1798135200


def test_an_option_of_one_command_comes_from_the_environment(gupshup_mock: CommandLine) -> None:
    """Every other option has a variable made of its command and its name."""
    result = gupshup_mock.run(
        "user", "allow-temporarily", "919812345678", env={"GUPSHUP_MOCK_USER_ALLOW_TEMPORARILY_FOR_SECONDS": "5s"}
    )
    assert result.stdout.startswith("919812345678: temporary until 2026-12-24T18:00:05.000Z  (from the profile")
