"""From a path to its endpoint, and unknown paths to an answer in the shape of their surface (E3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import NotFound, Unavailable
from mock_server.http.endpoint import Endpoint, Operation, named_apps, record
from mock_server.http.request import Request
from mock_server.http.saying import answer_for, surface_of
from mock_server.http.services import Services
from mock_server.store.rows import Remark

_OF_APP: Final = re.compile(r"/partner/app/(?P<app_id>[^/]+)/")
_OF_ID: Final = re.compile(r"(?:/v[0-9]+\.[0-9]+)?/(?P<id>[0-9]+)(?:/|$)")
_VERSION: Final = re.compile(r"/v[0-9]+\.[0-9]+(?=/)")
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


class Router:
    """Finds the endpoint of a request by its path, each surface among its own: an ASGI application.

    Trailing slashes are tolerated, and Graph's version segment may stand or not (INTERFACE).
    """

    def __init__(self, surfaces: Mapping[str, Paths]) -> None:
        self._surfaces = surfaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.endswith("/") and path != "/":
            path = path.rstrip("/") or "/"
            scope = {**scope, "path": path}
        paths = self._surfaces[surface_of(path)]
        version = _VERSION.match(path) if path.startswith("/v") else None
        endpoint, scope["path_params"] = paths.find(path[version.end() :] if version else path)
        await endpoint(scope, receive, send)


class Paths:
    """The endpoints of one surface. A word in a path goes before a parameter in the same place."""

    def __init__(self, endpoints: Mapping[str, ASGIApp], *, unknown: ASGIApp, digits: bool = False) -> None:
        """`digits`: every parameter is an id of digits, as on Graph, where `/me/messages` is no route."""
        self._root = _Node()
        self._unknown = unknown
        self._digits = digits
        for path, endpoint in endpoints.items():
            self._root.add(path.split("/"), endpoint)

    def find(self, path: str) -> tuple[ASGIApp, dict[str, str]]:
        """The endpoint and the parameters of the path, or the endpoint of unknown paths."""
        node, values = self._root, list[str]()
        segments = path.split("/")
        for place, segment in enumerate(segments):
            if (below := node.words.get(segment)) is None:
                if segments[-1] in node.behind_slashes:
                    values.append("/".join(segments[place:-1]))
                    node = node.behind_slashes[segments[-1]]
                    break
                below = node.parameter
                if below is None or not self._is_value(segment):
                    return self._unknown, {}
                values.append(segment)
            node = below
        if node.endpoint is None:
            return self._unknown, {}
        return node.endpoint, dict(zip(node.names, values, strict=True))

    def _is_value(self, segment: str) -> bool:
        return segment.isdecimal() and segment.isascii() if self._digits else segment != ""


class _Node:
    """A place in the tree of paths, and what stands behind the next slash."""

    __slots__ = ("behind_slashes", "endpoint", "names", "parameter", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.behind_slashes: dict[str, _Node] = {}  # a path's last word, before it a parameter that may hold slashes
        self.endpoint: ASGIApp | None = None
        self.names: tuple[str, ...] = ()  # of the parameters on the way here

    def add(self, segments: list[str], endpoint: ASGIApp, names: tuple[str, ...] = ()) -> None:
        if not segments:
            self.endpoint, self.names = endpoint, names
            return
        first, rest = segments[0], segments[1:]
        if not first.startswith("{"):
            self.words.setdefault(first, _Node()).add(rest, endpoint, names)
        elif first.endswith(":path}"):
            (last,) = rest
            self.behind_slashes.setdefault(last, _Node()).add([], endpoint, (*names, first[1:-6]))
        else:
            self.parameter = self.parameter or _Node()
            self.parameter.add(rest, endpoint, (*names, first[1:-1]))


def paths(
    operations: Iterable[Operation], services: Services, surface: str, *, beside: Mapping[str, ASGIApp] | None = None
) -> Paths:
    """The paths of one surface; `beside` are some that are no operations."""
    listed = list(operations)
    by_path: dict[str, list[Operation]] = {}
    for operation in listed:
        by_path.setdefault(operation.path, []).append(operation)
    endpoints: dict[str, ASGIApp] = {path: Endpoint(here, services, surface) for path, here in by_path.items()}
    unknown = UnknownPath(listed, services)
    return Paths(endpoints | dict(beside or {}), unknown=unknown, digits=surface == "graph")


class UnknownPath:
    """Answers what no route takes: 404 in the surface's shape, the nearest known route in the journal."""

    def __init__(self, known: Iterable[Operation], services: Services) -> None:
        self._known = {_PARAMETER.sub("{id}", f"{o.method} {o.path}"): f"{o.method} {o.path}" for o in known}
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.path
        asked = f"{request.method} {path}"[:300]
        sentence = f"{asked} is no route here{self._hint(request.method, path[:300])}."
        if surface_of(path) != "control":
            with suppress(Unavailable):  # the answer is the same
                apps = await named_apps(self._services.store, _ids_in(path))
                await record(self._services.store, apps, (Remark(sentence),))
        await answer_for(NotFound("route", sentence), path)(scope, receive, send)

    def _hint(self, method: str, path: str) -> str:
        """The nearest route. On Graph versions and ids are none of the difference."""
        if surface_of(path) == "graph":
            path = re.sub(r"(?<=/)[0-9]+(?=/|$)", "{id}", _VERSION.sub("", path, count=1))
        import difflib  # noqa: PLC0415 - what a start need not spend

        nearest = difflib.get_close_matches(f"{method} {path}", self._known, n=1, cutoff=0)
        return f"; the nearest route is {self._known[nearest[0]]}" if nearest else ""


def _ids_in(path: str) -> dict[str, str]:
    """The ids in a path that no route takes."""
    if app := _OF_APP.match(path):
        return app.groupdict()
    found = _OF_ID.match(path)
    return {"phone_number_id": found["id"], "waba_id": found["id"], "meta_app_id": found["id"]} if found else {}
