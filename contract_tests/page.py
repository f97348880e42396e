"""The summary and the claims on the HTML page of pytest-html, where that is installed."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import pytest

from contract_tests.summary import TALLY
from contract_tests.tally import Tally

_COLUMNS: Final = ("outcome", "claim", "level", "rule", "source")


@pytest.hookimpl(optionalhook=True)
def pytest_html_report_title(report: Any) -> None:
    report.title = "The contract of an integrator"


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_summary(prefix: list[str], summary: list[str], postfix: list[str], session: Any) -> None:
    tally: Tally = session.config.stash[TALLY]
    lines = "\n".join([*tally.lines(), *tally.likenesses.lines()])
    prefix.append(f"<pre>{escape(lines)}</pre>")


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    cells[2:2] = [f"<th>{name.capitalize()}</th>" for name in _COLUMNS]


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: Any, cells: list[str]) -> None:
    said = dict(report.user_properties)
    cells[2:2] = [f"<td>{escape(str(said.get(name, '')))}</td>" for name in _COLUMNS]
