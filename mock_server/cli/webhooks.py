"""`gupshup-mock webhooks`: what was sent, sending it again, and sending anything on purpose."""

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


@click.group(
    cls=Group,
    name="webhooks",
    examples=["gupshup-mock webhooks list --state dead", "gupshup-mock webhooks redeliver --failed"],
)
def command() -> None:
    """Webhooks: those sent and waiting, and any on purpose."""


@command.command("list", examples=["gupshup-mock webhooks list --wa-id 919812345678"])
@with_app
@option("--state", type=click.Choice(["waiting", "delivered", "dead"]), help="Only in this state.")
@option("--kind", help="Only of this kind, such as call_permission_reply.")
@option("--wa-id", help="Only about this user.")
def list_deliveries(app: AppClient, out: Output, **chosen: Any) -> None:
    """List deliveries, oldest first."""
    out.say(list(app.deliveries.list(**chosen)), answers.deliveries)


@command.command("show", examples=["gupshup-mock webhooks show 919812345678-0-3-8166"])
@with_app
@click.argument("delivery")
def show(app: AppClient, out: Output, *, delivery: str) -> None:
    """Show a delivery: body, headers and every attempt. DELIVERY is an id that `webhooks list` prints."""
    out.say(app.deliveries.show(delivery), answers.delivery)


@command.command(
    "redeliver",
    examples=["gupshup-mock webhooks redeliver 919812345678-0-3-8166", "gupshup-mock webhooks redeliver --failed"],
)
@with_app
@click.argument("delivery", required=False)
@option("--failed", "which", flag_value="failed", help="All whose last attempt failed.")
@option("--all", "which", flag_value="all", help="Everything that is kept, at most 1000.")
def redeliver(app: AppClient, out: Output, *, delivery: str | None, which: Any) -> None:
    """Send the same bytes again, now: one DELIVERY, all that --failed, or --all."""
    if (delivery is None) == (which is None):
        raise click.UsageError("Give one of a delivery's id, --failed and --all.")
    ids = app.deliveries.redeliver_all(which) if delivery is None else [app.deliveries.redeliver(delivery)["id"]]
    out.say(ids, answers.ids)


@command.command("flush", examples=["gupshup-mock webhooks flush"])
@with_app
@option("--timeout", type=duration, default="10s", show_default=True, help="How long to wait at most, up to 60s.")
@click.pass_context
def flush(ctx: click.Context, app: AppClient, out: Output, *, timeout: float) -> None:
    """Wait until nothing is due. Sends nothing early. Exit code 1 when something is still due after --timeout."""
    answer = app.deliveries.flush(timeout_seconds=timeout)
    out.say(answer, answers.flushed)
    ctx.exit(0 if answer["idle"] else 1)


def _kinds(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from mock_server.cli import assignments

    return [kind for kind in assignments.kinds() if kind.startswith(incomplete)]


@command.command(
    "send",
    examples=[
        "gupshup-mock webhooks send call_permission_reply wa_id=919812345678 response=accept is_permanent=true",
        "gupshup-mock webhooks send message wa_id=919812345678 text=Hello --repeat 3",
        "gupshup-mock webhooks send --body body.json --to http://127.0.0.1:9000/webhooks --signature wrong",
    ],
)
@with_app
@click.argument("kind", required=False, shell_complete=_kinds)
@click.argument("pairs", metavar="[KEY=VALUE]...", nargs=-1)
@option("--body", type=_FILE, help="Send this JSON file instead (- is stdin).")
@option("--raw", type=_FILE, help="Send these bytes instead, whatever they are (- is stdin).")
@option("--to", metavar="URL_OR_ID", show_default="all that want it", help="A URL or a subscription's id.")
@option("--variant", "variants", multiple=True, metavar="NAME=VALUE", help="A shape variant; may be repeated.")
@option(
    "--signature",
    type=click.Choice(["right", "wrong", "missing", "reserialised"]),
    show_default="right",
    help="How it is signed, in the dialect meta.",
)
@option("--repeat", type=click.IntRange(1, 1000), show_default="1", help="How often.")
def send(
    app: AppClient,
    out: Output,
    *,
    kind: str | None,
    pairs: tuple[str, ...],
    body: str | None,
    raw: str | None,
    variants: tuple[str, ...],
    **how: Any,
) -> None:
    """Send a webhook on purpose: a named event (KIND and its values), or a file."""
    from mock_server.cli import assignments

    if [kind, body, raw].count(None) != 2:
        raise click.UsageError("Give one of a kind of event, --body and --raw.")
    if variants:
        how["variants"] = assignments.settings(variants, "variants")
    if kind is not None:
        how["event"] = assignments.event(kind, pairs)
    if body is not None:
        how["body"] = _json(body)
    if raw is not None:
        how["raw"] = _bytes(raw)
    out.say(app.send_webhook(**how), answers.ids)


def _bytes(file: str) -> bytes:
    with click.open_file(file, "rb") as stream:
        content: bytes = stream.read()
    return content


def _json(file: str) -> Any:
    try:
        return json.loads(_bytes(file))
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{file} is not JSON: {error}.", param_hint="'--body'") from None
