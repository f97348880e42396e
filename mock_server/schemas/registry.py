"""The files of `schemas/`: read once, offline, compiled on first use, and put together for OpenAPI."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mock_server.errors import NotFound, SandboxError
from mock_server.resources import read_schema, schema_dir

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, Registry

BASE: Final = "https://gupshup-mock.invalid/schemas/"


def names() -> list[str]:
    """The names of all schemas, in order."""
    return list(_names())


def schema(name: str) -> dict[str, Any]:
    """One schema as it is in its file, the caller's own copy; `NotFound` when there is none of that name."""
    if name not in _names():
        raise NotFound("unknown_schema", f"There is no schema {name[:80]!r}; `schema list` names them.")
    found: dict[str, Any] = json.loads(read_schema(name))
    return found


def check_registry() -> None:
    """Return when every `$ref` leads to a schema of ours; else raise `SandboxError`. Takes about 15 ms."""
    for name in names():
        document = _document(name)
        if document.get("$id") != f"{BASE}{name}.json":
            raise SandboxError("schema_registry", f"The $id of {name}.json is not {BASE}{name}.json.")
        for target in _references(document):
            file, _, pointer = target.partition("#")
            try:
                resolve(file.removesuffix(".json") or name, pointer)
            except (NotFound, KeyError, IndexError, ValueError):
                raise SandboxError("schema_registry", f"{name}.json refers to {target!r}, which is not here.") from None


def bundled(wanted: Iterable[str], *, longest_list: int | None = None) -> dict[str, dict[str, Any]]:
    """These schemas and all they refer to, by name, for `#/components/schemas` of an OpenAPI 3.1 document.

    `$id` and `$schema` are gone and every `$ref` points into the components, so that the document stands by itself.
    `longest_list` lets lists have no more items than this: without it a generator fills a webhook's nested lists with
    a hundred events each, and takes twenty times as long.
    """
    found: dict[str, dict[str, Any]] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        document = {key: part for key, part in _document(name).items() if key not in ("$id", "$schema")}
        found[name] = _rewritten(document, name)
        waiting += [target.partition("#")[0].removesuffix(".json") or name for target in _references(document)]
    if longest_list is not None:
        _shorten(found, longest_list)
    return {name: found[name] for name in sorted(found)}


@cache
def validator(name: str) -> Draft202012Validator:
    """The compiled schema; `NotFound` for a name that is none, `SandboxError` for a schema that is broken."""
    import jsonschema_rs  # noqa: PLC0415 - 20 ms that a starting server need not spend before it is ready

    try:
        return jsonschema_rs.Draft202012Validator(_document(name), registry=_registry(), offline=True, mask="the value")
    except jsonschema_rs.ValidationError as broken:
        raise SandboxError("schema_registry", f"The schema {name} cannot be compiled: {broken.message}") from broken


@cache
def _registry() -> Registry:
    import jsonschema_rs  # noqa: PLC0415 - as above

    return jsonschema_rs.Registry([(f"{BASE}{name}.json", _document(name)) for name in names()])


@cache
def _names() -> dict[str, None]:
    return dict.fromkeys(sorted(path.stem for path in schema_dir().glob("*.json")))


@cache
def _document(name: str) -> dict[str, Any]:
    return schema(name)


def _references(part: Any) -> Iterator[str]:
    """Every `$ref` in a part of a schema."""
    for key, below in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key == "$ref" and isinstance(below, str):
            yield below
        else:
            yield from _references(below)


def _rewritten(part: Any, name: str) -> Any:
    """A part of the schema `name` with its `$ref`s pointing into `#/components/schemas`."""
    if isinstance(part, list):
        return [_rewritten(below, name) for below in part]
    if not isinstance(part, dict):
        return part
    file, _, pointer = str(part.get("$ref", "")).partition("#")
    here = {"$ref": f"#/components/schemas/{file.removesuffix('.json') or name}{pointer}"} if "$ref" in part else {}
    return {key: _rewritten(below, name) for key, below in part.items()} | here


def _shorten(part: Any, longest: int) -> None:
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _shorten(below, longest)
    if isinstance(part, dict) and "items" in part and "array" in part.get("type", ()):
        part["maxItems"] = max(part.get("minItems", 0), min(part.get("maxItems", longest), longest))


def resolve(name: str, pointer: str) -> Any:
    """The part of a schema that a JSON pointer names; `KeyError`, `IndexError` or `ValueError` when there is none."""
    part: Any = _document(name)
    for key in pointer.split("/")[1:]:
        part = part[int(key)] if isinstance(part, list) else part[key.replace("~1", "/").replace("~0", "~")]
    return part
