"""Every binding test of behaviour fails something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.behaviour.further_mutants import FURTHER
from tests.contract.behaviour.kit_part import KIT, failed_by
from tests.contract.mutants import MUTANTS, Mutant

_CLAIM = re.compile(r'@claim\(\s*"(behaviour\.[a-z0-9.-]+)",\s*level="(\w+)"')


@pytest.mark.slow
@pytest.mark.parametrize("mutant", FURTHER, ids=lambda mutant: mutant.claim)
def test_the_test_can_fail(mutant: Mutant, tmp_path: Path) -> None:
    """A test that no known mistake is meant for fails an application that does otherwise than it claims."""
    run, rows = failed_by(mutant, tmp_path)
    assert rows, f"{mutant.name} passes {mutant.claim}:\n{run.out}"


def test_no_test_passes_whatever_one_does() -> None:
    """Each test of behaviour that is a must has a mutant that it must fail."""
    text = "\n".join(path.read_text() for path in sorted((KIT / "behaviour").glob("test_*.py")))
    claims = _CLAIM.findall(text)
    assert len(claims) == text.count("@claim(")
    must = {name for name, level in claims if level == "must"}
    assert must == {mutant.claim for mutant in (*MUTANTS, *FURTHER)} & must
