"""What comes of a test: failures that explain themselves instead of a traceback, and the levels must, should, may."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import pytest

from contract_tests.claims import Claim, claim_of
from contract_tests.failure import CannotGoOn, ContractFailure, NotCovered

OUTCOMES: Final = {"should": "warned", "may": "noted"}
_SHOWN: Final = {"warned": ("warned", "w", ("WARNED", {"yellow": True})), "noted": ("noted", "n", ("NOTED", {}))}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    claim = claim_of(item)
    if claim is None:
        return report
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, CannotGoOn):
        _end(item, report, error)
    elif isinstance(error, NotCovered):
        _tell(item, report, ("not_covered", error.key))
        _tell(item, report, ("outcome", "not covered"))
    elif isinstance(error, ContractFailure):
        _explain(item, report, error, claim)
    if call.when == "call" and not report.skipped:
        _tell(item, report, ("outcome", getattr(report, "of_level", report.outcome)))
    return report


def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> Any:
    """`warned` and `noted` beside pytest's own."""
    return _SHOWN.get(getattr(report, "of_level", ""))


def _explain(item: pytest.Item, report: pytest.TestReport, error: ContractFailure, claim: Claim) -> None:
    told = f"{_sentence(item)}\n{error.told(claim)}"
    report.longrepr = told
    _tell(item, report, ("failure", told))
    known = error.mistakes if error.mistakes is not None else claim.mistakes
    if known:
        _tell(item, report, ("mistakes", ", ".join(map(str, known))))
    if claim.level in OUTCOMES and report.when == "call":
        report.outcome = "passed"  # the run does not fail by it
        setattr(report, "of_level", OUTCOMES[claim.level])  # noqa: B010  as xfail does with `wasxfail`
    integrator = getattr(item, "funcargs", {}).get("integrator")
    said = integrator.output_of_test() if integrator is not None else ""
    if said:
        report.sections.append(("the application's output during the test", said))


def _end(item: pytest.Item, report: pytest.TestReport, error: CannotGoOn) -> None:
    """One failure, and no second one: whatever comes after would fail for the same reason."""
    report.longrepr = str(error)
    report.outcome = "failed"
    first, _, _ = str(error).partition("\n")
    _tell(item, report, ("failure", str(error)))
    item.session.shouldfail = first


def _sentence(item: pytest.Item) -> str:
    doc = getattr(getattr(item, "obj", None), "__doc__", None) or item.name
    return " ".join(doc.split())


def _tell(item: pytest.Item, report: pytest.TestReport, row: tuple[str, str]) -> None:
    """As a property of the test: JUnit takes those of the last report, which is made from the item's."""
    item.user_properties.append(row)
    report.user_properties = [*report.user_properties, row]
