"""A target file whose actions lead nowhere: that is asked about, and nothing that was not done counts as silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.frame.kit import Run, a_kit, run_pytest
from tests.contract.frame.small_target import of_calls_at, target_of

PROBE = "probe_silence.py"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return of_calls_at(tmp_path_factory.mktemp("kit"), "/nowhere", PROBE)


def test_an_action_that_leads_nowhere_is_no_silence(run: Run) -> None:
    """Who is not called because nobody could ask for it has proved nothing: the test fails, and asks about the URL."""
    told = run.tests["test_nobody_is_called"]
    assert (run.code, told["outcome"]) == (1, "failed")
    assert "look first  your application answers actions.call with 404: is actions.call.url right?" in told["failure"]


def test_an_action_that_leads_nowhere_is_no_known_mistake(run: Run) -> None:
    """Of all failures the closing list says one thing."""
    assert "looks like mistake" not in run.out
    sentence = "Your application answers actions.call with 404: is actions.call.url right? (3 tests); begin with"
    assert sentence in run.out


def test_what_was_not_prepared_is_said_to_be_unchecked(run: Run) -> None:
    """A test about how a call is made cannot say anything where there is none."""
    told = run.tests["test_a_call_has_digits"]["failure"]
    assert "\nIt could not be checked, because a step before it failed:\n  sent        POST " in told


def test_who_says_no_with_a_404_is_believed(tmp_path: Path) -> None:
    """Also in a run of that test alone: the action does something for a user whom nothing is against."""
    run = of_calls_at(tmp_path, "/shy", PROBE, "-k", "nobody_is_called")
    assert run.code == 0, run.out


@pytest.mark.slow
def test_a_state_that_is_nowhere_is_asked_about(tmp_path: Path) -> None:
    """Where every question about a state is answered with 404."""
    target = target_of(tmp_path)
    target.write_text(target.read_text().replace("/permissions/{wa_id}", "/permission/of/{wa_id}"))
    a_kit(tmp_path, PROBE)
    run = run_pytest(tmp_path, "-k", "is_known", "--gupshup-target", str(target))
    assert "Your application knows nothing of anybody: is actions.permission.url right? (1 test)" in run.out
