"""A test that waits with the application running, run by `test_stopping`."""

from __future__ import annotations

import threading

from contract_tests.claims import claim
from contract_tests.integrator import Integrator


@claim("receiver.a.wait", level="must", rule="P4", source="none")
def test_it_waits(integrator: Integrator) -> None:
    """It is stopped."""
    print("the test waits", flush=True)  # noqa: T201  read by the test of this
    threading.Event().wait(20)
