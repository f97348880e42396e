"""What one unit of work is: a pure function over rows, and what has to be kept afterwards.

Every store runs the same functions; a store only knows where the rows are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from mock_server.engine.commands import Command
from mock_server.engine.engine import Outcome, handle
from mock_server.engine.events import AnyEvent, Note
from mock_server.engine.state import Conversation
from mock_server.engine.turn import World
from mock_server.store.faults import strike
from mock_server.store.rows import App, Delivery, Found, Record
from mock_server.subscriptions import Subscription, in_force


class Now(msgspec.Struct, frozen=True, gc=False):
    """The two times of a unit of work: the app's and the machine's, in milliseconds."""

    app: int
    machine: int


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What a unit of work leaves behind: rows to keep, journal records in order, and its answer."""

    answer: Any = None
    app: App | None = None
    conversation: Conversation | None = None
    deliveries: tuple[Delivery, ...] = ()
    records: tuple[Record, ...] = ()


Tell: TypeAlias = Callable[[Outcome, tuple[Delivery, ...]], tuple[Any, tuple[Record, ...]]]
Work: TypeAlias = Callable[[App, Conversation, Now], Kept]
AppWork: TypeAlias = Callable[[App, Now], Kept]


def world_of(app: App, seed: str, now: int) -> World:
    """What the engine may know of this app at this instant."""
    settings = app.settings
    return World(settings, settings.limits, seed, app.generation, now, app.restriction(now), app.number)


def carry_out(command: Command, tell: Tell, *, seed: str) -> Work:
    """A unit of work that runs one command in the engine.

    `tell` makes the answer, and the journal's records of who asked, from the outcome and the deliveries it causes.
    """

    def work(app: App, conversation: Conversation, now: Now) -> Kept:
        outcome = handle(command, conversation, world_of(app, seed, now.app))
        sent = strike(app, fan_out(app, outcome.happened))
        answer, records = tell(outcome, sent.deliveries)
        found = (Found(outcome.finding),) if outcome.finding else ()
        row = sent.app if outcome.number is app.number else msgspec.structs.replace(sent.app, number=outcome.number)
        return Kept(
            answer=answer,
            app=None if row is app else row,
            conversation=None if outcome.conversation is conversation else outcome.conversation,
            deliveries=sent.deliveries,
            records=(*outcome.earlier, *records, *found, *outcome.events, *sent.records),
        )

    return work


def fan_out(app: App, events: tuple[AnyEvent, ...]) -> tuple[Delivery, ...]:
    """A delivery for every event and subscription that wants it (W3). The store numbers them."""
    if not app.subscriptions:
        return ()
    subscriptions = in_force(app.subscriptions, off_waba=app.off_waba)
    return tuple(
        [
            delivery_of(app, event, subscription)
            for event in events
            if not isinstance(event, Note)
            for subscription in subscriptions
            if subscription.wants(event.topic)
        ]
    )


def delivery_of(app: App, event: AnyEvent, subscription: Subscription) -> Delivery:
    """The row that brings this event to this subscription, due when the event happened."""
    wa_id = event.contact.wa_id
    return Delivery(
        id=f"{wa_id or 'app'}-{app.generation}-{event.number}-{subscription.id}",
        number=0,
        subscription_id=subscription.id,
        url=subscription.url,
        wa_id=wa_id,
        kind=event.kind,
        created_at=event.at,
        due=event.at,
        dialect=subscription.dialect,
        event=event,
    )
