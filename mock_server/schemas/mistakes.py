"""What is wrong with a value, told as one mistake: the field and a sentence that says what it must be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mock_server.schemas.registry import BASE, resolve

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

FieldPath = tuple[str | int, ...]
_WRONG_WORD, _UNKNOWN_FIELD, _MISSING, _OTHER = range(4)
_SHOWN_CHARACTERS: Final = 60
_SECRETS: Final = ("token", "secret", "password")  # how their names end
_URL: Final = re.compile(r"//|https?:", re.IGNORECASE)
_SHOWN_BITS: Final = 128  # Python refuses to print thousands of digits, and nobody would read them


class Mistake(NamedTuple):
    """Where it is, and how the sentence about it goes on."""

    path: FieldPath
    sentence: str
    rank: int = _OTHER  # of two equally deep ones the lower is told
    choices: tuple[str, ...] = ()  # what was allowed where a fixed word was wrong: it tells alternatives apart


class _Found(NamedTuple):
    """One error of jsonschema-rs: the keyword that failed, its figures, what stood there, and the schema around it."""

    path: FieldPath
    keyword: str
    figures: dict[str, Any]
    value: Any
    schema: dict[str, Any]


def most_telling(errors: Iterable[ValidationError], value: object) -> Mistake:
    """Of all that is wrong with the value what helps most: the deepest mistake."""
    return _worst(_mistakes(errors, value))


def _mistakes(errors: Iterable[ValidationError], value: object) -> list[Mistake]:
    """Every error in our words, those of alternatives last: of two equally good ones the first is told."""
    plain_first = sorted(errors, key=lambda error: error.kind.name in _ALTERNATIVES)
    return [_mistake(error, value) for error in plain_first]


def _worst(mistakes: Iterable[Mistake]) -> Mistake:
    """The deepest mistake; of equally deep ones the most telling."""
    return min(mistakes, key=lambda mistake: (-len(mistake.path), mistake.rank))


def _mistake(error: ValidationError, value: object) -> Mistake:
    path, keyword = tuple(error.instance_path), error.kind.name
    address, _, pointer = (error.absolute_keyword_location or "").partition("#")
    schema_around = resolve(address.removeprefix(BASE).removesuffix(".json"), pointer.rpartition("/")[0])
    found = _Found(path, keyword, error.kind.as_dict(), _at(value, path), schema_around)
    if keyword in _ALTERNATIVES:
        return _one_field(found) or _nearest(found, value)
    return _TOLD.get(keyword, _anything)(found)


def _one_field(found: _Found) -> Mistake | None:
    """The mistake where the alternatives are fields, one of which must be given; None where they are something else."""
    alternatives = found.schema[found.keyword]
    if not isinstance(found.value, dict) or any(alternative.keys() != {"required"} for alternative in alternatives):
        return None
    wanted = [alternative["required"] for alternative in alternatives]
    missing = [[name for name in fields if name not in found.value] for fields in wanted]
    given = [fields[0] for fields, lacking in zip(wanted, missing, strict=True) if not lacking]
    if given:
        sentence = f"cannot stand beside {given[0]}: give one of {', '.join(fields[0] for fields in wanted)}"
        return Mistake((*found.path, given[1]), sentence, _UNKNOWN_FIELD)
    begun = [lacking[0] for fields, lacking in zip(wanted, missing, strict=True) if len(lacking) < len(fields)]
    if begun:
        return Mistake((*found.path, begun[0]), "is required", _MISSING)
    first, *others = [lacking[0] for lacking in missing]
    return Mistake((*found.path, first), f"is required, or else {' or '.join(others)}", _MISSING)


def _nearest(found: _Found, value: object) -> Mistake:
    """The mistake in the alternative that the value came nearest to: fewest wrong words, fewest mistakes, deepest."""
    branches = [_mistakes(branch, value) for branch in found.figures["context"]]
    if not all(branches):
        return Mistake(found.path, "fits more than one of the alternatives")
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
    return worst._replace(sentence=must_be(choices, _at(value, worst.path)), choices=choices)


def _shallowest(word: Mistake, words: list[Mistake]) -> bool:
    return all(len(word.path) <= len(other.path) for other in words)


def _wrong_word(found: _Found) -> Mistake:
    allowed = found.figures["options"] if found.keyword == "enum" else [found.figures["expected_value"]]
    if isinstance(allowed[0], bool) and not isinstance(found.value, bool):  # "false" for false picks no alternative
        return Mistake(found.path, f"must be true or false, not {shown(found.value)}")
    choices = tuple(map(json.dumps, allowed))
    return Mistake(found.path, must_be(choices, found.value), _WRONG_WORD, choices)


def _unknown_field(found: _Found) -> Mistake:
    known = ", ".join(name for name, part in found.schema.get("properties", {}).items() if "not" not in part)
    unknown = found.figures["unexpected"][0]
    return Mistake((*found.path, unknown), f"is not a known field; known are: {known}", _UNKNOWN_FIELD)


def _missing(found: _Found) -> Mistake:
    return Mistake((*found.path, found.figures["property"]), "is required", _MISSING)


def _forbidden(found: _Found) -> Mistake:
    return Mistake(found.path, found.schema.get("description", "cannot stand here"), _UNKNOWN_FIELD)


def _wrong_type(found: _Found) -> Mistake:
    wanted = " or ".join(_TYPES[name] for name in found.figures["types"])
    return Mistake(found.path, f"must be {wanted}{_instead_of_it(found)}")


def _wrong_form(found: _Found) -> Mistake:
    return Mistake(found.path, f"must be {found.schema.get('title', 'otherwise')}{_instead_of_it(found)}")


def _incomplete(found: _Found) -> Mistake:
    return Mistake(found.path, f"must contain {found.schema.get('description', 'another item')}")


def _out_of_bounds(found: _Found) -> Mistake:
    return Mistake(found.path, _BOUNDS[found.keyword].format(found.figures["limit"]))


def _anything(found: _Found) -> Mistake:
    return Mistake(found.path, f"does not satisfy {found.keyword!r} of the schema")


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
_TOLD: Final[dict[str, Callable[[_Found], Mistake]]] = {
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


def must_be(choices: Iterable[str], seen: object) -> str:
    """The sentence for a word that is none of these."""
    listed = list(choices)
    return f"must be {'one of ' if len(listed) > 1 else ''}{', '.join(listed)}, not {shown(seen)}"


def _at(value: Any, path: FieldPath) -> Any:
    for key in path:
        value = value[key]
    return value


def _instead_of_it(found: _Found) -> str:
    """What stood there, unless it may be a secret: an answer is also in the journal."""
    name = str(found.path[-1]).lower() if found.path else ""
    return "" if name.endswith(_SECRETS) else f", not {shown(found.value)}"


def shown(value: object) -> str:
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


def dotted(path: FieldPath) -> str:
    """A path as one writes it: `contacts[0].phones`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key[:80]}" for key in path)
    return text.removeprefix(".")
