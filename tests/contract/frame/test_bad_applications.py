"""An application with which nothing can be done: one failure that says so, no hang, no traceback of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.frame.kit import a_kit, run_pytest, target_file

pytestmark = pytest.mark.slow  # each runs the kit in a process of its own

SAID = {
    "hangs": "does not answer webhooks at {url}: no answer within 1 s.",
    "is-late": "does not answer webhooks at {url}: no answer within 1 s.",
    "closes": "does not answer webhooks at {url}: the receiver closed the connection without an answer.",
    "dies": "The application has ended, with exit code 3.\nThe end of its output:\n  | no memory left\n",
    "is-a-page": "What answers at {url} is a web page, no receiver of webhooks: 200, <!DOCTYPE html>",
    "is-elsewhere": "takes no webhooks, whatever they say: 404. Is integrator.webhook_url the whole path?",
    "never-starts": "is not there: nothing listens at {url} within 1 s.\nThe end of its output:\n  | looking for the",
}


@pytest.mark.parametrize("mode", SAID)
def test_it_is_one_clear_failure(tmp_path: Path, mode: str) -> None:
    """A receiver that hangs, dies, is late, hangs up, is a page or elsewhere, or never starts fails the run once."""
    target = target_file(tmp_path, mode=mode)
    url = target.read_text().split('"')[1]
    a_kit(tmp_path, "probe_reply.py")
    run = run_pytest(tmp_path, "--gupshup-target", str(target), "--gupshup-patience", "1")
    assert run.code == 1
    assert SAID[mode].format(url=url) in run.out
    assert "1 error in" in run.out
    assert "Traceback" not in run.out
    assert ".py:" not in run.out.replace(".py::", "")


def test_one_that_is_not_there_is_one_clear_failure(tmp_path: Path) -> None:
    """Where the kit does not start it and nothing listens, the sentence says how to have it started."""
    a_kit(tmp_path, "probe_reply.py")
    run = run_pytest(tmp_path, "--gupshup-target", str(target_file(tmp_path)), "--gupshup-patience", "0.2")
    assert run.code == 1
    assert "within 0.2 s. Start it, or let the kit start it: integrator.start." in run.out
    assert "1 error in" in run.out


def test_one_that_stumbles_over_some_is_tested_to_the_end(tmp_path: Path) -> None:
    """Whoever hangs up on one kind of webhook is there: every test of it fails, and the run goes on."""
    a_kit(tmp_path, "probe_reply.py")
    run = run_pytest(tmp_path, "--gupshup-target", str(target_file(tmp_path, mode="stumbles")))
    assert run.code == 1
    failed = [said for said in run.tests.values() if said.get("outcome") == "failed"]
    assert len(failed) == len(run.tests) > 3
    assert "any more" not in run.out


def test_one_that_answers_5xx_is_tested_all_the_same(tmp_path: Path) -> None:
    """A bad answer is an answer: the tests judge it, one by one, each with its explanation and without a traceback."""
    a_kit(tmp_path, "probe_reply.py")
    run = run_pytest(tmp_path, "-k", "default", "--gupshup-target", str(target_file(tmp_path, mode="crashes")))
    assert run.code == 1
    assert "1 failed" in run.out
    assert '"call_permission_reply": {"response": "accept", "is_permanent": true, "response_source": ' in run.out
    assert "came back   500 in " in run.out
    assert "looks like  mistake 1: it needs an expiration_timestamp to read a reply" in run.out
    assert "took /webhooks" in run.out
    assert "Traceback" not in run.out
