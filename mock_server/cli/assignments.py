"""`KEY=VALUE` as one types it, made into JSON of the type that a schema gives the key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from mock_server import schemas
from mock_server.errors import SchemaError

_COMPONENTS = "#/components/schemas/"


def settings(pairs: Iterable[str], schema: str) -> dict[str, Any]:
    """The object that these pairs describe, validated. A dot goes one level down: `variants.reply=2025`.

    Raises BadParameter, naming the key.
    """
    return _checked(_assigned(pairs, _Typed(schema)), schema)


def event(kind: str, pairs: Iterable[str]) -> dict[str, Any]:
    """A named event for `webhooks send`. Raises BadParameter for an unknown kind or key, or a wrong value."""
    typed = _Typed("webhook-event")
    known = _kinds(typed)
    if kind not in known:
        raise click.BadParameter(f"{kind!r} is no kind of event; known are {', '.join(known)}.")
    typed.root = known[kind]
    return _checked({"kind": kind} | _assigned(pairs, typed), "webhook-event")


def kinds() -> list[str]:
    """The kinds of named events."""
    return list(_kinds(_Typed("webhook-event")))


def completed(schema: str, incomplete: str) -> list[str]:
    """What the shell can offer for a pair that is being typed."""
    typed = _Typed(schema)
    names = [name for name, part in typed.root["properties"].items() if "not" not in part]
    return [f"{name}=" for name in names if name.startswith(incomplete)]


def _kinds(typed: _Typed) -> dict[str, Any]:
    return {branch["properties"]["kind"]["const"]: branch for branch in typed.root["anyOf"]}


def _assigned(pairs: Iterable[str], typed: _Typed) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    place: Any
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"{pair[:80]!r} is not of the form KEY=VALUE.")
        *above, last = key.split(".")
        place, part = whole, typed.root
        for name in above:
            place, part = place.setdefault(name, {}), typed.below(part, name)
            if not isinstance(place, dict):
                raise click.BadParameter(f"{key[:80]!r}: {name} has a value already.")
        place[last] = typed.read(text, typed.below(part, last))
    return whole


def _checked(value: dict[str, Any], schema: str) -> dict[str, Any]:
    try:
        schemas.validate(schema, value)
    except SchemaError as error:
        raise click.BadParameter(f"{error}.") from None
    return value


class _Typed:
    """A schema as far as it says what type a value has. What it does not know stays a text, for the validation."""

    def __init__(self, name: str) -> None:
        self._components = schemas.bundled([name])
        self.root = self._components[name]

    def below(self, part: dict[str, Any], name: str) -> dict[str, Any]:
        found: dict[str, Any] = part.get("properties", {}).get(name, {})
        while "$ref" in found:
            here: Any = self._components
            for key in found["$ref"].removeprefix(_COMPONENTS).split("/"):
                here = here[key]
            found = here
        return found

    def read(self, text: str, part: dict[str, Any]) -> Any:
        """The text as a value of this part of the schema, or as it is where it is none."""
        if "enum" in part:
            return next((value for value in part["enum"] if text == _typed_as(value)), text)
        kinds = part.get("type", "string")
        if text == "null" and "null" in kinds:
            return None
        if "array" in kinds:
            return [item for item in text.split(",") if item]
        if "string" in kinds:
            return text
        try:
            return json.loads(text)
        except ValueError:
            return text


def _typed_as(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
