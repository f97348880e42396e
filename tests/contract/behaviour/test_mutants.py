"""Each mistake of behaviour is failed by the test that is meant to find it.

The table of mutants, mistakes and tests is printed at the end of the run; each row is in the JUnit file, too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.mistakes import MISTAKES
from tests.contract.behaviour.kit_part import failed_by
from tests.contract.mutants import MUTANTS, Mutant

OURS = [mutant for mutant in MUTANTS if mutant.claim.startswith("behaviour.")]
# Enough for every run; all of them take minutes.
QUICK = {"dials-to-find-out"}


def _case(mutant: Mutant) -> object:
    marks = [] if mutant.name in QUICK else [pytest.mark.slow]
    return pytest.param(mutant, id=mutant.name, marks=marks)


@pytest.mark.parametrize("mutant", [_case(mutant) for mutant in OURS])
def test_the_mistake_is_found(mutant: Mutant, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A mutant of the example is failed by the test that is meant to find its mistake, which it names."""
    run, rows = failed_by(mutant, tmp_path)
    assert rows, f"{mutant.name} passes {mutant.claim}:\n{run.out}"
    assert run.code == 1
    request.node.user_properties.append(("mutant", str(rows[0])))
    if mutant.mistake:
        assert str(mutant.mistake) in rows[0].named.split(", "), rows[0]


def test_the_quick_ones_are_there() -> None:
    """The mutants that every run tries are among those of the kit."""
    assert {mutant.name for mutant in OURS} >= QUICK


def test_no_mistake_is_left_out() -> None:
    """There is a mutant for every known mistake, whichever part of the kit is meant to find it."""
    assert {mutant.mistake for mutant in MUTANTS} >= set(MISTAKES)
