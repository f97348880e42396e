"""`gupshup-mock clock`: the app's clock (T1-T3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mock_server.cli import answers
from mock_server.cli.durations import duration
from mock_server.cli.group import Group
from mock_server.cli.options import option, with_app
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import AppClient


@click.group(cls=Group, name="clock", examples=["gupshup-mock clock advance 7d"])
def command() -> None:
    """The app's clock: moved forward or frozen, never back."""


@command.command("show", examples=["gupshup-mock clock show"])
@with_app
def show(app: AppClient, out: Output) -> None:
    """Show what time it is in the app."""
    out.say(app.clock.show(), answers.clock)


@command.command("advance", examples=["gupshup-mock clock advance 7d"])
@with_app
@click.argument("by", type=duration)
def advance(app: AppClient, out: Output, *, by: float) -> None:
    """Move the clock forward, BY 90s, 5m, 24h or 7d; all that falls due on the way happens, in order."""
    out.say(app.clock.advance(seconds=by), answers.advanced)


@command.command("freeze", examples=["gupshup-mock clock freeze"])
@with_app
@option("--at", metavar="INSTANT", help="Stand at this later instant, such as 2026-12-24T18:00:00Z.")
def freeze(app: AppClient, out: Output, *, at: str | None) -> None:
    """Let the clock stand."""
    out.say(app.clock.freeze(at=at), answers.clock)


@command.command("resume", examples=["gupshup-mock clock resume"])
@with_app
def resume(app: AppClient, out: Output) -> None:
    """Let the clock run again from where it stands."""
    out.say(app.clock.resume(), answers.clock)
