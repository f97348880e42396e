"""The example, which is right, passes the behaviour and provider parts of the kit, with nothing left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.behaviour.kit_part import of_the_example
from tests.contract.frame.kit import Run
from tests.contract.mutants_making import Dialect


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_the_example_behaves(tmp_path: Path, dialect: Dialect) -> None:
    """The example passes the whole behaviour part, and nothing of it is not covered (CONTRACT, Behaviour)."""
    run = of_the_example(tmp_path, dialect, "behaviour")
    _all_passed(run, "behaviour", at_least=70)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_the_sandbox_is_a_provider(tmp_path: Path, dialect: Dialect) -> None:
    """The sandbox passes the whole provider part, and nothing of it is not covered (CONTRACT, Provider)."""
    run = of_the_example(tmp_path, dialect, "provider")
    _all_passed(run, "provider", at_least=30)


def test_the_example_does_what_matters_most(tmp_path: Path) -> None:
    """The example passes a few tests of behaviour, of each of the larger subjects one (CONTRACT, Behaviour)."""
    ids = ("permission.permanent", "permission.revoked", "user.bsuid-only", "call.terminate-id", "limit.requests")
    chosen = " or ".join(f"claim(id='behaviour.{name}')" for name in ids)
    run = of_the_example(tmp_path, "gupshup", "behaviour", "-m", chosen)
    _all_passed(run, "behaviour", at_least=len(ids))


def _all_passed(run: Run, part: str, *, at_least: int) -> None:
    outcomes = {name: said.get("outcome") for name, said in run.tests.items()}
    assert set(outcomes.values()) == {"passed"}, run.out
    assert len(outcomes) >= at_least, run.out
    counted = {name: run.suite[f"contract.{part}.{name}"] for name in ("failed", "warned", "noted", "not_covered")}
    assert counted == {"failed": "0", "warned": "0", "noted": "0", "not_covered": "0"}, run.out
    assert run.code == 0, run.out
