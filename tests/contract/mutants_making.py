"""How a mutant is made: the example's source with small patches, each of a text that is there exactly once.

Nothing of the kit is touched. `put_into` writes a mutant beside a target file of its own, with which the kit checks it
like any other application.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final, Literal, NamedTuple

import contract_tests.example

EXAMPLE: Final = Path(contract_tests.example.__file__).parent
Dialect = Literal["gupshup", "meta"]
Patch = tuple[str, str]


class Mutant(NamedTuple):
    """`mistake` is its number in `contract_tests.mistakes`, 0 for one that is not on that list; `claim` the id of the
    test that is meant to find it; `env` what is set beside the target file's environment.
    """

    name: str
    mistake: int
    claim: str
    patches: tuple[Patch, ...]
    dialect: Dialect = "gupshup"
    env: tuple[tuple[str, str], ...] = ()

    @property
    def source(self) -> str:
        """The mutated program. Raises ValueError for a patch whose text is not there exactly once."""
        source = (EXAMPLE / "integrator.py").read_text()
        for old, new in self.patches:
            if source.count(old) != 1:
                raise ValueError(f"{self.name}: {source.count(old)} times in the example, not once: {old}")
            source = source.replace(old, new)
        return source

    def put_into(self, folder: Path, *, port: int) -> Path:
        """Write the program and its target file, which starts it on that port; the target file's path."""
        program = folder / "integrator.py"
        program.write_text(self.source)
        return put_target(folder, program, self.dialect, port=port, env=self.env)


def put_target(
    folder: Path, program: Path, dialect: Dialect, *, port: int, env: tuple[tuple[str, str], ...] = ()
) -> Path:
    """The example's target file, for a program somewhere else and on another port."""
    text = (EXAMPLE / f"target-{dialect}.toml").read_text()
    text = text.replace({"gupshup": "9010", "meta": "9020"}[dialect], str(port))
    start = json.dumps([sys.executable, str(program)])
    text = text.replace('start = ["{python}", "-m", "contract_tests.example.integrator"]', f"start = {start}")
    further = "".join(f"{name} = {json.dumps(value)}\n" for name, value in env)
    target = folder / "target.toml"
    target.write_text(text.replace("[integrator.env]\n", f"[integrator.env]\n{further}"))
    return target
