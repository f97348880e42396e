"""Mistakes with types and spellings: 22 and 23."""

from __future__ import annotations

from typing import Final

from tests.contract.mutants_making import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "case-of-the-response",
        22,
        "behaviour.permission.permanent",
        (('ACCEPTED.get(lower(reply.get("response")))', 'ACCEPTED.get(text(reply.get("response")))'),),
    ),
    Mutant(
        "case-of-the-end",
        22,
        "behaviour.call.failed",
        (('lower(call.get("status")) == "failed"', 'call.get("status") == "FAILED"'),),
        "meta",
    ),
    Mutant(
        "crashes-on-a-list",
        22,
        "receiver.call.terminate",
        (('lower(call.get("status")) == "failed"', 'call["status"].upper() == "FAILED"'),),
    ),
    Mutant(
        "clock-in-milliseconds",
        23,
        "behaviour.permission.temporary",
        (("self.until <= now else", "self.until <= now * 1000 else"),),
    ),
    Mutant(
        "string-of-digits-unread",
        23,
        "behaviour.permission.expired",
        (
            (
                "digits = str(value) if type(value) is int else text(value)",
                'digits = str(value) if type(value) is int else ""',
            ),
        ),
        "meta",
    ),
    Mutant(
        "crashes-on-a-number",
        23,
        "receiver.reply.temporary",
        (("digits = str(value) if type(value) is int else text(value)", 'digits = (value or "").strip()'),),
    ),
)
