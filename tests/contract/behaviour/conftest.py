"""The table: which mutant has which mistake, and which test of the kit found it."""

from __future__ import annotations

from typing import Any

import pytest

_HEAD = f"{'mutant':<30} {'':>3}  {'claim':<44} test that found it"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reports = [report for outcome in terminalreporter.stats.values() for report in outcome]
    rows = sorted({value for report in reports for value in _rows(report)})
    if not rows:
        return
    terminalreporter.write_sep("=", "mutants")
    for row in (_HEAD, *rows):
        terminalreporter.write_line(row)


def _rows(report: Any) -> list[str]:
    return [value for name, value in getattr(report, "user_properties", ()) if name == "mutant"]
