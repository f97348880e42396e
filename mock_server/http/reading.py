"""Reading what clients send, bounded and strict (E3). Nothing here gives a 5xx: it raises Malformed or TooLarge."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

import jiter
from starlette.types import Receive

from mock_server.errors import Malformed, SandboxError, TooLarge
from mock_server.http.request import Request

BODY_BOUND: Final = 1024 * 1024
SNAPSHOT_BOUND: Final = 256 * 1024 * 1024
BODY_SECONDS: Final = 30.0
FIELDS_BOUND: Final = 200
_OVERDUE: Final = "the body is overdue"

# Every digit as 0, and E as e: where a number has an exponent there is "0e" then. A tenth of what a pattern costs.
_SHAPE: Final = bytes.maketrans(b"123456789E", b"000000000e")
# The parts of a message that are objects or lists: in a form each of them is a JSON text.
_FOLDED: Final = frozenset(
    {"text", "image", "audio", "video", "document", "sticker", "reaction", "contacts", "location"}
    | {"interactive", "template", "context"}
)
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


async def read_body(request: Request, *, bound: int = BODY_BOUND, seconds: float = BODY_SECONDS) -> bytes:
    """The whole body. Raises TooLarge above `bound` bytes, Malformed when it is not there within `seconds`."""
    if (length := _announced(request)) is not None and length > bound:
        raise _too_large(bound)
    task = asyncio.current_task()
    assert task is not None
    overdue = asyncio.get_running_loop().call_later(seconds, task.cancel, _OVERDUE)
    try:  # what asyncio.timeout does, for a fifth of its price: every request with a body pays it
        return await _received(request.receive, bound)
    except asyncio.CancelledError as cancelled:
        if cancelled.args != (_OVERDUE,) or task.uncancel():
            raise
        raise SandboxError("timeout", f"The body was not complete within {seconds:g} s; send it whole.") from None
    finally:
        overdue.cancel()


async def _received(receive: Receive, bound: int) -> bytes:
    pieces, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("body", "The connection was closed before the body was complete.")
        piece, more = message.get("body", b""), message.get("more_body", False)
        pieces.append(piece)
        size += len(piece)
        if size > bound:
            raise _too_large(bound)
    return b"".join(pieces)


def _announced(request: Request) -> int | None:
    """What Content-Length says, None where there is none."""
    value = request.header(b"content-length")
    return int(value[:20]) if value and value.isdecimal() else None


def parse_json(body: bytes) -> Any:
    """JSON, strictly: no duplicate keys, no NaN or infinity, no NUL or lone surrogate, no depth beyond 200.

    Raises Malformed.
    """
    try:
        value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        raise Malformed("json", f"The body is not JSON that can be taken: {str(error)[:160]}.") from None
    if b"\\u0000" in body or b"0e" in body.translate(_SHAPE):
        _check_leaves(value)
    return value


def parse_form(body: bytes) -> dict[str, str]:
    """The fields of a form. Raises Malformed for a field given twice, too many fields, or bytes that are not UTF-8."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_BOUND, errors="strict")
    except ValueError as error:
        raise Malformed("form", f"The body is not a form that can be read: {str(error)[:160]}.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise Malformed("form", f"The field {twice[:80]!r} is given twice.")
    for name, text in pairs:
        if "\x00" in name or "\x00" in text:
            raise Malformed("form", f"The field {name[:80]!r} holds a NUL character.")
    return fields


def content_type(request: Request) -> str:
    """The media type without parameters, in lower case."""
    return (request.header(b"content-type") or "").partition(";")[0].strip().lower()


class Reader(Protocol):
    """Whoever reads a body, and keeps its bytes for the journal."""

    request: Request
    raw: bytes


async def json_body(call: Reader, *, bound: int = BODY_BOUND) -> Any:
    """A JSON body. Raises Malformed with code `content_type` (415) for any other type, saying which header to add."""
    kind = content_type(call.request)
    call.raw = body = await read_body(call.request, bound=bound)
    if kind != _JSON:
        raise wrong_type(kind, _JSON)
    return parse_json(body)


async def json_or_nothing(call: Reader) -> Any:
    """A JSON body, or an empty object where there is no body at all."""
    kind = content_type(call.request)
    call.raw = body = await read_body(call.request)
    if not body:
        return {}
    if kind != _JSON:
        raise wrong_type(kind, _JSON)
    return parse_json(body)


async def form_body(call: Reader) -> dict[str, str]:
    """A form's fields, or those of the query where the body is empty (Gupshup's OpenAPI lists them there too)."""
    kind = content_type(call.request)
    call.raw = body = await read_body(call.request)
    if not body:
        return parse_form(call.request.query)
    if kind != _FORM:
        raise wrong_type(kind, _FORM)
    return parse_form(body)


async def json_or_form(call: Reader) -> Any:
    """A message body: JSON, or a form whose objects are JSON texts, as Gupshup's passthrough page posts templates."""
    kind = content_type(call.request)
    call.raw = body = await read_body(call.request)
    if kind == _JSON:
        return parse_json(body)
    if kind != _FORM or body.lstrip()[:1] == b"{":
        raise wrong_type(kind, _JSON)
    return {name: _unfolded(name, text) if name in _FOLDED else text for name, text in parse_form(body).items()}


def wrong_type(given: str, wanted: str) -> Malformed:
    said = f"Content-Type is {given[:80]!r}" if given else "There is no Content-Type"
    return Malformed("content_type", f"{said}; add the header 'Content-Type: {wanted}'.")


def _unfolded(name: str, text: str) -> Any:
    try:
        return parse_json(text.encode(errors="replace"))
    except Malformed as wrong:
        raise Malformed("json", f"{name}: must be a JSON text. {wrong.sentence}") from None


def _check_leaves(value: Any) -> None:
    """Refuse what strict JSON lets through: NUL characters and numbers that became infinite."""
    stack = [("", value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, dict):
            stack += [(path, key) for key in item]
            stack += [(f"{path}.{key[:80]}".removeprefix("."), below) for key, below in item.items()]
        elif isinstance(item, list):
            stack += [(f"{path}[{place}]", below) for place, below in enumerate(item)]
        elif isinstance(item, str) and "\x00" in item:
            raise Malformed("json", f"{path or 'The body'}: holds a NUL character (\\u0000).")
        elif isinstance(item, float) and item in {float("inf"), float("-inf")}:
            raise Malformed("json", f"{path or 'The body'}: the number is too large.")


def _too_large(bound: int) -> TooLarge:
    return TooLarge("too_large", f"The body is over {bound // 1024} KiB, which is the bound here.")
