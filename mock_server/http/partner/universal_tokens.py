"""Universal tokens of the partner: mint, list, revoke (facts/gupshup 1.2)."""

from __future__ import annotations

from typing import Any

import msgspec

from mock_server import ids, schemas
from mock_server.errors import Forbidden, Malformed
from mock_server.http import rates, reading
from mock_server.http.credentials import partner_by_universal, universal_refused
from mock_server.http.endpoint import Call, Operation
from mock_server.http.partner.minting import (
    DAY,
    MINUTE,
    TOKENS_KEPT,
    active_one,
    check_room,
    chosen,
    expiry_of,
    minted,
    revoked,
)
from mock_server.store.rows import Partner, Token
from mock_server.wire.errors import Said


async def mint_universal(call: Call) -> Said:
    """A universal token: JWT, 60 s to 60 days, at most 3 active."""
    call.services.rates.check("universal", "", rates.UNIVERSAL)
    partner = await _this_partner(call)
    fields = await reading.form_body(call)
    schemas.validate("universal-token", fields)
    right = ids.same_secret(fields["email"], partner.email) and ids.same_secret(fields["clientSecret"], partner.secret)
    if not right:
        raise universal_refused()
    seed = call.services.store.seed

    def mint(partner: Partner, now: int) -> tuple[Partner, Token]:
        check_room(partner.universal, fields["name"], now, of=("UT", "partner admin"))
        expires_at = expiry_of(fields, now, least=MINUTE, most=60 * DAY)
        token = minted(seed, "universal", partner.counter + 1, name=fields["name"], now=now, expires_at=expires_at)
        rows = (*partner.universal, token)[-TOKENS_KEPT:]
        return msgspec.structs.replace(partner, counter=partner.counter + 1, universal=rows), token

    token = await call.services.store.change_partner(mint)
    return Said(200, {"status": "success", "token": token.value, "id": token.id})


async def list_universal(call: Call) -> Said:
    """A bare array of universal tokens, filtered by `status` and `name`; values are never shown again."""
    partner = await partner_by_universal(call)
    await _this_partner(call)
    call.services.rates.check("other", "partner", rates.OTHER)
    now = call.services.machine.now()
    return Said(200, [_shown(row, now, partner.email) for row in chosen(partner.universal, call, now)])


async def revoke_universal(call: Call) -> Said:
    """Revoke by exactly one of `id`, `name`, `token`. Its app tokens live on."""
    await partner_by_universal(call)
    await _this_partner(call)
    call.services.rates.check("other", "partner", rates.OTHER)
    fields = await reading.form_body(call)
    schemas.validate("universal-token-revoke", fields)
    scope, wanted = _one_of(fields, ("id", "name", "token"))

    def revoke(partner: Partner, now: int) -> tuple[Partner, Token]:
        row = active_one(partner.universal, scope, wanted, now)
        rows = revoked(partner.universal, row, now)
        return msgspec.structs.replace(partner, universal=rows), row

    await call.services.store.change_partner(revoke)
    return Said(200, {"status": "success", "scope": "jti" if scope == "token" else scope})


async def _this_partner(call: Call) -> Partner:
    partner = await call.services.store.partner()
    if call.path_params["partner_id"] != partner.id:
        raise Forbidden("partner", "Forbidden Access")
    return partner


def _one_of(fields: dict[str, str], names: tuple[str, ...]) -> tuple[str, str]:
    given = [(name, fields[name]) for name in names if name in fields]
    if len(given) != 1:
        raise Malformed("one_of", f"Give exactly one of {', '.join(names)}.")
    return given[0]


def _shown(row: Token, now: int, email: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "createdByEmail": email,
        "createdOn": row.created_at,
        "expiredOn": row.expires_at,
        "revokedOn": row.revoked_at,
        "status": row.status(now),
    }


_E = "error-gupshup"
_NO = ((400, _E), (401, _E), (403, _E), (409, _E), (429, _E))

OPERATIONS = [
    Operation(
        "POST",
        "/partner/{partner_id}/auth/token",
        mint_universal,
        "Mint a universal token",
        takes="universal-token",
        body="form",
        answers=((200, "answer-universal-token"), *_NO),
        open=True,
    ),
    Operation(
        "GET",
        "/partner/{partner_id}/auth/tokens",
        list_universal,
        "Universal tokens",
        answers=((200, "answer-universal-tokens"), *_NO),
    ),
    Operation(
        "POST",
        "/partner/{partner_id}/auth/revoke",
        revoke_universal,
        "Revoke a universal token",
        takes="universal-token-revoke",
        body="form",
        answers=((200, "answer-revoke"), (404, _E), (410, _E), *_NO),
    ),
]
