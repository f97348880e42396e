"""What all calls have in common: how one begins, is connected and ends, and what its end brings (section 4)."""

from __future__ import annotations

import msgspec

from mock_server.clock import SECOND
from mock_server.engine import permissions, test_numbers
from mock_server.engine.commands import EndCall
from mock_server.engine.events import CallTerminate, Note
from mock_server.engine.state import CALLS_SHOWN, Call, CallState, Direction, TimerKind
from mock_server.engine.turn import NumberUsage, Turn
from mock_server.errors import Conflict, NotFound


class CallStarted(msgspec.Struct, frozen=True, gc=False):
    """A call that began."""

    call_id: str
    wa_id: str


def hang_up(turn: Turn) -> None:
    """The user ends the call that is going on. Raises Conflict without one."""
    call = going_on(turn)
    if call is None:
        raise Conflict("no_call", "No call with this user is going on.")
    if call.direction is Direction.BUSINESS_INITIATED and call.state is CallState.RINGING:
        raise Conflict("ringing", "This call is still ringing; the user can pick_up or reject_call.")
    finish(turn, call)


def end(turn: Turn, command: EndCall) -> None:
    """The business hangs up or cancels, or the call fails: such a call is left out of the streak (C5).

    Raises NotFound, Conflict.
    """
    call = named(turn, command.call_id)
    if call.state is CallState.ENDED:
        raise Conflict("call_ended", "This call has ended already.")
    finish(turn, msgspec.structs.replace(call, counts=False), code=command.code)


def ring_timeout(turn: Turn, call_id: str) -> None:
    """Nobody took the call in time (C3, C6). A pick-up or an end would have dropped the timer."""
    finish(turn, named(turn, call_id))


def going_on(turn: Turn) -> Call | None:
    """The call with this user that has not ended; there is at most one."""
    return next((call for call in turn.state.calls if call.state is not CallState.ENDED), None)


def named(turn: Turn, call_id: str) -> Call:
    """The call of this id, ended or not. Raises NotFound."""
    call = next((call for call in turn.state.calls if call.id == call_id), None)
    if call is None:
        raise NotFound("unknown_call", f"There is no call {call_id[:80]} with this user.")
    return call


def begin(turn: Turn, call: Call, *, starts: tuple[int, ...]) -> None:
    """The call takes one of the number's places (C9), and has until the ring timeout to be taken."""
    turn.number = NumberUsage(turn.number.going_on + 1, starts)
    turn.change(calls=(*turn.state.calls[-CALLS_SHOWN:], call))
    turn.set_timer(turn.now + round(turn.settings.ring_timeout * SECOND), TimerKind.RING_TIMEOUT, subject=call.id)


def put(turn: Turn, call: Call) -> None:
    """Put the call in the place of what was known of it."""
    turn.change(calls=tuple(call if c.id == call.id else c for c in turn.state.calls))


def connect(turn: Turn, call: Call) -> None:
    """Either way round: from now on it lasts, and the request counts and the streak start anew (R2, C5, C6)."""
    turn.drop_timers(TimerKind.RING_TIMEOUT, call.id)
    put(turn, msgspec.structs.replace(call, state=CallState.CONNECTED, picked_up_at=turn.now))
    requests_reset = tuple(msgspec.structs.replace(r, counts=False) if r.counts else r for r in turn.state.requests)
    turn.change(requests=requests_reset, unanswered=0, nudged=False)


def finish(turn: Turn, call: Call, *, code: int | None = None) -> None:
    """Terminate, then what the end of this call brings: a streak, a revocation, a callback grant."""
    turn.drop_timers(TimerKind.RING_TIMEOUT, call.id)
    for action in test_numbers.DURING_A_CALL:
        turn.drop_timers(TimerKind.USER_ACTS, action)
    put(turn, msgspec.structs.replace(call, state=CallState.ENDED, ended_at=turn.now, code=code))
    turn.number = msgspec.structs.replace(turn.number, going_on=max(turn.number.going_on - 1, 0))
    connected = call.picked_up_at is not None
    turn.emit(
        CallTerminate,
        call_id=call.id,
        direction=call.direction,
        opaque=call.opaque,
        picked_up_at=call.picked_up_at,
        ended_at=turn.now if connected else None,
        code=code,
    )
    if connected:
        test_numbers.connected_call_ended(turn)
    elif call.counts:
        _unanswered(turn)
    if call.direction is Direction.USER_INITIATED and turn.settings.callback_permission_status == "ENABLED":
        permissions.grant_callback(turn, call.id)


def _unanswered(turn: Turn) -> None:
    """One more in a row that the user missed or rejected (C5)."""
    count = turn.state.unanswered + 1
    turn.change(unanswered=count)
    if count >= turn.rules.revoke_after:
        permissions.revoke_automatically(turn)
    elif count >= turn.rules.nudge_after and not turn.state.nudged:
        turn.change(nudged=True)
        sentence = f"WhatsApp asks the user to reconsider the permission after {count} unanswered calls in a row."
        turn.emit(Note, what="user_nudged", sentence=sentence)
