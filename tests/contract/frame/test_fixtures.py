"""The fixtures that the kit's tests are written with, on an application that works: one run in each dialect."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.frame.kit import a_kit, run_pytest, verify
from tests.contract.frame.small_target import target_of

pytestmark = pytest.mark.slow  # each runs the kit in a process of its own


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_they_do_what_they_say(tmp_path: Path, dialect: str) -> None:
    """Everything that `probe_fixtures` states about the fixtures, in both dialects."""
    guarded = 'webhook_secret_header = { "X-Secret" = "s3cret" }' if dialect == "gupshup" else ""
    target = target_of(tmp_path, guarded, dialect=dialect)
    a_kit(tmp_path, "probe_fixtures.py")
    facts = {"FACTS": f"{10 if guarded else 20} {bool(guarded)}"}
    run = run_pytest(tmp_path, "-q", "--gupshup-target", str(target), variables=facts)
    assert run.code == 0, run.out
    assert f"{10 if guarded else 9} passed, 1 skipped" in run.out, run.out
    assert "1  {bsuid} in [actions.permission], for a user without a number" in run.out


def test_calls_past_the_sandbox_are_what_the_application_says(tmp_path: Path) -> None:
    """With `[actions.call] allowed` the wire shows its yes as a call."""
    target = target_of(tmp_path, actions='allowed = "2xx"')
    target.write_text(target.read_text().replace("/calls", "/pretend"))
    a_kit(tmp_path, "probe_allowed.py")
    run = run_pytest(tmp_path, "-q", "--gupshup-target", str(target))
    assert run.code == 0, run.out


def test_a_target_file_is_judged_before_anything_is_started(tmp_path: Path) -> None:
    """One line with the key, exit code 2."""
    target = target_of(tmp_path, "settel = 1")
    run = verify(target)
    assert run.code == 2
    assert run.out.startswith(f"ERROR: {target}: integrator.settel is not a known field; known are: ")
    assert run.out.strip().count("\n") == 0
