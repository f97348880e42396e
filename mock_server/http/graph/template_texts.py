"""What Meta refuses in the texts of a new template, each mistake by its own subcode (facts/meta 1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mock_server import schemas
from mock_server.errors import SchemaError

# Meta, error codes, Dec 12 2025. The page prints no figure for the ratio; here a text needs more words than parameters.
_TOO_LONG: Final = 2388040
_RATIO: Final = 2388293
_AT_AN_END: Final = 2388299
_FORMAT: Final = {"HEADER": 2388047, "BODY": 2388072, "FOOTER": 2388073}

_PARAMETER: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_WORD: Final = re.compile(r"\w+")
_TEXT: Final = re.compile(r"components\[([0-9]+)\]\.text")

SCHEMA: Final = "template-create-meta"


class _Mistake(NamedTuple):
    subcode: int
    sentence: str


def validate(template: dict[str, Any]) -> None:
    """Return when the schema and Meta's rules for texts take this template (types of components in upper case).

    Raises SchemaError for the first mistake, with its subcode where it is one in a text.
    """
    try:
        schemas.validate(SCHEMA, template)
    except SchemaError as wrong:
        found = _TEXT.fullmatch(wrong.path)
        if found is None:
            raise
        kind = template["components"][int(found[1])]["type"]
        subcode = _TOO_LONG if wrong.sentence.startswith("must have at most") else _FORMAT.get(kind)
        raise _wrong(wrong.path, _Mistake(subcode or _TOO_LONG, wrong.sentence)) from None
    for place, component in enumerate(template["components"]):
        for mistake in _mistakes(component):
            raise _wrong(f"components[{place}].text", mistake)


def _wrong(path: str, mistake: _Mistake) -> SchemaError:
    return SchemaError(schema=SCHEMA, path=path, sentence=mistake.sentence, subcode=mistake.subcode)


def _mistakes(component: dict[str, Any]) -> Iterator[_Mistake]:
    """Everything that is wrong with the text of a header, a body or a footer, the plainest first."""
    kind, text = component["type"], component.get("text", "")
    if kind not in _FORMAT or (kind == "HEADER" and component.get("format", "TEXT").upper() != "TEXT"):
        return
    parameters = _PARAMETER.findall(text)
    if not text.strip():
        yield _Mistake(_FORMAT[kind], "is required and must not be blank")
    if kind == "HEADER" and ("\n" in text or len(parameters) > 1):
        yield _Mistake(_FORMAT[kind], "must be one line with at most one parameter")
    if kind == "FOOTER" and parameters:
        yield _Mistake(_FORMAT[kind], "must have no parameters")
    if kind == "BODY":
        yield from _mistakes_with_parameters(text, parameters)


def _mistakes_with_parameters(text: str, parameters: list[str]) -> Iterator[_Mistake]:
    figures = sorted({int(name) for name in parameters if name.isascii() and name.isdigit() and len(name) < 4})
    if figures and figures != list(range(1, len(figures) + 1)):
        yield _Mistake(_FORMAT["BODY"], "must number its parameters from {{1}} without a gap")
    ends = [match.span() for match in _PARAMETER.finditer(text.strip())]
    if ends and (ends[0][0] == 0 or ends[-1][1] == len(text.strip())):
        yield _Mistake(_AT_AN_END, "must neither begin nor end with a parameter")
    if parameters and len(_WORD.findall(_PARAMETER.sub(" ", text))) <= len(parameters):
        yield _Mistake(_RATIO, f"has too few words for {len(parameters)} parameters")
