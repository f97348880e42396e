"""uvicorn's server with our protocol, our sockets and an end that comes in time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Generator
from types import FrameType
from typing import Any

import msgspec
import uvicorn

from mock_server.server import sockets
from mock_server.server.lifespan import Lifespan
from mock_server.server.limits import Limits, fit_connections
from mock_server.server.protocol import bounded_http
from mock_server.server.seats import Seats

Application = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application with a lifespan, whichever types it gives `scope`, `receive` and `send`."""

KEEP_ALIVE_SECONDS = 30
# Of the five seconds that stopping may take: three for open requests, the rest for the application's shutdown.
OPEN_REQUESTS_SECONDS = 3
APPLICATION_SECONDS = 4.5
PROCESS_SECONDS = 4.8


class Server(uvicorn.Server):
    """Serves one application on sockets that already listen."""

    lifespan: Lifespan

    def __init__(
        self,
        app: Application,
        *,
        limits: Limits,
        on_ready: Callable[[], None],
        on_stop: Callable[[], None],
    ) -> None:
        super().__init__(_configured(app, limits))
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._watchdog: threading.Timer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked_to_stop = asyncio.Event()

    def stop(self) -> None:
        """Ask the server to stop, from any thread or from a signal handler."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # The loop is closed: it has stopped.
                self._loop.call_soon_threadsafe(self._asked_to_stop.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then tell that requests are served."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._on_ready()

    async def main_loop(self) -> None:
        """Wait to be stopped. uvicorn's looks ten times a second, for headers and limits that we do not have."""
        if not self.should_exit:
            await self._asked_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell first, so that event streams end themselves; then wait for requests, then for the application."""
        self.lifespan.deadline = asyncio.get_running_loop().time() + APPLICATION_SECONDS
        try:
            self._on_stop()
        finally:
            await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Treat a signal as the wish to stop: the process ends by returning, not by dying of the signal."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; and should anything hold that up, end the process all the same."""
        if self._watchdog is None:
            self._watchdog = threading.Timer(PROCESS_SECONDS, _end_process)
            self._watchdog.daemon = True
            self._watchdog.start()
        super().handle_exit(sig, frame)
        self.stop()

    def serve_until_stopped(self, listening: list[socket.socket]) -> None:
        """Serve on `listening`, and close it. Raises what the application raised instead of starting."""
        try:
            self.run(listening)
        finally:
            sockets.close(listening)
            if self._watchdog is not None:
                self._watchdog.cancel()


def _configured(app: Application, limits: Limits) -> uvicorn.Config:
    limits = msgspec.structs.replace(limits, connections=fit_connections(limits.connections))
    config = uvicorn.Config(
        app,
        http=bounded_http(limits=limits, seats=Seats(limits.connections)),
        ws="none",
        interface="asgi3",
        backlog=sockets.BACKLOG,
        log_config=None,  # The loggers belong to whoever started us.
        log_level="warning",
        access_log=False,  # It would print `access_token`.
        proxy_headers=False,  # Nobody stands before us: a client must not choose the address that we see.
        server_header=False,
        date_header=False,  # The time that clients see is the app's clock, and this would be the machine's.
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=OPEN_REQUESTS_SECONDS,
    )
    config.load()
    config.lifespan_class = Lifespan
    return config


def _end_process() -> None:
    sys.stderr.write(f"Not stopped after {PROCESS_SECONDS:g} seconds: ended.\n")
    sys.stderr.flush()
    os._exit(128 + signal.SIGTERM)
