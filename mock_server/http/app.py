"""Composition: the only place where everything is put together.

`Sandbox(settings)` is an ASGI application. Nothing is opened before its startup; `stop()` ends event streams so that a
server can end.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import ids
from mock_server.clock import FollowedTime, Machine, MachineTime
from mock_server.delivery.courier import Courier
from mock_server.delivery.sender import HttpSender, Sender
from mock_server.delivery.targets import Targets, check_url
from mock_server.delivery.timeline import Timeline
from mock_server.errors import SandboxError, Unavailable
from mock_server.http import new_app, pages, starting, views
from mock_server.http.control import routes as control
from mock_server.http.control.events import EventStream
from mock_server.http.graph import routes as graph
from mock_server.http.guard import Guard, known_hosts
from mock_server.http.openapi import Document
from mock_server.http.partner import routes as partner
from mock_server.http.rates import Rates
from mock_server.http.routing import Router, paths
from mock_server.http.services import Services
from mock_server.settings import ServerSettings
from mock_server.store.memory import MemoryStore
from mock_server.store.protocol import Due, Store
from mock_server.store.rows import Partner

FOLLOWED_AT_ONCE: Final = 500
RECOVERY: Final = 1.0  # seconds until a store that could not be asked is asked again

_log = logging.getLogger(__name__)


class Sandbox:
    """The running product as one ASGI application.

    `apps` are further apps (validated settings), beside the ready-made one. `machine`, `sender` and `open_store` are
    for tests. `on_entry` gets every journal entry as it happens. Raises SandboxError for settings that cannot be.
    """

    def __init__(
        self,
        settings: ServerSettings,
        *,
        apps: Sequence[dict[str, Any]] = (),
        machine: Machine | None = None,
        sender: Sender | None = None,
        open_store: Callable[..., Store] | None = None,
        on_entry: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        _check(settings)
        self.settings = settings
        self.ready_made, self.partner = _ready_made(settings)
        self.further_apps = list(apps)
        self._apps = [self.ready_made, *apps]
        self._on_entry = on_entry
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._finishing: set[str] = set()  # apps whose advance another process began
        machine = machine or _machine(settings)
        targets = Targets(_patterns(settings))
        seed = settings.seed or ids.new_seed()
        store = (open_store or opened_store)(settings, seed=seed, machine=machine, partner=self.partner)
        self._sender = sender or HttpSender(machine=machine, targets=targets)
        courier = Courier(store=store, sender=self._sender, machine=machine)
        timeline = Timeline(store=store, courier=courier, machine=machine)
        rates = Rates(machine=machine, enforced=settings.rate_limits)
        routes = tuple(f"{o.method} {o.path}" for o in (*partner.operations(), *graph.operations()))
        self.services = Services(settings, store, courier, timeline, machine, rates, targets, self._stopping, routes)
        self._app = self._assemble()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self._app(scope, receive, send)

    def stop(self) -> None:
        """End what stays open by itself: event streams, waiting. Called on the event loop before the server waits."""
        self._stopping.set()
        self.services.courier.stop_waiting()
        self.services.store.wake_readers()

    async def start(self) -> None:
        """Open the store and make the apps that are not there. The lifespan calls it, or a test without a server.

        Raises SandboxError.
        """
        services, store = self.services, self.services.store
        await store.open()
        self.partner = await store.partner()
        seen = await store.feed_end(None)
        self.ready_made |= await starting.start_apps(self._apps, services)
        if isinstance(self._sender, HttpSender):
            self._warm_up(self._sender)
        if self._on_entry is not None:
            self._spawn(self._follow(self._on_entry, seen))
        if store.interval is not None:
            self._do(await store.tend())
            self._spawn(self._tend(store.interval))

    async def aclose(self) -> None:
        """Stop carrying and close what was opened."""
        self._stopping.set()
        await self.services.courier.close()
        self.services.timeline.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.services.store.close()

    def _assemble(self) -> ASGIApp:
        services = self.services
        document = Document([*partner.operations(), *graph.operations(), *control.operations()])
        beside: dict[str, ASGIApp] = {
            "/_sandbox/events": EventStream(services.store, self._stopping),
            **pages.endpoints(),
        }
        router = Router(
            {
                "partner": paths(partner.operations(), services, "partner"),
                "graph": paths(graph.operations(), services, "graph"),
                "control": paths([*control.operations(), document.operation()], services, "control", beside=beside),
            }
        )
        hosts = known_hosts(self.settings.host, self.settings.allow_host)
        return Guard(router, hosts=hosts, control_token=self.settings.control_token)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
        except SandboxError as error:
            await send({"type": "lifespan.startup.failed", "message": error.sentence})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    def _warm_up(self, sender: HttpSender) -> None:
        """A server in a thread is ready when all is imported: at every test pytest goes through the loggers."""
        if threading.current_thread() is threading.main_thread():
            self._spawn(sender.warm_up())
        else:
            sender.load()

    def _spawn(self, work: Any) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    async def _follow(self, on_entry: Callable[[dict[str, Any]], None], last: int) -> None:
        store = self.services.store
        while not self._stopping.is_set():
            try:
                page = await store.feed(None, after=last, limit=FOLLOWED_AT_ONCE)
            except Unavailable:  # `_tend` says so
                await asyncio.sleep(RECOVERY)
                continue
            for row in page.entries:
                on_entry(views.entry(row))
            last = page.next
            await (asyncio.sleep(0) if page.entries else store.changed(60))

    async def _tend(self, interval: float) -> None:
        """Let the store do what it does now and then, and do what it finds waiting, whoever made it."""
        failing = False
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), interval)
                return
            try:
                self._do(await self.services.store.tend())
                failing = False
            except Unavailable as error:
                if not failing:
                    _log.error("%s", error.sentence)
                failing = True

    def _do(self, due: Due) -> None:
        for app_id in due.apps:
            self.services.courier.wake(app_id)
        for app_id in due.unfinished:
            if app_id not in self._finishing:
                self._finishing.add(app_id)
                self._spawn(self._finish(app_id))

    async def _finish(self, app_id: str) -> None:
        try:
            await self.services.timeline.finish(app_id)
        except SandboxError as error:
            _log.warning("The advance of app %s was not finished: %s", app_id, error.sentence)
        finally:
            self._finishing.discard(app_id)


def _check(settings: ServerSettings) -> None:
    if not settings.on_loopback and not settings.control_token:
        raise SandboxError(
            "control_token",
            f"{settings.host} can be reached from other machines: give a control token "
            "(--control-token or GUPSHUP_MOCK_CONTROL_TOKEN).",
        )
    if settings.webhook:
        check_url(settings.webhook)


def _ready_made(settings: ServerSettings) -> tuple[dict[str, Any], Partner]:
    """The ready-made app and the partner account (A1). Off loopback their secrets are random, unless given."""
    app = dict(new_app.READY_MADE)
    partner = new_app.PARTNER
    if not settings.on_loopback and not settings.published_secrets:
        app |= {
            "token": ids.new_secret("sk_"),
            "app_secret": ids.new_secret(),
            "verify_token": ids.new_secret(),
        }
        partner = msgspec.structs.replace(partner, secret=ids.new_secret())
    given = {
        "id": settings.app_id,
        "token": settings.app_token,
        "webhook_url": settings.webhook,
        "dialect": settings.dialect,
        "rules": settings.rules,
    }
    return app | {name: value for name, value in given.items() if value is not None}, partner


def _machine(settings: ServerSettings) -> Machine:
    """Processes that share a store go by its time."""
    own = MachineTime()
    return FollowedTime(own) if settings.store.startswith("postgres") else own


def _patterns(settings: ServerSettings) -> tuple[str, ...] | None:
    return None if settings.on_loopback and not settings.allow_webhook_to else settings.allow_webhook_to


def opened_store(settings: ServerSettings, *, seed: str, machine: Machine, partner: Partner) -> Store:
    """The store that the settings ask for, to be opened at the start. Raises SandboxError for one that cannot be."""
    if settings.store != "memory":
        from mock_server.store.sql.opening import sql_store  # noqa: PLC0415  a start in memory does not wait for it

        return sql_store(settings.store, seed=seed, machine=machine, partner=partner)
    return MemoryStore(seed=seed, machine=machine, partner=partner)
