"""The command `gupshup-mock`: its commands, each in the module of its name and imported when it is asked for."""

from __future__ import annotations

import io
import sys
from importlib import import_module
from typing import Final

import click

from mock_server.cli.group import Group

COMMANDS: Final = (
    "serve",
    "demo",
    "user",
    "call",
    "clock",
    "app",
    "webhooks",
    "events",
    "journal",
    "faults",
    "numbers",
    "scenario",
    "verify",
    "snapshot",
    "schema",
    "openapi",
    "completion",
)


class Commands(Group):
    """A group whose commands are the `command` of the modules beside this one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mock_server.cli.{cmd_name}").command
        return command


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from mock_server.resources import product_version

    click.echo(f"gupshup-mock {product_version()}")
    ctx.exit()


@click.group(
    name="gupshup-mock",
    cls=Commands,
    context_settings={"auto_envvar_prefix": "GUPSHUP_MOCK", "help_option_names": ["-h", "--help"]},
    examples=[
        "gupshup-mock demo",
        "gupshup-mock serve --webhook http://127.0.0.1:9000/webhooks",
        "gupshup-mock user allow-always 919812345678",
    ],
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    allow_from_autoenv=False,
    callback=_show_version,
    help="Print the version and end.",
)
def cli() -> None:
    """Everything WhatsApp does between "may we call you?" and "the phone rings", on your laptop and in your CI.

    Exit codes: 0 done, 1 the answer is no (a refusal, a failed check), 2 wrong usage.
    """


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a character must not end a log
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="gupshup-mock")
