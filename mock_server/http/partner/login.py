"""Login and the app's token: the legacy way to a credential (facts/gupshup 1.1)."""

from __future__ import annotations

from typing import Final

import msgspec

from mock_server import ids, schemas
from mock_server.errors import Unauthorised
from mock_server.http import rates, reading
from mock_server.http.credentials import partner_by_login
from mock_server.http.endpoint import Call, Operation
from mock_server.http.partner.minting import DAY, minted
from mock_server.store.rows import Partner, Token
from mock_server.wire import answers
from mock_server.wire.errors import Said

LOGINS_KEPT: Final = 100


async def login(call: Call) -> Said:
    """A partner token for 24 h, for the e-mail and the client secret (`password` or `secret`, A4)."""
    call.services.rates.check("login", "", rates.LOGIN)
    fields = await reading.form_body(call)
    schemas.validate("login", fields)
    given = fields.get("password") or fields.get("secret") or ""
    partner = await call.services.store.partner()
    if not ids.same_secret(fields["email"], partner.email) or not ids.same_secret(given, partner.secret):
        raise Unauthorised("token", "E-mail and secret are not those of the sandbox's partner account.")
    seed = call.services.store.seed

    def mint(partner: Partner, now: int) -> tuple[Partner, Token]:
        token = minted(seed, "partner", partner.counter + 1, name="login", now=now, expires_at=now + DAY)
        alive = tuple(row for row in partner.logins if row.expires_at > now)[-LOGINS_KEPT:]
        return msgspec.structs.replace(partner, counter=partner.counter + 1, logins=(*alive, token)), token

    token = await call.services.store.change_partner(mint)
    return Said(200, answers.partner_login(token=token.value, partner_id=partner.id, email=partner.email))


async def app_token(call: Call) -> Said:
    """The app's legacy token, for a partner token; always the same one."""
    partner = await partner_by_login(call)
    app = await call.services.store.app(call.path_params["app_id"])
    call.app = app
    call.services.rates.check("token", app.id, rates.TOKEN)
    token = app.settings.token
    return Said(200, answers.app_token(app_id=app.id, token=token, partner_id=partner.id, created_at=app.created_at))


_E = "error-gupshup"
_NO = ((400, _E), (401, _E), (403, _E), (409, _E), (429, _E))

OPERATIONS = [
    Operation(
        "POST",
        "/partner/account/login",
        login,
        "Log in: a partner token for 24 h",
        takes="login",
        body="form",
        answers=((200, "answer-login"), *_NO),
        open=True,
    ),
    Operation(
        "GET",
        "/partner/app/{app_id}/token",
        app_token,
        "The app's token",
        answers=((200, "answer-app-token"), *_NO),
    ),
]
