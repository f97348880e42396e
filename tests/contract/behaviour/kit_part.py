"""Running a part of the kit, or one test of it, against the example or a mutant of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import contract_tests
from tests.contract.frame.kit import Run, a_port, verify
from tests.contract.mutants import Mutant, put_target
from tests.contract.mutants_making import EXAMPLE, Dialect

KIT: Final = Path(contract_tests.__file__).parent
PARTS: Final = ("receiver", "behaviour", "provider")
QUICK: Final = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # half the start of a run that is about one test


def of_the_example(folder: Path, dialect: Dialect, part: str, *arguments: str) -> Run:
    """What a part of the kit says of the example."""
    return of_target(put_target(folder, EXAMPLE / "integrator.py", dialect, port=a_port()), part, *arguments)


def of_target(target: Path, part: str, *arguments: str) -> Run:
    """What a part of the kit says of a target."""
    return verify(target, *_without_others(part), *arguments, variables=QUICK)


def failed_by(mutant: Mutant, folder: Path) -> tuple[Run, dict[str, str]]:
    """What the one test says that is meant to find a mutant; by the name of each of its cases that failed, the numbers
    of the mistakes that it then named.
    """
    part, _, _ = mutant.claim.partition(".")
    target = mutant.put_into(folder, port=a_port())
    run = of_target(target, part, "-m", f"claim(id='{mutant.claim}')")
    failed = {
        name: said.get("mistakes", "")
        for name, said in run.tests.items()
        if said.get("outcome") == "failed" and said["claim"] == mutant.claim
    }
    return run, failed


def _without_others(part: str) -> list[str]:
    return [f"--ignore={KIT / other}" for other in PARTS if other != part]
