"""The example in each dialect."""

from __future__ import annotations

import pytest

from tests.contract.example.stage import Stage


@pytest.fixture(params=["gupshup", "meta"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(request.param)
