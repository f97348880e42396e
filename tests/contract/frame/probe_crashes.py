"""Calls of an application that crashes over the answer to one, run by `test_crashes`."""

from __future__ import annotations

from contract_tests.claims import claim
from contract_tests.integrator import Integrator
from contract_tests.numbers import User


@claim("behaviour.crash.once", level="must", rule="C1", source="none", mistakes=(11,))
def test_once(user: User, integrator: Integrator) -> None:
    """A call is placed."""
    user.allow_always()
    integrator.call(user)


@claim("behaviour.crash.again", level="must", rule="C1", source="none")
def test_again(user: User, integrator: Integrator) -> None:
    """Another call is placed."""
    user.allow_always()
    integrator.call(user)
