"""Login and tokens: the legacy way and universal tokens (facts/gupshup 1). Tokens live on the machine's time (T3)."""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec

from mock_server import ids, schemas
from mock_server.errors import Conflict, Forbidden, Malformed, NotFound, SchemaError, Unauthorised
from mock_server.http import rates, reading
from mock_server.http.credentials import app_of, partner_by_login, partner_by_universal, universal_refused
from mock_server.http.endpoint import Call, Operation
from mock_server.store.rows import App, Partner, Token
from mock_server.store.work import Kept, Now
from mock_server.wire import answers
from mock_server.wire.errors import Said

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MOST: Final = 3  # active universal tokens of an admin, active universal app tokens of an app
LOGINS_KEPT: Final = 100
TOKENS_KEPT: Final = 50
STATES: Final = ("ACTIVE", "EXPIRED", "REVOKED")


async def login(call: Call) -> Said:
    """A partner token for 24 h, for the e-mail and the client secret (`password` or `secret`, A4)."""
    call.services.rates.check("login", "", rates.LOGIN)
    fields = await reading.form_body(call)
    schemas.validate("login", fields)
    given = fields.get("password") or fields.get("secret") or ""
    partner = await call.services.store.partner()
    if not ids.same_secret(fields["email"], partner.email) or not ids.same_secret(given, partner.secret):
        raise Unauthorised("token", "Authentication Failed")
    seed = call.services.store.seed

    def mint(partner: Partner, now: int) -> tuple[Partner, Token]:
        token = _minted(seed, "partner", partner.counter + 1, name="login", now=now, expires_at=now + DAY)
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
        _room(partner.universal, fields["name"], now, of=("UT", "partner admin"))
        expires_at = _expiry(fields, now, least=MINUTE, most=60 * DAY)
        token = _minted(seed, "universal", partner.counter + 1, name=fields["name"], now=now, expires_at=expires_at)
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
    return Said(200, [_shown(row, now, partner.email) for row in _filtered(partner.universal, call, now)])


async def revoke_universal(call: Call) -> Said:
    """Revoke by exactly one of `id`, `name`, `token`. Its app tokens live on."""
    await partner_by_universal(call)
    await _this_partner(call)
    call.services.rates.check("other", "partner", rates.OTHER)
    fields = await reading.form_body(call)
    schemas.validate("universal-token-revoke", fields)
    scope, wanted = _one_of(fields, ("id", "name", "token"))

    def revoke(partner: Partner, now: int) -> tuple[Partner, Token]:
        row = _active(partner.universal, scope, wanted, now)
        rows = _revoked(partner.universal, row, now)
        return msgspec.structs.replace(partner, universal=rows), row

    await call.services.store.change_partner(revoke)
    return Said(200, {"status": "success", "scope": "jti" if scope == "token" else scope})


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
        _room(app.tokens, fields["name"], now.machine, of=("UAT", "app"))
        expires_at = _expiry(fields, now.machine, least=HOUR, most=DAY)
        number = app.counter + 1
        token = _minted(seed, app.id, number, name=fields["name"], now=now.machine, expires_at=expires_at)
        tokens = (*app.tokens, token)[-TOKENS_KEPT:]
        return Kept(answer=token, app=msgspec.structs.replace(app, tokens=tokens, counter=number))

    token: Token = await call.services.store.change_app(app.id, mint)
    return Said(200, {"status": "success", "token": token.value, "id": token.id})


async def list_app_tokens(call: Call) -> Said:
    app = await _app_by_either(call)
    call.services.rates.check("other", app.id, rates.OTHER)
    now = call.services.machine.now()
    rows = [{"id": t.id, "name": t.name, "status": t.status(now)} for t in _filtered(app.tokens, call, now)]
    return Said(200, {"status": "success", "tokens": rows})


