"""`gupshup-mock scenario`: stories as files, run against a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from mock_server.cli.group import Group
from mock_server.cli.options import WrongSettings, connection_options, http_url, json_option, option, saying_no
from mock_server.cli.printing import Output, plain, table
from mock_server.errors import Malformed, NotFound

if TYPE_CHECKING:
    from mock_server.scenario.steps import Scenario

_RUN: Final = [
    "gupshup-mock scenario run permanent-permission",
    "gupshup-mock scenario run my-story.toml --webhook http://127.0.0.1:9000/webhooks",
    "gupshup-mock scenario run --all --junitxml scenarios.xml",
]


@click.group(cls=Group, name="scenario", examples=["gupshup-mock scenario list", *_RUN])
def command() -> None:
    """Scenarios: files of steps, run against a sandbox."""


@command.command("list", examples=["gupshup-mock scenario list"])
@json_option
def list_scenarios(*, as_json: bool) -> None:
    """List the scenarios that come with the product, a sentence each, and where they are: to read, and to copy."""
    from mock_server.scenario import reading

    rows = [{"name": file.stem, "title": reading.read(file).name, "file": str(file)} for file in reading.shipped()]
    Output(as_json).say(rows, _listed)


def _listed(rows: list[dict[str, str]]) -> str:
    cells = [(row["name"], row["title"]) for row in rows]
    folder = Path(rows[0]["file"]).parent
    return "\n".join([table(("name", "what happens"), cells, empty=""), "", f"They are in {folder}"])


def _completed(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of shipped scenarios; where none begins so, files."""
    from mock_server.scenario import reading

    names = [CompletionItem(file.stem) for file in reading.shipped() if file.stem.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]


@command.command("run", examples=_RUN)
@connection_options
@click.argument("files", metavar="FILE...", nargs=-1, shell_complete=_completed)
@option(
    "--all",
    "run_all",
    is_flag=True,
    envvar="GUPSHUP_MOCK_SCENARIO_RUN_ALL",
    help="Run every scenario that comes with the product.",
)
@option("--start", is_flag=True, help="Start a sandbox for this run, whatever else is running.")
@option(
    "--webhook", metavar="URL", callback=http_url, help="Where webhooks go, instead of to a receiver of the run's own."
)
@option("--keep", is_flag=True, help="Leave the scenarios' apps in the sandbox, to look at them.")
@option(
    "--junitxml", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a JUnit report there."
)
@click.pass_context
def run(
    ctx: click.Context,
    /,
    *,
    files: tuple[str, ...],
    run_all: bool,
    junitxml: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Run scenarios step by step: a path, or a name that `scenario list` lists.

    Each gets apps of its own, whose clocks stand until a step moves them. Exit code 1 when a step is not as the
    scenario says, 2 for a file that cannot be used.

    They run in the sandbox of --url. Where neither that nor GUPSHUP_MOCK_URL is given, and nothing answers at the
    usual place, a sandbox is started for the run, as --start does always.
    """
    from mock_server.cli.scenario_running import Where, run_all_of
    from mock_server.scenario import reporting

    scenarios = _read(files, run_all=run_all)
    named = ctx.get_parameter_source("url") is not ParameterSource.DEFAULT
    with saying_no(as_json=as_json):
        results = run_all_of(scenarios, Where(**where, named=named), quiet=as_json)
    if junitxml:
        _write(junitxml, reporting.junit(results))
    Output(as_json).say(reporting.as_json(results), lambda _: plain(reporting.total(results)))
    if not all(result.passed for result in results):
        ctx.exit(1)


def _read(files: tuple[str, ...], *, run_all: bool) -> list[Scenario]:
    """Every file, before anything is run. Wrong usage (exit code 2) where one cannot be used."""
    from mock_server.scenario import reading

    if not files and not run_all:
        raise click.UsageError("Name a file or a shipped scenario (see `scenario list`), or say --all.")
    try:
        paths = [*map(reading.find, files), *(reading.shipped() if run_all else [])]
        return [reading.read(path) for path in paths]
    except (Malformed, NotFound) as error:
        raise WrongSettings(error.sentence) from error


def _write(file: Path, report: bytes) -> None:
    try:
        file.write_bytes(report)
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error
