"""A store in memory with one app, on a clock that stands."""

from __future__ import annotations

import pytest

from mock_server.store.memory import MemoryStore
from mock_server.store.rows import App, Partner
from tests.stage.conversation import an_app
from tests.stage.machine import ManualMachine


def a_store(machine: ManualMachine) -> MemoryStore:
    return MemoryStore(seed="seed", machine=machine, partner=Partner(id="1", email="partner@example.com", secret="s3"))


@pytest.fixture
def machine() -> ManualMachine:
    return ManualMachine()


@pytest.fixture
async def store(machine: ManualMachine) -> MemoryStore:
    """One app, `app`, with nobody in it."""
    store = a_store(machine)
    await store.add_app(App(an_app()))
    return store
