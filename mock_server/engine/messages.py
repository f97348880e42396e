"""A message's way from accepted to read (R6)."""

from __future__ import annotations

import msgspec

from mock_server.clock import SECOND
from mock_server.engine import test_numbers
from mock_server.engine.events import MessageStatus
from mock_server.engine.state import UNREAD_KEPT, Failure, Message, MessageState, Reachability, Request, TimerKind
from mock_server.engine.turn import Turn
from mock_server.errors import Conflict


def send(turn: Turn, message: Message) -> None:
    """Start an accepted message on its way: `enqueued` now, then a step each `status_delay` of the app."""
    _tell(turn, message, "enqueued")
    turn.change(messages=(*_remembered(turn), message))
    _go_on(turn, message)


def step(turn: Turn, wamid: str) -> None:
    """The next status of a message that is under way: failed, sent, or delivered."""
    message = next((m for m in turn.state.messages if m.wamid == wamid), None)
    if message is not None and message.state is not MessageState.DELIVERED:
        _advance(turn, message)


def _advance(turn: Turn, message: Message) -> None:
    failure = message.failure or _failure(turn, message)
    if failure:
        _fail(turn, message, failure)
    elif message.state is MessageState.ACCEPTED:
        _go_on(turn, _reach(turn, message, MessageState.SENT))
    elif turn.state.user.reachability is not Reachability.SWITCHED_OFF:
        _reach(turn, message, MessageState.DELIVERED)
        test_numbers.message_delivered(turn, request=message.wamid if message.is_request else None)


def deliver_waiting(turn: Turn) -> None:
    """The user's phone is on again: what waited for that arrives, oldest first. The rest comes when it is due."""
    on_the_way = _on_the_way(turn)
    for message in turn.state.messages:
        if message.wamid not in on_the_way:
            step(turn, message.wamid)


def phone_on(turn: Turn) -> None:
    """Raises Conflict where the user can neither read, write nor call."""
    reachability = turn.state.user.reachability
    if reachability in {Reachability.SWITCHED_OFF, Reachability.NOT_ON_WHATSAPP}:
        why = reachability.value.replace("_", " ")
        raise Conflict(reachability.value, f"This user is {why}; make the user reachable first.")


def read(turn: Turn) -> None:
    """The user looks: every delivered message is read, oldest first. Any answer implies it."""
    delivered = [m for m in turn.state.messages if m.state is MessageState.DELIVERED]
    if not delivered:
        return
    turn.change(messages=tuple(m for m in turn.state.messages if m.state is not MessageState.DELIVERED))
    for message in delivered:
        turn.change(requests=_requests(turn, message, MessageState.READ))
        _tell(turn, message, "read")


def _failure(turn: Turn, message: Message) -> Failure | None:
    """What a message fails with because of the user as the user is now, None if it arrives."""
    reachability = turn.state.user.reachability
    if reachability is Reachability.NOT_ON_WHATSAPP:
        return Failure.NOT_ON_WHATSAPP if turn.state.wa_id.isdigit() else Failure.UNKNOWN_USER_ID
    if reachability is Reachability.OUTDATED_APP and message.is_request:
        return Failure.OUTDATED_APP
    return None


def _remembered(turn: Turn) -> tuple[Message, ...]:
    """The messages, without one where too many wait: the oldest unread, else the oldest at a phone that is off."""
    kept = turn.state.messages
    if len(kept) < UNREAD_KEPT:
        return kept
    on_the_way = _on_the_way(turn)
    waiting = [m for m in kept if m.wamid not in on_the_way]
    if len(waiting) < UNREAD_KEPT:
        return kept
    forgotten = next((m for m in waiting if m.state is MessageState.DELIVERED), waiting[0])
    return tuple(m for m in kept if m is not forgotten)


def _on_the_way(turn: Turn) -> frozenset[str]:
    """The wamids of the messages whose next status comes by itself."""
    return frozenset(t.subject for t in turn.state.timers if t.kind is TimerKind.STATUS)


def _go_on(turn: Turn, message: Message) -> None:
    delay = turn.settings.status_delay
    if delay:
        turn.set_timer(turn.now + round(delay * SECOND), TimerKind.STATUS, subject=message.wamid)
    else:
        _advance(turn, message)


def _reach(turn: Turn, message: Message, state: MessageState) -> Message:
    """The message as it is from now on."""
    moved = msgspec.structs.replace(message, state=state)
    messages = tuple([moved if m is message else m for m in turn.state.messages])
    turn.change(messages=messages, requests=_requests(turn, message, state))
    _tell(turn, message, state.value)
    return moved


def _fail(turn: Turn, message: Message, failure: Failure) -> None:
    """The message failed: a request is given back at this moment (R2)."""
    messages = tuple(m for m in turn.state.messages if m.wamid != message.wamid)
    turn.change(messages=messages, requests=_requests(turn, message, MessageState.FAILED))
    _tell(turn, message, "failed", failure=failure)


def _requests(turn: Turn, message: Message, state: MessageState) -> tuple[Request, ...]:
    """The conversation's requests, this one of them as far as its message has come."""
    requests = turn.state.requests
    if not message.is_request:
        return requests
    return tuple([_moved(r, state, turn.now) if r.wamid == message.wamid else r for r in requests])


def _moved(request: Request, state: MessageState, now: int) -> Request:
    if state is MessageState.DELIVERED:
        return msgspec.structs.replace(request, state=state, delivered_at=now)
    if state is MessageState.FAILED:
        return msgspec.structs.replace(request, state=state, counts=False)
    return msgspec.structs.replace(request, state=state)


def _tell(turn: Turn, message: Message, status: str, *, failure: Failure | None = None) -> None:
    turn.emit(
        MessageStatus,
        wamid=message.wamid,
        gs_id=message.gs_id,
        status=status,
        failure=failure,
        opaque=message.opaque,
    )
