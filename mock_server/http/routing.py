"""Operations become routes, and unknown paths an answer in the shape of their surface (E3)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import NotFound
from mock_server.http.endpoint import Endpoint, Operation, record
from mock_server.http.saying import answer_for, surface_of
from mock_server.http.services import Services
from mock_server.store.rows import Remark

_OF_APP: Final = re.compile(r"/partner/app/([^/]+)/")


def routes_of(operations: Iterable[Operation], services: Services, surface: str) -> list[BaseRoute]:
    """One route a path, in the order in which paths first come."""
    by_path: dict[str, list[Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, []).append(operation)
    return [Route(path, Endpoint(listed, services, surface)) for path, listed in by_path.items()]


class UnknownPath:
    """Answers what no route takes: 404 in the surface's shape, the nearest known route in the journal."""

    def __init__(self, known: Iterable[Operation], services: Services) -> None:
        self._known = [f"{operation.method} {operation.path}" for operation in known]
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path
        asked = f"{request.method} {path}"[:300]
        nearest = difflib.get_close_matches(asked, self._known, n=1, cutoff=0)
        hint = f"; the nearest route is {nearest[0]}" if nearest else ""
        if surface_of(path) != "control":
            app = _OF_APP.match(path)
            await record(self._services, app[1] if app else None, (Remark(f"{asked} is no route here{hint}."),))
        await answer_for(NotFound("route", f"{asked} is no route here{hint}."), path)(scope, receive, send)


class Tolerant:
    """Trailing slashes are tolerated (INTERFACE): the route is found as if they were not there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)
