"""`gupshup-mock app`: apps and their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mock_server.cli import answers
from mock_server.cli.group import Group
from mock_server.cli.options import with_app, with_sandbox
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import AppClient, SandboxClient


@click.group(
    cls=Group, name="app", examples=["gupshup-mock app show", "gupshup-mock app create id=staging rules=wolkvox"]
)
def command() -> None:
    """Apps: each is one business number.

    It has its own tokens, subscriptions, rules, users and clock.
    """


@command.command("list", examples=["gupshup-mock app list"])
@with_sandbox
def list_apps(sandbox: SandboxClient, out: Output) -> None:
    """List all apps."""
    out.say(list(sandbox.apps()), answers.apps)


def _to_create(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from mock_server.cli import assignments

    return assignments.completed("app-create", incomplete)


@command.command(
    "create", examples=["gupshup-mock app create id=staging rules=wolkvox webhook_url=http://127.0.0.1:9000/webhooks"]
)
@with_sandbox
@click.argument("pairs", metavar="[KEY=VALUE]...", nargs=-1, shell_complete=_to_create)
def create(sandbox: SandboxClient, out: Output, *, pairs: tuple[str, ...]) -> None:
    """Create an app. Ids and secrets that are not given are made up; the keys are those that `app show` prints."""
    from mock_server.cli import assignments

    out.say(sandbox.create_app(**assignments.settings(pairs, "app-create")), answers.app)


@command.command("show", examples=["gupshup-mock app show", "gupshup-mock app show --app staging --json"])
@with_app
def show(app: AppClient, out: Output) -> None:
    """Show an app's settings, secrets included, as `app set` takes them."""
    out.say(app.show(), answers.app)


def _to_set(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from mock_server.cli import assignments

    return assignments.completed("app-update", incomplete)


@command.command(
    "set",
    examples=[
        "gupshup-mock app set rules=meta status_delay=1.5",
        "gupshup-mock app set overrides.requests_per_24h=5 variants.expiration=string",
        "gupshup-mock app set restriction=calling allowed_recipients=919812345678,919812345679",
    ],
)
@with_app
@click.argument("pairs", metavar="KEY=VALUE...", nargs=-1, required=True, shell_complete=_to_set)
def set_app(app: AppClient, out: Output, *, pairs: tuple[str, ...]) -> None:
    """Change settings; they hold for what happens from now on. The keys are those that `app show` prints.

    A list is written with commas, nothing at all as null.
    """
    from mock_server.cli import assignments

    out.say(app.set(**assignments.settings(pairs, "app-update")), answers.app)


@command.command("reset", examples=["gupshup-mock app reset"])
@with_app
def reset(app: AppClient, out: Output) -> None:
    """Start afresh: drop conversations, calls, deliveries and journal; keep settings, tokens and subscriptions."""
    out.say(app.reset(), answers.app)


@command.command("delete", examples=["gupshup-mock app delete --app staging"])
@with_app
@click.pass_context
def delete(ctx: click.Context, app: AppClient, out: Output) -> None:
    """Delete an app, which must be named."""
    if ctx.get_parameter_source("app_id") is click.core.ParameterSource.DEFAULT:
        raise click.UsageError("Say which app to delete with --app.")
    app.delete()
    out.say({"deleted": app.id}, lambda _: f"Deleted {app.id}.")
