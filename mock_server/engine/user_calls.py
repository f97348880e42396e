"""Calls of the user to the business, and what the business answers them with (C6)."""

from __future__ import annotations

import msgspec

from mock_server.engine import calls, messages, test_numbers
from mock_server.engine.calls import CallStarted
from mock_server.engine.commands import AcceptCall, PreAcceptCall, RejectUserCall
from mock_server.engine.events import CallConnect
from mock_server.engine.state import Call, CallState, Direction
from mock_server.engine.turn import Turn
from mock_server.errors import Conflict, Refusal


def call_business(turn: Turn) -> CallStarted:
    """The user calls the business: rings until it is taken, ended, or the ring timeout."""
    if turn.settings.calling != "ENABLED":
        raise Conflict("calling_disabled", "Calling is not enabled on this business number; set calling=ENABLED first.")
    messages.phone_on(turn)
    if calls.going_on(turn):
        raise Conflict("call_going_on", "A call with this user is going on; hang it up first.")
    call = Call(turn.wacid(), Direction.USER_INITIATED, turn.now)
    calls.begin(turn, call, starts=turn.number.starts)
    turn.change(window_opened_at=turn.now)
    turn.emit(CallConnect, call_id=call.id, direction=call.direction)
    return CallStarted(call.id, turn.state.wa_id)


def pre_accept(turn: Turn, command: PreAcceptCall) -> None:
    """The business prepares the media; the user notices nothing. Raises NotFound, Conflict, Refusal."""
    _may_take(turn)
    _to_answer(turn, command.call_id)


def accept(turn: Turn, command: AcceptCall) -> None:
    """The business takes the call: it is connected from now. No webhook tells it, for the business knows.

    Raises NotFound, Conflict, Refusal.
    """
    _may_take(turn)
    call = _to_answer(turn, command.call_id)
    calls.connect(turn, call if command.opaque is None else msgspec.structs.replace(call, opaque=command.opaque))
    test_numbers.call_connected(turn)


def reject(turn: Turn, command: RejectUserCall) -> None:
    """The business rejects the call. Raises NotFound, Conflict."""
    calls.finish(turn, _to_answer(turn, command.call_id))


def _may_take(turn: Turn) -> None:
    """A blocked number takes no calls (C8); those that are there it can still end."""
    if turn.world.restriction == "blocked":
        raise Refusal(131031, "The business account is blocked; no call can be taken by this number.")


def _to_answer(turn: Turn, call_id: str) -> Call:
    call = calls.named(turn, call_id)
    if call.direction is not Direction.USER_INITIATED:
        raise Conflict("not_a_users_call", "This call was started by the business; only a user's call can be answered.")
    if call.state is CallState.ENDED:
        raise Conflict("call_ended", "This call has ended already.")
    if call.state is CallState.CONNECTED:
        raise Conflict("call_accepted", "This call was accepted already; it can only be ended now.")
    return call
