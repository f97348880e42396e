"""The rooms `store` and `delivery` without any HTTP: webhooks go in by hand, a script receives them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

from mock_server.clock import AppClock, Machine
from mock_server.delivery.courier import Courier
from mock_server.delivery.sender import Answer
from mock_server.delivery.timeline import Advanced, Timeline
from mock_server.store.protocol import Store
from mock_server.store.rows import App, Delivery
from tests.stage.conversation import an_app
from tests.stage.deliveries import URL, a_delivery
from tests.stage.machine import START, ManualMachine
from tests.stage.receiver import ERROR, OK, Post, ScriptedSender
from tests.stage.stores import a_store
from tests.stage.watch import watched

APP = "app"


class Bell(ScriptedSender):
    """A scripted sender that tells when it is given something, and lets others begin before it has an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Callable[[], Awaitable[None]] | None = None  # before every answer
        self._rung = asyncio.Event()
        self._in_order = asyncio.Lock()  # a look before the answer may take a while, and takes nobody's place

    async def post(self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], timeout: float) -> Answer:
        if self.first is not None:
            async with self._in_order:
                await self.first()
        self._rung.set()
        answer = await super().post(url, body, headers, timeout)
        await asyncio.sleep(0)
        return answer

    async def given(self, count: int) -> list[str]:
        """Wait until it has been given so many webhooks; their bodies in order."""
        async with asyncio.timeout(5):
            while len(self.posts) < count:
                self._rung.clear()
                await self._rung.wait()
        return [post.body.decode() for post in self.posts]


class Depot:
    """One app, its courier and its clock. Use as an async context manager.

    `failing` names webhooks, or URLs, that are answered 500; `arrived` is what was answered 200, with the seconds since
    the start on the app's clock; `tried` is every attempt.
    """

    def __init__(
        self,
        *,
        clock: AppClock | None = None,
        patience: float = 2.0,
        sender: Bell | None = None,
        store: Callable[[Machine], Store] = a_store,
        **settings: Any,
    ) -> None:
        self.machine = ManualMachine()
        self.sender = sender or Bell()
        self.sender.first, self.sender.script = self._look_at_the_clock, self._receive
        self.store = watched(store(self.machine))
        self.courier = Courier(store=self.store, sender=self.sender, machine=self.machine)
        self.timeline = Timeline(store=self.store, courier=self.courier, machine=self.machine, patience=patience)
        self.failing: set[str] = set()
        self.tried: list[tuple[float, str]] = []
        self.arrived: list[tuple[float, str]] = []
        self._app = App(an_app(**settings), clock=clock or AppClock(frozen_at=START))
        self._seen = 0.0

    async def __aenter__(self) -> Self:
        await self.store.open()
        await self.store.add_app(self._app)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.courier.close()
        await self.store.close()

    async def put(self, *names: str, url: str = URL) -> None:
        """Webhooks that happen now, each to the user that its first letter names."""
        at = await self.now()
        await self.store.add_deliveries(APP, [a_delivery(name, user=name[0], at=at, url=url) for name in names])
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is due."""
        self.courier.wake(APP)
        async with asyncio.timeout(10):
            await self.courier.idle(APP, 1)

    async def wait(self, *, seconds: float) -> None:
        """Let real time pass."""
        self.machine.move(seconds=seconds)
        await self.settle()

    async def hurries(self) -> None:
        """Wait until an advance has begun that waits for what is under way."""
        async with asyncio.timeout(5):
            while self.courier._beat(APP).hurry is None:
                await self.store.changed(0.001)

    async def advance(self, *, seconds: float) -> Advanced:
        return await self.timeline.advance(APP, round(seconds * 1000))

    async def now(self) -> int:
        return (await self.store.app(APP)).clock.now(self.machine.now())

    async def row(self, name: str) -> Delivery:
        return await self.store.delivery(APP, name)

    async def clock(self) -> float:
        """Seconds since the start on the app's clock."""
        return (await self.now() - START) / 1000

    @property
    def order(self) -> list[str]:
        """What arrived, in order."""
        return [name for _, name in self.arrived]

    async def _look_at_the_clock(self) -> None:
        self._seen = await self.clock()

    def _receive(self, post: Post) -> Answer:
        name = post.body.decode()
        self.tried.append((self._seen, name))
        if name in self.failing or post.url in self.failing:
            return ERROR
        self.arrived.append((self._seen, name))
        return OK
