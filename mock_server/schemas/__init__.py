"""The JSON Schemas of `schemas/`: one offline registry, compiled on first use, with errors that name the wrong field.

`validate(name, value)` is what every surface calls. For a provider's message or call the branch is picked first, by
`message_schema(body)` or `call_schema(body)`: only then is validation fast and the error about one thing.

Two conventions of the schema files make the sentences: the `title` of a schema with a `pattern` finishes "must be ...",
and the `description` beside a `not` says why the value cannot stand there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from mock_server.errors import SchemaError
from mock_server.schemas.mistakes import dotted, most_telling, must_be, shown
from mock_server.schemas.registry import BASE, bundled, check_registry, names, schema, validator

__all__ = [
    "BASE", "UnknownType", "bundled", "call_schema", "check_registry", "message_schema", "names", "schema", "validate",
]  # fmt: skip

_MESSAGES: Final = {
    "text": "message-text",
    "image": "message-image",
    "audio": "message-audio",
    "video": "message-video",
    "document": "message-document",
    "sticker": "message-sticker",
    "reaction": "message-reaction",
    "contacts": "message-contacts",
    "location": "message-location",
    "template": "message-template",
}
_INTERACTIVE: Final = {
    "button": "message-interactive-button",
    "list": "message-interactive-list",
    "cta_url": "message-interactive-cta_url",
    "product": "message-interactive-product",
    "product_list": "message-interactive-product_list",
    "catalog_message": "message-interactive-catalog_message",
    "flow": "message-interactive-flow",
    "carousel": "message-interactive-carousel",
    "location_request_message": "message-interactive-location_request_message",
    "address_message": "message-interactive-address_message",
    "voice_call": "message-interactive-voice_call",
    "call_permission_request": "message-interactive-call_permission_request",
}
_CALLS: Final = {
    "connect": "call-connect",
    "pre_accept": "call-pre_accept",
    "accept": "call-accept",
    "reject": "call-reject",
    "terminate": "call-terminate",
}


class UnknownType(SchemaError):
    """Well-formed so far, but `type`, `interactive.type` or `action` is none that the provider has (R7)."""


def validate(name: str, value: object) -> None:
    """Return when the value satisfies this schema; else raise `SchemaError` for its most telling mistake."""
    compiled = validator(name)
    try:
        if compiled.is_valid(value):
            return
        errors = list(compiled.iter_errors(value))
    except ValueError as refused:  # not JSON at all: a lone surrogate, a key that is no string, a date from TOML
        raise SchemaError(schema=name, path="", sentence=f"is not JSON: {str(refused)[:80]}") from None
    worst = most_telling(errors, value)
    raise SchemaError(schema=name, path=dotted(worst.path), sentence=worst.sentence)


def message_schema(body: Any) -> str:
    """The name of the schema for this message, by `type` and `interactive.type`, without validating it.

    Raises `UnknownType` for a type that is none, `SchemaError` when it is missing or not a string.
    """
    try:
        kind = body["type"]
        return _INTERACTIVE[body["interactive"]["type"]] if kind == "interactive" else _MESSAGES[kind]
    except (KeyError, TypeError):
        raise _undecided("message", body) from None


def call_schema(body: Any) -> str:
    """The name of the schema for this body of Graph's `POST /calls`, by `action`; raises like `message_schema`."""
    try:
        return _CALLS[body["action"]]
    except (KeyError, TypeError):
        raise _pick("call", body, ("action",), _CALLS) from None


def _undecided(what: str, body: object) -> SchemaError:
    if isinstance(body, dict) and body.get("type") == "interactive":
        return _pick(what, body, ("interactive", "type"), _INTERACTIVE)
    return _pick(what, body, ("type",), [*_MESSAGES, "interactive"])


def _pick(what: str, body: Any, path: tuple[str, ...], known: Iterable[str]) -> SchemaError:
    """The error for a body whose schema could not be picked by the value at `path`."""
    for depth, key in enumerate(path):
        if not isinstance(body, dict):
            return SchemaError(schema=what, path=dotted(path[:depth]), sentence=f"must be an object, not {shown(body)}")
        if key not in body:
            return SchemaError(schema=what, path=dotted(path[: depth + 1]), sentence="is required")
        body = body[key]
    if not isinstance(body, str):
        return SchemaError(schema=what, path=dotted(path), sentence=f"must be a string, not {shown(body)}")
    return UnknownType(schema=what, path=dotted(path), sentence=must_be(map(json.dumps, known), body))
