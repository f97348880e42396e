"""A user who may not be called and one who may, run by `test_wrong_urls`."""

from __future__ import annotations

import pytest

from contract_tests.behaviour.scene import Scene
from contract_tests.claims import claim
from contract_tests.integrator import Integrator
from contract_tests.numbers import Number, User
from contract_tests.target.model import Target
from contract_tests.wire import Wire


@pytest.fixture
def scene(integrator: Integrator, wire: Wire, number: Number, target: Target) -> Scene:
    return Scene(integrator, wire, number, target)


@claim("behaviour.call.none", level="must", rule="C2", source="none", mistakes=(12,))
def test_nobody_is_called(scene: Scene, user: User) -> None:
    """A stranger is not called."""
    scene.must_not_call(user, after="this user has never been heard of", believing=None)


@claim("behaviour.call.first", level="must", rule="C2", source="none", mistakes=(14,))
def test_a_call_has_digits(scene: Scene, user: User) -> None:
    """A call is addressed in digits."""
    user.allow_always()
    _, seen = scene.must_call_here(user, after="the user allowed calls")
    assert seen.body["to"].isdecimal()


@claim("behaviour.state.known", level="must", rule="C2", source="none", mistakes=(1,))
def test_a_grant_is_known(scene: Scene, user: User) -> None:
    """A grant is known."""
    user.allow_always()
    scene.must_call(user, after="the user allowed calls", believing="permanent")
