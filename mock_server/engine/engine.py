"""The engine's one door: a command and a world in, what happened out. Synchronous, without I/O and without a clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from mock_server.engine import business_calls, calls, messages, permissions, requests, user_calls
from mock_server.engine.commands import (
    AcceptCall,
    Allow,
    CallBusiness,
    Command,
    Decline,
    EndCall,
    HangUp,
    PickUp,
    PlaceCall,
    PreAcceptCall,
    Read,
    RejectCall,
    RejectUserCall,
    Revoke,
    SendMessage,
    SetUser,
    Wake,
    WebhookAnswered,
    Write,
)
from mock_server.engine.events import AnyEvent, UserMessage
from mock_server.engine.judge import Finding, judge
from mock_server.engine.state import Conversation, Reachability, Timer, TimerKind
from mock_server.engine.turn import NumberUsage, Turn, World
from mock_server.errors import Conflict, SandboxError


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What a command did. After a refusal the conversation and the number are as the timers left them (R3, T7)."""

    conversation: Conversation
    number: NumberUsage
    earlier: tuple[AnyEvent, ...]  # what had fallen due before the command
    events: tuple[AnyEvent, ...]
    answer: Any = None
    refusal: SandboxError | None = None
    finding: Finding | None = None
    fired: int = 0  # timers that fell due

    @property
    def happened(self) -> tuple[AnyEvent, ...]:
        """All events, in order."""
        return self.earlier + self.events if self.earlier else self.events


def handle(command: Command, conversation: Conversation, world: World) -> Outcome:
    """Run what is due in the conversation, then the command, then what falls due at once (T7)."""
    turn = Turn(conversation, world)
    _run_due(turn)
    earlier = tuple(turn.events)
    turn.events.clear()
    before = turn.standing
    try:
        answer = _HANDLERS[type(command)](turn, command)
        _run_due(turn)
    except SandboxError as refusal:
        finding = judge(refusal.code, before.state, world)
        turn.go_back(before)
        if isinstance(command, SendMessage):
            requests.also_fail(turn, command, refusal.code)
        return Outcome(
            turn.kept(), turn.number, earlier, tuple(turn.events), refusal=refusal, finding=finding, fired=turn.fired
        )
    return Outcome(turn.kept(), turn.number, earlier, tuple(turn.events), answer, fired=turn.fired)


def settled(conversation: Conversation, world: World) -> Conversation:
    """The conversation as it is at `world.now`, for looking at; nothing is to be kept of it."""
    timers = conversation.timers
    if not timers or timers[0].due > world.now:
        return conversation
    return handle(Wake(), conversation, world).conversation


def _run_due(turn: Turn) -> None:
    """Every timer due by now, each at its own due time; those it sets included (T7)."""
    now = turn.world.now
    while turn.state.timers and turn.state.timers[0].due <= now:
        timer = turn.state.timers[0]
        turn.now = timer.due
        turn.fired += 1
        turn.change(timers=turn.state.timers[1:])
        _ON_TIMER[timer.kind](turn, timer)
    turn.now = now


def _user_acts(turn: Turn, timer: Timer) -> None:
    """A test number does what it does; where that is no longer possible (the call is over, say) it does nothing."""
    command = _acts(timer)
    before = turn.standing
    try:
        _HANDLERS[type(command)](turn, command)
    except Conflict:
        turn.go_back(before)


def _acts(timer: Timer) -> Command:
    request, seconds = timer.request or None, timer.seconds or None
    if timer.subject in _SIMPLE_ACTS:
        return _SIMPLE_ACTS[timer.subject]
    if timer.subject == "decline":
        return Decline(request_id=request)
    from_profile = timer.subject == "allow_always_from_profile"
    always = timer.subject != "allow_temporarily"
    return Allow(
        always=always, seconds=seconds, request_id=None if from_profile else request, from_profile=from_profile
    )


def _set_user(turn: Turn, command: SetUser) -> None:
    turn.change(user=command.apply(turn.state.user))
    if turn.state.user.reachability is not Reachability.SWITCHED_OFF:
        messages.deliver_waiting(turn)
        business_calls.ring(turn)


def _read(turn: Turn) -> None:
    messages.phone_on(turn)
    messages.read(turn)


def _write(turn: Turn, command: Write) -> None:
    _read(turn)
    turn.change(window_opened_at=turn.now)
    turn.emit(UserMessage, wamid=turn.wamid(), text=command.text)


def _webhook_answered(turn: Turn, command: WebhookAnswered) -> None:
    for field in ("last_accept", "last_end"):
        reply = getattr(turn.state, field)
        if reply is not None and reply.wamid == command.wamid:
            turn.change(**{field: msgspec.structs.replace(reply, delivered=True)})


_SIMPLE_ACTS: Final[dict[str, Command]] = {
    "read": Read(),
    "revoke": Revoke(),
    "call": CallBusiness(),
    "pick_up": PickUp(),
    "reject_call": RejectCall(),
    "hang_up": HangUp(),
}

_HANDLERS: Final[dict[type[Any], Callable[[Turn, Any], Any]]] = {
    SendMessage: requests.send,
    PlaceCall: business_calls.place,
    PreAcceptCall: user_calls.pre_accept,
    AcceptCall: user_calls.accept,
    RejectUserCall: user_calls.reject,
    EndCall: calls.end,
    Allow: permissions.allow,
    Decline: permissions.decline,
    Revoke: lambda turn, _: permissions.revoke(turn),
    Read: lambda turn, _: _read(turn),
    Write: _write,
    CallBusiness: lambda turn, _: user_calls.call_business(turn),
    PickUp: lambda turn, _: business_calls.pick_up(turn),
    RejectCall: lambda turn, _: business_calls.reject(turn),
    HangUp: lambda turn, _: calls.hang_up(turn),
    SetUser: _set_user,
    WebhookAnswered: _webhook_answered,
    Wake: lambda turn, _: None,
}

_ON_TIMER: Final[dict[TimerKind, Callable[[Turn, Timer], None]]] = {
    TimerKind.STATUS: lambda turn, timer: messages.step(turn, timer.subject),
    TimerKind.EXPIRY: lambda turn, _: permissions.expire(turn),
    TimerKind.RING_TIMEOUT: lambda turn, timer: calls.ring_timeout(turn, timer.subject),
    TimerKind.USER_ACTS: _user_acts,
}
