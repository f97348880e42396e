"""Bodies made from others: taken apart, put together, broken in every place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

Path = tuple[str | int, ...]
# Instead of what should be there: every type of JSON, and what is of the right type and makes no sense.
ODD: Final[tuple[Any, ...]] = (None, True, -1, 10**18, 1.5, "x", "\ud800\x00", [], [None], {})


class Broken(NamedTuple):
    """A body with one thing wrong, and what that is: `entry[0].id is null`."""

    about: str
    body: Any


def value_of(body: Any) -> Any:
    """The `value` of the only change."""
    return body["entry"][0]["changes"][0]["value"]


def with_entries(bodies: list[Any]) -> Any:
    """One body with the entries of all."""
    return {**bodies[0], "entry": [entry for body in bodies for entry in body["entry"]]}


def with_changes(bodies: list[Any]) -> Any:
    """One body, in its one entry the changes of all."""
    changes = [change for body in bodies for entry in body["entry"] for change in entry["changes"]]
    return {**bodies[0], "entry": [{**bodies[0]["entry"][0], "changes": changes}]}


def with_items(bodies: list[Any], *names: str) -> Any:
    """One body, in its one change the items of all under each of these names (`contacts`, `messages`)."""
    made = copy.deepcopy(bodies[0])
    for name in names:
        value_of(made)[name] = [item for body in bodies for item in value_of(body).get(name, [])]
    return made


def replaced(body: Any, path: Path, value: Any) -> Any:
    """A copy with another value at this place."""
    made = copy.deepcopy(body)
    _parent(made, path)[path[-1]] = value
    return made


def without(body: Any, path: Path) -> Any:
    """A copy without this place."""
    made = copy.deepcopy(body)
    del _parent(made, path)[path[-1]]
    return made


def places(part: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a body, outer ones first."""
    for key, below in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield (*path, key)
        yield from places(below, (*path, key))


def objects(body: Any) -> Iterator[Path]:
    """Every place where there is an object, the body itself as `()`."""
    yield ()
    for path in places(body):
        if isinstance(at(body, path), dict):
            yield path


def oddities(body: Any, *, below: Path = ()) -> Iterator[Broken]:
    """The body with each of `ODD` in every place, and without every place; only below `below`."""
    for path in places(body):
        if path[: len(below)] != below:
            continue
        yield Broken(f"{shown(path)} is missing", without(body, path))
        for value in ODD:
            yield Broken(f"{shown(path)} is {value!a}", replaced(body, path, value))


def at(body: Any, path: Path) -> Any:
    """What is at a place."""
    for key in path:
        body = body[key]
    return body


def shown(path: Path) -> str:
    """A place as one writes it: `entry[0].id`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".") or "the whole body"


def _parent(body: Any, path: Path) -> Any:
    return at(body, path[:-1])
