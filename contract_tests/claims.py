"""What a test of the kit claims: an id that stays, how binding it is, rule and source, the mistakes it is to find.

Every test of the kit carries `@claim(...)`, and its docstring is the claim in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeVar

import pytest

Level = Literal["must", "should", "may"]
Dialect = Literal["gupshup", "meta"]
AREAS: Final = ("receiver", "behaviour", "provider")
MARK: Final = "claim"

_Test = TypeVar("_Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Claim:
    """`id` is `area.topic.case` and stays; a `must` that is broken fails, a `should` warns, a `may` is noted.

    `dialects`: where it holds. `needs`: keys of the target file without which nothing can be said (`actions.call`).
    `last`: it runs behind all others, because it moves the clock.
    """

    id: str
    level: Level
    rule: str
    source: str
    mistakes: tuple[int, ...] = ()
    dialects: tuple[Dialect, ...] = ("gupshup", "meta")
    needs: tuple[str, ...] = ()
    last: bool = False

    @property
    def area(self) -> str:
        """`receiver`, `behaviour` or `provider`."""
        return self.id.partition(".")[0]


def claim(
    id: str,
    *,
    level: Level,
    rule: str,
    source: str,
    mistakes: tuple[int, ...] = (),
    dialects: tuple[Dialect, ...] = ("gupshup", "meta"),
    needs: tuple[str, ...] = (),
    last: bool = False,
) -> Callable[[_Test], _Test]:
    """A mark for a test: `@claim("receiver.reply.permanent", level="must", rule="P4", source="Meta, ...")`."""
    made = Claim(id, level, rule, source, mistakes, dialects, needs, last)
    if made.area not in AREAS or id.count(".") < 2:
        raise ValueError(f"{id!r} is no id: write area.topic.case, the area one of {', '.join(AREAS)}")
    mark: Callable[[_Test], _Test] = pytest.mark.claim(**asdict(made))
    return mark


def claim_of(item: pytest.Item) -> Claim | None:
    """The claim of a test; None for one that is not the kit's."""
    mark = item.get_closest_marker(MARK)
    return Claim(**mark.kwargs) if mark else None
