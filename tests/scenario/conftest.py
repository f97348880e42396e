"""One sandbox for each file of tests, a receiver, and scenarios written in the test that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from mock_server.client import SandboxClient
from mock_server.scenario import reading
from mock_server.scenario.receiver import Receiver
from mock_server.scenario.running import Result, Stage
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.stage.watch import a_sandbox

Run: TypeAlias = Callable[[str], Result]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxClient]:
    application: Any = a_sandbox(ServerSettings(seed="scenarios"))
    with (
        RunningServer(lambda: application, on_stop=application.stop) as server,
        SandboxClient(server.url) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def stage(sandbox: SandboxClient, receiver: Receiver) -> Stage:
    return Stage(sandbox, receiver.url)


@pytest.fixture
def run(stage: Stage, tmp_path: Path) -> Run:
    """Run a scenario given as TOML, without its name."""

    def run(toml: str) -> Result:
        file = tmp_path / "story.toml"
        file.write_text(f'name = "a story"\n{toml}', encoding="utf-8")
        return stage.run(reading.read(file))

    return run
