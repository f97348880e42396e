"""Calls: their life, what is counted, and what too many unanswered ones bring (section 4)."""

from __future__ import annotations

import msgspec

from mock_server.clock import DAY, SECOND, unix_up
from mock_server.engine import messages, permissions, requests, test_numbers, windows
from mock_server.engine.commands import EndCall, PlaceCall
from mock_server.engine.events import CallConnect, CallStatus, CallTerminate, Note
from mock_server.engine.state import CALLS_SHOWN, Call, CallState, Direction, PermissionStatus, Reachability, TimerKind
from mock_server.engine.turn import NumberUsage, Turn
from mock_server.errors import Conflict, NotFound, Refusal


class CallStarted(msgspec.Struct, frozen=True, gc=False):
    """A call that began."""

    call_id: str
    wa_id: str


def place(turn: Turn, command: PlaceCall) -> CallStarted:
    """The business calls the user: ringing, or silence at a switched-off phone (C3). Raises Refusal in C2's order."""
    requests.may_send(turn)
    requests.may_call(turn)
    _may_reach(turn)
    _number_may(turn)
    call = Call(
        turn.wacid(), Direction.BUSINESS_INITIATED, turn.now, opaque=command.opaque, sdp=command.sdp, counts=True
    )
    starts = windows.still_counting(turn.number.starts, DAY, turn.now)
    turn.number = NumberUsage(turn.number.going_on + 1, (*starts, turn.now))
    _begin(turn, call)
    if turn.state.user.reachability is not Reachability.SWITCHED_OFF:
        _status(turn, call, "RINGING")
        test_numbers.call_rings(turn)
    return CallStarted(call.id, turn.state.wa_id)


def call_business(turn: Turn) -> CallStarted:
    """The user calls the business: rings until it is taken, ended, or the ring timeout (C6)."""
    if turn.settings.calling != "ENABLED":
        raise Conflict("calling_disabled", "Calling is not enabled on this business number; set calling=ENABLED first.")
    messages.phone_on(turn)
    if _going_on(turn):
        raise Conflict("call_going_on", "A call with this user is going on; hang it up first.")
    call = Call(turn.wacid(), Direction.USER_INITIATED, turn.now)
    turn.number = msgspec.structs.replace(turn.number, going_on=turn.number.going_on + 1)
    turn.change(window_opened_at=turn.now)
    _begin(turn, call)
    turn.emit(CallConnect, call_id=call.id, direction=call.direction)
    return CallStarted(call.id, turn.state.wa_id)


def pick_up(turn: Turn) -> None:
    """The user takes the ringing business call: it is connected from now (C4). Raises Conflict when none rings."""
    call = _ringing(turn)
    _connected(turn, call)
    times = windows.still_counting(turn.state.connected_times, DAY, turn.now)
    turn.change(connected_times=(*times, turn.now), window_opened_at=turn.now)
    turn.emit(CallConnect, call_id=call.id, direction=call.direction, opaque=call.opaque, sdp=call.sdp)
    _status(turn, call, "ACCEPTED")
    test_numbers.call_connected(turn)


def reject(turn: Turn) -> None:
    """The user rejects the ringing business call. Raises Conflict when none rings."""
    call = _ringing(turn)
    _status(turn, call, "REJECTED")
    _end(turn, call)


def hang_up(turn: Turn) -> None:
    """The user ends the call that is going on. Raises Conflict without one."""
    call = _going_on(turn)
    if call is None:
        raise Conflict("no_call", "No call with this user is going on.")
    if call.direction is Direction.BUSINESS_INITIATED and call.state is CallState.RINGING:
        raise Conflict("ringing", "This call is still ringing; the user can pick_up or reject_call.")
    _end(turn, call)


def end(turn: Turn, command: EndCall) -> None:
    """The business hangs up or cancels; a cancelled call neither counts nor resets (C5). Raises NotFound, Conflict."""
    call = next((c for c in turn.state.calls if c.id == command.call_id), None)
    if call is None:
        raise NotFound("unknown_call", f"There is no call {command.call_id[:80]} with this user.")
    if call.state is CallState.ENDED:
        raise Conflict("call_ended", "This call has ended already.")
    _end(turn, msgspec.structs.replace(call, counts=False))


def ring_timeout(turn: Turn, call_id: str) -> None:
    """Nobody took the call in time (C3). A pick-up or an end would have dropped the timer."""
    _end(turn, next(call for call in turn.state.calls if call.id == call_id))


