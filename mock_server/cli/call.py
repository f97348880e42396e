"""`gupshup-mock call`: the business side of calls, for integrators whose calls do not come through Graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mock_server.cli import answers
from mock_server.cli.group import Group
from mock_server.cli.options import option, with_app
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


@command.command("accept", examples=["gupshup-mock call accept 919812345678"])
@with_app
@click.argument("call")
def accept(app: AppClient, out: Output, *, call: str) -> None:
    """Take a user's call. CALL is its id (wacid...), or the number of the user."""
    out.say(app.accept_call(call), answers.called)


@command.command("reject", examples=["gupshup-mock call reject 919812345678"])
@with_app
@click.argument("call")
def reject(app: AppClient, out: Output, *, call: str) -> None:
    """Reject a user's call. CALL is its id (wacid...), or the number of the user."""
    out.say(app.reject_call(call), answers.called)


@command.command(
    "hang-up",
    examples=["gupshup-mock call hang-up 919812345678", "gupshup-mock call hang-up 919812345678 --code 138021"],
)
@with_app
@click.argument("call")
@option(
    "--code",
    type=click.Choice(["138019", "138020", "138021", "138022", "138023"]),
    help="The call fails with this code: set-up, relay, media receive, media transmit, accepted without media.",
)
def hang_up(app: AppClient, out: Output, *, call: str, code: str | None) -> None:
    """Hang up, or cancel while it rings. CALL is its id (wacid...), or the number of the user."""
    out.say(app.hang_up(call, code=int(code) if code else None), answers.called)
