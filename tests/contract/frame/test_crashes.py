"""An application that crashes while it acts: what it had asked of the sandbox by then, and its traceback, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.frame.kit import Run, a_kit, run_pytest
from tests.contract.frame.test_fixtures import target_of


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("kit")
    target = target_of(folder)
    target.write_text(target.read_text().replace("/calls", "/crash"))
    a_kit(folder, "probe_crashes.py")
    return run_pytest(folder, "--gupshup-target", str(target))


def test_a_lost_answer_is_told_with_what_was_asked_of_the_sandbox(run: Run) -> None:
    """Beside the dropped connection: the request that reached the sandbox, and what the sandbox answered."""
    told = run.tests["test_once"]["failure"]
    assert "came back   no whole answer (Server disconnected without sending a response.)" in told
    (asked,) = [line for line in told.splitlines() if "/calls -> 200 with " in line]
    assert '"action": "connect"' in asked
    assert ', answered {"messaging_product": "whatsapp", "calls": [{"id": "wacid.' in asked


def test_the_same_traceback_is_shown_once(run: Run) -> None:
    """With the first test that it belongs to; the next names that one, though ports and ids are others."""
    assert run.code == 1
    assert "2 failed" in run.out
    assert run.out.count("KeyError: 'call_id'") == 1
    assert "\nthe same output as in test_it.py::test_once\n" in run.out


def test_failures_without_a_known_mistake_are_counted(run: Run) -> None:
    """An answer that is lost looks like none."""
    assert "Your application fails otherwise (2 tests); begin with test_once\n" in run.out


def test_an_application_that_only_drops_the_connection_asked_for_nothing(tmp_path: Path) -> None:
    """Then that is said."""
    target = target_of(tmp_path)
    target.write_text(target.read_text().replace("/calls", "/nothing-of-the-kind"))
    a_kit(tmp_path, "probe_crashes.py")
    run = run_pytest(tmp_path, "-k", "once", "--gupshup-target", str(target))
    assert (
        "meanwhile, at the sandbox:\n              nothing was sent to the provider"
        in run.tests["test_once"]["failure"]
    )
