"""Who is asking on the provider surfaces: tokens of apps and of the partner (A4, facts/gupshup 1)."""

from __future__ import annotations

from typing import Final

from mock_server.errors import NotFound, Unauthorised
from mock_server.http.endpoint import Call
from mock_server.ids import same_secret
from mock_server.store.rows import App, Partner, Token

_BEARER: Final = "bearer "
_AUTHENTICATION_PAGE: Final = "Gupshup, call permission request API, Jun 26 2026"


def given_token(call: Call) -> tuple[str, bool]:
    """The token in `Authorization`, and whether `Bearer` stood before it. Raises Unauthorised when there is none."""
    value = call.request.headers.get("authorization", "").strip()
    bearer = value[: len(_BEARER)].lower() == _BEARER
    token = value[len(_BEARER) :].strip() if bearer else value
    if not token:
        raise Unauthorised("token", "Send the app token in the header Authorization.")
    return token, bearer


async def app_of(call: Call) -> App:
    """The app in the path, when the token is its own (A4).

    Raises Unauthorised, or NotFound (`Invalid App Details`) for a good token with an unknown app.
    """
    token, bearer = given_token(call)
    store = call.services.store
    try:
        app = await store.app(call.path_params["app_id"])
    except NotFound:
        if await store.app_of_token(token) is None:
            raise Unauthorised("token", "Authentication Failed") from None
        raise
    if not _own(token, app, call.services.machine.now()):
        raise Unauthorised("token", "Authentication Failed")
    if bearer and token.startswith("sk_"):
        if app.settings.strict_bearer:
            raise Unauthorised("token", "Authentication Failed")
        call.advise(
            "A4",
            seen="'Bearer' before an app token (sk_...)",
            expected="Authorization: sk_... as it is, without a scheme",
            source=_AUTHENTICATION_PAGE,
        )
    call.app = app
    return app


async def partner_by_login(call: Call) -> Partner:
    """The partner account, when a partner token of a login is given. Raises Unauthorised."""
    token, _ = given_token(call)
    partner = await call.services.store.partner()
    _valid(token, partner.logins + partner.universal, call)
    return partner


async def partner_by_universal(call: Call) -> Partner:
    """The partner account, when a universal token is given as Bearer. Raises Unauthorised."""
    partner = await call.services.store.partner()
    try:
        token, bearer = given_token(call)
        _valid(token, partner.universal, call)
    except Unauthorised:
        raise universal_refused() from None
    if not bearer:
        raise universal_refused()
    return partner


def universal_refused() -> Unauthorised:
    """What the endpoints of universal tokens say to a credential that is missing or wrong (facts/gupshup 1.4)."""
    sentence = "Unauthorised access to the resource. Please review request parameters and headers and retry"
    return Unauthorised("universal_token", sentence)


def _valid(token: str, tokens: tuple[Token, ...], call: Call) -> None:
    now = call.services.machine.now()
    matches = [row for row in tokens if same_secret(token, row.value)]
    if not any(row.status(now) == "ACTIVE" for row in matches):
        raise Unauthorised("token", "Authentication Failed")


def _own(token: str, app: App, machine_now: int) -> bool:
    good = same_secret(token, app.settings.token)
    for row in app.tokens:
        good |= same_secret(token, row.value) and row.status(machine_now) == "ACTIVE"
    return good
