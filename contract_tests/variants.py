"""Shapes that providers' pages print side by side (W4): a test goes through those of the dialect one by one."""

from __future__ import annotations

from typing import Final

import pytest

# Beside the default of each name. no_permission_status and retry_window are not here: they shape no webhook.
SHAPES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "gupshup": {
        "expiration": ("string",),
        "reply": ("2025", "permanent-guide", "outbound-guide"),
        "context_from": ("business", "phone_number_id"),
        "contacts": ("trimmed", "absent"),
        "status_id": ("uuid",),
        "failed": ("flat",),
        "enqueued_timestamp": ("ms",),
        "terminate_case": ("title", "list"),
    },
    "meta": {
        "expiration": ("int",),
        "reply": ("2025",),
        "context_from": ("business", "phone_number_id"),
        "contacts": ("trimmed", "absent"),
        "terminate_case": ("title", "list"),
    },
}
MARK: Final = "shapes"
_SAID: Final[dict[str, dict[str, str]]] = {
    "expiration": {
        "string": "expiration_timestamp is a string of digits",
        "int": "expiration_timestamp is a number",
    },
    "reply": {
        "2025": "without is_permanent where it would be false",
        "permanent-guide": "a temporary accept has neither is_permanent nor response_source",
        "outbound-guide": "APPROVE or REJECT, and expiration_time; no from, id or context: only contacts name the user",
    },
    "context_from": {
        "business": "context.from is the business number",
        "phone_number_id": "context.from is the phone-number-id",
    },
    "contacts": {"trimmed": "contacts name the user, and nothing more", "absent": "without contacts"},
    "status_id": {"uuid": "the id of a status is a UUID, the wamid stands in meta_msg_id"},
    "failed": {"flat": "a failed status has code and reason instead of errors, and no metadata"},
    "enqueued_timestamp": {"ms": "enqueued has a number of milliseconds as its timestamp, and no metadata"},
    "terminate_case": {
        "title": "a call's end is Completed or Failed, not in capitals",
        "list": 'a call\'s end is a list of one word, ["Completed"]',
    },
}


def shapes(*names: str) -> pytest.MarkDecorator:
    """A mark for a test with the fixture `variant`: only these matter to it (`@shapes("reply", "expiration")`)."""
    unknown = set(names) - set(SHAPES["gupshup"])
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: no shape; known are {', '.join(SHAPES['gupshup'])}")
    return pytest.mark.shapes(*names)


def variants_of(dialect: str, names: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The default shape (`{}`) and every other one of the dialect, or of these names, as `{name: value}`."""
    rows = SHAPES[dialect].items()
    return [{}, *({name: value} for name, values in rows for value in values if not names or name in names)]


def said(variant: dict[str, str]) -> str:
    """Each shape, and what is unusual about it; empty for the default."""
    return "; ".join(f"{name}={value}: {_SAID[name][value]}" for name, value in variant.items())


def shown(variant: dict[str, str]) -> str:
    """As a test's id."""
    return ",".join(f"{name}={value}" for name, value in variant.items()) or "default"
