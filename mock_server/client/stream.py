"""Everything as it happens: the server-sent events of the control API, across reconnects."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import httpx

from mock_server.client.connection import CONNECT_SECONDS, Connection, Unreachable, why

# The server says something every 15 s; three times that without a word is a connection that nobody told us is gone.
SILENCE_SECONDS: Final = 45.0
# Pauses before trying to connect again; when they are used up without an answer, the stream ends with Unreachable.
PAUSES: Final = (0.1, 0.4, 1.0, 2.0, 4.0)


class Event(NamedTuple):
    """Something that happened: `kind` is that of a journal entry and `data` the entry.

    Two kinds are about the stream itself and have no id: `reset` (an `app` was reset, or, where none is named, a
    snapshot was loaded: what you know is old) and `lost` (`count` entries are no longer kept).
    """

    kind: str
    id: int | None
    data: dict[str, Any]


class EventStream:
    """Events without end, to be iterated over; close it, or use it as a context manager.

    It is connected when it is made, so that nothing after that is missed. A broken connection is made again, going on
    behind the last event; iterating raises Unreachable when the sandbox stays away for 7 seconds.
    """

    def __init__(self, connection: Connection, app_id: str | None, last_event_id: int | None) -> None:
        self.last_event_id = last_event_id
        self._connection = connection
        self._query = {"app": app_id} if app_id is not None else {}
        self._closed = threading.Event()
        self._response = self._connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._closed.set()
        self._response.close()

    def __iter__(self) -> Iterator[Event]:
        while not self._closed.is_set():
            try:
                for number, event in events_in(self._response.iter_lines()):
                    self.last_event_id = number if number is not None else self.last_event_id
                    if event is not None:
                        yield event
            except (httpx.TransportError, httpx.StreamError):
                pass  # it broke; that it ended and that it broke are the same to the reader
            self._reconnect()

    def _reconnect(self) -> None:
        self._response.close()
        last: Unreachable | None = None
        for pause in PAUSES:
            if self._closed.wait(pause):
                return
            try:
                self._response = self._connect()
            except Unreachable as error:
                last = error
            else:
                return
        assert last is not None
        raise last

    def _connect(self) -> httpx.Response:
        http, url = self._connection.http, f"{self._connection.url}/_sandbox/events"
        headers = {"Accept": "text/event-stream"}
        if self.last_event_id is not None:
            headers["Last-Event-ID"] = str(self.last_event_id)
        timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        request = http.build_request("GET", url, params=self._query, headers=headers, timeout=timeout)
        try:
            response = http.send(request, stream=True)
            if not response.is_success:
                response.read()
        except httpx.HTTPError as error:
            raise Unreachable(self._connection.url, why(error)) from error
        return self._connection.checked(response)


def events_in(lines: Iterable[str]) -> Iterator[tuple[int | None, Event | None]]:
    """The id to resume behind, and the event, of each block of a stream; a block of comments has neither."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        number = int(fields["id"]) if fields.get("id") else None
        said = Event(fields.get("event", "message"), number, json.loads(fields["data"])) if "data" in fields else None
        yield number, said
        fields = {}
