"""Calls of the business to the user: what they are refused with, and what the user does about them (C2-C5)."""

from __future__ import annotations

import msgspec

from mock_server.clock import DAY, unix_up
from mock_server.engine import calls, requests, test_numbers, windows
from mock_server.engine.calls import CallStarted
from mock_server.engine.commands import PlaceCall
from mock_server.engine.events import CallConnect, CallStatus
from mock_server.engine.state import Call, CallState, Direction, PermissionStatus, Reachability
from mock_server.engine.turn import Turn
from mock_server.errors import Conflict, Refusal


def place(turn: Turn, command: PlaceCall) -> CallStarted:
    """The business calls the user: ringing, or silence at a switched-off phone (C3). Raises Refusal in C2's order."""
    requests.may_send(turn)
    requests.may_call(turn)
    _may_reach(turn)
    starts = _number_may(turn)
    if command.sdp_problem is not None:
        raise Refusal(100, command.sdp_problem)
    call = Call(
        turn.wacid(), Direction.BUSINESS_INITIATED, turn.now, opaque=command.opaque, sdp=command.sdp, counts=True
    )
    calls.begin(turn, call, starts=(*starts, turn.now))
    ring(turn)
    return CallStarted(call.id, turn.state.wa_id)


def ring(turn: Turn) -> None:
    """A business call that waits for the phone rings as soon as that is on."""
    call = calls.going_on(turn)
    if call is None or call.direction is not Direction.BUSINESS_INITIATED or call.rang or _off(turn):
        return
    calls.put(turn, msgspec.structs.replace(call, rang=True))
    _status(turn, call, "RINGING")
    test_numbers.call_rings(turn)


def pick_up(turn: Turn) -> None:
    """The user takes the ringing business call: it is connected from now (C4). Raises Conflict when none rings."""
    call = _ringing(turn)
    calls.connect(turn, call)
    times = windows.still_counting(turn.state.connected_times, DAY, turn.now)
    turn.change(connected_times=(*times, turn.now), window_opened_at=turn.now)
    turn.emit(CallConnect, call_id=call.id, direction=call.direction, opaque=call.opaque, sdp=call.sdp)
    _status(turn, call, "ACCEPTED")
    test_numbers.call_connected(turn)


def reject(turn: Turn) -> None:
    """The user rejects the ringing business call. Raises Conflict when none rings."""
    call = _ringing(turn)
    _status(turn, call, "REJECTED")
    calls.finish(turn, call)


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
    if calls.going_on(turn):
        raise Refusal(138003, "A call with this user is going on already.")


def _number_may(turn: Turn) -> tuple[int, ...]:
    """The starts of the number that still count. Raises Refusal where these, or the calls going on, are too many."""
    if turn.number.going_on >= turn.rules.calls_going_on:
        raise Refusal(138002, f"{turn.rules.calls_going_on} calls of this number are going on, which is the limit.")
    starts = windows.still_counting(turn.number.starts, DAY, turn.now)
    if len(starts) >= turn.rules.call_starts_per_24h:
        raise Refusal(138005, f"{turn.rules.call_starts_per_24h} calls were started in 24 hours, which is the limit.")
    return starts


def _ringing(turn: Turn) -> Call:
    call = calls.going_on(turn)
    if call is None or call.state is not CallState.RINGING or not call.rang or _off(turn):
        raise Conflict("not_ringing", "No call of the business is ringing at this user.")
    return call


def _off(turn: Turn) -> bool:
    return turn.state.user.reachability in {Reachability.SWITCHED_OFF, Reachability.NOT_ON_WHATSAPP}


def _status(turn: Turn, call: Call, status: str) -> None:
    turn.emit(CallStatus, call_id=call.id, direction=call.direction, opaque=call.opaque, status=status)
