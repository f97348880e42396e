"""How much of the contract was looked at: what was checked, failed, and not covered, and what would cover more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from contract_tests.claims import AREAS, claim_of

_COLUMNS: Final = ("checked", "failed", "warned", "noted", "not covered")


@dataclass
class Tally:
    """The tests of one run, counted by area: each is checked (passed, failed, warned or noted) or not covered."""

    areas: dict[str, Counter[str]] = field(default_factory=lambda: {area: Counter() for area in AREAS})
    missing: Counter[str] = field(default_factory=Counter)
    """By what the target would have to give."""
    collected: int = 0

    @property
    def checked(self) -> int:
        return self._sum("checked")

    @property
    def not_covered(self) -> int:
        return self._sum("not covered")

    def take(self, report: pytest.TestReport) -> None:
        """Count a report, if it is of a test of the kit and says what came of it."""
        said = dict(report.user_properties)
        if "claim" not in said:
            return
        counts = self.areas[str(said["claim"]).partition(".")[0]]
        if report.skipped:
            counts["not covered"] += 1
            self.missing[str(said.get("not_covered") or _reason(report))] += 1
        elif report.when == "call" or report.failed:
            counts["checked"] += report.when == "call"
            outcome = getattr(report, "of_level", report.outcome)
            counts[outcome] += outcome != "passed"

    def lines(self) -> Iterator[str]:
        """A table by area, the share, and what would cover more."""
        yield f"{'':<12}" + "".join(f"{column:>13}" for column in _COLUMNS)
        for area, counts in self.areas.items():
            yield f"{area:<12}" + "".join(f"{counts[column]:>13}" for column in _COLUMNS)
        seen = self.checked + self.not_covered
        whole = max(seen, self.collected)
        share = f"{100 * self.checked // whole} % of the contract" if whole else "nothing"
        yield f"Checked: {share}, {self.checked} of {whole} tests; {self._sum('failed')} failed."
        if whole > seen:
            yield f"Not run: {whole - seen}."
        if self.missing:
            yield "Not covered; what is missing:"
            for key, times in self.missing.most_common():
                yield f"  {times:>4}  {key}"

    def properties(self) -> Iterator[tuple[str, int]]:
        """The same for programs: `contract.receiver.checked` and so on."""
        for area, counts in self.areas.items():
            for column in _COLUMNS:
                yield f"contract.{area}.{column.replace(' ', '_')}", counts[column]

    def _sum(self, column: str) -> int:
        return sum(counts[column] for counts in self.areas.values())


TALLY: Final = pytest.StashKey[Tally]()


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[TALLY].collected = sum(1 for item in session.items if claim_of(item) is not None)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()
    config.pluginmanager.register(_Counting(config), "contract-tally")


class _Counting:
    """Counts what is reported; under xdist only where the reports come together."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._config.stash[TALLY].take(report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run that checked nothing is a failure, whatever pytest thinks of it."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    fine = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    if fine and not config.stash[TALLY].checked:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.option.collectonly:
        return
    tally = config.stash[TALLY]
    for outcome in ("warned", "noted"):
        for report in terminalreporter.getreports(outcome):
            terminalreporter.write_sep("_", f"{outcome}: {report.nodeid}")
            terminalreporter.write_line(str(report.longrepr))
    terminalreporter.write_sep("=", "the contract")
    for line in tally.lines():
        terminalreporter.write_line(line)
    if not tally.checked:
        terminalreporter.write_line("A run that checked nothing is a failure.", red=True)


@pytest.fixture(scope="session", autouse=True)
def _whole_in_junit(
    record_testsuite_property: Callable[[str, object], None], pytestconfig: pytest.Config
) -> Iterator[None]:
    """The summary's figures as properties of the JUnit suite; the tests have theirs."""
    yield
    for name, figure in pytestconfig.stash[TALLY].properties():
        record_testsuite_property(name, figure)


def _reason(report: pytest.TestReport) -> str:
    place = report.longrepr
    return str(place[2] if isinstance(place, tuple) else place).removeprefix("Skipped: ")
