"""Tests of every level and outcome, run by `test_levels`."""

from __future__ import annotations

from typing import Final

from contract_tests.claims import claim
from contract_tests.failure import ContractFailure, NotCovered, require

PAGE: Final = "a page, Jun 26 2026"


def broken() -> None:
    raise ContractFailure(sent="a reply", received="500", expected="2xx")


@claim("receiver.a.must", level="must", rule="P4", source=PAGE, mistakes=(1, 3))
def test_must() -> None:
    """A must that is broken."""
    broken()


@claim("receiver.a.should", level="should", rule="P4", source=PAGE)
def test_should() -> None:
    """A should that is broken."""
    broken()


@claim("receiver.a.may", level="may", rule="P4", source=PAGE)
def test_may() -> None:
    """A may that is broken."""
    broken()


@claim("behaviour.a.good", level="must", rule="P4", source=PAGE)
def test_good() -> None:
    """One that holds."""
    require(True, sent="", received="", expected="")


@claim("behaviour.a.needs", level="must", rule="P4", source=PAGE, needs=("actions.call",))
def test_needs() -> None:
    """One that needs what is not there."""
    raise RuntimeError


@claim("behaviour.a.finds-out", level="must", rule="P4", source=PAGE)
def test_finds_out() -> None:
    """One that finds that out later."""
    raise NotCovered("[actions.permission]")


@claim("provider.a.ours", level="should", rule="P4", source=PAGE)
def test_ours() -> None:
    """A mistake of the kit's own is never a warning."""
    raise RuntimeError("ours")


@claim("provider.a.elsewhere", level="must", rule="P4", source=PAGE, dialects=("meta",))
def test_elsewhere() -> None:
    """One of the other dialect."""
    broken()


@claim("receiver.a.last", level="must", rule="P4", source=PAGE, last=True)
def test_last() -> None:
    """It moves the clock."""


def test_of_somebody_else() -> None:
    """Not the kit's: it is left alone."""
