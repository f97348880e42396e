"""`gupshup-mock numbers`: the users that act by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mock_server.cli import answers
from mock_server.cli.group import Command
from mock_server.cli.options import with_sandbox
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import SandboxClient


@click.command(cls=Command, name="numbers", examples=["gupshup-mock numbers"])
@with_sandbox
def command(sandbox: SandboxClient, out: Output) -> None:
    """List the test numbers: users that act by themselves."""
    out.say(sandbox.numbers(), answers.numbers)
