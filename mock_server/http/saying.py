"""From what is said, an error above all, to an HTTP answer in the shape of the surface it was asked on (E1-E4)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.types import Message, Receive, Scope, Send

from mock_server.errors import SandboxError
from mock_server.wire import errors as wire

PARTNER: Final = "/partner"
CONTROL: Final = "/_sandbox"
_encode: Final = msgspec.json.Encoder().encode
_WITHOUT_BODY: Final = frozenset({204, 304})
_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"


def encoded(body: Any) -> bytes:
    """A body as JSON bytes; bytes are JSON already."""
    return body if isinstance(body, bytes) else _encode(body)


class Answer:
    """A whole answer on a surface: an ASGI application. `allow` names the methods that a 405 leaves."""

    def __init__(self, said: wire.Said, surface: str, *, allow: str = "") -> None:
        self._start, self._body = messages(said, surface)
        if allow:
            self._start["headers"].append((b"allow", allow.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(self._start)
        await send(self._body)


def surface_of(path: str) -> str:
    """partner, control or graph: in whose words a path is answered."""
    if path == PARTNER or path.startswith(PARTNER + "/"):
        return "partner"
    if path == CONTROL or path.startswith(CONTROL + "/") or path.rstrip("/") in {"", "/openapi.json"}:
        return "control"
    return "graph"


def said_for(error: SandboxError, surface: str, *, shape: str = "meta") -> wire.Said:
    """Status and body of an error on this surface; `shape` is the app's `partner_errors`."""
    if surface == "partner":
        return wire.partner(error, shape=shape)
    if surface == "control":
        return wire.control(error)
    return wire.on_graph(error)


def answer_for(error: SandboxError, path: str, *, allow: str = "") -> Answer:
    """The whole answer to a request on this path."""
    surface = surface_of(path)
    return Answer(said_for(error, surface), surface, allow=allow)


def messages(said: wire.Said, surface: str) -> tuple[Message, Message]:
    """An answer as two ASGI messages; a Response object would cost as much again as all the rest of saying it.

    A body that is a text is no JSON: it goes out as it is.
    """
    if said.status in _WITHOUT_BODY:
        return {"type": "http.response.start", "status": said.status, "headers": []}, {"type": "http.response.body"}
    body = said.body.encode() if isinstance(said.body, str) else encoded(said.body)
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", media_type(said, surface).encode())]
    return (
        {"type": "http.response.start", "status": said.status, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


def media_type(said: wire.Said, surface: str) -> str:
    """What an answer's body is: JSON, a problem document (E4), or the text of a page."""
    if isinstance(said.body, str):
        return "text/html; charset=utf-8" if said.body.startswith("<") else "text/plain; charset=utf-8"
    return _PROBLEM if surface == "control" and said.status >= 400 else _JSON