async def revoke_app_token(call: Call) -> Said:
    """Revoke by `id`; 410 for one that has expired."""
    app = await _app_by_either(call)
    call.services.rates.check("other", app.id, rates.OTHER)
    fields = await reading.form_body(call)
    schemas.validate("universal-app-token-revoke", fields)

    def revoke(app: App, now: Now) -> Kept:
        row = _active(app.tokens, "id", fields["id"], now.machine)
        return Kept(app=msgspec.structs.replace(app, tokens=_revoked(app.tokens, row, now.machine)))

    await call.services.store.change_app(app.id, revoke)
    return Said(200, {"status": "success", "scope": "id"})


async def _this_partner(call: Call) -> Partner:
    partner = await call.services.store.partner()
    if call.path_params["partner_id"] != partner.id:
        raise Forbidden("partner", "Forbidden Access")
    return partner


async def _app_by_either(call: Call) -> App:
    """The app, for its own token or for a universal token."""
    try:
        return await app_of(call)
    except Unauthorised:
        await partner_by_universal(call)
        call.app = await call.services.store.app(call.path_params["app_id"])
        return call.app


def _minted(seed: str, scope: str, number: int, *, name: str, now: int, expires_at: int) -> Token:
    """A token in the looks of a JWT; nothing in it is signed for real."""
    raw = ids.digest(seed, "token", scope, number, size=32)
    head = _encoded({"alg": "HS256", "typ": "JWT"})
    body = _encoded({"sub": scope, "jti": raw[:8].hex(), "iat": now // 1000, "exp": expires_at // 1000})
    value = f"{head}.{body}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"
    return Token(ids.as_uuid(raw[:16]), name, value, now, expires_at)


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=")


def _expiry(fields: dict[str, str], now: int, *, least: int, most: int) -> int:
    """`expiry` is an absolute instant in milliseconds; left out it is the latest one allowed."""
    if "expiry" not in fields:
        return now + most
    expiry = int(fields["expiry"])
    if not now + least <= expiry <= now + most:
        sentence = f"must lie {least // 1000} to {most // 1000} s ahead, in milliseconds since the epoch"
        raise SchemaError(schema="universal-token", path="expiry", sentence=sentence)
    return expiry


def _room(tokens: tuple[Token, ...], name: str, now: int, *, of: tuple[str, str]) -> None:
    """Raises Conflict where there is no room for another; `of` says what they are called, and whose they are."""
    kind, whose = of
    active = [row for row in tokens if row.status(now) == "ACTIVE"]
    if len(active) >= MOST:
        sentence = f"Maximum of {MOST} active {kind} tokens reached for this {whose}; revoke one and retry"
        raise Conflict("too_many_tokens", sentence)
    if any(row.name == name for row in active):
        raise Conflict("name_taken", f"An active {kind} named {name[:60]!r} exists; choose another name or revoke it")


def _one_of(fields: dict[str, str], names: tuple[str, ...]) -> tuple[str, str]:
    given = [(name, fields[name]) for name in names if name in fields]
    if len(given) != 1:
        raise Malformed("one_of", f"Give exactly one of {', '.join(names)}.")
    return given[0]


def _active(tokens: tuple[Token, ...], by: str, wanted: str, now: int) -> Token:
    field = {"id": "id", "name": "name", "token": "value"}[by]
    row = next((row for row in reversed(tokens) if ids.same_secret(getattr(row, field), wanted)), None)
    if row is None or row.status(now) == "REVOKED":
        raise NotFound("unknown_token", f"There is no active token with this {by}.")
    if row.status(now) == "EXPIRED":
        raise NotFound("expired", "This token has expired already.")
    return row


def _revoked(tokens: tuple[Token, ...], row: Token, now: int) -> tuple[Token, ...]:
    return tuple(msgspec.structs.replace(t, revoked_at=now) if t.id == row.id else t for t in tokens)


def _filtered(tokens: tuple[Token, ...], call: Call, now: int) -> list[Token]:
    status, name = call.request.query_params.get("status"), call.request.query_params.get("name")
    if status not in {None, *STATES}:
        raise SchemaError(schema="query", path="status", sentence=f"must be one of {', '.join(STATES)}")
    return [t for t in tokens if status in {None, t.status(now)} and name in {None, t.name}]


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
