"""A message's way from accepted to read (R6)."""

from __future__ import annotations

import msgspec

from mock_server.clock import SECOND
from mock_server.engine import test_numbers
from mock_server.engine.events import MessageStatus
from mock_server.engine.state import UNREAD_KEPT, Failure, Message, MessageState, Reachability, TimerKind
from mock_server.engine.turn import Turn
from mock_server.errors import Conflict


def send(turn: Turn, message: Message) -> None:
    """Start an accepted message on its way: `enqueued` now, then a step each `status_delay` of the app."""
    _tell(turn, message, "enqueued")
    turn.change(messages=(*_remembered(turn), message))
    _go_on(turn, message.wamid)


def step(turn: Turn, wamid: str) -> None:
    """The next status of a message that is under way: failed, sent, or delivered."""
    message = next((m for m in turn.state.messages if m.wamid == wamid), None)
    if message is None or message.state is MessageState.DELIVERED:
        return
    failure = message.failure or _failure(turn, message)
    if failure:
        _fail(turn, message, failure)
    elif message.state is MessageState.ACCEPTED:
        _reach(turn, message, MessageState.SENT)
        _go_on(turn, wamid)
    elif turn.state.user.reachability is not Reachability.SWITCHED_OFF:
        _reach(turn, message, MessageState.DELIVERED)
        test_numbers.message_delivered(turn, request=wamid if message.is_request else None)


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
        _mark_request(turn, message, MessageState.READ)
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


def _go_on(turn: Turn, wamid: str) -> None:
    delay = turn.settings.status_delay
    if delay:
        turn.set_timer(turn.now + round(delay * SECOND), TimerKind.STATUS, subject=wamid)
    else:
        step(turn, wamid)


def _reach(turn: Turn, message: Message, state: MessageState) -> None:
    moved = msgspec.structs.replace(message, state=state)
    turn.change(messages=tuple(moved if m.wamid == message.wamid else m for m in turn.state.messages))
    _mark_request(turn, message, state)
    _tell(turn, message, state.value)


def _fail(turn: Turn, message: Message, failure: Failure) -> None:
    """The message failed: a request is given back at this moment (R2)."""
    turn.change(messages=tuple(m for m in turn.state.messages if m.wamid != message.wamid))
    _mark_request(turn, message, MessageState.FAILED)
    _tell(turn, message, "failed", failure=failure)


def _mark_request(turn: Turn, message: Message, state: MessageState) -> None:
    if not message.is_request:
        return
    request = next((r for r in turn.state.requests if r.wamid == message.wamid), None)
    if request is None:
        return
    delivered_at = turn.now if state is MessageState.DELIVERED else request.delivered_at
    counts = request.counts and state is not MessageState.FAILED
    moved = msgspec.structs.replace(request, state=state, delivered_at=delivered_at, counts=counts)
    turn.change(requests=tuple(moved if r is request else r for r in turn.state.requests))


def _tell(turn: Turn, message: Message, status: str, *, failure: Failure | None = None) -> None:
    turn.emit(
        MessageStatus,
        wamid=message.wamid,
        gs_id=message.gs_id,
        status=status,
        failure=failure,
        opaque=message.opaque,
    )
