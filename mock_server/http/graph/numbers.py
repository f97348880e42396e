"""Whose id a Graph path names, and whether the token may use it (A4, facts/meta 7)."""

from __future__ import annotations

from mock_server.errors import NotFound, Unauthorised
from mock_server.http.credentials import belongs_on_graph, graph_token
from mock_server.http.endpoint import Call
from mock_server.store.rows import App


async def number_of(call: Call, *, given: str | None = None) -> App:
    """The app of the business number `{phone_number_id}`.

    Raises Unauthorised (190) for a token that is missing, unknown or another app's, and NotFound (100/33) for a good
    token with an id that nobody has. So do the two below; they take the token of a body in `given`.
    """
    return (await _allowed(call, given))[0]


async def business_of(call: Call, *, given: str | None = None) -> list[App]:
    """The apps of the business account `{waba_id}` that the token may use: one a number, at least one."""
    return await _allowed(call, given)


async def meta_apps_of(call: Call, *, given: str | None = None) -> list[App]:
    """The apps behind Meta's app `{meta_app_id}` that the token may use, at least one."""
    return await _allowed(call, given)


async def _allowed(call: Call, given: str | None) -> list[App]:
    """Those of the apps in the path that the token belongs to. The request is the first one's, for the journal."""
    token = graph_token(call.request, given)
    services = call.services
    now, seed = services.machine.now(), services.store.seed
    allowed = [app for app in call.named if belongs_on_graph(token, app, seed=seed, machine_now=now)]
    if allowed:
        call.app = allowed[0]
        return allowed
    if not call.named and await _known(call, token):
        asked = next(iter(call.path_params.values()))
        sentence = f"Object with ID {asked[:40]!r} does not exist here; GET /_sandbox/apps lists the ids of every app."
        raise NotFound("unknown_object", sentence)
    raise Unauthorised("graph_token", "The access token is unknown, has expired, or belongs to another app.")


async def _known(call: Call, token: str) -> bool:
    """Whether the token is good for any app at all."""
    store, now = call.services.store, call.services.machine.now()
    meta_app_id, bar, _ = token.partition("|")
    if bar and meta_app_id:
        apps = await store.apps_of(meta_app_id=meta_app_id)
        return any(belongs_on_graph(token, app, seed=store.seed, machine_now=now) for app in apps)
    return await store.app_of_token(token) is not None
