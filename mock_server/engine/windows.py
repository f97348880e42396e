"""Rolling, half-open windows (T6, R2, C4): an event at t counts in [t, t + period)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mock_server.clock import DAY
from mock_server.engine.state import Conversation
from mock_server.rules import Rules

WEEK = 7 * DAY


class Usage(msgspec.Struct, frozen=True, gc=False):
    """How much of one limit is used. `frees_at` (milliseconds) only when it is reached."""

    name: str
    max_allowed: int
    current_usage: int
    frees_at: int | None

    @property
    def reached(self) -> bool:
        return self.current_usage >= self.max_allowed


def usage(name: str, times: Sequence[int], *, limit: int, period: int, now: int) -> Usage:
    """Usage at `now` of a window over `times`, which are in ascending order.

    A limit of 0 never frees.
    """
    counting = [t for t in times if t + period > now]
    reached = len(counting) >= limit
    frees_at = counting[len(counting) - limit] + period if reached and limit else None
    return Usage(name, limit, len(counting), frees_at)


def still_counting(times: tuple[int, ...], period: int, now: int) -> tuple[int, ...]:
    """The times that still count: what has to be kept."""
    if not times or times[0] + period > now:
        return times
    return tuple(t for t in times if t + period > now)


def request_usage(conversation: Conversation, rules: Rules, now: int) -> tuple[Usage, Usage]:
    """The two limits on call permission requests (R2)."""
    return usages_of_requests(conversation.request_times, rules, now)


def usages_of_requests(times: Sequence[int], rules: Rules, now: int) -> tuple[Usage, Usage]:
    """The same over these times of acceptance."""
    return (
        usage("requests_per_24h", times, limit=rules.requests_per_24h, period=DAY, now=now),
        usage("requests_per_7d", times, limit=rules.requests_per_7d, period=WEEK, now=now),
    )


def call_usage(conversation: Conversation, rules: Rules, now: int) -> Usage:
    """The limit on connected business-initiated calls (C4)."""
    times = conversation.connected_times
    return usage("connected_calls_per_24h", times, limit=rules.connected_calls_per_24h, period=DAY, now=now)


def service_window_until(conversation: Conversation) -> int | None:
    """When the customer service window closes (R5), None when nothing ever opened it."""
    return None if conversation.window_opened_at is None else conversation.window_opened_at + DAY


def service_window_open(conversation: Conversation, now: int) -> bool:
    """Whether free-form messages are let through at `now` (R5, T6)."""
    until = service_window_until(conversation)
    return until is not None and now < until
