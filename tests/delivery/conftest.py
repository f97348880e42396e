"""Two processes on one store."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a pair of processes keeps things."""
    if request.param == "sqlite":
        return tmp_path / "sandbox.db"
    url: str = request.getfixturevalue("postgresql")
    return url
