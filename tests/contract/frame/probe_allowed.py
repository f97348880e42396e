"""Calls that do not go through the sandbox, run by `test_fixtures`."""

from __future__ import annotations

from collections.abc import Callable

from contract_tests.claims import claim
from contract_tests.integrator import Integrator
from contract_tests.numbers import User
from contract_tests.wire import Wire


@claim("behaviour.calls.allowed", level="must", rule="C2", source="none")
def test_it(user: User, wire: Wire, integrator: Integrator, another_user: Callable[[], User]) -> None:
    """A yes of the application is a call; a no is none."""
    user.allow_always()
    assert integrator.call(user).allowed is True
    other = another_user()
    assert integrator.call(other).allowed is False
    assert [seen.method for seen in wire.calls(user)] == ["ACTION"]
    assert (wire.calls(other), len(wire.requests())) == ([], 1)
