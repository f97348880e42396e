"""An application in Python as the target: the fixture `gupshup_target`, overridden."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.contract.frame.kit import RECEIVERS, Run, a_kit, a_port, run_pytest

pytestmark = pytest.mark.slow  # each runs the kit in a process of its own

FIXTURE = """
import subprocess
import pytest

class Shop:
    webhook_url = "http://127.0.0.1:{port}/webhooks"
    dialect = "{dialect}"
    settle = 0.05

    def start(self, values):
        assert values["base_url"].startswith("http://127.0.0.1:") and values["app_token"]
        self.process = subprocess.Popen(["{python}", "{receivers}", "good", "{port}"])

    def stop(self):
        self.process.kill()
        self.process.wait()

    def call(self, user):
        return user.startswith("91")
{methods}

@pytest.fixture(scope="session")
def gupshup_target():
    return Shop()
"""
TESTS = """
from contract_tests.claims import claim

@claim("behaviour.given.calls", level="must", rule="C2", source="none", needs=("actions.call",))
def test_calls(user, wire, integrator):
    "A method that answers yes or no is an action."
    assert integrator.call(user).allowed is True
    assert len(wire.calls(user)) == 1

@claim("behaviour.given.asks", level="must", rule="R1", source="none", needs=("actions.request_permission",))
def test_asks(user, integrator):
    "A method that is not there is not covered."
    raise RuntimeError
"""


LAST_CALL = """
    def last_call(self, user):
        return "failed"

    def last_call_reason(self, user):
        return {reason}
"""


def fixture_of(dialect: str = "gupshup", methods: str = "") -> str:
    return FIXTURE.format(port=a_port(), dialect=dialect, python=sys.executable, receivers=RECEIVERS, methods=methods)


def run(folder: Path, *arguments: str, dialect: str = "gupshup") -> Run:
    a_kit(folder, "probe_reply.py")
    fixture = fixture_of(dialect)
    conftest = folder / "conftest.py"
    conftest.write_text(conftest.read_text() + fixture)
    (folder / "test_given.py").write_text(TESTS)
    return run_pytest(folder, *arguments, "-k", "default or calls or asks")


def test_its_methods_are_the_actions(tmp_path: Path) -> None:
    """Started with the values that a file has in braces, asked by method; what it lacks is not covered."""
    done = run(tmp_path)
    assert done.code == 0, done.out
    assert "2 passed, 1 skipped" in done.out
    assert "     1  gupshup_target.request_permission()\n" in done.out


@pytest.mark.parametrize(("reason", "outcome"), [("138019", "passed"), ("None", "failed")])
def test_the_kit_itself_runs_on_it(tmp_path: Path, reason: str, outcome: str) -> None:
    """By the kit's name, with the fixture in a conftest: a reason is judged; what only the wire shows is left out."""
    (tmp_path / "conftest.py").write_text(fixture_of(methods=LAST_CALL.format(reason=reason)))
    wanted = "reason_of_a_failed_call or begins_with_an_offer or nobody_is_called_too_often or told_to_wait_with_calls"
    done = run_pytest(tmp_path, "--pyargs", "contract_tests", "-k", wanted)
    assert {said["claim"]: said["outcome"] for said in done.tests.values()} == {
        "behaviour.call.offer": "not covered",
        "behaviour.call.failed-reason": outcome,
        "behaviour.limit.calls": "not covered",
        "behaviour.error.throttled-call": "not covered",
    }, done.out
    assert "3  calls through the sandbox" in done.out


def test_its_dialect_is_said_beforehand(tmp_path: Path) -> None:
    """Since the shapes are chosen before the object is there."""
    done = run(tmp_path, dialect="meta")
    assert done.code == 6
    assert "gupshup_target speaks meta, the run gupshup. Give --gupshup-dialect meta: the shapes are chosen" in done.out
    assert run(tmp_path, "--gupshup-dialect", "meta", dialect="meta").code == 0


def test_without_a_target_there_is_one_clear_failure(tmp_path: Path) -> None:
    """It says where one can be named."""
    a_kit(tmp_path, "probe_reply.py")
    done = run_pytest(tmp_path)
    assert done.code == 6
    assert "There is no target. Name a file with --gupshup-target, gupshup_target (pytest's configuration)" in done.out
    assert "1 failed in" in done.out
