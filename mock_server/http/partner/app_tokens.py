"""Universal app tokens: mint, list, revoke (facts/gupshup 1.2)."""

from __future__ import annotations

import msgspec

from mock_server import schemas
from mock_server.errors import Unauthorised
from mock_server.http import rates, reading
from mock_server.http.credentials import app_of, partner_by_universal
from mock_server.http.endpoint import Call, Operation
from mock_server.http.partner.minting import (
    DAY,
    HOUR,
    TOKENS_KEPT,
    active_one,
    check_room,
    chosen,
    expiry_of,
    minted,
    revoked,
)
from mock_server.store.rows import App, Token
from mock_server.store.work import Kept, Now
from mock_server.wire.errors import Said


async def mint_app_token(call: Call) -> Said:
    """A universal app token: 1 to 24 h, at most 3 active, the name unique among them. Here `token` is a string."""
    await partner_by_universal(call)
    app = await call.services.store.app(call.path_params["app_id"])
    call.app = app
    call.services.rates.check("token", app.id, rates.TOKEN)
    fields = await reading.form_body(call)
    schemas.validate("universal-app-token", fields)
    seed = call.services.store.seed

    def mint(app: App, now: Now) -> Kept:
        check_room(app.tokens, fields["name"], now.machine, of=("UAT", "app"))
        expires_at = expiry_of(fields, now.machine, least=HOUR, most=DAY)
        number = app.counter + 1
        token = minted(seed, app.id, number, name=fields["name"], now=now.machine, expires_at=expires_at)
        tokens = (*app.tokens, token)[-TOKENS_KEPT:]
        return Kept(answer=token, app=msgspec.structs.replace(app, tokens=tokens, counter=number))

    token: Token = await call.services.store.change_app(app.id, mint)
    return Said(200, {"status": "success", "token": token.value, "id": token.id})


async def list_app_tokens(call: Call) -> Said:
    app = await _app_by_either(call)
    call.services.rates.check("other", app.id, rates.OTHER)
    now = call.services.machine.now()
    rows = [{"id": t.id, "name": t.name, "status": t.status(now)} for t in chosen(app.tokens, call, now)]
    return Said(200, {"status": "success", "tokens": rows})


async def revoke_app_token(call: Call) -> Said:
    """Revoke by `id`; 410 for one that has expired."""
    app = await _app_by_either(call)
    call.services.rates.check("other", app.id, rates.OTHER)
    fields = await reading.form_body(call)
    schemas.validate("universal-app-token-revoke", fields)

    def revoke(app: App, now: Now) -> Kept:
        row = active_one(app.tokens, "id", fields["id"], now.machine)
        return Kept(app=msgspec.structs.replace(app, tokens=revoked(app.tokens, row, now.machine)))

    await call.services.store.change_app(app.id, revoke)
    return Said(200, {"status": "success", "scope": "id"})


async def _app_by_either(call: Call) -> App:
    """The app, for its own token or for a universal token."""
    try:
        return await app_of(call)
    except Unauthorised:
        await partner_by_universal(call)
        call.app = await call.services.store.app(call.path_params["app_id"])
        return call.app


_E = "error-gupshup"
_NO = ((400, _E), (401, _E), (403, _E), (409, _E), (429, _E))

OPERATIONS = [
    Operation(
        "POST",
        "/partner/app/{app_id}/token",
        mint_app_token,
        "Mint a universal app token",
        takes="universal-app-token",
        body="form",
        answers=((200, "answer-universal-app-token"), *_NO),
    ),
    Operation(
        "GET",
        "/partner/app/{app_id}/tokens",
        list_app_tokens,
        "Universal app tokens",
        answers=((200, "answer-universal-app-tokens"), *_NO),
    ),
    Operation(
        "POST",
        "/partner/app/{app_id}/token/revoke",
        revoke_app_token,
        "Revoke a universal app token",
        takes="universal-app-token-revoke",
        body="form",
        answers=((200, "answer-revoke"), (410, _E), (404, _E), *_NO),
    ),
]
