"""`gupshup-mock completion`: the script that makes a shell complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from mock_server.cli.group import Command

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=Command,
    name="completion",
    examples=[
        "gupshup-mock completion bash >> ~/.bashrc",
        "gupshup-mock completion fish > ~/.config/fish/completions/gupshup-mock.fish",
    ],
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a shell's completion script."""
    complete = get_completion_class(shell)
    assert complete is not None
    click.echo(complete(ctx.find_root().command, {}, "gupshup-mock", "_GUPSHUP_MOCK_COMPLETE").source())
