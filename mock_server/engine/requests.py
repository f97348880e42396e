"""Sending: what a number may send, and call permission requests with their limits (section 3)."""

from __future__ import annotations

import math

import msgspec

from mock_server.clock import iso
from mock_server.engine import messages, windows
from mock_server.engine.commands import SendMessage
from mock_server.engine.state import (
    REQUESTS_SHOWN,
    Failure,
    Message,
    MessageState,
    PermissionStatus,
    Request,
)
from mock_server.engine.turn import Turn
from mock_server.errors import Refusal
from mock_server.settings import WITHOUT_BUSINESS_CALLS


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """A message was taken for sending: both ids it is known by, and to whom it goes."""

    wamid: str
    gs_id: str
    wa_id: str
    is_request: bool = False


def send(turn: Turn, command: SendMessage) -> Accepted:
    """Accept a message and start it on its way. Raises Refusal in the order of R3."""
    may_send(turn)
    if command.request:
        may_call(turn)
        _may_ask(turn)
    closed = command.free_form and _window_closed(turn)
    if closed and command.window_error != "async":
        raise Refusal(131047, "More than 24 hours have passed since the user last wrote or called; send a template.")
    wamid, gs_id = turn.wamid(), turn.gs_id()
    if command.request:
        _remember(turn, Request(wamid, gs_id, command.request, turn.now, known=not command.answer_lost))
    failure, is_request = Failure.WINDOW_CLOSED if closed else None, command.request is not None
    messages.send(turn, Message(wamid, gs_id, opaque=command.opaque, failure=failure, is_request=is_request))
    return Accepted(wamid, gs_id, turn.state.wa_id, is_request)


def also_fail(turn: Turn, command: SendMessage, code: int | str) -> None:
    """With `window_error: both`, a message refused with 131047 also gets a failed status (R5)."""
    if code == 131047 and command.window_error == "both":
        messages.send(turn, Message(turn.wamid(), turn.gs_id(), failure=Failure.WINDOW_CLOSED, opaque=command.opaque))


def may_send(turn: Turn) -> None:
    """Whether the number may send or call this user at all. Raises Refusal."""
    if turn.world.restriction == "blocked":
        raise Refusal(131031, "The business account is blocked; nothing can be sent or called from this number.")
    listed = turn.settings.allowed_recipients
    if turn.rules.recipients_must_be_listed and listed is not None and turn.state.wa_id not in listed:
        raise Refusal(131030, f"{turn.state.wa_id} is not among the app's allowed_recipients (a test number's list).")


def may_call(turn: Turn) -> None:
    """Whether the number may start calls, and so ask for permission (C2, R3). Raises Refusal."""
    if turn.settings.calling != "ENABLED":
        raise Refusal(138000, "Calling is not enabled on this business number.")
    if turn.world.restriction:
        raise Refusal(138014, "Business-initiated calling is paused on this number for low quality.")
    if turn.settings.country in WITHOUT_BUSINESS_CALLS:
        raise Refusal(138013, f"Business-initiated calls are not available to numbers of {turn.settings.country}.")


def answerable_until(request: Request) -> int | None:
    """The first instant at which the request has expired (P6); None when it cannot be answered at all."""
    if request.delivered_at is None or request.superseded or request.state is MessageState.FAILED:
        return None
    since = request.delivered_at if request.first_answer_at is None else request.first_answer_at
    return since + windows.WEEK


def answerable(request: Request, now: int) -> bool:
    """Whether the user can answer the request at `now` (P6)."""
    until = answerable_until(request)
    return until is not None and now < until


def _may_ask(turn: Turn) -> None:
    if turn.state.permission.status is PermissionStatus.PERMANENT:
        raise Refusal(138017, "The user has allowed calls permanently; there is nothing to ask for.")
    reached = [limit for limit in windows.request_usage(turn.state, turn.rules, turn.now) if limit.reached]
    if reached:
        last = max(reached, key=lambda limit: math.inf if limit.frees_at is None else limit.frees_at)
        period = "24 hours" if last.name.endswith("24h") else "7 days"
        freed = f"; the next can be sent at {iso(last.frees_at)}" if last.frees_at is not None else ""
        used = f"{last.current_usage} of {last.max_allowed} requests to this user in {period} are used"
        raise Refusal(138009, f"{used}{freed}.")


def _window_closed(turn: Turn) -> bool:
    return turn.settings.enforce_service_window and not windows.service_window_open(turn.state, turn.now)


def _remember(turn: Turn, request: Request) -> None:
    """Keep the request as long as it counts, is on its way, can be answered, or is among the last few."""
    old, last = turn.state.requests[:-REQUESTS_SHOWN], turn.state.requests[-REQUESTS_SHOWN:]
    if old:
        unread = {message.wamid for message in turn.state.messages}
        week_ago = turn.now - windows.WEEK
        old = tuple(r for r in old if r.accepted_at > week_ago or r.wamid in unread or answerable(r, turn.now))
    turn.change(requests=(*old, *last, request))
