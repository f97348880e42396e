"""The JSON Schemas of `schemas/`: one offline registry, compiled on first use, with errors that name the wrong field.

`validate(name, value)` is what every surface calls. For a provider's message or call the branch is picked first, by
`message_schema(body)` or `call_schema(body)`: only then is validation fast and the error about one thing.

Two conventions of the schema files make the sentences: the `title` of a schema with a `pattern` finishes "must be ...",
and the `description` beside a `not` says why the value cannot stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mock_server.errors import NotFound, SandboxError, SchemaError
from mock_server.resources import read_schema, schema_dir

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, Registry, ValidationError

BASE: Final = "https://gupshup-mock.invalid/schemas/"

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
    validator = _validator(name)
    try:
        if validator.is_valid(value):
            return
        errors = list(validator.iter_errors(value))
    except ValueError as refused:  # not JSON at all: a lone surrogate, a key that is no string, a date from TOML
        raise SchemaError(schema=name, path="", sentence=f"is not JSON: {str(refused)[:80]}") from None
    worst = _worst(_mistakes(errors, value))
    raise SchemaError(schema=name, path=_dotted(worst.path), sentence=worst.sentence)


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
                _resolve(file.removesuffix(".json") or name, pointer)
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


# --- the registry ---


@cache
def _validator(name: str) -> Draft202012Validator:
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


def _resolve(name: str, pointer: str) -> Any:
    """The part of a schema that a JSON pointer names; `KeyError`, `IndexError` or `ValueError` when there is none."""
    part: Any = _document(name)
    for key in pointer.split("/")[1:]:
        part = part[int(key)] if isinstance(part, list) else part[key.replace("~1", "/").replace("~0", "~")]
    return part


# --- which schema ---


def _undecided(what: str, body: object) -> SchemaError:
    if isinstance(body, dict) and body.get("type") == "interactive":
        return _pick(what, body, ("interactive", "type"), _INTERACTIVE)
    return _pick(what, body, ("type",), [*_MESSAGES, "interactive"])


def _pick(what: str, body: Any, path: tuple[str, ...], known: Iterable[str]) -> SchemaError:
    """The error for a body whose schema could not be picked by the value at `path`."""
    for depth, key in enumerate(path):
        if not isinstance(body, dict):
            return SchemaError(
                schema=what, path=_dotted(path[:depth]), sentence=f"must be an object, not {_shown(body)}"
            )
        if key not in body:
            return SchemaError(schema=what, path=_dotted(path[: depth + 1]), sentence="is required")
        body = body[key]
    if not isinstance(body, str):
        return SchemaError(schema=what, path=_dotted(path), sentence=f"must be a string, not {_shown(body)}")
    return UnknownType(schema=what, path=_dotted(path), sentence=_must_be(map(json.dumps, known), body))


# --- what went wrong ---

_Path = tuple[str | int, ...]
_WRONG_WORD, _UNKNOWN_FIELD, _MISSING, _OTHER = range(4)
_SHOWN_CHARACTERS: Final = 60
_SECRETS: Final = ("token", "secret", "password")  # how their names end
_URL: Final = re.compile(r"//|https?:", re.IGNORECASE)
_SHOWN_BITS: Final = 128  # Python refuses to print thousands of digits, and nobody would read them


class _Mistake(NamedTuple):
    path: _Path
    sentence: str
    rank: int = _OTHER  # of two equally deep ones the lower is told
    choices: tuple[str, ...] = ()  # what was allowed where a fixed word was wrong: it tells alternatives apart


class _Found(NamedTuple):
    """One error of jsonschema-rs: the keyword that failed, its figures, what stood there, and the schema around it."""

    path: _Path
    keyword: str
    figures: dict[str, Any]
    value: Any
    schema: dict[str, Any]


def _mistakes(errors: Iterable[ValidationError], value: object) -> list[_Mistake]:
    """Every error in our words, those of alternatives last: of two equally good ones the first is told."""
    plain_first = sorted(errors, key=lambda error: error.kind.name in _ALTERNATIVES)
    return [_mistake(error, value) for error in plain_first]


def _worst(mistakes: Iterable[_Mistake]) -> _Mistake:
    """The deepest mistake; of equally deep ones the most telling."""
    return min(mistakes, key=lambda mistake: (-len(mistake.path), mistake.rank))


def _mistake(error: ValidationError, value: object) -> _Mistake:
    path, keyword = tuple(error.instance_path), error.kind.name
    address, _, pointer = (error.absolute_keyword_location or "").partition("#")
    schema_around = _resolve(address.removeprefix(BASE).removesuffix(".json"), pointer.rpartition("/")[0])
    found = _Found(path, keyword, error.kind.as_dict(), _at(value, path), schema_around)
    if keyword in _ALTERNATIVES:
        return _one_field(found) or _nearest(found, value)
    return _TOLD.get(keyword, _anything)(found)


def _one_field(found: _Found) -> _Mistake | None:
    """The mistake where the alternatives are fields, one of which must be given; None where they are something else."""
    alternatives = found.schema[found.keyword]
    if not isinstance(found.value, dict) or any(alternative.keys() != {"required"} for alternative in alternatives):
        return None
    wanted = [alternative["required"] for alternative in alternatives]
    missing = [[name for name in fields if name not in found.value] for fields in wanted]
    given = [fields[0] for fields, lacking in zip(wanted, missing, strict=True) if not lacking]
    if given:
        sentence = f"cannot stand beside {given[0]}: give one of {', '.join(fields[0] for fields in wanted)}"
        return _Mistake((*found.path, given[1]), sentence, _UNKNOWN_FIELD)
    begun = [lacking[0] for fields, lacking in zip(wanted, missing, strict=True) if len(lacking) < len(fields)]
    if begun:
        return _Mistake((*found.path, begun[0]), "is required", _MISSING)
    first, *others = [lacking[0] for lacking in missing]
    return _Mistake((*found.path, first), f"is required, or else {' or '.join(others)}", _MISSING)


def _nearest(found: _Found, value: object) -> _Mistake:
    """The mistake in the alternative that the value came nearest to: fewest wrong words, fewest mistakes, deepest."""
    branches = [_mistakes(branch, value) for branch in found.figures["context"]]
    if not all(branches):
        return _Mistake(found.path, "fits more than one of the alternatives")
    wrong_words = [[mistake for mistake in branch if mistake.choices] for branch in branches]
    _, _, _, nearest = min(
        (len(words), len(branch), -len(_worst(branch).path), place)
        for place, (words, branch) in enumerate(zip(wrong_words, branches, strict=True))
    )
    worst = _worst(branches[nearest])
    if not worst.choices:
        return worst
    # the word that tells the alternatives apart is wrong: name what each of them has in its place
    rivals = [word for words in wrong_words for word in words if word.path == worst.path and _shallowest(word, words)]
    choices = tuple(dict.fromkeys(choice for rival in rivals for choice in rival.choices))
    return worst._replace(sentence=_must_be(choices, _at(value, worst.path)), choices=choices)


def _shallowest(word: _Mistake, words: list[_Mistake]) -> bool:
    return all(len(word.path) <= len(other.path) for other in words)


def _wrong_word(found: _Found) -> _Mistake:
    allowed = found.figures["options"] if found.keyword == "enum" else [found.figures["expected_value"]]
    if isinstance(allowed[0], bool) and not isinstance(found.value, bool):  # "false" for false picks no alternative
        return _Mistake(found.path, f"must be true or false, not {_shown(found.value)}")
    choices = tuple(map(json.dumps, allowed))
    return _Mistake(found.path, _must_be(choices, found.value), _WRONG_WORD, choices)


def _unknown_field(found: _Found) -> _Mistake:
    known = ", ".join(name for name, part in found.schema.get("properties", {}).items() if "not" not in part)
    unknown = found.figures["unexpected"][0]
    return _Mistake((*found.path, unknown), f"is not a known field; known are: {known}", _UNKNOWN_FIELD)


def _missing(found: _Found) -> _Mistake:
    return _Mistake((*found.path, found.figures["property"]), "is required", _MISSING)


def _forbidden(found: _Found) -> _Mistake:
    return _Mistake(found.path, found.schema.get("description", "cannot stand here"), _UNKNOWN_FIELD)


def _wrong_type(found: _Found) -> _Mistake:
    wanted = " or ".join(_TYPES[name] for name in found.figures["types"])
    return _Mistake(found.path, f"must be {wanted}{_instead_of_it(found)}")


def _wrong_form(found: _Found) -> _Mistake:
    return _Mistake(found.path, f"must be {found.schema.get('title', 'otherwise')}{_instead_of_it(found)}")


def _incomplete(found: _Found) -> _Mistake:
    return _Mistake(found.path, f"must contain {found.schema.get('description', 'another item')}")


def _out_of_bounds(found: _Found) -> _Mistake:
    return _Mistake(found.path, _BOUNDS[found.keyword].format(found.figures["limit"]))


def _anything(found: _Found) -> _Mistake:
    return _Mistake(found.path, f"does not satisfy {found.keyword!r} of the schema")


_ALTERNATIVES: Final = ("anyOf", "oneOf")
_BOUNDS: Final = {
    "maxLength": "must have at most {} characters",
    "minLength": "must have at least {} characters",
    "maxItems": "must have at most {} items",
    "minItems": "must have at least {} items",
    "maxProperties": "must have at most {} fields",
    "minProperties": "must have at least {} fields",
    "maximum": "must be at most {}",
    "minimum": "must be at least {}",
}
_TOLD: Final[dict[str, Callable[[_Found], _Mistake]]] = {
    "const": _wrong_word,
    "enum": _wrong_word,
    "additionalProperties": _unknown_field,
    "required": _missing,
    "dependentRequired": _missing,
    "not": _forbidden,
    "type": _wrong_type,
    "pattern": _wrong_form,
    "contains": _incomplete,
    **dict.fromkeys(_BOUNDS, _out_of_bounds),
}
_TYPES: Final = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def _must_be(choices: Iterable[str], seen: object) -> str:
    listed = list(choices)
    return f"must be {'one of ' if len(listed) > 1 else ''}{', '.join(listed)}, not {_shown(seen)}"


def _at(value: Any, path: _Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _instead_of_it(found: _Found) -> str:
    """What stood there, unless it may be a secret: an answer is also in the journal."""
    name = str(found.path[-1]).lower() if found.path else ""
    return "" if name.endswith(_SECRETS) else f", not {_shown(found.value)}"


def _shown(value: object) -> str:
    """A value for a sentence: never more than 80 characters of it, and of a URL neither login nor query."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int) and value.bit_length() > _SHOWN_BITS:
        return "a number of very many digits"
    if isinstance(value, str) and _URL.search(value):
        value = value.partition("?")[0].partition("#")[0].rpartition("@")[2]
    if isinstance(value, str) and len(value) > _SHOWN_CHARACTERS:
        value = value[:_SHOWN_CHARACTERS] + "…"
    return json.dumps(value, ensure_ascii=False)


def _dotted(path: _Path) -> str:
    """A path as one writes it: `contacts[0].phones`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key[:80]}" for key in path)
    return text.removeprefix(".")
