"""The phone page: `GET /_sandbox/phone` and its files; `/` leads there.

The files lie in `mock_server/web`. Each is read when it is first asked for and then kept, so that a start that nobody
looks at costs nothing. They hold no secret and are open: the page asks the control API for the rest, with the token.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import NotFound, SandboxError
from mock_server.http.guard import PAGE
from mock_server.http.request import Request
from mock_server.http.saying import answer_for

FOLDER: Final = Path(__file__).resolve().parents[1] / "web"
INDEX: Final = "index.html"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_METHODS: Final = ("GET", "HEAD")
_GZIP: Final = 31  # zlib: the largest window, with a gzip head
# Nothing but our own files, no frame around the page, no form that a browser sends by itself.
_HEADERS: Final = {
    "cache-control": "no-cache",
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class File(NamedTuple):
    """A file of the page as it is served, plain and squeezed to a third."""

    content: bytes
    squeezed: bytes
    media_type: str
    tag: str


class PageFile:
    """An ASGI application that answers one file of the folder: the one in the path, else the page itself."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = _answer(request)
        except SandboxError as error:
            answer = answer_for(error, request.path, allow=", ".join(_METHODS) if error.code == "method" else "")
        await answer(scope, receive, send)


class FrontDoor:
    """An ASGI application that leads from `/` to the page. A browser takes a fragment along, and so the token."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import RedirectResponse  # noqa: PLC0415 - 20 ms that a start need not spend

        await RedirectResponse(PAGE, 307, headers={"cache-control": "no-cache"})(scope, receive, send)


def endpoints() -> dict[str, ASGIApp]:
    """By their paths."""
    page = PageFile()
    return {"/": FrontDoor(), PAGE: page, PAGE + "/{file}": page}


def _answer(request: Request) -> ASGIApp:
    """Raises SandboxError for another method, NotFound for a file that is none of the page's."""
    from starlette.responses import Response  # noqa: PLC0415 - as above

    if request.method not in _METHODS:
        raise SandboxError("method", f"{request.method[:20]} is not possible here; use GET.")
    found = _file(request.path_params.get("file", INDEX))
    headers = {**_HEADERS, "etag": found.tag}
    if found.tag in (request.header(b"if-none-match") or ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in (request.header(b"accept-encoding") or ""):
        return Response(found.content, media_type=found.media_type, headers=headers)
    headers["content-encoding"] = "gzip"
    return Response(found.squeezed, media_type=found.media_type, headers=headers)


def _file(name: str) -> File:
    """Raises NotFound unless the folder holds this file under a suffix that the page uses."""
    found = _read(name) if name in _names() else None
    if found is None:
        raise NotFound("route", f"The page has no file {name[:80]!r}.")
    return found


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in _TYPES)


@lru_cache(maxsize=100)
def _read(name: str) -> File:
    path = FOLDER / name
    content = path.read_bytes()
    tag = f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    return File(content, zlib.compress(content, wbits=_GZIP), _TYPES[path.suffix], tag)
