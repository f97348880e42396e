"""Webhook subscriptions of an app (facts/gupshup 3.1, W1)."""

from __future__ import annotations

from typing import Final

import msgspec

from mock_server import schemas
from mock_server.delivery.targets import check_url
from mock_server.engine.events import Contact, SetCallback
from mock_server.errors import Malformed, SchemaError
from mock_server.http import rates, reading
from mock_server.http.credentials import app_of
from mock_server.http.endpoint import Call, Operation
from mock_server.http.registered_headers import headers_of
from mock_server.store.rows import App, DeliveryState
from mock_server.store.work import Kept, Now, delivery_of
from mock_server.subscriptions import Mode, Subscription
from mock_server.wire import answers
from mock_server.wire.errors import Said

MOST: Final = 5  # per app (facts/gupshup 3.1)


async def subscribe(call: Call) -> Said:
    """Create a subscription; its URL gets the set-callback event."""
    app = await _app(call)
    fields = await _fields(call, "subscription")
    wanted = _given(fields)
    if fields.get("doCheck", "").lower() == "true":
        await _check(call, app, wanted)

    def work(app: App, now: Now) -> Kept:
        _room_for(app, wanted, other_than=None)
        number = app.counter + 1
        row = msgspec.structs.replace(wanted, id=str(8166 + number - 1), created_at=now.app, modified_at=now.app)
        kept = msgspec.structs.replace(app, subscriptions=(*app.subscriptions, row), counter=number)
        return _told(app, row, kept, now=now, number=number)

    call.causes(app)
    row = await call.services.store.change_app(app.id, work)
    _advise_v3(call, row)
    return Said(200, {"status": "success", "subscription": answers.subscription(row, app.id)})


async def show_all(call: Call) -> Said:
    app = await _app(call)
    rows = [answers.subscription(row, app.id) for row in _own(app)]
    return Said(200, {"status": "success", "subscriptions": rows})


async def show(call: Call) -> Said:
    app = await _app(call)
    return Said(200, {"status": "success", "subscription": answers.subscription(_find(call, app), app.id)})


async def update(call: Call) -> Said:
    """Change a subscription; a new URL gets the set-callback event. `doCheck` is on unless it is set to false."""
    app = await _app(call)
    old = _find(call, app)
    fields = await _fields(call, "subscription-update")
    wanted = _given(fields, old)
    if wanted.url != old.url and fields.get("doCheck", "true").lower() != "false":
        await _check(call, app, wanted)

    def work(app: App, now: Now) -> Kept:
        old = _find(call, app)
        row = msgspec.structs.replace(_given(fields, old), modified_at=now.app)
        _room_for(app, row, other_than=old.id)
        number = app.counter + 1
        rows = tuple(row if s.id == old.id else s for s in app.subscriptions)
        kept = msgspec.structs.replace(app, subscriptions=rows, counter=number)
        return Kept(answer=row, app=kept) if row.url == old.url else _told(app, row, kept, now=now, number=number)

    call.causes(app)
    row = await call.services.store.change_app(app.id, work)
    _advise_v3(call, row)
    said = answers.subscription(row, app.id) | {"latencyBucket": "lt_1_s"}
    return Said(200, {"status": "success", "subscription": said})


async def remove(call: Call) -> Said:
    app = await _app(call)
    gone = _find(call, app).id
    await call.services.store.change_app(app.id, lambda app, _: Kept(app=_without(app, {gone})))
    return Said(200, {"status": "success"})


async def remove_all(call: Call) -> Said:
    app = await _app(call)
    everyone = {subscription.id for subscription in _own(app)}
    await call.services.store.change_app(app.id, lambda app, _: Kept(app=_without(app, everyone)))
    return Said(200, {"status": "success"})


async def _app(call: Call) -> App:
    app = await app_of(call)
    call.services.rates.check("subscription", app.id, rates.SUBSCRIPTION)
    return app


async def _fields(call: Call, schema: str) -> dict[str, str]:
    fields = await reading.form_body(call)
    schemas.validate(schema, fields)
    return fields


def _given(fields: dict[str, str], old: Subscription | None = None) -> Subscription:
    """The subscription that a form describes; what it leaves out stays as it was."""
    base = old or Subscription(id="", url="", modes=(), tag="")
    url = fields.get("url", base.url)
    try:
        check_url(url)
    except Malformed:
        raise Malformed("url", "Invalid URL Passed") from None
    return msgspec.structs.replace(
        base,
        url=url,
        modes=_modes(fields["modes"]) if "modes" in fields else base.modes,
        tag=fields.get("tag", base.tag),
        version=int(fields.get("version", base.version)),
        headers=headers_of(fields["meta"]) if fields.get("meta") else () if "meta" in fields else base.headers,
        meta=fields.get("meta", base.meta),
        active=_truth(fields, "active", base.active),
        show_on_ui=_truth(fields, "showOnUI", base.show_on_ui),
    )


