"""Violations: what a well-behaved integrator never does (section 11). Judged when a command is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from mock_server.clock import iso
from mock_server.engine import windows
from mock_server.engine.state import Conversation
from mock_server.engine.turn import World

_PERMISSIONS_PAGE: Final = "Meta, Obtain user call permissions, Jun 26 2026"
_CALLS_PAGE: Final = "Meta, Business-initiated calls, Jun 26 2026"


class Finding(msgspec.Struct, frozen=True, gc=False):
    """A violation or an advice: the rule, what was seen, what was expected, and where that is written."""

    kind: str  # violation or advice
    rule: str
    seen: str
    expected: str
    source: str


def judge(code: int | str, conversation: Conversation, world: World) -> Finding | None:
    """The violation behind a refusal, None where the integrator could not have known."""
    judged = _JUDGES.get(code)
    return judged(conversation, world) if judged else None


def _without_permission(conversation: Conversation, _: World) -> Finding | None:
    """138006, unless the last accept was delivered and its end (a revoke) was not."""
    accept, end = conversation.last_accept, conversation.last_end
    if accept is None:
        seen = "a call was tried though the user never allowed calls"
    elif end is None:
        seen = "a call was tried after the temporary permission had expired"
    elif accept.delivered and not end.delivered:
        return None
    else:
        seen = f"a call was tried though the permission ended at {iso(end.at)}"
    expected = "call only while the last permission reply is an accept that has not expired"
    return Finding("violation", "C2", seen, expected, _CALLS_PAGE)


def _too_many_requests(conversation: Conversation, world: World) -> Finding | None:
    """138009: its own requests it knows, but for those whose answer a fault has lost."""
    rules = world.rules
    times = tuple(r.accepted_at for r in conversation.requests if r.counts and r.known)
    if not any(limit.reached and limit.current_usage for limit in windows.usages_of_requests(times, rules, world.now)):
        return None
    last = times[-1]
    seen = f"a permission request beyond the limit; the last one was accepted at {iso(last)}"
    expected = f"at most {rules.requests_per_24h} in 24 hours and {rules.requests_per_7d} in 7 days"
    return Finding("violation", "R2", seen, expected, _PERMISSIONS_PAGE)


def _too_many_calls(conversation: Conversation, world: World) -> Finding | None:
    """138012: likewise of its own calls."""
    connected = windows.call_usage(conversation, world.rules, world.now).current_usage
    if not connected:
        return None
    seen = f"a call was tried after {connected} connected ones in 24 hours"
    expected = "count connected calls, or wait until the time in error_data.details"
    return Finding("violation", "C4", seen, expected, _CALLS_PAGE)


def _asked_though_permanent(conversation: Conversation, _: World) -> Finding | None:
    accept = conversation.last_accept
    if accept is None or not accept.delivered:
        return None
    seen = f"a permission request though the user allowed calls permanently at {iso(accept.at)}"
    return Finding("violation", "R3", seen, "send no request while a permanent permission exists", _PERMISSIONS_PAGE)


_JUDGES: Final[dict[int | str, Callable[[Conversation, World], Finding | None]]] = {
    138006: _without_permission,
    138009: _too_many_requests,
    138012: _too_many_calls,
    138017: _asked_though_permanent,
}
