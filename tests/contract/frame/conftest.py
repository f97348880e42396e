"""The kit's marks are known here, too: its tests are imported to be looked at, not run."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    for mark in ("claim", "shapes"):
        config.addinivalue_line("markers", f"{mark}: of the tests of the kit")
