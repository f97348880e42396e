"""One sandbox for each file of tests, whose clocks stand, and a receiver of its webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.client import AppClient, SandboxClient
from mock_server.demo.receiver import Receiver
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.stage.watch import a_sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with Receiver() as receiver:
        settings = ServerSettings(seed="client", freeze_at="2026-12-24T18:00:00Z", webhook=receiver.url)
        sandbox: Any = a_sandbox(settings)
        with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as running:
            yield running


@pytest.fixture(scope="module")
def sandbox(server: RunningServer) -> Iterator[SandboxClient]:
    with SandboxClient(server.url) as client:
        yield client


@pytest.fixture
def app(sandbox: SandboxClient) -> AppClient:
    """The ready-made app, fresh: what one test did is not there in the next."""
    app = sandbox.app()
    app.reset()
    return app
