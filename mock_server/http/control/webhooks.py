"""Sending any webhook on purpose: named events or any body, right or wrong, once or often.

The contract tests send so.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

import msgspec

from mock_server import schemas
from mock_server.delivery.targets import check_url
from mock_server.engine.events import AnyEvent
from mock_server.errors import Conflict, Malformed, SchemaError
from mock_server.http import reading
from mock_server.http.control.named_events import Maker, event_of, said
from mock_server.http.endpoint import Call, Operation, full_outbox
from mock_server.settings import Dialect, Variants
from mock_server.store.protocol import WAITING_BOUND
from mock_server.store.rows import App, Delivery
from mock_server.store.work import Kept, Now
from mock_server.subscriptions import Subscription, in_force
from mock_server.wire import webhooks as wire
from mock_server.wire.errors import Said
from mock_server.wire.signing import signed_as


async def send_webhook(call: Call) -> Said:
    """Queue it, each copy in a lane of its own so that nothing waits for another; answers with the delivery ids."""
    given = await reading.json_body(call)
    schemas.validate("webhook-send", given)
    raw = _raw(given)
    seed = call.services.store.seed
    waiting = await call.services.store.waiting(call.path_params["app"])
    if waiting + _repeat(given) > WAITING_BOUND:
        raise full_outbox(waiting)

    def work(app: App, now: Now) -> Kept:
        number = app.counter + 1
        event = event_of(given["event"], Maker(app, seed, number, now.app)) if "event" in given else None
        rows: list[Delivery] = []
        for target in _targets(app, given.get("to"), event):
            body = raw if event is None else _said(app, target, given, event)
            rows += _copies(app, target, given, number=number, at=now.app, event=event, body=body or b"")
        kept = msgspec.structs.replace(app, counter=number + len(rows))
        return Kept(answer=[row.id for row in rows], app=kept, deliveries=tuple(rows))

    sent = await call.services.store.change_app(call.path_params["app"], work)
    call.services.courier.wake(call.path_params["app"])
    return Said(202, {"deliveries": sent})


def _raw(given: dict[str, Any]) -> bytes | None:
    if "body" in given:
        return wire.as_bytes(given["body"])
    if "raw_base64" not in given:
        return None
    try:
        return base64.b64decode(given["raw_base64"], validate=True)
    except (binascii.Error, ValueError):
        raise SchemaError(schema="webhook-send", path="raw_base64", sentence="is not base64") from None


def _targets(app: App, to: str | None, event: AnyEvent | None) -> list[Subscription]:
    """Where it goes: a subscription, a URL, or every subscription that would get such an event.

    Raises Conflict where nobody would, SchemaError for a `to` that is nowhere.
    """
    if to is None:
        rows = in_force(app.subscriptions, off_waba=app.off_waba)
        wanted = [s for s in rows if s.active and (event is None or _wants(s, event))]
        if not wanted:
            sentence = "No subscription of this app wants it; subscribe one, or say `to` (a URL)."
            raise Conflict("no_subscription", sentence)
        return wanted
    named = [s for s in app.subscriptions if to in {s.id, s.url}]
    if named:
        return named[:1]
    try:
        check_url(to)
    except Malformed as wrong:
        sentence = f"is neither a subscription id of this app nor a URL: {wrong.sentence}"
        raise SchemaError(schema="webhook-send", path="to", sentence=sentence) from None
    return [Subscription(id="to-url", url=to, modes=(), tag="to-url", dialect=app.settings.dialect)]


def _wants(subscription: Subscription, event: AnyEvent) -> bool:
    return event.kind == "set_callback" or subscription.wants(event.topic)


def _said(app: App, target: Subscription, given: dict[str, Any], event: AnyEvent) -> bytes:
    """The event in the dialect of whoever gets it, in the shapes that were asked for."""
    variants = msgspec.convert(msgspec.to_builtins(app.settings.variants) | given.get("variants", {}), Variants)
    return said(event, given["event"], app, dialect=target.dialect, variants=variants)


def _copies(
    app: App,
    target: Subscription,
    given: dict[str, Any],
    *,
    number: int,
    at: int,
    event: AnyEvent | None,
    body: bytes,
) -> list[Delivery]:
    how = given.get("signature", "right")
    headers = signed_as(how, body, app.settings, dialect=target.dialect, registered=target.headers)
    return [
        Delivery(
            id=f"sent-{app.generation}-{number}-{target.id}-{copy}",
            number=0,
            subscription_id=f"sent-{number}-{target.id}-{copy}",
            url=target.url,
            wa_id=event.contact.wa_id if event else "",
            kind=event.kind if event else "sent",
            created_at=at,
            due=at,
            dialect=Dialect(target.dialect),
            body=body,
            headers=headers,
        )
        for copy in range(_repeat(given))
    ]


def _repeat(given: dict[str, Any]) -> int:
    return int(given.get("repeat", 1))  # in JSON Schema 2.0 is an integer


_P: Final = "problem"

OPERATIONS = [
    Operation(
        "POST", "/_sandbox/apps/{app}/webhooks", send_webhook, "Send any webhook on purpose", takes="webhook-send",
        body="json", answers=((202, "webhook-send-answer"), (400, _P), (404, _P), (409, _P), (415, _P), (429, _P)),
    )
]  # fmt: skip
