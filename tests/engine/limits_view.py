"""How a conversation of the engine and one of the model are compared."""

from __future__ import annotations

from typing import Any

from mock_server.engine.engine import Outcome
from mock_server.engine.events import CallTerminate, MessageStatus
from mock_server.engine.requests import answerable
from mock_server.engine.state import CallState, PermissionStatus
from mock_server.engine.windows import call_usage, request_usage
from mock_server.errors import Refusal
from tests.engine.limits_model import Model
from tests.stage.conversation import Actor


def refusal_of(outcome: Outcome) -> int | str | None:
    if outcome.refusal is None:
        return None
    return outcome.refusal.code if isinstance(outcome.refusal, Refusal) else "conflict"


def ways(actor: Actor) -> dict[str, str]:
    """The statuses of every message, in order."""
    told: dict[str, list[str]] = {}
    for status in actor.events:
        if isinstance(status, MessageStatus):
            told.setdefault(status.wamid, []).append(status.status)
    return {wamid: " ".join(statuses) for wamid, statuses in told.items()}


def seen(actor: Actor) -> dict[str, Any]:
    """What the engine says of a user."""
    state, rules = actor.conversation, actor.settings.limits
    day, week = request_usage(state, rules, actor.now)
    call = next((call for call in state.calls if call.state is not CallState.ENDED), None)
    return {
        "permanent": state.permission.status is PermissionStatus.PERMANENT,
        "expires_at": state.permission.expires_at,
        "requests": (day.current_usage, week.current_usage),
        "connected": call_usage(state, rules, actor.now).current_usage,
        "answerable": [request.accepted_at for request in state.requests if answerable(request, actor.now)],
        "unanswered": (state.unanswered, state.nudged),
        "call": call and (call.direction.value, call.state.value),
    }


def expected(model: Model) -> dict[str, Any]:
    """What the model says of the same user."""
    call = model.call
    direction = "BUSINESS_INITIATED" if call and call.by_business else "USER_INITIATED"
    return {
        "permanent": model.permanent,
        "expires_at": model.expires_at,
        "requests": (model.used(86_400_000), model.used(604_800_000)),
        "connected": model.connected(),
        "answerable": [model.asked[n].at for n in model.answerable()],
        "unanswered": (model.unanswered, model.nudged),
        "call": call and (direction, "ringing" if call.rings_until is not None else "connected"),
    }


def ended(actor: Actor) -> set[str]:
    """The ids of calls that are over."""
    return {end.call_id for end in actor.events if isinstance(end, CallTerminate)}


def going_on(actor: Actor) -> list[str]:
    return [call.id for call in actor.conversation.calls if call.state is not CallState.ENDED]
