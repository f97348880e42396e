"""`gupshup-mock call`: the business side of calls, for integrators whose calls do not come through Graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mock_server.cli import answers
from mock_server.cli.group import Group
from mock_server.cli.options import with_app
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import AppClient


@click.group(
    cls=Group, name="call", examples=["gupshup-mock call place 919812345678", "gupshup-mock call hang-up 919812345678"]
)
def command() -> None:
    """Calls by the business.

    For integrators whose calls do not come through Graph.
    """


@command.command("place", examples=["gupshup-mock call place 919812345678"])
@with_app
@click.argument("wa_id")
def place(app: AppClient, out: Output, *, wa_id: str) -> None:
    """Call a user, with every check that WhatsApp makes (138006: no permission)."""
    out.say(app.place_call(wa_id), answers.called)


@command.command("hang-up", examples=["gupshup-mock call hang-up 919812345678"])
@with_app
@click.argument("call")
def hang_up(app: AppClient, out: Output, *, call: str) -> None:
    """Hang up, or cancel while it rings. CALL is its id (wacid...), or the number of the user."""
    out.say(app.hang_up(call), answers.called)
