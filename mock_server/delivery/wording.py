"""What a delivery says, in a few words: for the journal's line about an attempt."""

from __future__ import annotations

from mock_server.engine.events import AccountUpdate, AnyEvent, CallStatus, CallTerminate, MessageStatus, PermissionReply
from mock_server.engine.state import Response
from mock_server.store.rows import Delivery


def what(delivery: Delivery) -> str:
    """The kind of its event, and what tells it from others of that kind. Of bytes sent on purpose there is no event."""
    if delivery.event is None:
        return delivery.kind
    if not delivery.batched:
        return _words(delivery.event)
    return ", ".join([_words(event) for event in (delivery.event, *delivery.batched)])


def _words(event: AnyEvent) -> str:
    if isinstance(event, MessageStatus | CallStatus):
        return f"{event.kind} {event.status}"
    if isinstance(event, PermissionReply):
        return f"{event.kind} {_answer(event)}"
    if isinstance(event, AccountUpdate):
        return f"{event.kind} {event.event}"
    if isinstance(event, CallTerminate) and event.code is not None:
        return f"{event.kind} failed with {event.code}"
    return event.kind


def _answer(reply: PermissionReply) -> str:
    answer: str = reply.response
    if reply.response is Response.ACCEPT:
        answer += " permanent" if reply.is_permanent else " temporary"
    return f"{answer} automatic" if reply.automatic else answer
