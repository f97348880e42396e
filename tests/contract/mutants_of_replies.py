"""Mistakes with the permission and the replies that say what it is: 1 to 8."""

from __future__ import annotations

from typing import Final

from tests.contract.mutants_making import Mutant, Patch

_UNWANTED: Final = 'if not names or accepted is None or not self.is_new("message", event):'
_MISSING_END: Final = 'elif until is None and reply.get("is_permanent") in (True, "true"):'
_NAMED: Final = "own = texts(item, *keys) or (people[0] if len(people) == 1 else set())"
_DIALS: Final = """line.apply(value, self.now())
                    for message in objects(value.get("messages")):
                        reply, user = part(message, "interactive", "call_permission_reply"), text(message.get("from"))
                        session = {"sdp_type": "offer", "sdp": OFFER}
                        if ACCEPTED.get(lower(reply.get("response"))):
                            dialled = self.provider.calls(line, action="connect", to=user, session=session)
                            asyncio.gather(dialled, return_exceptions=True)"""


def _unwanted_too(condition: str) -> Patch:
    """Drops a reply also where this is so."""
    return _UNWANTED, _UNWANTED.removesuffix(":") + f" or {condition}:"


MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "needs-an-expiration",
        1,
        "behaviour.permission.permanent",
        (_unwanted_too('"expiration_timestamp" not in reply'),),
    ),
    Mutant("no-end-is-permanent", 2, "behaviour.permission.without-end", ((_MISSING_END, "elif until is None:"),)),
    Mutant(
        "no-end-is-never",
        2,
        "behaviour.permission.without-end",
        (('"temporary", at + 7 * DAY if until is None else until', '"temporary", until'),),
    ),
    Mutant(
        "end-of-the-guide-unread",
        2,
        "behaviour.permission.expired",
        (
            ('reply.get("expiration_timestamp", reply.get("expiration_time"))', 'reply.get("expiration_timestamp")'),
            (_MISSING_END, "elif until is None:"),
        ),
    ),
    Mutant("reject-ignored", 3, "behaviour.permission.revoked", (_unwanted_too("not accepted"),)),
    Mutant(
        "automatic-revocation-ignored",
        3,
        "behaviour.permission.revoked-automatically",
        (_unwanted_too('(not accepted and reply.get("response_source") == "automatic")'),),
    ),
    Mutant("needs-a-context", 4, "behaviour.grant.from-profile", (_unwanted_too('"context" not in message'),)),
    Mutant(
        "needs-its-own-request",
        4,
        "behaviour.grant.callback",
        (_unwanted_too('text(part(message, "context").get("id")).startswith("wacid")'),),
    ),
    Mutant(
        "any-reply-answers",
        5,
        "behaviour.request.stays-open",
        (
            (
                "customer.replied_at = at",
                "customer.replied_at = at; [customer.answered.update(a.ids) for a in customer.asks]",
            ),
        ),
    ),
    Mutant("crashes-without-from", 6, "behaviour.user.bsuid-only", ((_NAMED, "own = {item[keys[0]]}"),)),
    Mutant(
        "nameless-are-one",
        6,
        "behaviour.user.bsuid-only-apart",
        (
            (
                "        known = {id(found)",
                '        names = {n for n in names if n.isdecimal()} or {""}\n        known = {id(found)',
            ),
            ("for name in names if name in line.users", 'for name in (*names, "") if name in line.users'),
        ),
    ),
    Mutant(
        "acts-on-every-delivery",
        7,
        "behaviour.reply.twice",
        (("return fresh", "return True"), ("line.apply(value, self.now())", _DIALS)),
    ),
    Mutant(
        "expiry-unwatched",
        8,
        "behaviour.permission.expired",
        (('"none" if self.until is not None and self.until <= now else self.state', "self.state"),),
    ),
)
