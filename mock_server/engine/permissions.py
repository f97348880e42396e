"""Permission: how it is given, declined, taken back, and how it ends (section 2)."""

from __future__ import annotations

import math

import msgspec

from mock_server.clock import SECOND, iso
from mock_server.engine import messages, requests
from mock_server.engine.commands import Allow, Decline
from mock_server.engine.events import Note, PermissionReply
from mock_server.engine.state import Permission, PermissionStatus, Reachability, Reply, Request, Response, TimerKind
from mock_server.engine.turn import Turn
from mock_server.errors import Conflict, NotFound

NONE = Permission()


def allow(turn: Turn, command: Allow) -> None:
    """The user allows calls (P2). Answers a request, or acts from the business profile."""
    _phone_in_hand(turn)
    request = _request_to_answer(turn, command.request_id, from_profile=command.from_profile)
    permission = Permission(PermissionStatus.PERMANENT) if command.always else _temporary(turn, command.seconds)
    row = ("b" if command.always else "a") if request else ("c" if command.always else "inferred")
    if request:
        _answer(turn, request, Response.ACCEPT)
    _grant(turn, permission, row=row, request=request)


def decline(turn: Turn, command: Decline) -> None:
    """The user declines; in any state that leaves no permission (P5). Raises Conflict with nothing to decline."""
    _phone_in_hand(turn)
    request = _request_to_answer(turn, command.request_id, from_profile=command.from_profile)
    if request is None:
        _take_back(turn, "There is no request to decline and no permission to take back.")
        return
    _answer(turn, request, Response.REJECT)
    _end(turn, row="d", request=request)


def revoke(turn: Turn) -> None:
    """The user takes the permission back in the profile. Raises Conflict without one (P2)."""
    _phone_in_hand(turn)
    _take_back(turn, "There is no permission to revoke.")


def revoke_automatically(turn: Turn) -> None:
    """Too many calls in a row went unanswered (C5): row f, after the last call's terminate."""
    if turn.state.permission.status is not PermissionStatus.NO_PERMISSION:
        _end(turn, row="f", automatic=True)


def grant_callback(turn: Turn, call_id: str) -> None:
    """The user called the business (P7). Never shortens or lowers what the user has given (P5)."""
    held = turn.state.permission
    given = _temporary(turn, None)
    if held.status is PermissionStatus.PERMANENT or (held.expires_at or 0) > (given.expires_at or 0):
        return
    _grant(turn, given, row="e", automatic=True, context_id=call_id)


def expire(turn: Turn) -> None:
    """A temporary permission ends: silently, but for the journal (P3)."""
    turn.change(permission=NONE)
    turn.emit(Note, what="permission_expired", sentence=f"The temporary permission ended at {iso(turn.now)}.")


def _phone_in_hand(turn: Turn) -> None:
    reachability = turn.state.user.reachability
    if reachability is not Reachability.REACHABLE:
        why = reachability.value.replace("_", " ")
        raise Conflict(reachability.value, f"This user is {why}; make the user reachable first.")


def _request_to_answer(turn: Turn, request_id: str | None, *, from_profile: bool) -> Request | None:
    if from_profile:
        return None
    if request_id is None:
        return next((r for r in reversed(turn.state.requests) if requests.answerable(r, turn.now)), None)
    request = next((r for r in turn.state.requests if request_id in {r.wamid, r.gs_id}), None)
    if request is None:
        raise NotFound("unknown_request", f"This user has got no request {request_id[:80]}; see the user's requests.")
    if not requests.answerable(request, turn.now):
        raise Conflict("request_expired", _why_not(request))
    return request


def _why_not(request: Request) -> str:
    until = requests.answerable_until(request)
    if until is not None:
        return f"This request expired at {iso(until)}, 7 days after its first answer or its delivery."
    if request.superseded:
        return "This request expired when the user answered a newer one."
    return f"This request is {request.state.value}; only one that was delivered can be answered."


def _answer(turn: Turn, request: Request, response: Response) -> None:
    """Mark the request answered and every older one expired (P6); the chat is read by that (R6)."""
    messages.read(turn)
    place = next(n for n, r in enumerate(turn.state.requests) if r.wamid == request.wamid)
    older = tuple(msgspec.structs.replace(r, superseded=True) for r in turn.state.requests[:place])
    asked = turn.state.requests[place]
    first = turn.now if asked.first_answer_at is None else asked.first_answer_at
    answered = msgspec.structs.replace(asked, answer=response, first_answer_at=first)
    turn.change(requests=(*older, answered, *turn.state.requests[place + 1 :]))


def _temporary(turn: Turn, seconds: float | None) -> Permission:
    """From the whole second of the grant, so that the expiry on the wire is the very instant at which it ends."""
    life = turn.rules.temporary_permission_seconds if seconds is None else math.ceil(seconds)
    return Permission(PermissionStatus.TEMPORARY, (turn.now // SECOND + life) * SECOND)


def _grant(
    turn: Turn,
    permission: Permission,
    *,
    row: str,
    request: Request | None = None,
    automatic: bool = False,
    context_id: str | None = None,
) -> None:
    """Give this permission in the place of any other (P5), and the accept that says so."""
    turn.drop_timers(TimerKind.EXPIRY)
    turn.change(permission=permission, unanswered=0, nudged=False)
    if permission.expires_at is not None:
        turn.set_timer(permission.expires_at, TimerKind.EXPIRY)
    wamid = _reply(turn, Response.ACCEPT, row=row, request=request, automatic=automatic, context_id=context_id)
    turn.change(last_accept=Reply(wamid, turn.now), last_end=None)


def _take_back(turn: Turn, otherwise: str) -> None:
    if turn.state.permission.status is PermissionStatus.NO_PERMISSION:
        raise Conflict("nothing_to_take_back", otherwise)
    _end(turn, row="inferred")


def _end(turn: Turn, *, row: str, request: Request | None = None, automatic: bool = False) -> None:
    """No permission from now on, and the reject that says so."""
    held = turn.state.permission.status is not PermissionStatus.NO_PERMISSION
    turn.drop_timers(TimerKind.EXPIRY)
    turn.change(permission=NONE)
    wamid = _reply(turn, Response.REJECT, row=row, request=request, automatic=automatic)
    if held:
        turn.change(last_end=Reply(wamid, turn.now))


def _reply(
    turn: Turn,
    response: Response,
    *,
    row: str,
    request: Request | None,
    automatic: bool,
    context_id: str | None = None,
) -> str:
    """The wamid of the reply, which tells the permission as it is now."""
    accepted, wamid = response is Response.ACCEPT, turn.wamid()
    if turn.settings.reply_opens_window:
        turn.change(window_opened_at=turn.now)
    turn.emit(
        PermissionReply,
        wamid=wamid,
        response=response,
        row=row,
        automatic=automatic,
        is_permanent=accepted and turn.state.permission.status is PermissionStatus.PERMANENT,
        expires_at=turn.state.permission.expires_at if accepted else None,
        context_id=request.wamid if request else context_id,
        context_gs_id=request.gs_id if request else None,
    )
    return wamid
