"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.stage import postgresql as a_postgresql
from tests.stage.play import Play
from tests.stage.stores import KINDS, PLACES
from tests.stage.watch import LEDGER

pytest_plugins = ["tests.contract.proof.table"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=KINDS, default="memory", help="where the sandboxes of the tests keep things")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "memory_only(why): not run with another --store than memory, and why not")
    PLACES.kind = config.getoption("--store")
    if PLACES.kind == "postgresql" and a_postgresql.programs() is None:
        raise pytest.UsageError(a_postgresql.MISSING)


def pytest_unconfigure() -> None:
    PLACES.forget()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if PLACES.kind == "memory":
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("memory_only")])
    items[:] = [item for item in items if not item.get_closest_marker("memory_only")]


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


@pytest.fixture
def postgresql() -> Iterator[str]:
    """An empty database on a real PostgreSQL; without one the test is skipped, or fails where it must run."""
    a_postgresql.required()
    url = a_postgresql.databases().take()
    yield url
    a_postgresql.databases().give_back(url)
