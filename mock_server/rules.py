"""The named limits (BEHAVIOUR section 5). Every figure says where and when it was published."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

WEEK_SECONDS: Final = 604_800  # seven calendar days, all editions of Meta's permissions page


class RulesName(StrEnum):
    """Which set of limits an app lives under."""

    GUPSHUP = "gupshup"
    WOLKVOX = "wolkvox"
    META = "meta"
    META_TEST_NUMBER = "meta-test-number"


class Overrides(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """Figures that an app replaces; `None` keeps the rule's own."""

    requests_per_24h: int | None = None
    requests_per_7d: int | None = None
    connected_calls_per_24h: int | None = None
    temporary_permission_seconds: int | None = None
    nudge_after: int | None = None
    revoke_after: int | None = None
    calls_going_on: int | None = None
    call_starts_per_24h: int | None = None


_NO_OVERRIDES: Final = Overrides()


class Rules(msgspec.Struct, frozen=True, gc=False):
    """One set of limits. Counts are per conversation but for the last two, which are per business number."""

    # Meta, "Obtain user call permissions", Jun 26 2026 (every edition since Nov 2025): 1 in 24 h and 2 in 7 d.
    requests_per_24h: int = 1
    requests_per_7d: int = 2
    # Gupshup, "Permanent Call Permissions for WhatsApp Voice", undated: 5 connected calls in 24 h for a pair.
    connected_calls_per_24h: int = 5
    # Same pages of both providers: seven days from the approval.
    temporary_permission_seconds: int = WEEK_SECONDS
    # Meta, "Obtain user call permissions", Jun 26 2026: nudged after 2 and revoked after 4 unanswered calls in a row.
    nudge_after: int = 2
    revoke_after: int = 4
    # Meta, troubleshooting, Jun 24 2026, code 138002.
    calls_going_on: int = 1000
    # Meta, "Business-initiated calls", Jun 26 2026, code 138005.
    call_starts_per_24h: int = 10_000
    # Meta, sandbox page, Oct 31 2025: a test number reaches listed recipients only (131030).
    recipients_must_be_listed: bool = False

    def with_overrides(self, overrides: Overrides) -> Rules:
        """These rules with an app's own figures put in."""
        if overrides == _NO_OVERRIDES:
            return self
        chosen = {name: value for name, value in msgspec.structs.asdict(overrides).items() if value is not None}
        return msgspec.structs.replace(self, **chosen)


RULES: Final[dict[RulesName, Rules]] = {
    RulesName.GUPSHUP: Rules(),
    # wolkvox, "Correct Use of Outbound Calls via WhatsApp", Feb 20 2026, question 7: up to 10 connected calls in 24 h.
    RulesName.WOLKVOX: Rules(connected_calls_per_24h=10),
    # Meta, "Obtain user call permissions", Jun 26 2026: 100 since Dec 19 2025 (10 before, 5 until Oct 13 2025).
    RulesName.META: Rules(connected_calls_per_24h=100),
    # Meta, sandbox page, Oct 31 2025: 25 requests a day, 100 a week, 100 calls a day, nudge at 5, revoked at 10.
    RulesName.META_TEST_NUMBER: Rules(
        requests_per_24h=25,
        requests_per_7d=100,
        connected_calls_per_24h=100,
        nudge_after=5,
        revoke_after=10,
        recipients_must_be_listed=True,
    ),
}
