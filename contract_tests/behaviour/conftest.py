"""What the tests of behaviour share."""

from __future__ import annotations

import pytest

from contract_tests.behaviour.scene import Scene
from contract_tests.integrator import Integrator
from contract_tests.numbers import Number
from contract_tests.target.model import Target
from contract_tests.wire import Wire


@pytest.fixture
def scene(integrator: Integrator, wire: Wire, number: Number, target: Target) -> Scene:
    """The application among users: see Scene."""
    return Scene(integrator, wire, number, target)
