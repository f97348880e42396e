"""Reading scenario files: TOML against its schema, then what a schema cannot see. A mistake is one line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mock_server import schemas
from mock_server.errors import Malformed, NotFound, SchemaError
from mock_server.resources import fixture_dir
from mock_server.scenario.steps import KINDS, Json, Number, Scenario, Step, remembered

_PLACE: Final = "step["
_ANSWERING: Final = frozenset({"request_id", "from_profile"})
_ANSWERS: Final = frozenset({"allow_always", "allow_temporarily", "decline"})


class WrongFile(Malformed):
    """A scenario file cannot be used; the sentence names the file, the step and the key."""

    def __init__(self, file: Path, sentence: str) -> None:
        super().__init__("scenario", f"{file}: {sentence}")


def shipped() -> list[Path]:
    """The scenario files that come with the product, in order."""
    return sorted((fixture_dir() / "scenarios").glob("*.toml"), key=lambda file: file.stem)


def find(name: str) -> Path:
    """A path, or the name of a shipped scenario. Raises NotFound."""
    path = Path(name)
    if path.is_file():
        return path
    found = next((file for file in shipped() if name in {file.stem, file.name}), None)
    if found is None:
        sentence = f"There is no file {name[:200]!r} and no shipped scenario of that name; see `scenario list`."
        raise NotFound("unknown_scenario", sentence)
    return found


def read(path: Path) -> Scenario:
    """The scenario in a file. Raises WrongFile."""
    try:
        document = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))  # dates as text
    except OSError as error:
        raise WrongFile(path, f"{error.strerror}.") from None
    except ValueError as error:  # tomllib's own, and what is no UTF-8
        raise WrongFile(path, f"is not TOML: {error}.") from None
    try:
        _one_thing_each(document)
        schemas.validate("scenario", document)
        numbers = _numbers(document)
        steps = tuple(_steps(document["step"]))
        _check(steps, {number.name for number in numbers})
    except SchemaError as error:
        raise WrongFile(path, f"{_where(error.path)}{error.sentence}.") from None
    return Scenario(str(path), document["name"], document.get("description", ""), numbers, steps)


def _one_thing_each(document: Json) -> None:
    """A step that is two things is the likeliest mistake, and a schema has no good sentence for it."""
    steps = document.get("step")
    for place, step in enumerate(steps if isinstance(steps, list) else ()):
        kinds = [kind for kind in KINDS if isinstance(step, dict) and kind in step]
        if len(kinds) > 1:
            sentence = f"cannot stand beside {kinds[0]}: a step is one thing, make it two"
            raise SchemaError(schema="scenario", path=f"step[{place}].{kinds[1]}", sentence=sentence)


def _numbers(document: Json) -> tuple[Number, ...]:
    """The business numbers, the first of which a step means that names none."""
    common = {name: document[name] for name in ("rules", "dialect") if name in document}
    common |= document.get("settings", {})
    rows = document.get("number", [{"name": ""}])
    names = [row["name"] for row in rows]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise SchemaError(schema="scenario", path=f"number[{place}].name", sentence=f"{name!r} is taken")
    return tuple(Number(row["name"], common | row.get("settings", {})) for row in rows)


def _steps(rows: list[Json], above: str = "") -> Iterator[Step]:
    for place, given in enumerate(rows, 1):
        kind = next(kind for kind in KINDS if kind in given)
        here = f"{above}{place}"
        yield Step(here, kind, given, tuple(_steps(given.get("step", []), f"{here}.")))


def _check(steps: tuple[Step, ...], numbers: set[str]) -> None:
    """What a schema cannot see: names of numbers, ids that are used before they are kept, what a user cannot do."""
    kept: set[str] = set()
    for step in _all(steps):
        given = step.given
        if given.get("from", "") not in numbers | {""}:
            known = ", ".join(sorted(filter(None, numbers))) or "none"
            raise _wrong(step, "from", f"{given['from']!r} is no number of this scenario; its numbers: {known}")
        for name in _used(given):
            if name not in kept:
                raise _wrong(step, step.kind, f"uses {{{name}}}, which no business step before it keeps with `as`")
        if step.kind == "user":
            _check_action(step)
        kept |= {given["as"]} if "as" in given else set()


def _check_action(step: Step) -> None:
    for key in _ANSWERING & step.given.keys() if step.given["user"] not in _ANSWERS else ():
        raise _wrong(step, key, f"belongs to {', '.join(sorted(_ANSWERS))}")
    action = {name: value for name, value in step.given.items() if name not in {"wa_id", "expect_error", "from"}}
    try:
        schemas.validate("action", {"action": action.pop("user"), **action})
    except SchemaError as error:
        raise _wrong(step, error.path, error.sentence) from None


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _all(step.steps)


def _used(part: Any) -> Iterator[str]:
    """Every `{name}` in a step, but for texts to be written, and those of the steps inside it."""
    if isinstance(part, dict):
        for key, below in part.items():
            if key not in {"text", "step"}:
                yield from _used(below)
    elif isinstance(part, list):
        for below in part:
            yield from _used(below)
    elif (name := remembered(part)) is not None:
        yield name


def _wrong(step: Step, key: str, sentence: str) -> SchemaError:
    return SchemaError(schema="scenario", path=f"step {step.place}: {key}", sentence=sentence)


def _where(path: str) -> str:
    """`step[2].step[0].to` as people count: `step 3.1: to `."""
    numbers = []
    while path.startswith(_PLACE):
        number, _, path = path.removeprefix(_PLACE).partition("]")
        numbers.append(str(int(number) + 1))
        path = path.removeprefix(".")
    place = f"step {'.'.join(numbers)}: " if numbers else ""
    return f"{place}{path} " if path else place
