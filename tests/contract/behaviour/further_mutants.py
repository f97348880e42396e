"""Further mutants, for tests of behaviour that no mutant of a known mistake is meant for: none of them passes whatever
an application does.
"""

from __future__ import annotations

from typing import Final

from tests.contract.mutants import MUTANTS, Mutant

# By claim, the mutant that it must fail, too.
_ALSO: Final = {
    "behaviour.grant.from-profile-temporary": "needs-a-context",
    "behaviour.request.stays-open-profile": "any-reply-answers",
    "behaviour.permission.declined": "reject-ignored",
    "behaviour.permission.thirty-days": "needs-an-expiration",
    "behaviour.call.without-answer": "dials-to-find-out",
    "behaviour.call.accepted": "answers-instead-of-offering",
    "behaviour.user.apart": "dials-to-find-out",
    "behaviour.number.each": "numbers-share-users",
    "behaviour.reply.order-refusal": "older-reply-counts",
    "behaviour.reply.older-request": "reject-ignored",
    "behaviour.error.token": "no-pause",
    "behaviour.error.throttled-call": "no-pause",
    "behaviour.request.connection-lost": "sends-again-after-a-time-out",
}
_NAMED: Final = 'texts(part(message, "context"), "id", "gs_id", "meta_msg_id")'
_UNWANTED: Final = 'if not names or accepted is None or not self.is_new("message", event):'
_ANSWERED: Final = f"customer.answered |= {_NAMED}"

OWN: Final = (
    Mutant(
        "knows-only-its-requests",
        4,
        "behaviour.grant.unknown-request",
        (
            (
                _ANSWERED,
                f"{_ANSWERED}\n"
                '        if "context" in message and not any(a.ids & customer.answered for a in customer.asks):\n'
                "            return",
            ),
        ),
    ),
    Mutant(
        "one-answer-to-a-request",
        7,
        "behaviour.grant.second-answer",
        (
            (
                _ANSWERED,
                f'if part(message, "context") and {_NAMED} <= customer.answered:\n'
                f"            return\n        {_ANSWERED}",
            ),
        ),
    ),
    Mutant(
        "state-by-arrival",
        7,
        "behaviour.reply.twice-late",
        ((_UNWANTED, "if not names or accepted is None:"), ("if at < customer.replied_at:", "if at < 0:")),
    ),
    Mutant(
        "status-without-duration",
        24,
        "behaviour.call.connected",
        (('picked_up = "duration" in call or "start_time" in call', 'picked_up = call.get("status") == "CONNECTED"'),),
    ),
)

_BY_NAME: Final = {mutant.name: mutant for mutant in MUTANTS}
FURTHER: Final = (*(_BY_NAME[name]._replace(claim=claim) for claim, name in _ALSO.items()), *OWN)
# For what is only advice: these are told so, and pass.
ADVISED: Final = (
    Mutant(
        "two-names-two-users",
        0,
        "behaviour.user.joined",
        (
            (
                "return own.union(*(person for person in people if person & own))",
                "return {text(item.get(keys[0]))} if len(own) > 1 else own",
            ),
            ("return line, names\n", "return line, names[:1]\n"),
        ),
    ),
    Mutant(
        "asks-for-what-it-has",
        13,
        "behaviour.request.known-permanent",
        (('return not often and self.permission(now) != "permanent"', "return not often"),),
    ),
    Mutant(
        "keeps-its-token",
        0,
        "behaviour.error.token-renewed",
        (("if reason is None or reason in tried:", 'if reason in (None, "token") or reason in tried:'),),
    ),
    _BY_NAME["no-pause"]._replace(claim="behaviour.error.throttled-by-code"),
)
