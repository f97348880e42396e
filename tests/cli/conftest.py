"""One sandbox for each file of tests, whose clocks stand, and the command line pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.client import AppClient, SandboxClient
from mock_server.demo.receiver import Receiver
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.cli.command_line import CommandLine
from tests.stage.watch import a_sandbox

FROZEN = "2026-12-24T18:00:00.000Z"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def server(receiver: Receiver) -> Iterator[RunningServer]:
    settings = ServerSettings(seed="command line", freeze_at=FROZEN, webhook=receiver.url)
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


@pytest.fixture
def gupshup_mock(server: RunningServer, app: AppClient, receiver: Receiver) -> CommandLine:
    return CommandLine(server.url, receiver.url)
