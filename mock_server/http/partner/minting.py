"""Tokens as rows: making them, finding them, how long they live (facts/gupshup 1). On the machine's time (T3)."""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec

from mock_server import ids
from mock_server.errors import Conflict, NotFound, SchemaError
from mock_server.http.endpoint import Call
from mock_server.store.rows import Token

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MOST: Final = 3  # active universal tokens of an admin, active universal app tokens of an app
TOKENS_KEPT: Final = 50
STATES: Final = ("ACTIVE", "EXPIRED", "REVOKED")


def minted(seed: str, scope: str, number: int, *, name: str, now: int, expires_at: int) -> Token:
    """A token in the looks of a JWT; nothing in it is signed for real."""
    raw = ids.digest(seed, "token", scope, number, size=32)
    head = _encoded({"alg": "HS256", "typ": "JWT"})
    body = _encoded({"sub": scope, "jti": raw[:8].hex(), "iat": now // 1000, "exp": expires_at // 1000})
    value = f"{head}.{body}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"
    return Token(ids.as_uuid(raw[:16]), name, value, now, expires_at)


def expiry_of(fields: dict[str, str], now: int, *, least: int, most: int) -> int:
    """`expiry` is an absolute instant in milliseconds; left out it is the latest one allowed. Raises SchemaError."""
    if "expiry" not in fields:
        return now + most
    expiry = int(fields["expiry"])
    if not now + least <= expiry <= now + most:
        sentence = f"must lie {least // 1000} to {most // 1000} s ahead, in milliseconds since the epoch"
        raise SchemaError(schema="universal-token", path="expiry", sentence=sentence)
    return expiry


def check_room(tokens: tuple[Token, ...], name: str, now: int, *, of: tuple[str, str]) -> None:
    """Raises Conflict where there is no room for another; `of` says what they are called, and whose they are."""
    kind, whose = of
    active = [row for row in tokens if row.status(now) == "ACTIVE"]
    if len(active) >= MOST:
        sentence = f"Maximum of {MOST} active {kind} tokens reached for this {whose}; revoke one and retry"
        raise Conflict("too_many_tokens", sentence)
    if any(row.name == name for row in active):
        raise Conflict("name_taken", f"An active {kind} named {name[:60]!r} exists; choose another name or revoke it")


def active_one(tokens: tuple[Token, ...], by: str, wanted: str, now: int) -> Token:
    """The active token that `by` (id, name or token) names. Raises NotFound, code `expired` (410) for an old one."""
    field = {"id": "id", "name": "name", "token": "value"}[by]
    row = next((row for row in reversed(tokens) if ids.same_secret(getattr(row, field), wanted)), None)
    if row is None or row.status(now) == "REVOKED":
        raise NotFound("unknown_token", f"There is no active token with this {by}.")
    if row.status(now) == "EXPIRED":
        raise NotFound("expired", "This token has expired already.")
    return row


def revoked(tokens: tuple[Token, ...], row: Token, now: int) -> tuple[Token, ...]:
    """The tokens with this one revoked."""
    return tuple(msgspec.structs.replace(t, revoked_at=now) if t.id == row.id else t for t in tokens)


def chosen(tokens: tuple[Token, ...], call: Call, now: int) -> list[Token]:
    """The tokens that `status` and `name` in the query choose. Raises SchemaError for an unknown status."""
    status, name = call.request.query_params.get("status"), call.request.query_params.get("name")
    if status not in {None, *STATES}:
        raise SchemaError(schema="query", path="status", sentence=f"must be one of {', '.join(STATES)}")
    return [t for t in tokens if status in {None, t.status(now)} and name in {None, t.name}]


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=")
