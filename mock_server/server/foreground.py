"""The server in the foreground, until a signal."""

from __future__ import annotations

import gc
from collections.abc import Callable

from mock_server.server import sockets
from mock_server.server.limits import Limits, raise_open_files
from mock_server.server.serving import Application, Server


def run(
    app: Application,
    *,
    host: str,
    port: int,
    on_ready: Callable[[str, int], None] | None = None,
    on_stop: Callable[[], None] | None = None,
    limits: Limits | None = None,
) -> None:
    """Serve `app` until SIGINT or SIGTERM, then return, within five seconds in any case.

    `on_ready(host, port)` is called when requests are answered; `port` is the real one when 0 was asked for.
    `on_stop()` is called first of all when stopping, on the event loop, so that event streams can end themselves.

    Raises PortInUse or CannotListen, and whatever the application raises in its startup.
    """
    raise_open_files()
    listening = sockets.listen(host, port)
    port = sockets.port_of(listening)

    def ready() -> None:
        _calm_the_collector()
        if on_ready:
            on_ready(host, port)

    server = Server(app, limits=limits or Limits(), on_ready=ready, on_stop=on_stop or (lambda: None))
    server.serve_until_stopped(listening)


def _calm_the_collector() -> None:
    """Keep what is there for good out of the garbage collector's sight, and have it look at the rest less often.

    Without looking for garbage first: that takes a tenth of the whole start and finds next to nothing.

    The process serves and nothing else; its rows are invisible to the collector anyway. With the usual thresholds a
    full collection every few thousand requests stops everybody for as long as the walk through all that is kept takes.
    """
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
