"""What the parts of the store in a database have in common. Every method is one transaction of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mock_server.store.sql import apps
from mock_server.store.sql.steps import Database, Steps
from mock_server.store.sql.units import Desk

T = TypeVar("T")


class Part:
    """See the module."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._desk = desk

    async def _run(self, make: Callable[[], Steps[T]]) -> T:
        return await self._database.run(make)

    async def _look(self, make: Callable[[], Steps[T]]) -> T:
        return await self._database.look(make)


def of(app_id: str, steps_of: Callable[[int], Steps[T]]) -> Callable[[], Steps[T]]:
    """Steps about an app's present epoch. They raise NotFound."""

    def steps() -> Steps[T]:
        _, epoch = yield from apps.one(app_id)
        return (yield from steps_of(epoch))

    return steps
