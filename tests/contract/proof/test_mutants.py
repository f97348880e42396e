"""Each mistake is failed by the test that is meant to find it.

The table of mutants, mistakes and tests is printed at the end of a run that has them all (`pytest -m slow`).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract_tests.mistakes import MISTAKES
from tests.contract.behaviour.kit_part import KIT, failed_by
from tests.contract.frame.kit import Run
from tests.contract.mutants import MUTANTS, Mutant
from tests.contract.proof.table import Row

QUICK = "dials-to-find-out"  # for every run; all of them take minutes


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_mistake_is_found(mutant: Mutant, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A mutant is failed by the test meant for it, which names its mistake (CONTRACT, The kit is itself tested)."""
    run, failed = failed_by(mutant, tmp_path)
    _found(mutant, run, failed)
    row = Row(mutant.name, mutant.mistake, mutant.claim, next(iter(failed)), len(failed))
    request.node.user_properties += row.properties()


def test_a_mistake_is_found_in_every_run(tmp_path: Path) -> None:
    """A mutant is failed by the test meant for it: one of them in every run (CONTRACT, The kit is tested)."""
    (mutant,) = (mutant for mutant in MUTANTS if mutant.name == QUICK)
    _found(mutant, *failed_by(mutant, tmp_path))


def test_no_mistake_is_left_out() -> None:
    """Each of the 26 known mistakes is made by a mutant, and no two have one name (CONTRACT, The kit is tested)."""
    assert {mutant.mistake for mutant in MUTANTS} == {0, *range(1, 27)}
    assert sorted(MISTAKES) == list(range(1, 27))
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("part", ["receiver", "behaviour"])
def test_the_test_that_is_meant_is_there(part: str) -> None:
    """Whatever claim a mutant names is one of the kit's, and of a test that fails a run: a must (CONTRACT)."""
    text = "\n".join(path.read_text() for path in sorted((KIT / part).glob("test_*.py")))
    claims = re.findall(r'@claim\(\s*"([a-z0-9.-]+)",\s*level="must"', text)
    meant = {mutant.claim for mutant in MUTANTS if mutant.claim.startswith(f"{part}.")}
    assert meant
    assert meant <= set(claims)


def _found(mutant: Mutant, run: Run, failed: dict[str, str]) -> None:
    assert failed, f"{mutant.name} passes {mutant.claim}:\n{run.out}"
    assert run.code == 1, run.out
    if mutant.mistake:
        named = {test: mistakes for test, mistakes in failed.items() if str(mutant.mistake) in mistakes.split(", ")}
        assert named == failed, run.out
