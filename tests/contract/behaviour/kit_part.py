"""Running a part of the kit, or one test of it, against the example or a mutant of it."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final, NamedTuple

import contract_tests
from mock_server import ids
from tests.contract.frame.kit import Run, verify
from tests.contract.mutants import Mutant, put_target
from tests.contract.mutants_making import EXAMPLE, Dialect

KIT: Final = Path(contract_tests.__file__).parent
PARTS: Final = ("receiver", "behaviour", "provider")


class Found(NamedTuple):
    """A row of the table: which test failed a mutant, and which mistake it then named."""

    mutant: str
    mistake: int
    claim: str
    test: str
    named: str

    def __str__(self) -> str:
        return f"{self.mutant:<30} {self.mistake:>3}  {self.claim:<44} {self.test}"


def of_the_example(folder: Path, dialect: Dialect, part: str, *arguments: str) -> Run:
    """What a part of the kit says of the example."""
    return of_target(put_target(folder, EXAMPLE / "integrator.py", dialect, port=a_port()), part, *arguments)


def of_target(target: Path, part: str, *arguments: str) -> Run:
    """What a part of the kit says of a target."""
    return verify(target, *_without_others(part), *arguments)


def failed_by(mutant: Mutant, folder: Path) -> tuple[Run, list[Found]]:
    """What the one test says that is meant to find a mutant; a row for each of its cases that failed."""
    part, _, _ = mutant.claim.partition(".")
    target = mutant.put_into(folder, port=a_port())
    run = of_target(target, part, "-m", f"claim(id='{mutant.claim}')")
    rows = [
        Found(mutant.name, mutant.mistake, mutant.claim, name, said.get("mistakes", ""))
        for name, said in run.tests.items()
        if said.get("outcome") == "failed" and said["claim"] == mutant.claim
    ]
    return run, rows


def a_port() -> int:
    """A free port, not one of those (from 32768 on) that the machine hands out: nobody takes it before it is used."""
    while True:
        port = 20_000 + int.from_bytes(ids.digest(ids.new_seed(), "port", size=2)) % 12_000
        with socket.socket() as listening:
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def _without_others(part: str) -> list[str]:
    return [f"--ignore={KIT / other}" for other in PARTS if other != part]