def _may_reach(turn: Turn) -> None:
    state = turn.state
    if state.user.reachability in {Reachability.NOT_ON_WHATSAPP, Reachability.OUTDATED_APP}:
        raise Refusal(138001, "The receiver cannot be called: not on WhatsApp, or with an app that is too old.")
    if state.permission.status is PermissionStatus.NO_PERMISSION:
        raise Refusal(138006, "The user has given no permission for calls, or it has ended; send a request first.")
    limit = windows.call_usage(state, turn.rules, turn.now)
    if limit.reached:
        freed = limit.frees_at if limit.frees_at is not None else turn.now + DAY
        raise Refusal(138012, f"Next call allowed at {unix_up(freed)}")
    if _going_on(turn):
        raise Refusal(138003, "A call with this user is going on already.")


def _number_may(turn: Turn) -> None:
    if turn.number.going_on >= turn.rules.calls_going_on:
        raise Refusal(138002, f"{turn.rules.calls_going_on} calls of this number are going on, which is the limit.")
    starts = windows.still_counting(turn.number.starts, DAY, turn.now)
    if len(starts) >= turn.rules.call_starts_per_24h:
        raise Refusal(138005, f"{turn.rules.call_starts_per_24h} calls were started in 24 hours, which is the limit.")


def _going_on(turn: Turn) -> Call | None:
    return next((c for c in turn.state.calls if c.state is not CallState.ENDED), None)


def _ringing(turn: Turn) -> Call:
    call = _going_on(turn)
    rings = call is not None and call.state is CallState.RINGING and call.direction is Direction.BUSINESS_INITIATED
    if call is None or not rings or turn.state.user.reachability is Reachability.SWITCHED_OFF:
        raise Conflict("not_ringing", "No call of the business is ringing at this user.")
    return call


def _begin(turn: Turn, call: Call) -> None:
    turn.change(calls=(*turn.state.calls[-CALLS_SHOWN:], call))
    turn.set_timer(turn.now + round(turn.settings.ring_timeout * SECOND), TimerKind.RING_TIMEOUT, subject=call.id)


def _put(turn: Turn, call: Call) -> None:
    turn.change(calls=tuple(call if c.id == call.id else c for c in turn.state.calls))


def _status(turn: Turn, call: Call, status: str) -> None:
    turn.emit(CallStatus, call_id=call.id, direction=call.direction, opaque=call.opaque, status=status)


def _connected(turn: Turn, call: Call) -> None:
    """Either way round: the request counts and the streak start anew (R2, C5)."""
    turn.drop_timers(TimerKind.RING_TIMEOUT, call.id)
    _put(turn, msgspec.structs.replace(call, state=CallState.CONNECTED, picked_up_at=turn.now))
    requests_reset = tuple(msgspec.structs.replace(r, counts=False) if r.counts else r for r in turn.state.requests)
    turn.change(requests=requests_reset, unanswered=0, nudged=False)


def _end(turn: Turn, call: Call) -> None:
    """Terminate, then what the end of this call brings: a streak, a revocation, a callback grant."""
    turn.drop_timers(TimerKind.RING_TIMEOUT, call.id)
    turn.drop_timers(TimerKind.USER_ACTS, "pick_up")
    turn.drop_timers(TimerKind.USER_ACTS, "reject_call")
    turn.drop_timers(TimerKind.USER_ACTS, "hang_up")
    _put(turn, msgspec.structs.replace(call, state=CallState.ENDED, ended_at=turn.now))
    turn.number = msgspec.structs.replace(turn.number, going_on=max(turn.number.going_on - 1, 0))
    connected = call.picked_up_at is not None
    turn.emit(
        CallTerminate,
        call_id=call.id,
        direction=call.direction,
        opaque=call.opaque,
        picked_up_at=call.picked_up_at,
        ended_at=turn.now if connected else None,
    )
    if call.direction is Direction.USER_INITIATED:
        if turn.settings.callback_permission_status == "ENABLED":
            permissions.grant_callback(turn, call.id)
    elif connected:
        test_numbers.connected_call_ended(turn)
    elif call.counts:
        _unanswered(turn)


def _unanswered(turn: Turn) -> None:
    count = turn.state.unanswered + 1
    turn.change(unanswered=count)
    if count >= turn.rules.revoke_after:
        permissions.revoke_automatically(turn)
    elif count >= turn.rules.nudge_after and not turn.state.nudged:
        turn.change(nudged=True)
        sentence = f"WhatsApp asks the user to reconsider the permission after {count} unanswered calls in a row."
        turn.emit(Note, what="user_nudged", sentence=sentence)
