"""Every binding test of the receiver fails something."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.contract.behaviour.kit_part import KIT, failed_by
from tests.contract.mutants import MUTANTS, Mutant
from tests.contract.receiver.further_mutants import FURTHER
from tests.contract.receiver.test_bad_receivers import FLAWS

_CLAIM: Final = re.compile(r'@claim\(\s*"(receiver\.[a-z0-9.-]+)",\s*level="(\w+)"')
# By a receiver that crashes on what only a generator makes.
_GENERATED: Final = {"receiver.generated.valid"}


@pytest.mark.whole_kit
@pytest.mark.parametrize("mutant", FURTHER, ids=lambda mutant: mutant.claim)
def test_the_test_can_fail(mutant: Mutant, tmp_path: Path) -> None:
    """A test that no known mistake is meant for fails an application that does otherwise than it claims (CONTRACT)."""
    run, failed = failed_by(mutant, tmp_path)
    assert failed, f"{mutant.name} passes {mutant.claim}:\n{run.out}"
    assert run.code == 1, run.out


def test_no_test_passes_whatever_one_does() -> None:
    """Each test of the receiver that is a must has a mutant or a bad receiver that it must fail (CONTRACT)."""
    text = "\n".join(path.read_text() for path in sorted((KIT / "receiver").glob("test_*.py")))
    claims = _CLAIM.findall(text)
    assert len(claims) == text.count("@claim(")
    must = {name for name, level in claims if level == "must"}
    flawed = {f"receiver.{name}" for rows in FLAWS.values() for found in rows.values() for name in found}
    assert must == ({mutant.claim for mutant in (*MUTANTS, *FURTHER)} | flawed | _GENERATED) & must
