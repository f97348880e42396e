"""`gupshup-mock user`: what a simulated WhatsApp user does, is and has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mock_server.cli import answers
from mock_server.cli.durations import duration
from mock_server.cli.group import Group
from mock_server.cli.options import option, with_app
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import AppClient

_wa_id = click.argument("wa_id")
_request = option("--request-id", metavar="WAMID", help="Answer this request instead of the newest one.")
_profile = option("--from-profile", is_flag=True, help="Do it in the business profile, not on a request.")
_wait = option(
    "--wait/--no-wait", default=True, show_default="wait", help="End when each webhook has been tried once, or at once."
)


@click.group(
    cls=Group,
    name="user",
    examples=["gupshup-mock user allow-temporarily 919812345678 --for 5s", "gupshup-mock user show 919812345678"],
)
def command() -> None:
    """What a WhatsApp user does, is and has. WA_ID is a number of 7 to 15 digits, or a BSUID."""


@command.command("allow-always", examples=["gupshup-mock user allow-always 919812345678"])
@with_app
@_wa_id
@_request
@_profile
@_wait
def allow_always(app: AppClient, out: Output, *, wa_id: str, **how: Any) -> None:
    """Allow calls for good: a permanent permission."""
    out.say(app.user(wa_id).allow_always(**how), answers.acted)


@command.command(
    "allow-temporarily",
    examples=[
        "gupshup-mock user allow-temporarily 919812345678",
        "gupshup-mock user allow-temporarily 919812345678 --for 5s",
    ],
)
@with_app
@_wa_id
@option("--for", "for_seconds", type=duration, show_default="7d", help="How long the permission lives.")
@_request
@_profile
@_wait
def allow_temporarily(app: AppClient, out: Output, *, wa_id: str, **how: Any) -> None:
    """Allow calls for seven days, or for as long as --for says."""
    out.say(app.user(wa_id).allow_temporarily(**how), answers.acted)


@command.command("decline", examples=["gupshup-mock user decline 919812345678"])
@with_app
@_wa_id
@_request
@_profile
@_wait
def decline(app: AppClient, out: Output, *, wa_id: str, **how: Any) -> None:
    """Decline a request, also one that was accepted before."""
    out.say(app.user(wa_id).decline(**how), answers.acted)


@command.command("revoke", examples=["gupshup-mock user revoke 919812345678"])
@with_app
@_wa_id
@_wait
def revoke(app: AppClient, out: Output, *, wa_id: str, wait: bool) -> None:
    """Take the permission back."""
    out.say(app.user(wa_id).revoke(wait=wait), answers.acted)


@command.command("read", examples=["gupshup-mock user read 919812345678"])
@with_app
@_wa_id
@_wait
def read(app: AppClient, out: Output, *, wa_id: str, wait: bool) -> None:
    """Look at what came, and answer nothing."""
    out.say(app.user(wa_id).read(wait=wait), answers.acted)


@command.command("text", examples=['gupshup-mock user text 919812345678 "Where is my order?"'])
@with_app
@_wa_id
@click.argument("text", default="Hello")
@_wait
def text(app: AppClient, out: Output, *, wa_id: str, text: str, wait: bool) -> None:
    """Write to the business; that opens the customer service window."""
    out.say(app.user(wa_id).text(text, wait=wait), answers.acted)


@command.command("call", examples=["gupshup-mock user call 919812345678"])
@with_app
@_wa_id
@_wait
def call(app: AppClient, out: Output, *, wa_id: str, wait: bool) -> None:
    """Call the business."""
    out.say(app.user(wa_id).call(wait=wait), answers.acted)


@command.command("pick-up", examples=["gupshup-mock user pick-up 919812345678"])
@with_app
@_wa_id
@_wait
def pick_up(app: AppClient, out: Output, *, wa_id: str, wait: bool) -> None:
    """Pick up the business's call."""
    out.say(app.user(wa_id).pick_up(wait=wait), answers.acted)


@command.command("reject-call", examples=["gupshup-mock user reject-call 919812345678"])
@with_app
@_wa_id
@_wait
def reject_call(app: AppClient, out: Output, *, wa_id: str, wait: bool) -> None:
    """Reject the business's call."""
    out.say(app.user(wa_id).reject_call(wait=wait), answers.acted)


@command.command("hang-up", examples=["gupshup-mock user hang-up 919812345678"])
@with_app
@_wa_id
@_wait
def hang_up(app: AppClient, out: Output, *, wa_id: str, wait: bool) -> None:
    """Hang up the call that is going on."""
    out.say(app.user(wa_id).hang_up(wait=wait), answers.acted)


@command.command("show", examples=["gupshup-mock user show 919812345678"])
@with_app
@_wa_id
def show(app: AppClient, out: Output, *, wa_id: str) -> None:
    """Show a user and the conversation: permission, requests, limits, calls."""
    out.say(app.user(wa_id).show(), answers.user)


@command.command("list", examples=["gupshup-mock user list"])
@with_app
def list_users(app: AppClient, out: Output) -> None:
    """List the users that the app has had anything to do with."""
    out.say(list(app.users()), answers.users)


def _completed(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from mock_server.cli import assignments

    return assignments.completed("user-update", incomplete)


@command.command(
    "set",
    examples=[
        "gupshup-mock user set 919812345678 reachability=switched_off",
        'gupshup-mock user set 919812345678 name="Asha Rao" username=asha',
    ],
)
@with_app
@_wa_id
@click.argument("pairs", metavar="KEY=VALUE...", nargs=-1, required=True, shell_complete=_completed)
def set_user(app: AppClient, out: Output, *, wa_id: str, pairs: tuple[str, ...]) -> None:
    """Change what a user is.

    Keys: reachability (reachable, switched_off, outdated_app, not_on_whatsapp), name, username (null: none).
    """
    from mock_server.cli import assignments

    out.say(app.user(wa_id).set(**assignments.settings(pairs, "user-update")), answers.user)
