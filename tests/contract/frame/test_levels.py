"""Levels, the summary and the reports: a folder of tests with the kit's hooks, run once."""

from __future__ import annotations

import os
from html import unescape
from pathlib import Path

import pytest

from tests.contract.frame.kit import ROOT, Run, a_kit, run_pytest, target_file


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("kit")
    a_kit(folder, "probe_levels.py")
    return run_pytest(folder, "-v", "--strict-markers", "--gupshup-target", str(target_file(folder)))


def test_a_must_fails_a_should_warns_a_may_is_noted(run: Run) -> None:
    """Only a broken must fails the run; the others are told and counted."""
    assert run.code == 1
    assert "test_must FAILED" in run.out
    assert "test_should WARNED" in run.out
    assert "test_may NOTED" in run.out
    assert "2 failed, 3 passed, 2 skipped, 1 deselected, 1 warned, 1 noted" in run.out
    assert {name: row.get("outcome") for name, row in run.tests.items()} == {
        "test_must": "failed",
        "test_should": "warned",
        "test_may": "noted",
        "test_good": "passed",
        "test_needs": "not covered",
        "test_finds_out": "not covered",
        "test_ours": "failed",
        "test_last": "passed",
        "test_of_somebody_else": None,
    }


def test_a_failure_explains_itself(run: Run) -> None:
    """Claim, sent, received, expected, rule, source and known mistakes, in the terminal and in JUnit; no traceback."""
    told = """A must that is broken.
  sent        a reply
  came back   500
  expected    2xx
  rule        P4 (receiver.a.must, must)
  source      a page, Jun 26 2026
  looks like  mistake 1: it needs an expiration_timestamp to read a reply, so every reject and every permanent grant is lost
  looks like  mistake 3: it does not act on a reject or an automatic revocation, and calls go on"""  # noqa: E501  as it is printed
    assert told in run.out
    row = run.tests["test_must"]
    assert row["failure"] == told
    expected = ("receiver.a.must", "must", "P4", "a page, Jun 26 2026", "1, 3")
    assert (row["claim"], row["level"], row["rule"], row["source"], row["mistakes"]) == expected
    assert run.out.count("in broken") == 0
    assert "RuntimeError: ours" in run.out  # that one is the kit's, and shows where


def test_the_summary_says_what_was_looked_at(run: Run) -> None:
    """By area what was checked, failed, warned, noted and not covered, and what would cover more."""
    assert (
        """
                  checked       failed       warned        noted  not covered
receiver                4            1            1            1            0
behaviour               1            0            0            0            2
provider                1            1            0            0            0
Checked: 75 % of the contract, 6 of 8 tests; 2 failed.
Not covered; what is missing:
     1  [actions.call]
     1  [actions.permission]
Your application looks like mistake 1 (1 test): it needs an expiration_timestamp to read a reply, so every reject and \
every permanent grant is lost; begin with test_must
Your application looks like mistake 3 (1 test): it does not act on a reject or an automatic revocation, and calls go \
on; begin with test_must
One test alone: -k NAME. All rules and mistakes by number: """
        in run.out
    )
    assert f"by number: {ROOT / 'contract_tests' / 'RULES.md'}\n" in run.out
    assert run.suite["contract.tests"] == run.suite["contract.selected"] == "8"
    assert run.suite["contract.receiver.warned"] == "1"
    assert run.suite["contract.behaviour.not_covered"] == "2"
    assert run.tests["test_needs"]["not_covered"] == "[actions.call]"


def test_the_html_page_has_the_same(tmp_path: Path) -> None:
    """With pytest-html: the summary, and of each test outcome, claim, level, rule and source beside its explanation."""
    html = pytest.importorskip("pytest_html", reason="pytest-html is not installed")
    a_kit(tmp_path, "probe_levels.py")
    path = Path(os.pathsep.join([str(ROOT), str(Path(html.__file__).parents[1])]))
    plugins = ("-p", "pytest_html.plugin", "-p", "pytest_metadata.plugin", "--html", "it.html")
    run_pytest(tmp_path, *plugins, "--gupshup-target", str(target_file(tmp_path)), python_path=path)
    page = unescape((tmp_path / "it.html").read_text())
    assert "Checked: 75 % of the contract, 6 of 8 tests; 2 failed." in page
    row = ("warned", "receiver.a.should", "should", "P4", "a page, Jun 26 2026")
    assert ", ".join(f'"<td>{cell}</td>"' for cell in row) in page
    assert "looks like  mistake 3: it does not act on a reject" in page


def test_areas_come_in_order_and_what_moves_the_clock_last(run: Run) -> None:
    """Whatever the order in the files."""
    names = list(run.tests)
    assert names == [
        "test_of_somebody_else", "test_must", "test_should", "test_may", "test_good", "test_needs", "test_finds_out",
        "test_ours", "test_last",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_run_that_checked_nothing_is_a_failure(tmp_path: Path) -> None:
    """Everything not covered, or nothing chosen: exit code 1, whatever pytest would say."""
    a_kit(tmp_path, "probe_levels.py")
    target = str(target_file(tmp_path))
    run = run_pytest(tmp_path, "-k", "needs", "--gupshup-target", target)
    assert run.code == 1
    assert "A run that checked nothing is a failure." in run.out
    assert run_pytest(tmp_path, "-k", "nothing", "--gupshup-target", target).code == 1
