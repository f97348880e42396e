"""When to try again and when to give up (W5). Pure; instants in milliseconds on the app's clock."""

from __future__ import annotations

from typing import Final

import msgspec

from mock_server.clock import DAY, SECOND
from mock_server.settings import Dialect, Variants
from mock_server.store.rows import ATTEMPTS_KEPT, Attempt, Delivery, DeliveryState

# Neither provider publishes its spacing. Meta: "at once, then ever rarer", for 7 days (webhooks overview, Dec 2 2025)
# or 36 hours (webhook endpoint page, Nov 7 2025; variant `retry_window: 36h`).
DELAYS: Final = tuple(seconds * SECOND for seconds in (1, 5, 30, 120, 600, 3_600, 21_600))
THEN_EVERY: Final = DAY
HOLDING_RETRIES: Final = 3  # while these are to come a failed event holds its lane
WINDOWS: Final = {"7d": 7 * DAY, "36h": 36 * 3_600 * SECOND}

# How long a receiver may take, in seconds of real time: Gupshup's key points page 10 s; Meta's FAQ about 20 s.
TIMEOUTS: Final = {Dialect.GUPSHUP: 10.0, Dialect.META: 20.0}


def delay(failures: int) -> int:
    """Milliseconds from the failed attempt's due time to the next, after this many failures in a row."""
    return DELAYS[failures - 1] if failures <= len(DELAYS) else THEN_EVERY


def next_due(delivery: Delivery, at: int) -> int:
    """When to try again after a failure at `at`.

    Counted from when the attempt was due; from `at` where that lies so far back that the next would be past already (a
    lane that was held, a sandbox that was down).
    """
    wait = delay(delivery.failures + 1)
    return delivery.due + wait if delivery.due + wait > at else at + wait


def dies_by_failing(delivery: Delivery, at: int, variants: Variants) -> bool:
    """Whether one more failure is the last: the next attempt would fall out of the window."""
    return next_due(delivery, at) >= delivery.created_at + WINDOWS[variants.retry_window]


def after(delivery: Delivery, attempt: Attempt, variants: Variants) -> Delivery:
    """The delivery's row after an attempt: delivered, waiting for the next one, or dead."""
    attempts = (*delivery.attempts, attempt)[-ATTEMPTS_KEPT:]
    tried = msgspec.structs.replace(delivery, attempts=attempts, attempted=delivery.attempted + 1)
    if attempt.success:
        return msgspec.structs.replace(tried, state=DeliveryState.DELIVERED)
    failures = delivery.failures + 1
    if dies_by_failing(delivery, attempt.at, variants):
        return msgspec.structs.replace(tried, state=DeliveryState.DEAD, failures=failures)
    due, holds = next_due(delivery, attempt.at), delivery.holds and failures <= HOLDING_RETRIES
    return msgspec.structs.replace(tried, due=due, failures=failures, holds=holds)
