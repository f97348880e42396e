"""A sandbox that speaks Meta's dialect, beside `play`, which speaks Gupshup's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mock_server.settings import Dialect, ServerSettings
from tests.stage.play import RECEIVER, Play


@pytest.fixture
async def meta() -> AsyncIterator[Play]:
    """The ready-made app, whose webhooks are Meta's."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect.META)) as play:
        yield play
