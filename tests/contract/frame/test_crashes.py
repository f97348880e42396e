"""An application that crashes while it acts: what it had asked of the sandbox by then, and its traceback, once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.frame.kit import Run
from tests.contract.frame.small_target import of_calls_at

PROBE = "probe_crashes.py"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return of_calls_at(tmp_path_factory.mktemp("kit"), "/crash", PROBE)


def test_a_lost_answer_is_told_with_what_was_asked_of_the_sandbox(run: Run) -> None:
    """Beside the dropped connection: the request that reached the sandbox, and what the sandbox answered."""
    told = run.tests["test_once"]["failure"]
    assert "came back   it closed the connection without an answer\n" in told
    (asked,) = [line for line in told.splitlines() if "/calls -> 200 with " in line]
    assert '"action": "connect"' in asked
    assert ', answered {"messaging_product": "whatsapp", "calls": [{"id": "wacid.' in asked


def test_the_same_traceback_is_shown_once(run: Run) -> None:
    """With the first test that it belongs to; the next names that one, though ports and ids are others.

    It may have said something else as well: when it writes about a webhook is its own affair.
    """
    assert run.code == 1
    assert "2 failed" in run.out
    assert run.out.count("\nKeyError: 'call_id'\n") == 1
    assert re.search(r"\n(the same output as|\[\d+ lines as) in test_it\.py::test_once\b", run.out)


def test_crashes_are_counted_by_how_it_crashed(run: Run) -> None:
    """What has to be fixed first stands last, with the exception from the application's output."""
    how = "your application closed the connection without an answer (KeyError: 'call_id')"
    assert f"2 of these 2: {how}. Fix this first; begin with test_once\n" in run.out
    assert "fails otherwise" not in run.out


def test_one_that_has_ended_has_no_known_mistake(tmp_path: Path) -> None:
    """What the test is about says nothing about why."""
    run = of_calls_at(tmp_path, "/end", PROBE, "-k", "once")
    assert "Your application has ended, with exit code 3 (1 test); begin with test_once\n" in run.out
    assert "mistake 11" not in run.out


def test_an_application_that_only_drops_the_connection_asked_for_nothing(tmp_path: Path) -> None:
    """Then that is said."""
    run = of_calls_at(tmp_path, "/nothing-of-the-kind", PROBE, "-k", "once")
    assert (
        "meanwhile, at the sandbox:\n              nothing was sent to the provider"
        in run.tests["test_once"]["failure"]
    )
