"""A tiny webhook receiver: a real HTTP server on loopback that answers 200 and keeps what it got."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

PATIENCE = 8.0  # seconds; a machine with much else to do may need some for the first webhook

Json = dict[str, Any]


class Receiver:
    """Use as a context manager; inside it `url` answers. `patience` is for how many seconds it waits for a webhook."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._values: list[Json] = []
        self._news = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._take))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhooks"

    @property
    def count(self) -> int:
        """How many webhooks have come."""
        return len(self._values)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def statuses(self, gs_id: str, *, until: str) -> list[str]:
        """The statuses of a message in the order in which they came, up to this one or to the end of our patience."""

        def come() -> list[str]:
            rows = [status for value in self._values for status in value.get("statuses", [])]
            return [row["status"] for row in rows if row.get("gs_id") == gs_id]

        self._wait_for(lambda: until in come())
        return come()

    def reply(self, wa_id: str) -> Json | None:
        """The message with this user's call permission reply, or None when our patience has ended."""

        def come() -> list[Json]:
            messages = [message for value in self._values for message in value.get("messages", [])]
            return [row for row in messages if row["from"] == wa_id and row["type"] == "interactive"]

        self._wait_for(lambda: bool(come()))
        return come()[-1] if come() else None

    def _wait_for(self, come: Callable[[], bool]) -> None:
        with self._news:
            self._news.wait_for(come, self._patience)

    def _take(self, body: Json) -> None:
        with self._news:
            self._values += [change["value"] for entry in body["entry"] for change in entry["changes"]]
            self._news.notify_all()


def _handler(take: Callable[[Json], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the story says what came."""

    return Handler
