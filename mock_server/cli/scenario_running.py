"""Where scenarios are run, and how each step is printed as it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from mock_server.cli.printing import plain
from mock_server.client import SandboxClient, Unreachable
from mock_server.scenario import reporting
from mock_server.scenario.receiver import Receiver
from mock_server.scenario.running import Outcome, Result, Stage
from mock_server.scenario.steps import Scenario


class Where(NamedTuple):
    """What the options of `scenario run` say; `named` when somebody named the URL."""

    url: str
    control_token: str | None
    start: bool
    webhook: str | None
    keep: bool
    named: bool


def run_all_of(scenarios: Sequence[Scenario], where: Where, *, quiet: bool) -> list[Result]:
    """Each in turn, its steps printed as they are done unless `quiet`. Raises Unreachable, Refused and UsageError."""
    with _sandbox(where) as sandbox, Receiver() as receiver:
        stage = Stage(sandbox, where.webhook or receiver.url, keep=where.keep)
        return [_run(stage, scenario, quiet=quiet) for scenario in scenarios]


def _run(stage: Stage, scenario: Scenario, *, quiet: bool) -> Result:
    if quiet:
        return stage.run(scenario)
    click.secho(plain(scenario.name), bold=True)
    result = stage.run(scenario, _teller())
    if stage.keeps:
        click.echo(f"      kept: app {', '.join(result.apps.values())}")
    return result


@contextmanager
def _sandbox(where: Where) -> Iterator[SandboxClient]:
    """The sandbox that was named, or that is at the usual place; else one for as long as the context lasts."""
    if not where.start and (where.named or _answers(where)):
        with SandboxClient(where.url, where.control_token) as client:
            yield client
        return
    if where.keep:
        raise click.UsageError("--keep needs a sandbox that goes on running: start one with `gupshup-mock serve`.")
    if not where.start:
        click.echo(f"No sandbox answers at {where.url}: one is started for this run, as --start does.", err=True)
    with _started() as client:
        yield client


def _answers(where: Where) -> bool:
    try:
        with SandboxClient(where.url) as client:
            client.health()
    except Unreachable:
        return False
    return True


@contextmanager
def _started() -> Iterator[SandboxClient]:
    from mock_server.http.app import Sandbox
    from mock_server.server import RunningServer
    from mock_server.settings import ServerSettings

    sandbox: Any = Sandbox(ServerSettings(seed="scenario"))  # Any: uvicorn's types for an application are others
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server, SandboxClient(server.url) as client:
        yield client


def _teller() -> Callable[[Outcome], None]:
    """Prints a step, with a tick where the terminal has one."""
    good, bad = ("✓", "✗") if _has("✓✗") else ("ok", "NO")
    tick, cross = click.style(good, fg="green"), click.style(bad, fg="red")

    def tell(outcome: Outcome) -> None:
        safe = Outcome(outcome.place, plain(outcome.what), tuple(map(plain, outcome.differences)))
        click.echo(reporting.line(safe, tick=tick, cross=cross))

    return tell


def _has(characters: str) -> bool:
    try:
        characters.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
