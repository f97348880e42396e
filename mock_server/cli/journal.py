"""`gupshup-mock journal`: what was asked, answered and sent, and what a well-behaved integrator would not have done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli import journal_lines
from mock_server.cli.group import Command
from mock_server.cli.options import option, with_app
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import AppClient

KINDS = ("request", "event", "delivery", "violation", "advice", "clock", "note", "fault")


@click.command(
    cls=Command, name="journal", examples=["gupshup-mock journal --follow", "gupshup-mock journal --violations --fail"]
)
@with_app
@option("--kind", type=click.Choice(KINDS), help="Only of this kind.")
@option("--wa-id", metavar="WA_ID", help="Only about this user.")
@option("--violations", is_flag=True, help="Only violations and advices.")
@option("--fail", is_flag=True, help="Exit code 1 when a violation is among them; with --follow, at the first.")
@option("--follow", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.pass_context
def command(ctx: click.Context, /, app: AppClient, out: Output, **how: Any) -> None:
    """Print what was asked, answered and sent, and violations.

    Every request, event, delivery attempt, finding and clock move, in order. A violation is something that a
    well-behaved integrator never does, as calling without permission; an advice is a smaller thing. Both say what was
    seen and what was expected. With --json, one object a line.
    """
    kind, wa_id, follow, fail = how["kind"], how["wa_id"], how["follow"], how["fail"]
    if how["violations"] and (kind or wa_id):
        raise click.UsageError("--violations chooses by itself: leave --kind and --wa-id out.")
    entries = app.violations(follow=follow) if how["violations"] else app.journal(kind=kind, wa_id=wa_id, follow=follow)
    watched = _Watched(entries, stop=follow and fail)
    with suppress(KeyboardInterrupt):
        out.one_by_one(watched, journal_lines.line)
    ctx.exit(1 if fail and watched.violations else 0)


class _Watched:
    """Entries as they go by, counting the violations; `stop` ends at the first."""

    def __init__(self, entries: Iterable[Any], *, stop: bool) -> None:
        self.violations = 0
        self._entries = entries
        self._stop = stop

    def __iter__(self) -> Iterator[Any]:
        for entry in self._entries:
            self.violations += entry["kind"] == "violation"
            yield entry
            if self._stop and self.violations:
                return
