"""Lists are paged by cursor: `after` and `limit` in, `next` out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from mock_server.errors import SchemaError
from mock_server.http.endpoint import Call, Query

T = TypeVar("T")

LIMIT: Final = 100
MOST: Final = 1000

LIMIT_AND_AFTER: Final = (
    Query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, "How many at the most"),
    Query("after", {"type": "string", "maxLength": 200}, "`next` of the page before"),
)


def limit_of(call: Call) -> int:
    """How many to show. Raises SchemaError for anything but a number from 1 to 1000."""
    return number_of(call, "limit", otherwise=LIMIT, least=1, most=MOST)


def number_of(call: Call, name: str, *, otherwise: int, least: int = 0, most: int = 2**53) -> int:
    """A query parameter that is a number. Raises SchemaError."""
    text = call.request.query_params.get(name)
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 16 or not least <= int(text) <= most:
        raise SchemaError(schema="query", path=name, sentence=f"must be a whole number from {least} to {most}")
    return int(text)


def choice_of(call: Call, name: str, known: Sequence[str]) -> str | None:
    """A query parameter that is one of a few words, None where it is not given. Raises SchemaError."""
    text = call.request.query_params.get(name)
    if text is not None and text not in known:
        raise SchemaError(schema="query", path=name, sentence=f"must be one of {', '.join(known)}, not {text[:40]!r}")
    return text


def cut(rows: Sequence[T], limit: int, cursor: Callable[[T], Any]) -> tuple[Sequence[T], str | None]:
    """The first `limit` of up to `limit` + 1 rows, and the cursor of the last of them where there are more."""
    page = rows[:limit]
    return page, str(cursor(page[-1])) if len(rows) > limit else None
