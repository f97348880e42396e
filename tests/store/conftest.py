"""A store with one app, on a clock that stands. Which kind of store: `pytest --store`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import TypeAlias

import pytest

from mock_server.store.protocol import Store
from mock_server.store.rows import App
from tests.stage.conversation import an_app
from tests.stage.deliveries import HANDS
from tests.stage.machine import ManualMachine
from tests.stage.stores import a_store

NewStore: TypeAlias = Callable[[], Awaitable[Store]]


@pytest.fixture
def machine() -> ManualMachine:
    return ManualMachine()


@pytest.fixture
async def new_store(machine: ManualMachine) -> AsyncIterator[NewStore]:
    """Makes further stores, of another seed and with nothing in them."""
    async with AsyncExitStack() as stack:

        async def made() -> Store:
            store = a_store(machine, seed="another")
            await store.open()
            stack.push_async_callback(store.close)
            return store

        yield made


@pytest.fixture
async def store(machine: ManualMachine) -> AsyncIterator[Store]:
    """One app, `app`, with nobody in it."""
    store = a_store(machine)
    await store.open()
    await store.add_app(App(an_app()))
    yield store
    await store.close()


@pytest.fixture(autouse=True)
def no_hand_stays_open() -> Iterator[None]:
    yield
    for hand in list(HANDS):
        hand.close()
