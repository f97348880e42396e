"""What an application says while it is tested, each thing once: the same traceback comes with many failures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

# Times, ids, numbers and ports are others each time.
_CHANGING: Final = re.compile(r"[\w.:+/=-]*\d[\w.:+/=-]*")
# `KeyError: 'to'`, in Python and in JavaScript.
_EXCEPTION: Final = re.compile(r"^\s*(?:Uncaught )?([\w.]*(?:Error|Exception)(?:: .*)?)$", re.MULTILINE)
_LONGEST: Final = 100  # characters of an exception
_SHORT: Final = 3  # lines: as many are as quickly read as a reference to them


def exception_in(output: str) -> str:
    """The last exception that an output tells; empty where there is none."""
    found = _EXCEPTION.findall(output)
    return found[-1][:_LONGEST] if found else ""


class Repeating:
    """Remembers with which test a line was shown first; lines that differ in numbers and ids are the same."""

    def __init__(self) -> None:
        self._shown: dict[str, set[str]] = {}
        self._first: dict[str, str] = {}

    def shown(self, output: str, test: str) -> str:
        """The output without what was shown before, in whose place stands where that was; empty stays empty."""
        lines = [(_CHANGING.sub("#", line), line) for line in output.splitlines()]
        keys = {key for key, _ in lines}
        same = next((name for name, shown in self._shown.items() if keys <= shown), "")
        if same and len(lines) > _SHORT:
            return f"the same output as in {same}"
        self._shown[test] = keys
        return "\n".join(self._runs(lines, test))

    def _runs(self, lines: list[tuple[str, str]], test: str) -> Iterator[str]:
        """Where several lines in a row were shown before, how many they are, and with which test."""
        places = [(self._place(key, test), line) for key, line in lines]
        for place, group in groupby(places, key=lambda row: row[0]):
            run = [line for _, line in group]
            if place and len(run) > _SHORT:
                yield f"[{len(run)} lines as {place}]"
            else:
                yield from run

    def _place(self, key: str, test: str) -> str:
        """`in` the test with which it was shown, or `above` in this one; empty for what is new."""
        if key not in self._first:
            self._first[key] = test
            return ""
        return "above" if self._first[key] == test else f"in {self._first[key]}"
