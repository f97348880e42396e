"""Headers of webhooks sent on purpose: right, or wrong in the ways that a receiver has to notice (W2, CONTRACT)."""

from __future__ import annotations

import json
from typing import Final

from mock_server.settings import AppSettings, Dialect
from mock_server.wire.webhooks import Headers, headers, signature

WRONG: Final = "wrong"


def signed_as(how: str, body: bytes, settings: AppSettings, *, dialect: Dialect, registered: Headers) -> Headers:
    """`how`: right, wrong, missing, or reserialised.

    Reserialised is signed over other bytes of the same JSON; Gupshup, which signs nothing, sends it as right.
    """
    right = headers(body, settings, dialect=dialect, registered=registered)
    if how == "right" or (how == "reserialised" and dialect is Dialect.GUPSHUP):
        return right
    proofs = {"X-Hub-Signature-256"} if dialect is Dialect.META else {name for name, _ in registered}
    if how == "missing":
        return tuple((name, value) for name, value in right if name not in proofs)
    if how == "reserialised":
        proof = signature(_other_bytes(body), settings.app_secret)
    else:
        proof = signature(body, settings.app_secret + WRONG) if dialect is Dialect.META else WRONG
    return tuple((name, proof if name in proofs else value) for name, value in right)


def _other_bytes(body: bytes) -> bytes:
    try:
        other = json.dumps(json.loads(body), indent=1, ensure_ascii=False).encode(errors="replace")
    except (ValueError, RecursionError):
        other = body
    return other if other != body else body + b" "
