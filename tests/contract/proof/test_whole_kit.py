"""The whole kit over the example, again and again, and over every mutant of it.

A run of the kit takes half a minute and more, and there are a hundred of them: neither the plain run nor `-m slow` has
these. They run with

    pytest -n 2 -m whole_kit tests/contract/proof

and the table of what was found is printed at the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.contract.behaviour.further_mutants import OWN
from tests.contract.frame.kit import a_port
from tests.contract.mutants import MUTANTS, Mutant, put_target
from tests.contract.mutants_making import EXAMPLE, Dialect
from tests.contract.proof.table import WHOLE, Passed, Row
from tests.contract.receiver.further_mutants import FURTHER
from tests.contract.receiver.judged import judge

pytestmark = pytest.mark.whole_kit

RUNS: Final = 20
ALL: Final = tuple({mutant.name: mutant for mutant in (*MUTANTS, *OWN, *FURTHER)}.values())
# Of tests in all, with the shapes of the dialect.
AT_LEAST: Final[dict[Dialect, int]] = {"gupshup": 380, "meta": 355}
PATIENCE: Final = 900  # seconds for a run, also of a mutant that keeps many tests waiting, on a machine with other work


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
@pytest.mark.parametrize("time", range(1, RUNS + 1))
def test_the_example_never_fails(tmp_path: Path, dialect: Dialect, time: int, request: pytest.FixtureRequest) -> None:
    """The correct integrator passes everything, with nothing not covered, each time (CONTRACT, The kit is tested)."""
    target = put_target(tmp_path, EXAMPLE / "integrator.py", dialect, port=a_port())
    judged = judge(target, generator=True, longest=PATIENCE)
    assert judged.code == 0, judged.out
    assert (judged.failed, judged.warned, judged.noted, judged.not_covered) == (set(), set(), set(), set()), judged.out
    assert judged.outcomes == {"passed"}, judged.out
    assert judged.tests >= AT_LEAST[dialect], judged.out
    request.node.user_properties += Passed(dialect, judged.tests, judged.seconds).properties()


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_the_whole_kit_fails_every_mutant(mutant: Mutant, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A mutant fails the run, and the test meant for it is among those that fail (CONTRACT, The kit is tested)."""
    judged = judge(mutant.put_into(tmp_path, port=a_port()), generator=True, longest=PATIENCE)
    assert judged.code == 1, judged.out
    assert mutant.claim in judged.failed, judged.out
    assert judged.tests >= AT_LEAST[mutant.dialect], judged.out
    found = next(test for test, claim in judged.failures if claim == mutant.claim)
    row = Row(mutant.name, mutant.mistake, mutant.claim, found, len(judged.failures), WHOLE)
    request.node.user_properties += row.properties()
