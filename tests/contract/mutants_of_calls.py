"""Mistakes with calls: 11, 12, 14, 16, 18, 24 and 25."""

from __future__ import annotations

from typing import Final

from tests.contract.mutants_making import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "call-id-of-the-answer",
        11,
        "behaviour.call.terminate-id",
        (
            (
                'line.customer(names).known_call(text(started.get("id")))',
                'line.customer(names).current = text(answer.get("call_id"))',
            ),
            ("self.calls[call_id], self.current = Call(), call_id", "self.calls[call_id] = Call()"),
        ),
    ),
    Mutant(
        "dials-to-find-out",
        12,
        "behaviour.call.without-permission",
        (('if customer.permission(self.now()) == "none":', "if False:"),),
    ),
    Mutant(
        "answers-instead-of-offering", 14, "behaviour.call.offer", (('"sdp_type": "offer"', '"sdp_type": "answer"'),)
    ),
    Mutant(
        "plus-sign",
        16,
        "behaviour.call.digits",
        (('action="connect", **addressed(names[0])', 'action="connect", to="+" + names[0]'),),
    ),
    Mutant(
        "reason-in-the-call",
        18,
        "behaviour.call.failed-reason",
        (
            (
                "known.error_code = code if failed else None",
                'known.error_code = next((whole(e.get("code")) for e in objects(call.get("errors"))), None)',
            ),
        ),
    ),
    Mutant(
        "completed-is-connected",
        24,
        "behaviour.call.unanswered",
        (('"connected" if picked_up else "missed"', '"connected"'),),
    ),
    Mutant("any-end-ends", 25, "behaviour.call.late-terminate", (("if customer.current == call_id:", "if True:"),)),
)
