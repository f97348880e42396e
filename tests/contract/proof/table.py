"""The table: which mutant has which mistake, and which test of the kit found it; and how often the example passed.

A plugin of the suite. What a test found out travels as properties of its report: so the rows of all of xdist's workers
come together, and the JUnit file has them, too. A run that chose every mutant fails when the table has a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, NamedTuple

import pytest

ALONE: Final = "by the test meant for it"
WHOLE: Final = "by the whole kit"
CASE: Final = "::test_the_mistake_is_found["
_HEAD: Final = f"{'mutant':<30} {'':>3}  {'claim':<44} {'failed':>6}  test that found it"
_CHOSEN: Final = pytest.StashKey[set[str]]()
_GAPS: Final = pytest.StashKey[list[str]]()


class Row(NamedTuple):
    """A mutant that was found: `test` is one of the `failed` that are meant to find it; `run` is ALONE or WHOLE."""

    mutant: str
    mistake: int
    claim: str
    test: str
    failed: int
    run: str = ALONE

    def properties(self) -> list[tuple[str, str]]:
        """As properties of a test."""
        return [(f"proof.{name}", str(value)) for name, value in self._asdict().items()]

    def __str__(self) -> str:
        return f"{self.mutant:<30} {self.mistake:>3}  {self.claim:<44} {self.failed:>6}  {self.test}"


class Passed(NamedTuple):
    """The example passed the whole kit."""

    dialect: str
    tests: int
    seconds: float

    def properties(self) -> list[tuple[str, str]]:
        """As properties of a test."""
        return [(f"example.{name}", str(value)) for name, value in self._asdict().items()]


def rows_of(reports: Iterable[Any]) -> list[Row]:
    """The rows that tests put into their properties, by name."""
    found = (_given(report, "proof.") for report in reports)
    return sorted({Row(**{**row, **_numbers(row, "mistake", "failed")}) for row in found if row})


def passed_of(reports: Iterable[Any]) -> list[Passed]:
    """The example's runs that passed."""
    found = (_given(report, "example.") for report in reports)
    return [Passed(row["dialect"], int(row["tests"]), float(row["seconds"])) for row in found if row]


def gaps(rows: Collection[Row], mutants: Iterable[tuple[str, int]], mistakes: Iterable[int]) -> list[str]:
    """What the table lacks: a mutant without a test that found it, a known mistake without a mutant that was found."""
    found = {row.mutant for row in rows}
    lost = [f"The mutant {name} (mistake {mistake}) was not found." for name, mistake in mutants if name not in found]
    known = {row.mistake for row in rows}
    return lost + [f"No mutant with mistake {mistake} was found." for mistake in mistakes if mistake not in known]


def lines(rows: Collection[Row], passed: Collection[Passed]) -> Iterator[tuple[str, list[str]]]:
    """Sections: title and lines."""
    for run in ALONE, WHOLE:
        if chosen := [str(row) for row in rows if row.run == run]:
            yield f"mutants found {run}", [_HEAD, *chosen, f"{len(chosen)} mutants."]
    for dialect in sorted({one.dialect for one in passed}):
        runs = [one for one in passed if one.dialect == dialect]
        counted = " or ".join(map(str, sorted({one.tests for one in runs})))
        seconds = sorted(one.seconds for one in runs)
        spread = f"{seconds[0]:.0f} to {seconds[-1]:.0f} s, {seconds[len(seconds) // 2]:.0f} s in the middle"
        yield f"the example, {dialect}", [f"{len(runs)} runs of {counted} tests passed, in {spread}."]


def pytest_collection_finish(session: pytest.Session) -> None:
    _choose(session.config, (item.nodeid for item in session.items))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """Where xdist's workers collect, nobody else does."""
    _choose(node.config, ids)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run of all mutants whose table has a gap has failed, whatever its tests say."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    from contract_tests.mistakes import MISTAKES  # noqa: PLC0415  not needed by most runs
    from tests.contract.mutants import MUTANTS  # noqa: PLC0415  not needed by most runs

    if config.stash.get(_CHOSEN, set()) >= {mutant.name for mutant in MUTANTS}:
        rows = [row for row in rows_of(_reports(config)) if row.run == ALONE]
        config.stash[_GAPS] = gaps(rows, [(mutant.name, mutant.mistake) for mutant in MUTANTS], MISTAKES)
        if config.stash[_GAPS] and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reports = _reports(config)
    for title, section in lines(rows_of(reports), passed_of(reports)):
        terminalreporter.write_sep("=", title)
        for line in section:
            terminalreporter.write_line(line)
    for gap in config.stash.get(_GAPS, []):
        terminalreporter.write_line(gap, red=True)


def _choose(config: pytest.Config, ids: Iterable[str]) -> None:
    chosen = config.stash.setdefault(_CHOSEN, set())
    chosen.update(name.partition(CASE)[2].rstrip("]") for name in ids if CASE in name)


def _reports(config: pytest.Config) -> list[Any]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [report for reports in reporter.stats.values() for report in reports] if reporter else []


def _given(report: Any, prefix: str) -> dict[str, Any]:
    if getattr(report, "when", "") != "call" or report.outcome != "passed":
        return {}
    said = getattr(report, "user_properties", ())
    return {name.removeprefix(prefix): value for name, value in said if name.startswith(prefix)}


def _numbers(row: dict[str, Any], *names: str) -> dict[str, int]:
    return {name: int(row[name]) for name in names}
