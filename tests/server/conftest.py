"""One server for the tests that only speak to it, and one with bounds so narrow that reaching them takes no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mock_server.server import Limits, RunningServer
from tests.server.tiny_app import TinyApp


@pytest.fixture(scope="session")
def app() -> TinyApp:
    return TinyApp()


@pytest.fixture(scope="session")
def server(app: TinyApp) -> Iterator[RunningServer]:
    with RunningServer(lambda: app, on_stop=app.on_stop) as running:
        yield running


@pytest.fixture(scope="session")
def narrow_app() -> TinyApp:
    return TinyApp()


@pytest.fixture(scope="session")
def narrow(narrow_app: TinyApp) -> Iterator[RunningServer]:
    """Heads within 0.1 s, 20 connections, 4 requests ahead."""
    limits = Limits(head_seconds=0.1, connections=20, pipelined=4, linger_seconds=0.1)
    with RunningServer(lambda: narrow_app, on_stop=narrow_app.on_stop, limits=limits) as running:
        yield running
