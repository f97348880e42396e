"""uvicorn's HTTP/1.1 protocol, with bounds on what a client can do to the server, and a way to hang up."""

from __future__ import annotations

from asyncio import AbstractEventLoop, BaseTransport, TimerHandle, Transport
from collections import deque
from typing import Any, cast

import httptools
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from mock_server.server import refusals
from mock_server.server.complaints import Complaints
from mock_server.server.limits import Limits
from mock_server.server.refusals import RefusedError
from mock_server.server.seats import Seats

CLOSE = "gupshup_mock.close"
"""Key in `scope["extensions"]`: call it to close the connection at once, before or in the middle of an answer.

What was sent before still reaches the client; whatever the application does afterwards is silently ignored.
"""

# Trailers of a chunked body end here: uvicorn would add them to the headers that the application is already reading.
_TRAILERS = cast("list[tuple[bytes, bytes]]", deque(maxlen=0))


class BoundedHttp(HttpToolsProtocol):
    """One connection of the server that `bounded_http` made the class for.

    `_unspent` counts the bytes since something last came of them: the end of a head, a piece of a body, the end of a
    message. Together with one deadline it bounds everything that the application never sees. How much of a read lies
    behind the end of a message is not known: that it can be all of it is what `_uncounted` remembers.
    """

    limits: Limits
    seats: Seats
    complaints: Complaints

    # With more than 30 attributes in its dictionary (uvicorn has 28) every access to any of them gets slower.
    __slots__ = (
        "_awaiting_head",
        "_deadline",
        "_just_read",
        "_patience",
        "_refused",
        "_running",
        "_uncounted",
        "_unread",
        "_unspent",
    )

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.url = b""
        self._unspent = 0
        self._just_read = 0
        self._uncounted = 0
        self._awaiting_head = True
        self._refused = False
        self._deadline: TimerHandle | None = None
        self._running: RequestResponseCycle | None = None
        self._unread = 0
        self._patience: TimerHandle | None = None

    # The transport calls these.

    def connection_made(self, transport: BaseTransport) -> None:
        """Take a seat, or close at once when every other connection is busy."""
        self.transport = cast("Transport", transport)
        if not self.seats.take(self):
            self.transport.abort()
            return
        super().connection_made(self.transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Read on; what comes after a refusal is thrown away."""
        if self._refused:
            return
        self._unset_keepalive_if_required()
        self._just_read = len(data)
        self._unspent += self._just_read
        try:
            self.parser.feed_data(data)
            if self._unspent or self.cycle is None or self.cycle.response_complete:
                self._look_at_unfinished()
        except Exception as error:
            self._recover(error, data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the seat and tell the running request, which uvicorn forgets when another is queued behind it."""
        self.seats.leave(self)
        self._clear_deadline()
        self._clear_patience()
        if self._running is not None:
            _abandon(self._running)
        self.pipeline.clear()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read its answer: it may have to give way, and is not waited for without end."""
        super().pause_writing()
        self.seats.waits(self)
        self._expect_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self._clear_patience()
        if self._in_progress():
            self.seats.works(self)

    # The parser calls these.

    def on_headers_complete(self) -> None:
        """Hand the request to the application, if it is within bounds."""
        # An upper bound of this head's size: nearly all are small, and nothing needs a closer look.
        if self._unspent + self._uncounted > self.limits.url_bytes or self.pipeline:
            self._check_head()
        if self.parser.should_upgrade():
            self._check_method()
            return  # `_read_without_offer` comes next.
        super().on_headers_complete()
        if self._deadline is not None:
            self._clear_deadline()
        self._awaiting_head = False
        self._unspent = 0
        self.headers = _TRAILERS
        if not self.pipeline:
            self._running = self.cycle
        # Not bound to the cycle: that would be a reference cycle, collected at a third of the request's cost.
        self.scope["extensions"] = {CLOSE: self._hang_up}  # type: ignore[dict-item]  # uvicorn knows dicts only
        self.seats.works(self)

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body on."""
        self._unspent = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the next head."""
        if self._awaiting_head:
            return  # Only the offer of an upgrade ended here.
        self._uncounted = self._just_read
        self._unspent = 0
        self._awaiting_head = True
        super().on_message_complete()

    # The answer calls this.

    def on_response_complete(self) -> None:
        """Answer what is queued, or wait for the client."""
        self._running = self.pipeline[-1][0] if self.pipeline else None
        if self._running is None:
            self.seats.waits(self)
            if self._head_begun():
                self._expect_head()
        super().on_response_complete()

    # The seats call this.

    def give_way(self) -> None:
        """Close at once, to make room for another connection."""
        self.transport.abort()

    # What is done about it.

    def _recover(self, error: Exception, data: bytes) -> None:
        """Go on after what the parser, or our own callbacks through it, raised while reading `data`."""
        if isinstance(error, httptools.HttpParserUpgrade):
            self._read_without_offer(data[error.args[0] :])
        elif isinstance(error, RefusedError):
            self._refuse(error)
        elif isinstance(error.__context__, RefusedError):
            self._refuse(error.__context__)
        elif isinstance(error, httptools.HttpParserError):
            self._refuse(refusals.not_http(error))
        else:
            raise error

    def _read_without_offer(self, rest: bytes) -> None:
        head = refusals.head_without_offer(
            method=self.parser.get_method(),
            url=self.url,
            version=self.parser.get_http_version(),
            headers=self.headers,
        )
        self.parser = httptools.HttpRequestParser(self)
        self._unspent = 0
        self.data_received(head + rest)

    def _check_head(self) -> None:
        refusals.check_url(self.url, self.limits)
        refusals.check_head(method=self.parser.get_method(), url=self.url, headers=self.headers, limits=self.limits)
        if len(self.pipeline) >= self.limits.pipelined:
            raise refusals.too_many_pipelined(self.limits)

    def _check_method(self) -> None:
        if self.parser.get_method() == b"CONNECT":
            raise refusals.no_proxy()

    def _look_at_unfinished(self) -> None:
        """After a read that left something half-done, or came while no request is in progress."""
        if self._awaiting_head:
            refusals.check_url(self.url, self.limits)
        if self._unspent > self.limits.head_bytes:
            bound = refusals.head_too_large if self._awaiting_head else refusals.framing_too_large
            raise bound(self.limits)
        if self._deadline is None and not self._in_progress():
            self.seats.waits_anew(self)
            self._expect_head()

    def _expect_head(self) -> None:
        self._clear_deadline()
        self._deadline = self.loop.call_later(self.limits.head_seconds, self._head_overdue)

    def _head_overdue(self) -> None:
        self._deadline = None
        if self._head_begun():
            self._refuse(refusals.head_too_late(self.limits))
        else:
            self.transport.abort()  # Nothing was said; or the rest of a body whose request is answered long since.

    def _expect_reading(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        self._patience = self.loop.call_later(self.limits.unread_seconds, self._reading_overdue)

    def _reading_overdue(self) -> None:
        # While writing is paused nothing is added: what has become less was read.
        if self.transport.get_write_buffer_size() < self._unread:
            self._expect_reading()
        else:
            self.transport.abort()

    def _refuse(self, refused: RefusedError) -> None:
        """Read nothing more. Requests that had come whole before are still answered."""
        self._refused = True
        self.complaints.tell(refused, self.loop)
        if not self._in_progress():
            self._answer(refused)
        elif self._awaiting_head:
            self.cycle.keep_alive = False
        elif self.cycle.response_started or self.pipeline:
            self._hang_up()
        else:
            _abandon(self.cycle)
            self._answer(refused)

    def _answer(self, refused: RefusedError) -> None:
        """Answer, then throw away what still comes: closing with unread bytes resets the client before it has read."""
        self.transport.write(refused.answer())
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.seats.waits(self)
        self._clear_deadline()
        self._deadline = self.loop.call_later(self.limits.linger_seconds, self.transport.abort)

    def _hang_up(self) -> None:
        if self._running is not None:
            _abandon(self._running)
        self.seats.waits(self)
        self.transport.close()

    def _head_begun(self) -> bool:
        # uvicorn makes the scope at a head's first byte and fills in the method at its end. Bytes that came together
        # with the end of the message before are seen by this alone.
        return self._awaiting_head and (self._unspent > 0 or (self.scope is not None and "method" not in self.scope))

    def _in_progress(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _clear_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def _abandon(cycle: RequestResponseCycle) -> None:
    """Let the application see a disconnect, and what it still sends go nowhere."""
    if not cycle.response_complete:
        cycle.disconnected = True
        cycle.message_event.set()


def bounded_http(*, limits: Limits, seats: Seats) -> type[BoundedHttp]:
    """Return the protocol class for one server: uvicorn makes its instances, passing nothing of ours."""
    server = {"limits": limits, "seats": seats, "complaints": Complaints()}
    return type("BoundedHttp", (BoundedHttp,), {"__slots__": (), **server})
