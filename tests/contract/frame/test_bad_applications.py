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
    "dies": "came back   The application has ended, with exit code 3.\n",
    "is-a-page": "What answers at {url} is a web page, no receiver of webhooks: 200, <!DOCTYPE html>",
    "is-elsewhere": "Whatever is posted to {url} is answered with 404. Is webhook_url right?",
    "moved": "Whatever is posted to {url} is answered with 307. Is webhook_url right?",
    "never-starts": "came back   The application is not there: nothing listens at {url} within 1 s.\n",
}
OUTPUT = {
    "dies": "\nThe end of its output:\n  | no memory left\n",
    "is-elsewhere": "\nThe end of its output:\n  | took /webhooks\n",
    "never-starts": "\nThe end of its output:\n  | looking for the database\n",
}
NOT_THERE = 6  # which `verify` makes 3


@pytest.mark.parametrize("mode", SAID)
def test_it_is_one_clear_failure(tmp_path: Path, mode: str) -> None:
    """A receiver that hangs, dies, is late, hangs up, is a page or elsewhere, or never starts fails the run once, as
    any other test that fails.
    """
    target = target_file(tmp_path, mode=mode)
    url = target.read_text().split('"')[1]
    a_kit(tmp_path, "probe_reply.py")
    run = run_pytest(tmp_path, "--gupshup-target", str(target), "--gupshup-patience", "1")
    assert run.code == NOT_THERE
    assert SAID[mode].format(url=url) in run.out
    assert OUTPUT.get(mode, "") in run.out
    assert "\n  expected    an application that is there, and goes on\n" in run.out
    assert "1 failed in" in run.out
    assert "ERROR" not in run.out
    assert run.out.count("Is webhook_url right?") in {0, 2}
    assert "\nTraceback" not in run.out  # that of an application stands behind a bar
    assert ".py:" not in run.out.replace(".py::", "")


def test_one_that_is_not_there_is_one_clear_failure(tmp_path: Path) -> None:
    """Where the kit does not start it and nothing listens, the sentence says how to have it started."""
    a_kit(tmp_path, "probe_reply.py")
    run = run_pytest(tmp_path, "--gupshup-target", str(target_file(tmp_path)), "--gupshup-patience", "0.2")
    assert run.code == NOT_THERE
    assert "within 0.2 s. Start it, or let the kit start it: integrator.start." in run.out
    assert "1 failed in" in run.out


def test_a_wrong_port_is_asked_about(tmp_path: Path) -> None:
    """Where the application is ready, and nothing listens where webhooks go."""
    a_kit(tmp_path, "probe_reply.py")
    target = target_file(tmp_path, mode="good")
    lines = target.read_text().replace("webhook_url", "ready_url")
    target.write_text(lines.replace("[integrator]", '[integrator]\nwebhook_url = "http://127.0.0.1:9/webhooks"'))
    run = run_pytest(tmp_path, "--gupshup-target", str(target))
    assert run.code == NOT_THERE
    assert "does not answer webhooks at http://127.0.0.1:9/webhooks: " in run.out
    assert "Is webhook_url right?" in run.out


@pytest.mark.parametrize(("given", "asked"), [("", True), ('webhook_secret_header = { X-Key = "k" }', False)])
def test_one_that_answers_404_to_whoever_proves_nothing_is_not_accused(
    tmp_path: Path, given: str, *, asked: bool
) -> None:
    """Where the target gives no proof it may be for want of one, and then the path is right: how to give it is said."""
    a_kit(tmp_path, "probe_reply.py")
    target = target_file(tmp_path, mode="is-elsewhere", more=given)
    run = run_pytest(tmp_path, "--gupshup-target", str(target))
    sentence = "If it answers so to whoever has not the right proof, give integrator.webhook_secret_header."
    assert (sentence in run.out) is asked


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("", "it has no integrator.webhook_secret_header. Give it, as the application is configured."),
        (
            'webhook_secret_header = { X-Key = "k" }',
            "does integrator.webhook_secret_header match what the application is configured with?",
        ),
    ],
)
def test_one_that_refuses_every_proof_is_asked_about_once(tmp_path: Path, given: str, asked: str) -> None:
    """401 to whatever is proved as the target file says: most probably the file says it wrong."""
    a_kit(tmp_path, "probe_reply.py")
    target = target_file(tmp_path, mode="refuses", more=given)
    run = run_pytest(tmp_path, "--gupshup-target", str(target))
    assert run.code == NOT_THERE
    assert f" is refused with 401, proved as the target file says: {asked}\n" in run.out
    assert "1 failed in" in run.out


def test_one_that_does_not_know_some_is_there(tmp_path: Path) -> None:
    """A connection that is dropped over one webhook is none over the next: the run goes on."""
    a_kit(tmp_path, "probe_reply.py")
    run = run_pytest(tmp_path, "--gupshup-target", str(target_file(tmp_path, mode="knows-no-callback")))
    assert {said["outcome"] for said in run.tests.values()} == {"passed"}, run.out
    assert "webhook_url" not in run.out


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
