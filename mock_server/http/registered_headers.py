"""Headers that a subscription's `meta` registers, to be sent with every webhook (W1)."""

from __future__ import annotations

import re
from typing import Any, Final

from mock_server.errors import Malformed, SchemaError
from mock_server.http import reading

HEADERS_BOUND: Final = 20
META_BOUND: Final = 8 * 1024
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
# W1: what would cut or smuggle a body, or speak for the connection.
_REFUSED_NAMES: Final = re.compile(
    r"(?i)host|content-.*|transfer-encoding|connection|keep-alive|proxy-.*|te|trailer|upgrade|expect"
)


def headers_of(meta: str) -> tuple[tuple[str, str], ...]:
    """The headers in the JSON text `meta`, flat or nested under `headers`. Raises SchemaError naming `meta`."""
    if len(meta) > META_BOUND:
        raise _wrong_meta(f"is over {META_BOUND // 1024} KiB")
    try:
        value = reading.parse_json(meta.encode(errors="replace"))
    except Malformed:
        raise _wrong_meta("is not a JSON text of an object") from None
    nested = isinstance(value, dict) and isinstance(value.get("headers"), dict)
    return checked(value["headers"] if nested else value)


def checked(value: Any) -> tuple[tuple[str, str], ...]:
    """Names and texts that can be sent as headers. Raises SchemaError naming `meta`."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise _wrong_meta("must be an object of header names and texts")
    if len(value) > HEADERS_BOUND:
        raise _wrong_meta(f"has more than {HEADERS_BOUND} headers")
    for name, text in value.items():
        _check_header(name, text)
    return tuple(value.items())


def _check_header(name: str, text: str) -> None:
    if not _NAME.fullmatch(name) or _REFUSED_NAMES.fullmatch(name):
        raise _wrong_meta(f"names the header {name[:60]!r}, which cannot be set")
    if not text.isprintable() or not text.isascii():
        raise _wrong_meta(f"gives {name[:60]!r} a value with characters that no header can have")


def _wrong_meta(why: str) -> SchemaError:
    return SchemaError(schema="subscription", path="meta", sentence=why)
