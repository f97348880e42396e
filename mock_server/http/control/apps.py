"""Apps: create, look, change, reset, delete (INTERFACE, control API)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from mock_server import schemas
from mock_server.clock import AppClock, parse_iso
from mock_server.delivery.targets import check_url
from mock_server.errors import Conflict, Malformed, SchemaError
from mock_server.http import account, reading, views
from mock_server.http.control.paging import LIMIT_AND_AFTER, cut, limit_of
from mock_server.http.endpoint import Call, Operation
from mock_server.http.new_app import changed, new_app
from mock_server.settings import Dialect
from mock_server.store.rows import App, Partner, Remark, WasReset
from mock_server.store.work import Kept, Now
from mock_server.subscriptions import Subscription
from mock_server.wire.errors import Said


async def list_apps(call: Call) -> Said:
    limit = limit_of(call)
    rows = await call.services.store.apps(after=call.request.query_params.get("after", ""), limit=limit + 1)
    page, after = cut(rows, limit, lambda row: row.id)
    return Said(200, {"apps": [await _shown(call, row) for row in page], "next": after})


async def create_app(call: Call) -> Said:
    """201 with the new app; ids and secrets that are not given are made up. Raises Conflict where one is taken."""
    given = await reading.json_body(call)
    schemas.validate("app-create", given)
    if given.get("webhook_url"):
        _check_webhook_url(given["webhook_url"])
    services = call.services
    freeze_at = services.settings.freeze_at
    number = (await services.store.partner()).counter + 1
    app = new_app(
        given,
        seed=services.store.seed,
        machine=services.machine,
        freeze_at=parse_iso(freeze_at) if freeze_at else None,
        number=number,
    )
    await services.store.add_app(app)

    def count(partner: Partner, _: int) -> tuple[Partner, Partner]:
        counted = msgspec.structs.replace(partner, counter=max(partner.counter, number))
        return counted, counted

    await services.store.change_partner(count)  # only now: a refusal changes nothing
    return Said(201, await _shown(call, app))


async def show_app(call: Call) -> Said:
    return Said(200, await _shown(call, await call.services.store.app(call.path_params["app"])))


async def change_app(call: Call) -> Said:
    """Change settings; they hold for what happens from now on."""
    given = await reading.json_body(call)
    schemas.validate("app-update", given)

    def work(app: App, now: Now) -> Kept:
        settings = changed(app.settings, given)
        row = msgspec.structs.replace(app, subscriptions=_following(app, settings.dialect))
        return account.change(row, settings, now, restricts_anew="restriction" in given)

    row = await call.services.store.change_app(call.path_params["app"], work)
    call.services.courier.wake(row.id)
    return Said(200, await _shown(call, row))


async def reset_app(call: Call) -> Said:
    """Drop conversations, calls, deliveries, journal, faults; keep settings, tokens, subscriptions (S1)."""
    settings = call.services.settings
    frozen_at = parse_iso(settings.freeze_at) if settings.freeze_at else None

    def work(app: App, now: Now) -> Kept:
        if app.clock.target is not None:
            raise Conflict("advancing", "An advance of this app's clock is going on; wait for its answer, then reset.")
        clock = AppClock(frozen_at=frozen_at)
        settings = msgspec.structs.replace(app.settings, restriction=app.restriction(now.app))
        row = msgspec.structs.replace(
            app,
            settings=settings,
            clock=clock,
            generation=app.generation + 1,
            number=type(app.number)(),
            faults=(),
            restricted_until=account.restricted_until(settings, clock.now(now.machine)),
        )
        return Kept(answer=row, app=row, records=(WasReset(),))

    row = await call.services.store.reset_app(call.path_params["app"], work)
    return Said(200, await _shown(call, row))


async def delete_app(call: Call) -> Said:
    app_id, store = call.path_params["app"], call.services.store
    await store.remove_app(app_id)
    await store.record(None, [Remark(f"The app {app_id} was deleted.")])  # ends the streams of its events
    return Said(204, None)


def _following(app: App, dialect: Dialect) -> tuple[Subscription, ...]:
    """Its subscriptions: those from `--webhook` and the configuration that spoke the app's dialect go on doing so."""
    old = app.settings.dialect
    return tuple(
        msgspec.structs.replace(s, dialect=dialect) if s.configured and s.dialect is old else s
        for s in app.subscriptions
    )


async def _shown(call: Call, row: App) -> dict[str, Any]:
    return views.app(row, await call.services.store.partner(), call.services.machine.now())


def _check_webhook_url(url: str) -> None:
    try:
        check_url(url)
    except Malformed as wrong:
        raise SchemaError(schema="app-create", path="webhook_url", sentence=wrong.sentence) from None


_P: Final = "problem"
_ALL: Final = "/_sandbox/apps"
_ONE: Final = "/_sandbox/apps/{app}"

OPERATIONS = [
    Operation("GET", _ALL, list_apps, "All apps", answers=((200, "apps"), (400, _P)), query=LIMIT_AND_AFTER),
    Operation(
        "POST", _ALL, create_app, "Create an app", takes="app-create", body="json",
        answers=((201, "app"), (400, _P), (409, _P), (415, _P)),
    ),
    Operation("GET", _ONE, show_app, "One app", answers=((200, "app"), (404, _P))),
    Operation(
        "PATCH", _ONE, change_app, "Change an app's settings", takes="app-update", body="json",
        answers=((200, "app"), (400, _P), (404, _P), (409, _P), (415, _P)),
    ),
    Operation("DELETE", _ONE, delete_app, "Delete an app", answers=((204, None), (404, _P))),
    Operation(
        "POST", f"{_ONE}/reset", reset_app, "Start an app afresh (S1)", answers=((200, "app"), (404, _P), (409, _P))
    ),
]  # fmt: skip
