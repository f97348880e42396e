"""A delivery's body and headers, made when it is first due and then kept (W6)."""

from __future__ import annotations

import msgspec

from mock_server.store.rows import App, Delivery
from mock_server.wire import webhooks
from mock_server.wire.envelope import Envelope
from mock_server.wire.signing import signed_as


def rendered(app: App, delivery: Delivery) -> Delivery:
    """The row with its bytes: batched events are further changes of its entry. One sent on purpose has them already."""
    if delivery.event is None:
        return delivery
    subscription = next((s for s in app.subscriptions if s.id == delivery.subscription_id), None)
    envelope = Envelope(app.settings, delivery.dialect)
    whole = envelope.body(delivery.event)
    for event in delivery.batched:
        whole["entry"][0]["changes"] += envelope.body(event)["entry"][0]["changes"]
    body = webhooks.as_bytes(whole)
    headers = signed_as(
        delivery.signature,
        body,
        app.settings,
        dialect=delivery.dialect,
        registered=subscription.headers if subscription else (),
    )
    return msgspec.structs.replace(delivery, body=body, headers=headers)


def rendered_if_possible(app: App, delivery: Delivery) -> Delivery:
    """The same; the row as it is where its bytes cannot be made: who sends it says why not."""
    try:
        return rendered(app, delivery)
    except Exception:
        return delivery
