"""`/{phone-number-id}/settings`: calling of a number at Meta (facts/meta 6.1, 6.2)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server import ids, schemas
from mock_server.clock import unix_up
from mock_server.errors import Refusal
from mock_server.http import reading
from mock_server.http.account import RESTRICTION, calling_of, change
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.graph.numbers import number_of
from mock_server.store.rows import App
from mock_server.store.work import Kept, Now
from mock_server.subscriptions import in_force
from mock_server.wire.errors import Said

LOWEST_MESSAGING_LIMIT: Final = 2000  # Meta, call settings page, Jun 26 2026: below it calling cannot be enabled


async def show(call: Call) -> Said:
    """The whole `calling` object, and the restriction while there is one.

    With `include_sip_credentials=true` the SIP servers have their passwords.
    """
    app = await number_of(call)
    calling = calling_of(app)
    if call.request.query_params.get("include_sip_credentials") == "true":
        calling = _with_passwords(calling, app, seed=call.services.store.seed)
    said: dict[str, Any] = {"calling": calling}
    if app.restriction(app.clock.now(call.services.machine.now())) == "calling":
        said["restrictions"] = {"restrictions_list": [_restriction(app)]}
    return Said(200, said)


async def update(call: Call) -> Said:
    """Change what is given; each part of `calling` is replaced as a whole, so a left-out schedule is deleted.

    Raises Refusal 138015 and 138018 where calling cannot be enabled.
    """
    app = await number_of(call)
    body = await reading.json_body(call)
    schemas.validate("settings", body)
    given: dict[str, Any] = body["calling"]

    def work(app: App, now: Now) -> Kept:
        held = msgspec.json.decode(app.calling_settings) | given
        settings = msgspec.structs.replace(
            app.settings,
            calling=held.pop("status", app.settings.calling),
            callback_permission_status=held.pop("callback_permission_status", app.settings.callback_permission_status),
        )
        if settings.calling == "ENABLED" and app.settings.calling != "ENABLED":
            _may_enable(app, held)
        return change(app, settings, now, calling_settings=msgspec.json.encode(held))

    call.causes(app)
    await call.services.store.change_app(app.id, work)
    return Said(200, {"success": True})


def _may_enable(app: App, held: dict[str, Any]) -> None:
    limit = app.settings.messaging_limit
    if limit < LOWEST_MESSAGING_LIMIT:
        sentence = f"The messaging limit is {limit} users in 24 hours; calling needs {LOWEST_MESSAGING_LIMIT}."
        raise Refusal(138015, sentence)
    over_sip = held.get("sip", {}).get("status") == "ENABLED"
    subscriptions = in_force(app.subscriptions, off_waba=app.off_waba)
    if not over_sip and not any(row.wants("call_connect") for row in subscriptions):
        wanting = "subscribe to the field calls (at Gupshup: mode VOICE), or enable SIP"
        raise Refusal(138018, f"No webhook subscription wants calls; {wanting}.")


def _restriction(app: App) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": RESTRICTION, "reason": "Low quality of business-initiated calls"}
    return shown if app.restricted_until is None else shown | {"expiration": unix_up(app.restricted_until)}


def _with_passwords(calling: dict[str, Any], app: App, *, seed: str) -> dict[str, Any]:
    if "sip" not in calling:
        return calling
    servers = [
        server | {"sip_user_password": ids.as_text(ids.digest(seed, "sip", app.id, server["hostname"]))}
        for server in calling["sip"].get("servers", [])
    ]
    return calling | {"sip": calling["sip"] | {"servers": servers}}


_E = "error-meta"
_CREDENTIALS = Query("include_sip_credentials", {"type": "string"}, "true: with the passwords of SIP servers")

OPERATIONS = [
    Operation(
        "GET",
        "/{phone_number_id}/settings",
        show,
        "The calling settings of a number",
        answers=((200, "answer-settings"), (400, _E), (401, _E)),
        query=(_CREDENTIALS,),
    ),
    Operation(
        "POST",
        "/{phone_number_id}/settings",
        update,
        "Change the calling settings of a number",
        takes="settings",
        body="json",
        answers=((200, "answer-success"), (400, _E), (401, _E), (415, _E)),
    ),
]
