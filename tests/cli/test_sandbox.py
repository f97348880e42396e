"""Commands about the sandbox as a whole, and those that need none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mock_server.client import AppClient
from mock_server.resources import fixture_dir
from tests.cli.command_line import CommandLine

ASHA = "919812345678"


def test_numbers(gupshup_mock: CommandLine) -> None:
    """`numbers` lists the users that act by themselves (section 10)."""
    lines = gupshup_mock.done("numbers").splitlines()
    assert lines[:3] == [
        "NUMBER        DOES",
        "919999000001  allows always, at once",
        "919999000002  allows temporarily, at once",
    ]
    assert len(gupshup_mock.json("numbers")) == 14


def test_a_snapshot_is_saved_for_the_owner_only(gupshup_mock: CommandLine, tmp_path: Path) -> None:
    """`snapshot save` writes a file that others cannot read, even where one was that they could (S2)."""
    file = tmp_path / "before.json"
    file.write_text("something longer was here before" * 10_000)
    file.chmod(0o644)
    assert gupshup_mock.done("snapshot", "save", str(file)).startswith("Saved ")
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["seed"] == "command line"


def test_a_snapshot_is_loaded(gupshup_mock: CommandLine, app: AppClient, tmp_path: Path) -> None:
    """`snapshot load` brings back what was there when it was saved (S2)."""
    app.user(ASHA).allow_always()
    gupshup_mock.done("snapshot", "save", str(tmp_path / "before.json"))
    app.reset()
    assert gupshup_mock.done("snapshot", "load", str(tmp_path / "before.json")) == "Loaded 1 apps.\n"
    assert app.user(ASHA).show()["permission"]["status"] == "permanent"


def test_a_snapshot_that_cannot_be_written(gupshup_mock: CommandLine, tmp_path: Path) -> None:
    """`snapshot save` into a folder that is not there ends with 1 and names the file."""
    assert gupshup_mock.refused("snapshot", "save", str(tmp_path / "no" / "x.json")) == (
        f"Error: Could not open file '{tmp_path}/no/x.json': No such file or directory\n"
    )


def test_schemas_are_listed_and_shown(gupshup_mock: CommandLine) -> None:
    """`schema list` and `schema show`; an unknown name is refused."""
    assert "call-permission-reply" in gupshup_mock.done("schema", "list").splitlines()
    shown = json.loads(gupshup_mock.done("schema", "show", "duration"))
    assert shown["title"] == "a duration such as 500ms, 90s, 5m, 24h or 7d"
    assert gupshup_mock.refused("schema", "show", "nope") == (
        "Error: There is no schema 'nope'; `schema list` names them.\n"
    )


def test_a_file_is_checked(gupshup_mock: CommandLine, tmp_path: Path) -> None:
    """`schema check` says that a file satisfies, or names the path that is wrong and ends with 1."""
    file = tmp_path / "request.json"
    example = next((fixture_dir() / "message-interactive-call_permission_request" / "valid").glob("*.json"))
    request = json.loads(example.read_text())
    file.write_text(json.dumps(request))
    assert gupshup_mock.done("schema", "check", "message", str(file)) == (
        f"{file} satisfies message-interactive-call_permission_request.\n"
    )
    del request["interactive"]["action"]
    file.write_text(json.dumps(request))
    assert gupshup_mock.refused("schema", "check", "message", str(file)) == "Error: interactive.action: is required\n"


def test_a_configuration_is_checked(gupshup_mock: CommandLine, tmp_path: Path) -> None:
    """`schema check config` reads TOML, with dates written either way."""
    file = tmp_path / "sandbox.toml"
    file.write_text("[server]\nfreeze_at = 2026-12-24T18:00:00Z\n")
    assert gupshup_mock.json("schema", "check", "config", str(file)) == {"file": str(file), "schema": "config"}
    file.write_text('[[app]]\nrules = "metta"\n')
    assert gupshup_mock.refused("schema", "check", "config", str(file)).startswith(
        "Error: app[0].rules: must be one of "
    )


def test_what_cannot_be_read_is_no(gupshup_mock: CommandLine) -> None:
    """`schema check` of something that is not JSON says so and ends with 1."""
    result = gupshup_mock.run("schema", "check", "message", "-", stdin="{")
    assert (result.exit_code, result.stderr[:28]) == (1, "Error: - cannot be read: Exp")


def test_openapi(gupshup_mock: CommandLine) -> None:
    """`openapi` prints the document, whether a sandbox is running or not."""
    printed = gupshup_mock.run("openapi", env={"GUPSHUP_MOCK_URL": "http://127.0.0.1:1"})
    document = json.loads(printed.stdout)
    assert document["openapi"] == "3.1.0"
    assert "/partner/app/{app_id}/v3/message" in document["paths"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(gupshup_mock: CommandLine, shell: str) -> None:
    """`completion SHELL` prints a script that asks this command what to offer."""
    assert "_GUPSHUP_MOCK_COMPLETE" in gupshup_mock.run("completion", shell).stdout


def test_version(gupshup_mock: CommandLine) -> None:
    """`--version` prints a name and a version."""
    assert gupshup_mock.done("--version").startswith("gupshup-mock ")
