"""The page that lists rules and mistakes by number, which failures, violations and advices cite."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_tests.mistakes import MISTAKES
from contract_tests.summary import PAGE
from tests.contract.frame.kit import ROOT

_ROW = re.compile(r"^\| (\w+) \| (.+?) \|(?: (.+?) \|)?$", re.MULTILINE)
_CITED = re.compile(r"\b[TPRCAWES]\d\b")
_PLACES = ("mock_server", "contract_tests", "schemas")
_OUTSIDE = ("README.md", "CHANGELOG.md")


def rows() -> dict[str, tuple[str, str]]:
    return {found[1]: (found[2], found[3] or "") for found in _ROW.finditer(PAGE.read_text())}


def cited() -> Iterator[str]:
    kinds = {".py", ".mjs", ".js", ".html", ".json", ".toml"}
    files = [path for place in _PLACES for path in (ROOT / place).rglob("*") if path.suffix in kinds]
    for path in [*files, *(ROOT / name for name in _OUTSIDE)]:
        yield from _CITED.findall(path.read_text())


def test_every_rule_that_is_cited_anywhere_is_on_the_page() -> None:
    """By code, schemas, claims and documents; each in a sentence, with its source."""
    page = rows()
    assert set(cited()) - set(page) == set()
    rules = {name: row for name, row in page.items() if not name.isdecimal() and name not in {"rule", "mistake"}}
    assert len(rules) > 40
    assert [name for name, (sentence, source) in rules.items() if not sentence.endswith(".") or not source] == []


def test_the_known_mistakes_are_on_the_page() -> None:
    """All of them, word for word as failures say them."""
    listed = {int(name): sentence for name, (sentence, _) in rows().items() if name.isdecimal()}
    assert listed == MISTAKES
