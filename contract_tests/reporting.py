"""What comes of a test: failures that explain themselves instead of a traceback, and the levels must, should, may."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import pytest

from contract_tests import variants
from contract_tests.claims import Claim, claim_of
from contract_tests.failure import CannotGoOn, ContractFailure, NotCovered
from contract_tests.repeating import Repeating

OUTCOMES: Final = {"should": "warned", "may": "noted"}
_SAID: Final = pytest.StashKey[Repeating]()
_SHOWN: Final = {"warned": ("warned", "w", ("WARNED", {"yellow": True})), "noted": ("noted", "n", ("NOTED", {}))}


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SAID] = Repeating()


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
        _end(item, report, error, claim)
    elif isinstance(error, NotCovered):
        _tell(item, report, ("not_covered", error.key))
        _tell(item, report, ("outcome", "not covered"))
    elif isinstance(error, ContractFailure):
        _explain(item, report, error, claim)
    if report.when == "call" and not report.skipped:
        _tell(item, report, ("outcome", getattr(report, "of_level", report.outcome)))
    return report


def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> Any:
    """`warned` and `noted` beside pytest's own."""
    return _SHOWN.get(getattr(report, "of_level", ""))


def _explain(item: pytest.Item, report: pytest.TestReport, error: ContractFailure, claim: Claim) -> None:
    begun = report.when == "call"
    integrator = getattr(item, "funcargs", {}).get("integrator")
    error = integrator.explained(error) if integrator is not None else error
    shape = variants.said(getattr(item, "funcargs", {}).get("variant") or {})
    _fail(item, report, f"{_sentence(item)}\n{error.told(claim, shape=shape)}")
    if known := error.known_of(claim):
        _tell(item, report, ("mistakes", ", ".join(map(str, known))))
    else:
        _tell(item, report, ("otherwise", error.otherwise))
    if error.crash:
        _tell(item, report, ("crash", error.crash))
        _tell(item, report, ("thrown", error.thrown))
    if claim.level in OUTCOMES and begun:
        report.outcome = "passed"  # the run does not fail by it
        setattr(report, "of_level", OUTCOMES[claim.level])  # noqa: B010  as xfail does with `wasxfail`
    said = integrator.output_of_test() if integrator is not None else ""
    if said:
        shown = item.config.stash[_SAID].shown(said, item.nodeid)
        report.sections.append(("the application's output during the test", shown))


def _end(item: pytest.Item, report: pytest.TestReport, error: CannotGoOn, claim: Claim) -> None:
    """One failure, and no second one: whatever comes after would fail for the same reason."""
    begun = claim if report.when == "call" else None
    headline = _sentence(item) if begun else "Nothing can be tested now: whatever comes after would fail, too."
    if begun is None:
        _tell(item, report, ("ended", error.sentence))
    else:
        how = error.sentence.removeprefix("The application ").partition(". ")[0]
        _tell(item, report, ("otherwise", how.removesuffix(".")))
    _fail(item, report, f"{headline}\n{error.told(begun)}")
    item.session.shouldfail = error.sentence


def _fail(item: pytest.Item, report: pytest.TestReport, told: str) -> None:
    """What the application does wrong while a test is set up fails that test, as pytest's reporters see it."""
    report.longrepr = told
    report.outcome = "failed"
    if report.when == "setup":
        report.when = "call"
    _tell(item, report, ("failure", told))


def _sentence(item: pytest.Item) -> str:
    doc = getattr(getattr(item, "obj", None), "__doc__", None) or item.name
    return " ".join(doc.split())


def _tell(item: pytest.Item, report: pytest.TestReport, row: tuple[str, str]) -> None:
    """As a property of the test: JUnit takes those of the last report, which is made from the item's."""
    item.user_properties.append(row)
    report.user_properties = [*report.user_properties, row]
