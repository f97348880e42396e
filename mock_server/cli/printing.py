"""How commands print: text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import click


class Output(NamedTuple):
    """How a command prints: as text, or as JSON for programs."""

    as_json: bool

    def say(self, answer: Any, text: Callable[[Any], str]) -> None:
        """The whole answer: one JSON document, or what `text` makes of it."""
        if self.as_json:
            click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            click.echo(text(answer))

    def one_by_one(self, rows: Iterable[Any], text: Callable[[Any], str]) -> None:
        """Rows as they come: one JSON object a line, or a line of text each."""
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False) if self.as_json else text(row))


def plain(text: object) -> str:
    """Text from somebody else with its control characters made visible: it must not drive the terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in str(text))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> str:
    """Columns under their names, or a sentence when there is nothing."""
    cells = [list(map(str.upper, head)), *([plain("-" if cell is None else cell) for cell in row] for row in rows)]
    if len(cells) == 1:
        return empty
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)
