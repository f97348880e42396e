"""`gupshup-mock events`: everything, as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli import journal_lines
from mock_server.cli.group import Command
from mock_server.cli.options import option, with_sandbox
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import EventStream, SandboxClient


@click.command(
    cls=Command,
    name="events",
    examples=["gupshup-mock events --follow", "gupshup-mock events --follow --all-apps --json"],
)
@with_sandbox
@option("--app", "app_id", envvar="GUPSHUP_MOCK_APP", metavar="ID", show_default="the ready-made app", help="The app.")
@option("--all-apps", is_flag=True, help="What happens in every app; with --follow only.")
@option("--follow", is_flag=True, help="From now on, until Ctrl-C.")
@option("--after", type=click.IntRange(0), metavar="ID", help="From behind the entry of this id.")
def command(sandbox: SandboxClient, out: Output, *, app_id: str | None, **how: Any) -> None:
    """Print whatever happens.

    Every request, event, delivery attempt, finding and clock move so far, or with --follow from now on. With --json,
    one object a line.
    """
    follow, all_apps, after = how["follow"], how["all_apps"], how["after"]
    if all_apps and (not follow or app_id is not None):
        raise click.UsageError("--all-apps goes with --follow and without --app.")
    app = sandbox.app(app_id) if app_id is not None else sandbox.app()
    if not follow:
        out.one_by_one(app.journal(after=after), journal_lines.line)
        return
    source = sandbox if all_apps else app
    with suppress(KeyboardInterrupt), source.events(last_event_id=after) as stream:
        out.one_by_one(_entries(stream), journal_lines.line)


def _entries(stream: EventStream) -> Iterator[Any]:
    return ({"kind": event.kind} | event.data for event in stream)
