"""Faults on requests: other answers, late ones, and connections that are closed (BEHAVIOUR section 9).

An app is found by the id in the path, before anybody looks at the token. Paths without such an id have no faults.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.types import Message, Receive, Scope, Send

from mock_server.errors import NotFound, RateLimited, Refusal, SandboxError, Unauthorised
from mock_server.http import reading
from mock_server.http.messages import addressee
from mock_server.http.saying import said_for
from mock_server.store.faults import may_strike, strike_request
from mock_server.store.rows import App, Fault, Struck
from mock_server.store.work import Kept, Now
from mock_server.wire.errors import Said, graph

if TYPE_CHECKING:
    from mock_server.http.endpoint import Call

CLOSE: Final = "gupshup_mock.close"  # in scope["extensions"] of our own server: it closes the connection at once
# The code of Meta's error object for a status that was asked for without a body (facts/meta 7.2).
_GRAPH_CODES: Final = {401: 190, 403: 10, 404: 2500, 429: 613, 503: 2}


class Hit(msgspec.Struct, frozen=True, gc=False):
    """The faults that strike one request: what happens to its answer, and how late that happens."""

    app: App
    to_answer: Fault | None
    delay: Fault | None

    @property
    def prevents(self) -> bool:
        """Whether the request takes no effect."""
        return self.to_answer is not None and not self.to_answer.processed and self.to_answer.fault != "close"

    @property
    def loses_answer(self) -> bool:
        """Whether the request takes effect and the business cannot know it."""
        return self.to_answer is not None and not self.prevents

    def instead(self, surface: str) -> Said:
        """The answer in place of the provider's own. Raises Refusal for an error, which the surface has a shape for."""
        fault = self.to_answer
        assert fault is not None
        sentence = f"Fault {fault.id} of this app answers so."
        if fault.code is not None:
            raise Refusal(fault.code, sentence)
        status = fault.status or 200
        if fault.body is not None:
            return Said(status, msgspec.json.decode(fault.body))
        return _usual(status, surface, sentence)

    def after(self, said: Said, surface: str) -> Said:
        """The answer that goes out where this one was due."""
        return self.instead(surface) if self.to_answer is not None and self.to_answer.processed else said

    async def send(self, call: Call, answer: tuple[Message, Message], *, receive: Receive, send: Send) -> None:
        """The answer's start and body late, or not whole. What the request caused does not wait for a late answer."""
        if self.delay is not None:
            call.answered()
            await _wait(call, receive, self.delay.seconds)
        if self.to_answer is not None and self.to_answer.fault == "close":
            await _cut(self.to_answer.when, answer, scope=call.request.scope, send=send)
            return
        for message in answer:
            await send(message)


async def hit_of(call: Call) -> Hit | None:
    """The faults that strike this request, counted and in the journal; None where there are none."""
    for app in call.named:
        if app.faults and may_strike(app, names := _names(call)):

            def work(app: App, _: Now, names: tuple[str, ...] = names) -> Kept:
                after, struck = strike_request(app, names)
                records = tuple(Struck(f.id, f.fault, f"{names[0]}: {_how(f)}") for f in struck)
                return Kept(answer=struck, app=after, records=records)

            struck: tuple[Fault, ...] = ()
            with suppress(NotFound):  # the app was deleted meanwhile
                struck = await call.services.store.change_app(app.id, work)
            if struck:
                delay = next((fault for fault in struck if fault.fault == "delay"), None)
                return Hit(app, next((fault for fault in struck if fault is not delay), None), delay)
    return None


async def look_whom(call: Call) -> None:
    """Read a request that takes no effect, for the journal, and for the eye on who comes back too soon."""
    if call.operation.body is not None:
        with suppress(SandboxError):
            wa_id = addressee(await reading.json_or_form(call))
            if wa_id:
                call.about(wa_id)


async def _wait(call: Call, receive: Receive, seconds: float) -> None:
    """Let so many seconds of real time pass; less where the client has gone or the sandbox stops."""
    ends = [asyncio.ensure_future(call.services.stopping.wait()), asyncio.ensure_future(_gone(receive))]
    try:
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in ends:
            end.cancel()


async def _cut(when: str, answer: tuple[Message, Message], *, scope: Scope, send: Send) -> None:
    """Close the connection: before the answer's first byte, or in the middle of its body.

    Raises ConnectionResetError under a server that is not ours, which has no way to do it: a client within the same
    process gets that, another server says 500 or ends the connection.
    """
    if when == "middle":
        start, body = answer
        await send(start)
        await send({**body, "body": _half(body.get("body", b"")), "more_body": True})
    close = scope.get("extensions", {}).get(CLOSE)
    if close is None:
        raise ConnectionResetError(f"closed {when} the answer by a fault of the app")
    close()


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _names(call: Call) -> tuple[str, ...]:
    """What a fault's `route` may be a part of: the route as the sandbox lists it, and the path as it was asked."""
    operation = call.operation
    return f"{operation.method} {operation.path}", f"{operation.method} {call.request.scope['path']}"


def _how(fault: Fault) -> str:
    """What happened, for the journal."""
    if fault.fault == "delay":
        return f"answered {fault.seconds:g} s late"
    if fault.fault == "close":
        return f"processed, and the connection closed {'in' if fault.when == 'middle' else 'before'} the answer"
    answer = f"error {fault.code}" if fault.code is not None else str(fault.status)
    return f"processed, but answered with {answer}" if fault.processed else f"answered with {answer}, not processed"


def _usual(status: int, surface: str, sentence: str) -> Said:
    """What the provider usually says with this status."""
    if status < 400:
        return Said(status, {})
    if surface == "graph":
        code = _GRAPH_CODES.get(status, 131000 if status >= 500 else 100)
        return Said(status, graph(code, sentence))
    if status == 401:
        return said_for(Unauthorised("token", sentence), surface)
    if status == 429:
        return said_for(RateLimited("rate", sentence), surface)
    return Said(status, {"status": "error", "message": _phrase(status)})


def _phrase(status: int) -> Any:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Error {status}"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
