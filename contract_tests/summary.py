"""The summary of a run, at the end of what pytest says and in its JUnit file; and its exit code."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from contract_tests.claims import claim_of
from contract_tests.collecting import TESTS
from contract_tests.tally import Tally

NOT_THERE: Final = 6  # pytest's own exit codes end with 5
PAGE: Final = Path(__file__).with_name("RULES.md")
TALLY: Final = pytest.StashKey[Tally]()


def pytest_collection_finish(session: pytest.Session) -> None:
    tally = session.config.stash[TALLY]
    tally.contract = session.config.stash.get(TESTS, 0)
    tally.selected = sum(1 for item in session.items if claim_of(item) is not None)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Where xdist's workers collect, nobody else does, and each collects the same."""
    tally = node.config.stash[TALLY]
    tally.contract, tally.selected = getattr(node, "workeroutput", {}).get("contract", (0, 0))


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
    """A run that checked nothing is a failure, whatever pytest thinks of it; one that could not begin has its own."""
    config: Any = session.config  # Any: in a worker of xdist it has more
    tally = config.stash[TALLY]
    if hasattr(config, "workerinput"):
        config.workeroutput["contract"] = (tally.contract, tally.selected)
    if hasattr(config, "workerinput") or config.option.collectonly or tally.checked:
        return
    if tally.ended:
        session.exitstatus = NOT_THERE
    elif exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> Generator[None]:
    """Behind pytest's own list of what failed, which may be long."""
    yield
    if config.option.collectonly:
        return
    for outcome in ("warned", "noted"):
        for report in terminalreporter.getreports(outcome):
            terminalreporter.write_sep("_", f"{outcome}: {report.nodeid}")
            terminalreporter.write_line(str(report.longrepr))
    tally = config.stash[TALLY]
    terminalreporter.write_sep("=", "the contract")
    for line in tally.lines():
        terminalreporter.write_line(line)
    for line in _closing(tally):
        terminalreporter.write_line(line, red=True)
    if exitstatus == pytest.ExitCode.INTERRUPTED:
        terminalreporter.write_line("The run was stopped, and with it whatever it had started.")


def _closing(tally: Tally) -> Iterator[str]:
    if not tally.checked:
        yield "A run that checked nothing is a failure."
    yield from tally.likenesses.lines()
    if tally.likenesses:
        yield f"One test alone: -k NAME. All rules and mistakes by number: {PAGE}"


@pytest.fixture(scope="session", autouse=True)
def _whole_in_junit(
    record_testsuite_property: Callable[[str, object], None], pytestconfig: pytest.Config
) -> Iterator[None]:
    """The summary's figures as properties of the JUnit suite; the tests have theirs."""
    yield
    for name, figure in pytestconfig.stash[TALLY].properties():
        record_testsuite_property(name, figure)
