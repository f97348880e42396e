"""The sandbox as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Self

from mock_server.client.app import AppClient
from mock_server.client.connection import Connection
from mock_server.client.stream import EventStream

DEFAULT_URL: Final = "http://127.0.0.1:8400"
READY_MADE_APP: Final = "00000000-0000-4000-8000-000000000001"


class SandboxClient:
    """A running sandbox. Nothing is connected before the first request.

    Every method raises `Unreachable` when no sandbox answers there and `Refused` when it says no. Answers are the JSON
    of the control API; lists are iterators that fetch the next page when they need it. `control_token` is what `serve`
    was given.
    """

    def __init__(self, url: str = DEFAULT_URL, control_token: str | None = None) -> None:
        self._connection = Connection(url, control_token)

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return self._connection.url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        self._connection.close()

    def app(self, app_id: str = READY_MADE_APP) -> AppClient:
        """A handle on one app. Asks nothing yet: an unknown id is refused by what one does with it."""
        return AppClient(self._connection, app_id)

    def apps(self) -> Iterator[Any]:
        """Every app with all its settings, secrets included."""
        return self._connection.pages("/_sandbox/apps", "apps")

    def create_app(self, **settings: Any) -> Any:
        """The new app with all its settings; ids and secrets that are not given are made up."""
        return self._connection.ask("POST", "/_sandbox/apps", body=settings)

    def health(self) -> Any:
        """`{"status": "ok", "version": ...}`; needs no control token."""
        return self._connection.ask("GET", "/_sandbox/health")

    def numbers(self) -> list[Any]:
        """The test numbers: what they end in, an example, what the user does."""
        rows: list[Any] = self._connection.ask("GET", "/_sandbox/numbers")["numbers"]
        return rows

    def openapi(self) -> Any:
        """The OpenAPI 3.1 document of every surface."""
        return self._connection.ask("GET", "/openapi.json")

    def save(self) -> bytes:
        """Everything as one JSON document, secrets included."""
        return self._connection.ask_bytes("GET", "/_sandbox/snapshot")

    def load(self, snapshot: bytes) -> None:
        """Replace everything by what `save` gave."""
        self._connection.ask_bytes("PUT", "/_sandbox/snapshot", body=snapshot)

    def events(self, *, last_event_id: int | None = None) -> EventStream:
        """Everything that happens from now on in any app, or from behind an id that this stream gave."""
        return EventStream(self._connection, None, last_event_id)
