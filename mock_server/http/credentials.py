"""Who is asking on the provider surfaces: tokens of apps, of the partner, and of Graph (A4, facts/gupshup 1)."""

from __future__ import annotations

from typing import Final

from mock_server import ids
from mock_server.errors import NotFound, Unauthorised
from mock_server.http.endpoint import Call
from mock_server.http.request import Request
from mock_server.ids import same_secret
from mock_server.store.rows import App, Partner, Token

_BEARER: Final = "bearer "
# What the journal says of a refused token; the answer says less, as the provider's does.
_NONE: Final = "No token came: the app's own belongs into the header Authorization, as it is (sk_...)."
_ANOTHERS: Final = "The token in Authorization is not this app's, or is over: `app show` prints the one that is."
_NO_PARTNERS: Final = "The token in Authorization is no partner token, or is over: log in for another."
_WITH_BEARER: Final = "'Bearer' stands before the app token, and this app refuses that (strict_bearer)."
_AUTHENTICATION_PAGE: Final = "Gupshup, call permission request API, Jun 26 2026"


def given_token(call: Call) -> tuple[str, bool]:
    """The token in `Authorization`, and whether `Bearer` stood before it. Raises Unauthorised when there is none."""
    value = (call.request.header(b"authorization") or "").strip()
    bearer = value[: len(_BEARER)].lower() == _BEARER
    token = value[len(_BEARER) :].strip() if bearer else value
    if not token:
        raise Unauthorised("token", _NONE)
    return token, bearer


async def app_of(call: Call) -> App:
    """The app in the path, when the token is its own (A4).

    Raises Unauthorised, or NotFound (`Invalid App Details`) for a good token with an unknown app.
    """
    token, bearer = given_token(call)
    store = call.services.store
    try:
        app = call.named[0] if call.named else await store.app(call.path_params["app_id"])
    except NotFound:
        if await store.app_of_token(token) is None:
            raise Unauthorised("token", _ANOTHERS) from None
        raise
    if not _own(token, app, call.services.machine.now()):
        raise Unauthorised("token", _ANOTHERS)
    if bearer and token.startswith("sk_"):
        if app.settings.strict_bearer:
            raise Unauthorised("token", _WITH_BEARER)
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


def graph_token(request: Request, given: str | None = None) -> str:
    """The access token of a Graph request: Bearer, `access_token` in the query, or `given` from the body (A4).

    Raises Unauthorised when there is none.
    """
    value = (request.header(b"authorization") or "").strip()
    if value[: len(_BEARER)].lower() == _BEARER and (token := value[len(_BEARER) :].strip()):
        return token
    token = request.query_params.get("access_token") or given or ""
    if not token:
        raise Unauthorised("graph_token", "Send the access token as 'Authorization: Bearer TOKEN' or as access_token.")
    return token


def belongs_on_graph(token: str, app: App, *, seed: str, machine_now: int) -> bool:
    """Whether Graph takes this token for this app: its own, its Graph token, one minted, or its app access token."""
    if "|" not in token:
        settings = app.settings
        return same_secret(token, settings.graph_token or settings.token) or _own(token, app, machine_now)
    literal = f"{app.settings.meta_app_id}|{app.settings.app_secret}"
    return same_secret(token, literal) or same_secret(token, app_access_token(app, seed=seed))


def app_access_token(app: App, *, seed: str) -> str:
    """What `GET /oauth/access_token` gives: the app's id and a secret made from its own, good as long as that is."""
    settings = app.settings
    made = ids.digest(seed, "app_access_token", settings.meta_app_id, settings.app_secret)
    return f"{settings.meta_app_id}|{ids.as_text(made)}"


def _valid(token: str, tokens: tuple[Token, ...], call: Call) -> None:
    now = call.services.machine.now()
    matches = [row for row in tokens if same_secret(token, row.value)]
    if not any(row.status(now) == "ACTIVE" for row in matches):
        raise Unauthorised("token", _NO_PARTNERS)


def _own(token: str, app: App, machine_now: int) -> bool:
    good = same_secret(token, app.settings.token)
    for row in app.tokens:
        good |= same_secret(token, row.value) and row.status(machine_now) == "ACTIVE"
    return good
