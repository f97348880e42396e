"""Parameters of Graph's management calls: in the query, a form or JSON, the access token among them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

from mock_server import schemas
from mock_server.http import reading
from mock_server.http.endpoint import Call
from mock_server.store.rows import App

_FOLDED: Final = frozenset({"fields", "webhook_configuration"})
_TYPES: Final = {"application/json": reading.parse_json, "application/x-www-form-urlencoded": reading.parse_form}


class Whose(Protocol):
    """Finds the apps that a path names and the token may use; `given` is the token of the body."""

    async def __call__(self, call: Call, *, given: str | None = None) -> list[App]: ...


async def taken(call: Call, whose: Whose, schema: str) -> tuple[dict[str, Any], list[App]]:
    """The parameters, which satisfy the schema, and whose they are.

    The token is looked at first where it stands in the header or the query (R3). What the query says, the body may
    say otherwise. Raises Unauthorised, NotFound, Malformed, SchemaError.
    """
    request = call.request
    if request.header(b"authorization") is not None or "access_token" in request.query_params:
        apps = await whose(call)
        given = await _read(call)
    else:
        given = await _read(call)
        token = given.get("access_token") if isinstance(given, dict) else None
        apps = await whose(call, given=token if isinstance(token, str) else None)
    schemas.validate(schema, given)
    return given, apps


def names(listed: str | Iterable[str]) -> tuple[str, ...]:
    """Names from a list or a comma list, each once."""
    found = listed.split(",") if isinstance(listed, str) else listed
    return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))


async def _read(call: Call) -> Any:
    asked: dict[str, Any] = dict(reading.parse_form(call.request.query))
    kind = reading.content_type(call.request)
    call.raw = body = await reading.read_body(call.request)
    if body and kind not in _TYPES:
        raise reading.wrong_type(kind, "application/json")
    given = _TYPES[kind](body) if body else {}
    return _unfolded(asked | given) if isinstance(given, dict) else given


def _unfolded(given: dict[str, Any]) -> dict[str, Any]:
    """Objects and lists may come as JSON texts, as they must in a query."""
    folded = {name: value for name, value in given.items() if name in _FOLDED and str(value)[:1] in {"{", "["}}
    return given | {name: reading.parse_json(v.encode()) for name, v in folded.items() if isinstance(v, str)}
