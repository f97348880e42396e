"""Every binding test of behaviour fails something, and every other one advises something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.behaviour.further_mutants import ADVISED, FURTHER
from tests.contract.behaviour.kit_part import KIT, failed_by, of_target
from tests.contract.frame.kit import a_port
from tests.contract.mutants import MUTANTS, Mutant

_CLAIM = re.compile(r'@claim\(\s*"(behaviour\.[a-z0-9.-]+)",\s*level="(\w+)"')


@pytest.mark.whole_kit
@pytest.mark.parametrize("mutant", FURTHER, ids=lambda mutant: mutant.claim)
def test_the_test_can_fail(mutant: Mutant, tmp_path: Path) -> None:
    """A test that no known mistake is meant for fails an application that does otherwise than it claims."""
    run, failed = failed_by(mutant, tmp_path)
    assert failed, f"{mutant.name} passes {mutant.claim}:\n{run.out}"


@pytest.mark.whole_kit
@pytest.mark.parametrize("mutant", ADVISED, ids=lambda mutant: mutant.claim)
def test_advice_is_given(mutant: Mutant, tmp_path: Path) -> None:
    """An application that does otherwise than it should, but may, is told so, and passes (CONTRACT, a should warns)."""
    target = mutant.put_into(tmp_path, port=a_port())
    run = of_target(target, "behaviour", "-m", f"claim(id='{mutant.claim}')")
    assert {said["outcome"] for said in run.tests.values()} == {"warned"}, run.out
    assert run.code == 0, run.out


def test_no_test_passes_whatever_one_does() -> None:
    """Each test of behaviour has a mutant that it must fail, or warn where it is only advice."""
    text = "\n".join(path.read_text() for path in sorted((KIT / "behaviour").glob("test_*.py")))
    claims = _CLAIM.findall(text)
    assert len(claims) == text.count("@claim(")
    must = {name for name, level in claims if level == "must"}
    assert must == {mutant.claim for mutant in (*MUTANTS, *FURTHER)} & must
    assert {name for name, _ in claims} - must == {mutant.claim for mutant in ADVISED}
