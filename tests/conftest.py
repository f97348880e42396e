"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.stage.play import Play


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    """A sandbox whose machine time stands still, with one receiver that answers 200."""
    async with Play() as play:
        yield play
