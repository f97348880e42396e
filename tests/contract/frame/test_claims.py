"""What every test of the kit is: a claim with an id, a level, a rule and a source."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from contract_tests.claims import Claim, claim
from contract_tests.mistakes import MISTAKES
from tests.contract.frame.kit import ROOT

FILES = sorted((ROOT / "contract_tests").glob("*/test_*.py"))


def all_tests() -> Iterator[tuple[str, Any]]:
    for file in FILES:
        module = import_module(f"contract_tests.{file.parent.name}.{file.stem}")
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and test.__module__ == module.__name__:
                yield f"{file.parent.name}/{file.name}::{name}", test


def claim_in(test: Any) -> Claim | None:
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "claim"]
    return Claim(**marks[0].kwargs) if len(marks) == 1 else None


def test_every_test_of_the_kit_is_a_claim_in_words() -> None:
    """One `@claim`, in the area of its folder, with rule, source and known mistakes; the docstring says it."""
    for name, test in all_tests():
        said = claim_in(test)
        assert said is not None, name
        assert said.area == name.partition("/")[0], name
        assert said.rule, name
        assert said.source, name
        assert set(said.mistakes) <= set(MISTAKES), name
        assert inspect.getdoc(test), name


def test_an_id_is_one_claim() -> None:
    """Several tests may make it together: in one file, with one level, rule and source."""
    made: dict[str, set[tuple[str, ...]]] = {}
    for name, test in all_tests():
        if said := claim_in(test):
            made.setdefault(said.id, set()).add((name.partition("::")[0], said.level, said.rule, said.source))
    assert {id: rows for id, rows in made.items() if len(rows) > 1} == {}


def test_every_known_mistake_is_looked_for() -> None:
    """Each of the 26 is named by at least one claim."""
    looked_for = {number for _, test in all_tests() if (said := claim_in(test)) for number in said.mistakes}
    assert sorted(set(MISTAKES) - looked_for) == []


@pytest.mark.parametrize("id", ["receiver", "receiver.reply", "sender.reply.permanent", ""])
def test_an_id_has_an_area_a_topic_and_a_case(id: str) -> None:
    """Any other is a mistake at the line where it stands."""
    with pytest.raises(ValueError, match=r"write area\.topic\.case"):
        claim(id, level="must", rule="P4", source="a page")
