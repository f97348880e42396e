"""`gupshup-mock faults`: what goes wrong on purpose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli import answers
from mock_server.cli.durations import duration
from mock_server.cli.group import Group
from mock_server.cli.options import option, with_app
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import AppClient

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
_OPTIONS = {"seconds": "--for"} | {name: f"--{name}" for name in ("status", "code", "when", "route", "webhook")}
_STRIKES = {
    "--route": {"status", "error", "delay", "close"},
    "--webhook": {"delay", "duplicate", "reorder", "batch", "drop", "break_signature", "stale"},
}
_WHAT = {
    ("--route",): "requests: say which with --route TEXT",
    ("--webhook",): "webhooks: say which with --webhook KIND",
    ("--route", "--webhook"): "requests or webhooks: give one of --route TEXT and --webhook KIND",
}
_KINDS = ("status", "error", "delay", "close", "duplicate", "reorder", "batch", "drop", "break_signature", "stale")


@click.group(
    cls=Group,
    name="faults",
    examples=["gupshup-mock faults add status --route v3/message --status 503", "gupshup-mock faults list"],
)
def command() -> None:
    """What goes wrong on purpose: on requests, or on webhooks."""


@command.command("list", examples=["gupshup-mock faults list"])
@with_app
def list_faults(app: AppClient, out: Output) -> None:
    """List faults and how often each has fired, in the order in which they are asked; spent ones too."""
    out.say(app.faults.list(), answers.faults)


@command.command(
    "add",
    examples=[
        "gupshup-mock faults add error --route v3/message --code 131056 --times 3",
        "gupshup-mock faults add delay --route '*' --for 30s",
        "gupshup-mock faults add close --route /calls --when middle",
        "gupshup-mock faults add duplicate --webhook call_permission_reply",
        "gupshup-mock faults add drop --webhook '*' --until-cleared --probability 0.1 --seed 7",
    ],
)
@with_app
@click.argument("fault", type=click.Choice(_KINDS), metavar="FAULT")
@option("--route", metavar="TEXT", help="Strike requests whose 'METHOD /path' contains this; '*' is every one.")
@option(
    "--webhook", metavar="KIND", help="Strike webhooks: call_permission_reply, message_status:delivered ..., or '*'."
)
@option("--times", type=click.IntRange(1), show_default="1", help="How often it strikes.")
@option("--until-cleared", is_flag=True, help="Strike until it is cleared.")
@option("--probability", type=click.FloatRange(0, 1), show_default="1", help="How likely it strikes each time.")
@option("--seed", type=click.IntRange(0), show_default="made up", help="The same seed decides the same.")
@option("--status", type=click.IntRange(200, 599), help="status: the HTTP status to answer with.")
@option("--body", type=_FILE, show_default="the provider's", help="status: a file to answer with, JSON or any text.")
@option("--processed", is_flag=True, default=None, help="status: the request takes effect, only its answer is lost.")
@option("--code", type=click.IntRange(0), help="error: the provider's code, such as 131056.")
@option("--for", "seconds", type=duration, help="delay: how long; reorder: how long a single webhook waits (2s).")
@option(
    "--when",
    type=click.Choice(["before", "middle"]),
    show_default="before",
    help="close: before the answer, or in its middle.",
)
def add(app: AppClient, out: Output, *, fault: Any, times: int | None, until_cleared: bool, **fields: Any) -> None:
    """Have something go wrong: once, --times or --until-cleared.

    \b
    On requests (--route):
      status           another answer; without effect, unless --processed
      error            a provider's error; without effect
      delay            the answer late, by real time
      close            the connection closed; the request has taken effect
    On webhooks (--webhook):
      duplicate        sent twice
      delay            late, on the app's clock
      reorder          several in reverse order; a single one so that the next overtakes it
      batch            several in one POST
      drop             never sent
      break_signature  a wrong signature, or on gupshup a wrong registered header
      stale            followed by a copy of the same user's event before it
    """
    from mock_server import schemas
    from mock_server.errors import SchemaError

    if until_cleared and times is not None:
        raise click.UsageError("Give one of --times and --until-cleared.")
    _check_place(fault, route=fields["route"], webhook=fields["webhook"])
    wanted = {name: value for name, value in fields.items() if value is not None}
    if "body" in wanted:
        wanted["body"] = _body(wanted["body"])
    wanted["times"] = None if until_cleared else times or 1
    try:
        schemas.validate("fault-add", {"fault": fault} | wanted)
    except SchemaError as error:
        raise click.BadParameter(f"{_OPTIONS.get(error.path, error.path)}: {error.sentence}.") from None
    out.say(app.faults.add(fault, **wanted), lambda row: answers.faults([row]))


@command.command("clear", examples=["gupshup-mock faults clear", "gupshup-mock faults clear 3"])
@with_app
@click.argument("fault_id", metavar="[ID]", type=click.IntRange(1), required=False)
def clear(app: AppClient, out: Output, *, fault_id: int | None) -> None:
    """Clear all faults, or the one with this ID."""
    app.faults.clear(fault_id)
    out.say(app.faults.list(), answers.faults)


def _check_place(fault: str, *, route: str | None, webhook: str | None) -> None:
    """Raises UsageError where the fault would strike nothing, naming the option to give."""
    places = [option for option, kinds in _STRIKES.items() if fault in kinds]
    given = [option for option, value in (("--route", route), ("--webhook", webhook)) if value is not None]
    if len(given) != 1 or given[0] not in places:
        raise click.UsageError(f"{fault} strikes {_WHAT[tuple(places)]}.")


def _body(file: str) -> Any:
    """JSON as it is meant, anything else as the text that it is."""
    with click.open_file(file, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
