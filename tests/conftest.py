"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.stage.play import Play
from tests.stage.watch import LEDGER

pytest_plugins = ["tests.contract.proof.table"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _nothing_was_wrong() -> None:
    wrong = LEDGER.read()
    assert not wrong, "webhooks that do not satisfy their schema:\n" + "\n".join(wrong)


@pytest.fixture(autouse=True)
def every_webhook_satisfies_its_schema() -> Iterator[None]:
    """Whatever a test is about: a webhook that its sandbox said wrongly fails it."""
    yield
    _nothing_was_wrong()


@pytest.fixture(autouse=True, scope="session")
def every_last_webhook_satisfies_its_schema() -> Iterator[None]:
    """The same for what sandboxes shared by several tests said last."""
    yield
    _nothing_was_wrong()


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    """A sandbox whose machine time stands still, with one receiver that answers 200."""
    async with Play() as play:
        yield play
