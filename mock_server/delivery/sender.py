"""The only HTTP client in the server: one POST or GET, one answer, whatever the receiver does (W2, W5)."""

from __future__ import annotations

import asyncio
import socket
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias

from mock_server.clock import Machine
from mock_server.delivery import failures
from mock_server.delivery.targets import Targets
from mock_server.errors import Forbidden
from mock_server.wire.webhooks import USER_AGENT

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import AbstractResolver

ANSWER_BOUND: Final = 65_536  # bytes of an answer that are read
ANSWER_SHOWN: Final = 500  # characters of it that are kept
_connecting_to: ContextVar[str] = ContextVar("connecting_to", default="")  # the host name, for the check of its address
Headers: TypeAlias = tuple[tuple[str, str], ...]
WARM_UP_AFTER: Final = 0.5  # seconds after the start
KEEP_ALIVE: Final = 2.0  # seconds; shorter than what receivers keep, so that a POST does not meet a closed connection


class Answer(NamedTuple):
    """What came of it. `outcome`: answered, timed_out, refused, closed. Seconds of real time."""

    outcome: str
    status: int | None
    text: str
    seconds: float
    sentence: str


class Sender(Protocol):
    """Brings bytes to a URL, and asks one. Never raises for what the receiver does."""

    async def post(self, url: str, body: bytes, headers: Headers, timeout: float) -> Answer:
        """The answer's text is cut to what is shown."""

    async def get(self, url: str, timeout: float) -> Answer:
        """The answer's text is whole, up to `ANSWER_BOUND` bytes."""

    async def close(self) -> None: ...


class _Asked(NamedTuple):
    """One request, to be sent once or, over another connection, again."""

    method: str
    url: str
    headers: Headers
    body: bytes | None = None


class _Usage:
    """What one request did with connections."""

    of_kept_connection = False


async def _note_reuse(session: aiohttp.ClientSession, context: Any, params: Any) -> None:
    context.trace_request_ctx.of_kept_connection = True


class HttpSender:
    """The real one. Keeps connections, follows no redirect, changes neither URL nor answer.

    `resolver` is who turns names into addresses, the system's by default.
    """

    def __init__(self, *, machine: Machine, targets: Targets, resolver: AbstractResolver | None = None) -> None:
        self._machine = machine
        self._targets = targets
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def warm_up(self) -> None:
        """Import the client off the event loop, after the first requests: it costs half the server's start."""
        await asyncio.sleep(WARM_UP_AFTER)
        await asyncio.to_thread(self.load)

    def load(self) -> None:
        """Import the client now. It makes loggers, which nobody may be going through in another thread."""
        import aiohttp  # noqa: F401, PLC0415  after the server has started

    async def post(self, url: str, body: bytes, headers: Headers, timeout: float) -> Answer:
        answer = await self._answered(_Asked("POST", url, headers, body), timeout)
        return answer._replace(text=answer.text[:ANSWER_SHOWN])

    async def get(self, url: str, timeout: float) -> Answer:
        return await self._answered(_Asked("GET", url, (("User-Agent", USER_AGENT),)), timeout)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _answered(self, asked: _Asked, timeout: float) -> Answer:
        started = self._machine.elapsed()
        try:
            async with asyncio.timeout(timeout):
                status, text = await self._exchange(asked)
        except Exception as error:
            failure = failures.explained(error, timeout)
            return Answer(failure.outcome, None, "", self._machine.elapsed() - started, failure.sentence)
        return Answer("answered", status, text, self._machine.elapsed() - started, f"answered {status}")

    async def _exchange(self, asked: _Asked) -> tuple[int, str]:
        """Status and beginning of the answer.

        A kept connection may have been closed by the receiver at the very moment when it is used again: that is no
        failure of the receiver's, and the same bytes go over another connection.
        """
        from aiohttp import ClientOSError, ServerDisconnectedError  # noqa: PLC0415  after the server has started

        while True:
            usage = _Usage()
            try:
                return await self._send(asked, usage)
            except (ClientOSError, ServerDisconnectedError):
                if not usage.of_kept_connection:
                    raise

    async def _send(self, asked: _Asked, usage: _Usage) -> tuple[int, str]:
        from yarl import URL  # noqa: PLC0415  comes with aiohttp, after the server has started

        session = self._session or self._open()
        target = URL(asked.url, encoded=True)
        _connecting_to.set(target.host or "")
        async with session.request(
            asked.method,
            target,
            data=asked.body,
            headers=asked.headers,
            allow_redirects=False,
            trace_request_ctx=usage,
        ) as response:
            read = bytearray()
            while len(read) < ANSWER_BOUND and (chunk := await response.content.read(ANSWER_BOUND - len(read))):
                read += chunk
            if len(read) >= ANSWER_BOUND:
                response.close()
            return response.status, bytes(read).decode(errors="replace")

    def _open(self) -> aiohttp.ClientSession:
        import aiohttp  # noqa: PLC0415  after the server has started

        connector = aiohttp.TCPConnector(
            limit=0,
            keepalive_timeout=KEEP_ALIVE,
            resolver=self._resolver,
            ttl_dns_cache=10,
            socket_factory=self._socket,
        )
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_reuseconn.append(_note_reuse)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept-Encoding",),
            trace_configs=[tracing],
        )
        return self._session

    def _socket(self, address: Any) -> socket.socket:
        """A socket to the resolved address, which is checked here, at the last moment before connecting."""
        family, kind, protocol, _, place = address
        try:
            self._targets.check(_connecting_to.get(), str(place[0]))
        except Forbidden as refused:
            raise PermissionError(refused.sentence) from refused
        made = socket.socket(family, kind, protocol)
        made.settimeout(0)
        return made
