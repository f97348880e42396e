"""Every command explains itself."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from mock_server.cli.group import Command, Group
from mock_server.cli.main import cli

# They print what is made for one kind of program, or go on printing; `serve` has --log json, `verify` what pytest has.
WITHOUT_JSON = {"gupshup-mock serve", "gupshup-mock completion", "gupshup-mock verify"}


def commands(command: click.Command, path: str = "gupshup-mock") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


ALL = dict(commands(cli))
LEAVES = {path: command for path, command in ALL.items() if not isinstance(command, click.Group)}


def test_the_commands_are_those_of_the_reference() -> None:
    """These commands exist, by these names (INTERFACE)."""
    assert list(LEAVES) == [
        f"gupshup-mock {words}"
        for words in [
            "serve", "demo", "user allow-always", "user allow-temporarily", "user decline", "user revoke", "user read",
            "user text", "user call", "user pick-up", "user reject-call", "user hang-up", "user show", "user list",
            "user set", "call place", "call accept", "call reject", "call hang-up", "clock show",
            "clock advance", "clock freeze", "clock resume",
            "app list", "app create", "app show", "app set", "app reset", "app delete", "webhooks list",
            "webhooks show", "webhooks redeliver", "webhooks flush", "webhooks send", "events", "journal",
            "faults list", "faults add", "faults clear", "numbers", "scenario list", "scenario run", "verify",
            "snapshot save", "snapshot load", "schema list", "schema show", "schema check", "openapi", "completion",
        ]
    ]  # fmt: skip


@pytest.mark.parametrize("path", ALL)
def test_help_has_an_example(path: str) -> None:
    """`--help` of every command and group says what it does and shows an example of it (INTERFACE)."""
    command = ALL[path]
    result = CliRunner().invoke(cli, [*path.split()[1:], "--help"], prog_name="gupshup-mock")
    assert result.exit_code == 0
    assert isinstance(command, Command | Group)
    assert command.examples
    for example in command.examples:
        assert example.startswith(path)
        assert f"  {example}\n" in result.output
    assert command.help


@pytest.mark.parametrize("path", LEAVES)
def test_every_option_has_a_variable(path: str) -> None:
    """Every option can be given as an environment variable, and `--help` says its name (INTERFACE)."""
    context = click.Context(LEAVES[path], auto_envvar_prefix=path.upper().replace(" ", "_").replace("-", "_"))
    for option in LEAVES[path].params:
        if isinstance(option, click.Option) and option.name != "help":
            assert option.get_help_extra(context)["envvars"], option.name


@pytest.mark.parametrize("path", sorted(LEAVES.keys() - WITHOUT_JSON))
def test_everything_that_prints_has_json(path: str) -> None:
    """Every command that prints has `--json` (INTERFACE)."""
    assert "as_json" in {option.name for option in LEAVES[path].params}


@pytest.mark.parametrize("words", [["user", "show"], ["nonsense"], ["user", "show", "919812345678", "--nonsense"]])
def test_wrong_usage(words: list[str]) -> None:
    """A missing argument, an unknown command and an unknown option end with 2 (INTERFACE)."""
    assert CliRunner().invoke(cli, words).exit_code == 2
