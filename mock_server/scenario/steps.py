"""What a scenario is, once it has been read."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

# The keys that say what a step is; it has exactly one of them.
KINDS: Final = (
    "business",
    "user",
    "set_user",
    "clock",
    "app",
    "fault",
    "expect_webhook",
    "expect_webhooks",
    "expect_no_webhook",
    "expect_state",
    "repeat",
)
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_REMEMBERED: Final = re.compile(r"\{([A-Za-z0-9_-]{1,40})\}")


class Step(NamedTuple):
    """One step: its place in the file (`3`, or `3.2` inside a repetition), what it is, and what the file says."""

    place: str
    kind: str
    given: Json
    steps: tuple[Step, ...] = ()  # of a repetition


class Number(NamedTuple):
    """A business number of the scenario: the settings of its app."""

    name: str
    settings: Json


class Scenario(NamedTuple):
    """A file, read and found right. A scenario that names no number has one, without a name."""

    file: str
    name: str
    description: str
    numbers: tuple[Number, ...]
    steps: tuple[Step, ...]


def seconds(duration: str) -> float:
    """Of a length of time as a schema has let it pass: `500ms`, `90s`, `7d`."""
    figure = duration.rstrip("msdh")
    return float(figure) * _UNITS[duration.removeprefix(figure)]


def remembered(value: Any) -> str | None:
    """The name in `{name}`, which stands for the id that a step of the business kept with `as`; else None."""
    found = _REMEMBERED.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None
