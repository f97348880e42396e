"""The fenced blocks of the README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

README = Path(__file__).parents[2] / "README.md"


class Block(NamedTuple):
    """A fenced block: its language, the words after it, its text."""

    language: str
    words: str
    text: str


def blocks() -> list[Block]:
    """In order. `bash background` keeps running, `bash install` and `bash tests` are the two commands at the top."""
    found = re.findall(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    return [Block(*parts) for parts in found]
