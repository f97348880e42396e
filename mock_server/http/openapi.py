"""The OpenAPI 3.1 document: the operations of every surface, their schemas, and the webhooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import msgspec

from mock_server import schemas
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.saying import surface_of
from mock_server.wire.errors import Said

Json = dict[str, Any]

_MEDIA: Final = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "message": "application/json",
}
_SAID: Final = {
    200: "Done",
    201: "Created",
    202: "Accepted",
    204: "Done",
    400: "The request is wrong, or the provider refuses",
    401: "The token is missing or wrong",
    403: "Not allowed",
    404: "Not found",
    405: "Wrong method",
    408: "Too slow",
    409: "Not possible now",
    410: "Expired",
    413: "Too large",
    415: "Wrong content type",
    429: "Too many requests",
}
_PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")


class Document:
    """Assembled once, when first asked for."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations = operations

    def operation(self) -> Operation:
        """The route that serves it."""
        return Operation("GET", "/openapi.json", self._serve, "This document", open=True)

    async def _serve(self, call: Call) -> Said:
        return Said(200, self.bytes)

    @cached_property
    def bytes(self) -> bytes:
        return msgspec.json.encode(self.value)

    @cached_property
    def value(self) -> Json:
        """The whole document."""
        webhooks = [name for name in schemas.names() if name.startswith("webhook-") and name.split("-")[1] in _DIALECTS]
        wanted = {"problem", "error-gupshup", "error-meta", "error-reason", *webhooks}
        for operation in self._operations:
            wanted |= {name for _, name in operation.answers if name}
            wanted |= {operation.takes} if operation.takes else set()
        paths: dict[str, Json] = {}
        for operation in self._operations:
            path = _PARAMETER.sub(r"{\1}", operation.path)
            paths.setdefault(path, {})[operation.method.lower()] = _operation(operation)
        paths[EVENTS] = {"get": _EVENT_STREAM}
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "gupshup-mock",
                "version": "1",
                "description": (
                    "Gupshup's partner surface, Meta's Graph surface (its paths may begin with a version such as "
                    "/v24.0), the sandbox's control API, and the webhooks it sends."
                ),
            },
            "paths": paths,
            "webhooks": {name.removeprefix("webhook-"): _webhook(name) for name in webhooks},
            "components": {
                "schemas": schemas.bundled(sorted(wanted)),
                "securitySchemes": {
                    "app_token": {"type": "apiKey", "in": "header", "name": "Authorization"},
                    "graph_token": {"type": "http", "scheme": "bearer"},
                    "graph_token_in_query": {"type": "apiKey", "in": "query", "name": "access_token"},
                    "control_token": {"type": "http", "scheme": "bearer"},
                },
            },
        }


EVENTS: Final = "/_sandbox/events"
_EVENT_STREAM: Final = {
    "operationId": "events_stream",
    "summary": "Everything as it happens, as server-sent events",
    "description": "Each event is a journal entry under its kind, resumable by Last-Event-ID; also `lost` and `reset`.",
    "tags": ["control"],
    "parameters": [{"name": "app", "in": "query", "schema": {"type": "string"}, "description": "Of one app only"}],
    "responses": {
        "200": {"description": "The stream", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
    },
    "security": [{"control_token": []}, {}],
}
_ANY: Final = (400, 401, 403, 404, 405, 408, 413, 415, 429)
_DIALECTS: Final = {"gupshup", "meta"}


_SECURITY: Final[dict[str, list[Json]]] = {
    "partner": [{"app_token": []}],
    "graph": [{"graph_token": []}, {"graph_token_in_query": []}],
    "control": [{"control_token": []}, {}],
}
_ERRORS: Final = {"partner": "error-gupshup", "graph": "error-meta", "control": "problem"}


def _operation(operation: Operation) -> Json:
    surface = surface_of(operation.path)
    name = f"{operation.handler.__module__.rpartition('.')[2]}_{operation.handler.__name__}"
    said: Json = {
        "operationId": f"graph_{name}" if surface == "graph" else name,
        "summary": operation.summary,
        "tags": [surface],
        "parameters": [*_in_path(operation.path, surface), *(_in_query(query) for query in operation.query)],
        "responses": _answers(operation, surface),
    }
    if operation.handler.__doc__:
        said["description"] = operation.handler.__doc__
    if operation.takes:
        content = {_MEDIA[operation.body or "json"]: _schema(operation.takes)}
        said["requestBody"] = {"required": not operation.body_optional, "content": content}
    if not operation.open:
        said["security"] = _SECURITY[surface]
    return said


def _answers(operation: Operation, surface: str) -> Json:
    """The operation's own answers, and those that any request of its surface can get (E3, E5, E6)."""
    said = {str(status): _answer(status, name, surface) for status, name in operation.answers}
    for status in _ANY:
        said.setdefault(str(status), _answer(status, _ERRORS[surface], surface))
    return dict(sorted(said.items()))


def _in_path(path: str, surface: str) -> list[Json]:
    names = _PARAMETER.findall(path)
    schema = {"type": "string", "pattern": "^[0-9]+$"} if surface == "graph" else {"type": "string"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _in_query(query: Query) -> Json:
    return {"name": query.name, "in": "query", "schema": query.schema, "description": query.description}


def _answer(status: int, name: str | None, surface: str) -> Json:
    said: Json = {"description": _SAID[status]}
    if name:
        problem = surface == "control" and status >= 400
        said["content"] = {"application/problem+json" if problem else "application/json": _schema(name)}
    return said


def _webhook(name: str) -> Json:
    return {
        "post": {
            "requestBody": {"required": True, "content": {"application/json": _schema(name)}},
            "responses": {"200": {"description": "Taken; on Gupshup with an empty body"}},
        }
    }


def _schema(name: str) -> Json:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}
