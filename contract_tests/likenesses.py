"""What the failures of a run look like, and over what the application crashed: where to begin."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

from contract_tests.mistakes import MISTAKES

_Key = TypeVar("_Key")
# An exception behind tests of so many different mistakes is none of them: it strikes before any of them could.
_GENERAL: Final = 3
_CRASHES: Final = 3  # shown one by one
_CHANGING: Final = re.compile(r"\d+")  # lines, columns, numbers


class _Failed(NamedTuple):
    """A test of the application's that failed. `crash`, `thrown`: how it came to grief, and the exception."""

    name: str
    mistakes: tuple[int, ...]
    otherwise: str
    crash: str
    thrown: str

    @property
    def how(self) -> str:
        return f"{self.crash} ({self.thrown})" if self.thrown else self.crash


class Likenesses:
    """See the module."""

    def __init__(self) -> None:
        self._failed: list[_Failed] = []

    def __bool__(self) -> bool:
        return bool(self._failed)

    def take(self, name: str, said: dict[str, Any]) -> None:
        """A failure, by the properties of its report."""
        mistakes = tuple(map(int, filter(None, str(said.get("mistakes", "")).split(", "))))
        otherwise = "" if mistakes else str(said.get("otherwise", "fails otherwise"))
        self._failed.append(_Failed(name, mistakes, otherwise, str(said.get("crash", "")), str(said.get("thrown", ""))))

    def lines(self) -> Iterator[str]:
        """The known mistakes, then what looks like none, then the crashes; of each first what most tests fail by."""
        crashes = _grouped((row for row in self._failed if row.crash), lambda row: [_CHANGING.sub("#", row.how)])
        general = {id(row) for rows in crashes.values() for row in rows if _is_general(rows)}
        known = _grouped((row for row in self._failed if id(row) not in general), lambda row: row.mistakes)
        for number, rows in known.items():
            what = f"looks like mistake {number} {_counted(rows)}: {MISTAKES[number]}"
            yield f"Your application {what}; begin with {rows[0].name}"
        others = (row for row in self._failed if row.otherwise and not row.crash)
        for what, rows in _grouped(others, lambda row: [row.otherwise]).items():
            yield f"Your application {what} {_counted(rows)}; begin with {rows[0].name}"
        yield from self._crashes(list(crashes.values()))

    def _crashes(self, crashes: list[list[_Failed]]) -> Iterator[str]:
        advice = "Fix this first; begin"
        for rows in crashes[:_CRASHES]:
            times = f"{len(rows)} of these {len(self._failed)}"
            yield f"{times}: your application {rows[0].how}. {advice} with {rows[0].name}"
            advice = "Begin"
        if rest := sum(map(len, crashes[_CRASHES:])):
            kinds = len(crashes) - _CRASHES
            yield f"{rest} of these {len(self._failed)}: it crashed in {kinds} other way{'s' if kinds > 1 else ''}"


def _is_general(rows: list[_Failed]) -> bool:
    return bool(rows[0].thrown) and len({number for row in rows for number in row.mistakes}) >= _GENERAL


def _grouped(rows: Iterable[_Failed], keys: Callable[[_Failed], Iterable[_Key]]) -> dict[_Key, list[_Failed]]:
    """By their keys, the largest groups first."""
    groups: dict[_Key, list[_Failed]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            groups[key].append(row)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _counted(rows: list[_Failed]) -> str:
    return f"({len(rows)} test{'s' if len(rows) > 1 else ''})"
