"""The server in a thread of its own: for tests, fixtures and the demo."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from mock_server.errors import SandboxError
from mock_server.server import sockets
from mock_server.server.limits import Limits
from mock_server.server.serving import Application, Server

START_SECONDS = 30.0
STOP_SECONDS = 5.0


class RunningServer:
    """A context manager: inside it `url` answers.

    `app_factory` is called in the caller's thread; everything else of the application happens in the server's.
    `on_stop()` is called there first of all when stopping, so that event streams can end themselves.
    """

    def __init__(
        self,
        app_factory: Callable[[], Application],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        on_stop: Callable[[], None] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.host = host
        self.port = port
        """The real port once started, when 0 was asked for."""
        self._app_factory = app_factory
        self._on_stop = on_stop or (lambda: None)
        self._limits = limits or Limits()
        self._settled = threading.Event()
        self._failure: BaseException | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return sockets.url_of(self.host, self.port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Return when requests are answered.

        Raises PortInUse or CannotListen, and whatever the application raises in its startup.
        """
        app = self._app_factory()
        listening = sockets.listen(self.host, self.port)
        self.port = sockets.port_of(listening)
        self._server = Server(app, limits=self._limits, on_ready=self._settled.set, on_stop=self._on_stop)
        # A daemon: a server that somebody forgot to stop must not keep the process alive.
        self._thread = threading.Thread(target=self._serve, args=(listening,), name="gupshup-mock", daemon=True)
        self._thread.start()
        if not self._settled.wait(START_SECONDS):
            self.stop()
            raise SandboxError("not_started", f"The application did not start within {START_SECONDS:g} seconds.")
        if self._failure is not None:
            self._thread.join(STOP_SECONDS)
            raise self._failure

    def stop(self) -> None:
        """Return when the port is free again; raise when that takes more than five seconds."""
        if self._server is None or self._thread is None:
            return
        self._server.stop()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            raise SandboxError("not_stopped", f"The server did not stop within {STOP_SECONDS:g} seconds.")
        if self._failure is not None:
            raise self._failure

    def _serve(self, listening: list[socket.socket]) -> None:
        assert self._server is not None
        try:
            self._server.serve_until_stopped(listening)
        except BaseException as error:
            self._failure = error
        finally:
            self._settled.set()
