"""Apps on a WABA, and callback URLs of its own for a WABA or a number, which go before the app's (facts/meta 8).

URLs of at most 200 characters; for messages and calls only, everything about the account goes to the app's URL.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.graph import callback_urls, parameters
from mock_server.http.graph.numbers import business_of, number_of
from mock_server.store.rows import App
from mock_server.store.work import Kept, Now
from mock_server.subscriptions import Level
from mock_server.wire.errors import Said

_OVERRIDE: Final = "override_callback_uri"


async def put_on_waba(call: Call) -> Said:
    """Put the app on the WABA, with `override_callback_uri` or, where there is none, with the app's own URL again."""
    given, apps = await parameters.taken(call, business_of, "subscribed-app")
    await _override(call, apps, Level.WABA, given, parameter=_OVERRIDE)
    await _set_off(call, apps, off=False)
    return Said(200, {"success": True})


async def show_waba(call: Call) -> Said:
    """The apps on the WABA, each with its override."""
    on = {app.settings.meta_app_id: app for app in await business_of(call) if not app.off_waba}
    return Said(200, {"data": [_listed(app) for app in on.values()]})


async def take_off_waba(call: Call) -> Said:
    """Take the app off the WABA: nothing more goes to any URL that was set through Graph."""
    apps = await business_of(call)
    await callback_urls.drop(call, apps, Level.WABA)
    await _set_off(call, apps, off=True)
    return Said(200, {"success": True})


async def update_number(call: Call) -> Said:
    """Set the number's own callback URL; an empty one removes it."""
    given, apps = await parameters.taken(call, _numbers_of, "number-update")
    name = "webhook_configuration"
    await _override(call, apps, Level.NUMBER, given[name], parameter=f"{name}.{_OVERRIDE}")
    return Said(200, {"success": True})


async def show_number(call: Call) -> Said:
    """The number: the `fields` of it that are asked for and known here, else what it is called."""
    app = await number_of(call)
    plain = {"display_phone_number": app.settings.business_number, "verified_name": app.settings.name}
    known: dict[str, Any] = plain | {"webhook_configuration": _configuration(app)}
    asked = parameters.names(call.request.query_params.get("fields", "")) or tuple(plain)
    return Said(200, {name: known[name] for name in asked if name in known} | {"id": app.settings.phone_number_id})


async def _numbers_of(call: Call, *, given: str | None = None) -> list[App]:
    return [await number_of(call, given=given)]


async def _override(call: Call, apps: list[App], level: Level, given: dict[str, Any], *, parameter: str) -> None:
    if url := given.get(_OVERRIDE):
        await callback_urls.shake_hands(call, apps[0], url, given["verify_token"], parameter=parameter)
        await callback_urls.keep(call, apps, level, url)
    else:
        await callback_urls.drop(call, apps, level)


async def _set_off(call: Call, apps: list[App], *, off: bool) -> None:
    def work(app: App, now: Now) -> Kept:
        return Kept(app=msgspec.structs.replace(app, off_waba=off))

    for app in apps:
        await call.services.store.change_app(app.id, work)


def _configuration(app: App) -> dict[str, str]:
    """The URL of each level that has one."""
    names = {"phone_number": Level.NUMBER, "whatsapp_business_account": Level.WABA, "application": Level.APP}
    rows = {name: callback_urls.at_level(app, level) for name, level in names.items()}
    return {name: row.url for name, row in rows.items() if row}


def _listed(app: App) -> dict[str, Any]:
    meta_app_id, row = app.settings.meta_app_id, callback_urls.at_level(app, Level.WABA)
    link = f"https://www.facebook.com/games/?app_id={meta_app_id}"
    data = {"whatsapp_business_api_data": {"id": meta_app_id, "link": link, "name": app.settings.name}}
    return data | ({_OVERRIDE: row.url} if row else {})


_E = "error-meta"
_DONE = ((200, "answer-success"), (400, _E), (401, _E), (415, _E))
_WABA = "/{waba_id}/subscribed_apps"
_NUMBER = "/{phone_number_id}"
_FIELDS: Final = Query("fields", {"type": "string"}, "A comma list of display_phone_number, verified_name, ...")

OPERATIONS = [
    Operation(
        "POST", _WABA, put_on_waba, "Put the app on the WABA", takes="subscribed-app", body="json",
        answers=_DONE, body_optional=True,
    ),
    Operation(
        "GET", _WABA, show_waba, "The apps on the WABA", answers=((200, "answer-subscribed-apps"), (400, _E), (401, _E))
    ),
    Operation("DELETE", _WABA, take_off_waba, "Take the app off the WABA", answers=_DONE[:3]),
    Operation(
        "POST", _NUMBER, update_number, "Set the number's callback URL", takes="number-update", body="json",
        answers=_DONE, body_optional=True,
    ),
    Operation(
        "GET", _NUMBER, show_number, "The number", answers=((200, "answer-number"), (400, _E), (401, _E)),
        query=(_FIELDS,),
    ),
]  # fmt: skip
