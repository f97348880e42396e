"""From an error to an HTTP answer, in the shape of the surface it was asked on (E1-E4)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.responses import Response

from mock_server.errors import SandboxError
from mock_server.wire import errors as wire

PARTNER: Final = "/partner"
CONTROL: Final = "/_sandbox"
_encode: Final = msgspec.json.Encoder().encode


def encoded(body: Any) -> bytes:
    """A body as JSON bytes; bytes are JSON already."""
    return body if isinstance(body, bytes) else _encode(body)


class JsonAnswer(Response):
    """A JSON answer whose bytes are there already, or are made from a value."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return encoded(content)


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


def answer_for(error: SandboxError, path: str) -> JsonAnswer:
    """The whole answer to a request on this path."""
    surface = surface_of(path)
    said = said_for(error, surface)
    media_type = "application/problem+json" if surface == "control" else None
    return JsonAnswer(said.body, said.status, media_type=media_type)
