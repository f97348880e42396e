"""Operations become routes, and unknown paths an answer in the shape of their surface (E3)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import NotFound
from mock_server.http.endpoint import Endpoint, Operation, named_app, record
from mock_server.http.saying import answer_for, surface_of
from mock_server.http.services import Services
from mock_server.store.rows import Remark

_OF_APP: Final = re.compile(r"/partner/app/(?P<app_id>[^/]+)/")
_OF_ID: Final = re.compile(r"(?:/v[0-9]+\.[0-9]+)?/(?P<id>[0-9]+)(?:/|$)")
_VERSION: Final = re.compile(r"/v[0-9]+\.[0-9]+(?=/)")
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


class _Digits(Convertor[str]):
    """Graph's ids. Starlette's own `int` would refuse thousands of digits with a crash."""

    regex = "[0-9]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("digits", _Digits())


def router(
    operations: Iterable[Operation], services: Services, surface: str, *, beside: tuple[BaseRoute, ...] = ()
) -> Router:
    """The routes of one surface, one a path, in the order in which paths first come; other paths are unknown.

    `beside` are routes that are no operations.
    """
    listed = list(operations)
    by_path: dict[str, list[Operation]] = {}
    for operation in listed:
        by_path.setdefault(operation.path, []).append(operation)
    routes = [Route(_path(path, surface), Endpoint(here, services, surface)) for path, here in by_path.items()]
    return Router([*beside, *routes], redirect_slashes=False, default=UnknownPath(listed, services))


def _path(path: str, surface: str) -> str:
    """On Graph every parameter of a path is an id of digits: `/me/messages` is no route."""
    return _PARAMETER.sub(r"{\1:digits}", path) if surface == "graph" else path


class Surfaces:
    """Each surface has a router of its own: no request is held against the paths of another."""

    def __init__(self, routers: dict[str, ASGIApp]) -> None:
        self._routers = routers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._routers[surface_of(scope["path"])](scope, receive, send)


class UnknownPath:
    """Answers what no route takes: 404 in the surface's shape, the nearest known route in the journal."""

    def __init__(self, known: Iterable[Operation], services: Services) -> None:
        self._known = {_PARAMETER.sub("{id}", f"{o.method} {o.path}"): f"{o.method} {o.path}" for o in known}
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path
        asked = f"{request.method} {path}"[:300]
        sentence = f"{asked} is no route here{self._hint(request.method, path[:300])}."
        if surface_of(path) != "control":
            app_id = await named_app(self._services, _ids_in(path))
            await record(self._services, app_id, (Remark(sentence),))
        await answer_for(NotFound("route", sentence), path)(scope, receive, send)

    def _hint(self, method: str, path: str) -> str:
        """The nearest route. On Graph versions and ids are none of the difference."""
        if surface_of(path) == "graph":
            path = re.sub(r"(?<=/)[0-9]+(?=/|$)", "{id}", _VERSION.sub("", path, count=1))
        nearest = difflib.get_close_matches(f"{method} {path}", self._known, n=1, cutoff=0)
        return f"; the nearest route is {self._known[nearest[0]]}" if nearest else ""


def _ids_in(path: str) -> dict[str, str]:
    """The ids in a path that no route takes."""
    if app := _OF_APP.match(path):
        return app.groupdict()
    found = _OF_ID.match(path)
    return {"phone_number_id": found["id"], "waba_id": found["id"], "meta_app_id": found["id"]} if found else {}


class Tolerant:
    """Trailing slashes are tolerated, and Graph's version segment may stand or not (INTERFACE).

    The route is found as if they were not there; the version becomes the request's `root_path`, so that the journal
    has the path as it was asked.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if len(path) > 1 and path.endswith("/"):
                path = path.rstrip("/") or "/"
                scope = {**scope, "path": path}
            if path.startswith("/v") and (version := _VERSION.match(path)):
                scope = {**scope, "root_path": version[0]}
        await self._app(scope, receive, send)
