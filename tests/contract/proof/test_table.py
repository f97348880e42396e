"""The table of mutants: what it lacks is noticed, and it is whole also where several processes made it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.contract.frame.kit import Run, run_pytest
from tests.contract.proof.table import Passed, Row, gaps, lines

ROW: Final = Row("plus-sign", 16, "behaviour.call.digits", "test_it", 1)
MUTANTS: Final = [("plus-sign", 16), ("needs-a-context", 4)]
# The suite's own names and properties, without the kit.
SUITE: Final = """
import pytest
from tests.contract.mutants import MUTANTS
from tests.contract.proof.table import Passed, Row

@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_mistake_is_found(mutant, request):
    row = Row(mutant.name, mutant.mistake, mutant.claim, "test_x", 1)
    if mutant.name not in {lost}:
        request.node.user_properties += row.properties()

@pytest.mark.parametrize("seconds", [50.0, 40.0, 60.0])
def test_the_example(seconds, request):
    request.node.user_properties += Passed("meta", 380, seconds).properties()
"""


def test_a_table_with_everything_lacks_nothing() -> None:
    """Where every mutant was found, and so every mistake, nothing is missing (CONTRACT, The kit is itself tested)."""
    assert gaps([ROW, ROW._replace(mutant="needs-a-context", mistake=4)], MUTANTS, [4, 16]) == []


def test_a_mutant_without_a_test_is_missing() -> None:
    """A mutant that nothing found is named, and so is the mistake that only it has (CONTRACT, The kit is tested)."""
    assert gaps([ROW], MUTANTS, [4, 16]) == [
        "The mutant needs-a-context (mistake 4) was not found.",
        "No mutant with mistake 4 was found.",
    ]


def test_a_mistake_without_a_mutant_is_missing() -> None:
    """A known mistake that no mutant has is named, though every mutant was found (CONTRACT, The kit is tested)."""
    assert gaps([ROW], MUTANTS[:1], [16, 17]) == ["No mutant with mistake 17 was found."]


def test_the_runs_of_the_example_are_counted() -> None:
    """Of the example's runs their number is shown, and how long they took (CONTRACT, The kit is itself tested)."""
    runs = [Passed("gupshup", 388, 41.2), Passed("gupshup", 388, 39.0), Passed("gupshup", 388, 55.6)]
    sections = list(lines([], runs))
    assert sections == [("the example, gupshup", ["3 runs of 388 tests passed, in 39 to 56 s, 41 s in the middle."])]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_rows_of_all_processes_come_together(tmp_path: Path, workers: str) -> None:
    """The table has every mutant once, whichever of xdist's workers found it (CONTRACT, The kit is itself tested)."""
    run = _run_of(tmp_path, workers, lost=set())
    assert run.code == 0, run.out
    assert "mutants found by the test meant for it" in run.out
    assert run.out.count("  test_x\n") == int(run.out.rpartition(" mutants.")[0].split()[-1])
    assert "3 runs of 380 tests passed, in 40 to 60 s, 50 s in the middle." in run.out


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_of_all_mutants_fails_by_a_gap(tmp_path: Path, workers: str) -> None:
    """A run of all mutants whose table lacks one has failed, though its tests passed (CONTRACT, The kit is tested)."""
    run = _run_of(tmp_path, workers, lost={"plus-sign"})
    assert run.code == 1, run.out
    assert "FAILED" not in run.out
    assert "The mutant plus-sign (mistake 16) was not found." in run.out
    assert "No mutant with mistake 16 was found." in run.out


@pytest.mark.slow
def test_a_run_of_some_mutants_shows_what_it_found(tmp_path: Path) -> None:
    """A run of a few mutants has a table of those, and no gap (CONTRACT, The kit is itself tested)."""
    run = _run_of(tmp_path, "0", "-k", "plus-sign or needs-a-context", lost={"plus-sign"})
    assert run.code == 0, run.out
    assert "1 mutants." in run.out


def _run_of(folder: Path, workers: str, *arguments: str, lost: set[str]) -> Run:
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.contract.proof.table"]\n')
    (folder / "test_it.py").write_text(SUITE.replace("{lost}", repr(sorted(lost))))
    return run_pytest(folder, "-p", "xdist", "-n", workers, *arguments)