def _truth(fields: dict[str, str], name: str, otherwise: bool) -> bool:  # noqa: FBT001  the value where the field is absent
    return fields[name].lower() == "true" if name in fields else otherwise


def _modes(text: str) -> tuple[Mode, ...]:
    names = [name.strip().upper() for name in text.split(",") if name.strip()]
    known = {mode.value for mode in Mode}
    for name in names:
        if name not in known:
            sentence = f"{name[:40]!r} is no mode; known are {', '.join(mode.value for mode in Mode)}"
            raise SchemaError(schema="subscription", path="modes", sentence=sentence)
    return tuple(dict.fromkeys(Mode(name) for name in names))


async def _check(call: Call, app: App, wanted: Subscription) -> None:
    """doCheck: a URL that does not answer 2xx is refused (W1)."""
    now = app.clock.now(call.services.machine.now())
    tried = await call.services.courier.try_once(app, wanted, now)
    if tried.state is not DeliveryState.DELIVERED:
        raise Malformed("url", "Invalid URL Passed")


def _room_for(app: App, wanted: Subscription, *, other_than: str | None) -> None:
    others = [s for s in _own(app) if s.id != other_than and not s.configured]
    if len(others) >= MOST:
        raise Malformed("too_many", f"Maximum of {MOST} subscriptions are allowed per app.")
    if any(s.tag == wanted.tag for s in others):
        sentence = f"{wanted.tag[:60]!r} is taken; tags are unique in an app"
        raise SchemaError(schema="subscription", path="tag", sentence=sentence)
    if Mode.VOICE in wanted.modes and any(Mode.VOICE in s.modes for s in others):
        raise Malformed("voice", "Whatsapp voice subscription already exists")


def _find(call: Call, app: App) -> Subscription:
    wanted = call.path_params["subscription_id"]
    found = next((s for s in _own(app) if s.id == wanted), None)
    if found is None:
        raise Malformed("unknown_subscription", "Subscription Does Not Exist")
    return found


def _own(app: App) -> tuple[Subscription, ...]:
    """Those that Gupshup knows: not what was set through Graph."""
    return tuple(row for row in app.subscriptions if not row.level)


def _without(app: App, gone: set[str]) -> App:
    return msgspec.structs.replace(app, subscriptions=tuple(s for s in app.subscriptions if s.id not in gone))


def _told(app: App, row: Subscription, kept: App, *, now: Now, number: int) -> Kept:
    """The subscription kept, and its URL told so, unless it is of version 2, which receives nothing (W1)."""
    if row.version != 3:
        return Kept(answer=row, app=kept)
    event = SetCallback(at=now.app, number=number, contact=Contact("", ""))
    return Kept(answer=row, app=kept, deliveries=(delivery_of(app, event, row),), records=(event,))


def _advise_v3(call: Call, row: Subscription) -> None:
    if row.version != 3:
        call.advise(
            "W1",
            seen="a subscription of version 2",
            expected="version 3: call permission events exist in no other",
            source="Gupshup, BSUID page: voice webhooks, call permission included, are v3 only",
        )


_ANSWER = ((200, "answer-subscription"), (400, "error-gupshup"), (401, "error-gupshup"), (429, "error-gupshup"))
_ALL = "/partner/app/{app_id}/subscription"
_ONE = "/partner/app/{app_id}/subscription/{subscription_id}"
_DONE = ((200, "answer-done"), (400, "error-gupshup"), (401, "error-gupshup"))

OPERATIONS = [
    Operation("POST", _ALL, subscribe, "Subscribe a URL", takes="subscription", body="form", answers=_ANSWER),
    Operation(
        "GET", _ALL, show_all, "All subscriptions", answers=((200, "answer-subscriptions"), (401, "error-gupshup"))
    ),
    Operation("DELETE", _ALL, remove_all, "Remove all subscriptions", answers=_DONE),
    Operation("GET", _ONE, show, "One subscription", answers=_ANSWER),
    Operation("PUT", _ONE, update, "Change a subscription", takes="subscription-update", body="form", answers=_ANSWER),
    Operation("DELETE", _ONE, remove, "Remove a subscription", answers=_DONE),
]
