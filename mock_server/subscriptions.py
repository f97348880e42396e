"""Who wants which events, and where: an app's webhook subscriptions."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from mock_server.settings import Dialect


class Mode(StrEnum):
    """Gupshup's subscription modes (its subscription pages, Oct 1 2026)."""

    NONE = "NONE"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    DELETED = "DELETED"
    OTHERS = "OTHERS"
    FAILED = "FAILED"
    MESSAGE = "MESSAGE"
    TEMPLATE = "TEMPLATE"
    ACCOUNT = "ACCOUNT"
    BILLING = "BILLING"
    ENQUEUED = "ENQUEUED"
    FLOWS_MESSAGE = "FLOWS_MESSAGE"
    PAYMENTS = "PAYMENTS"
    ALL = "ALL"
    COEXISTENCE = "COEXISTENCE"
    VOICE = "VOICE"


# The number that Gupshup's answers give for a set of modes is the sum of these; inferred from its samples
# (SENT + ENQUEUED = 1025, fourteen modes = 16383, VOICE adds 16384). COEXISTENCE and NONE show no number.
BITS: Final[dict[Mode, int]] = {
    mode: 1 << place
    for place, mode in enumerate(
        [
            Mode.SENT,
            Mode.DELIVERED,
            Mode.READ,
            Mode.DELETED,
            Mode.OTHERS,
            Mode.FAILED,
            Mode.MESSAGE,
            Mode.TEMPLATE,
            Mode.ACCOUNT,
            Mode.BILLING,
            Mode.ENQUEUED,
            Mode.FLOWS_MESSAGE,
            Mode.PAYMENTS,
            Mode.ALL,
            Mode.VOICE,
        ]
    )
}

# W3: which modes bring an event of which kind. A permission reply comes by three of them, once per subscription.
_WANTED_BY: Final[dict[str, frozenset[Mode]]] = {
    "message_status:enqueued": frozenset({Mode.ENQUEUED}),
    "message_status:sent": frozenset({Mode.SENT}),
    "message_status:delivered": frozenset({Mode.DELIVERED}),
    "message_status:read": frozenset({Mode.READ}),
    "message_status:failed": frozenset({Mode.FAILED}),
    "message": frozenset({Mode.MESSAGE, Mode.ALL}),
    "call_permission_reply": frozenset({Mode.MESSAGE, Mode.ALL, Mode.VOICE}),
    "call_connect": frozenset({Mode.VOICE}),
    "call_status": frozenset({Mode.VOICE}),
    "call_terminate": frozenset({Mode.VOICE}),
    "account_update": frozenset({Mode.ACCOUNT}),
}

EVERY_MODE: Final = (
    Mode.MESSAGE,
    Mode.SENT,
    Mode.DELIVERED,
    Mode.READ,
    Mode.FAILED,
    Mode.ENQUEUED,
    Mode.ACCOUNT,
    Mode.VOICE,
)


class Level(StrEnum):
    """What a callback URL that was set through Graph is set for; the nearer overrides the farther (facts/meta 8)."""

    NONE = ""  # not made through Graph
    APP = "app"
    WABA = "waba"
    NUMBER = "number"


# Webhook fields of Meta's whatsapp_business_account object that the sandbox has events for.
_OF_A_NUMBER: Final = ("messages", "calls")  # what an override URL takes over
_OF_AN_ACCOUNT: Final = ("account_update", "account_settings_update")
FIELDS: Final = (*_OF_A_NUMBER, *_OF_AN_ACCOUNT)
_FIELD_OF: Final[dict[str, str]] = {
    "message": "messages",
    "call_permission_reply": "messages",
    **{f"message_status:{status}": "messages" for status in ("sent", "delivered", "read", "failed")},
    **dict.fromkeys(("call_connect", "call_status", "call_terminate"), "calls"),
    **{field: field for field in _OF_AN_ACCOUNT},
}


class Subscription(msgspec.Struct, frozen=True, gc=False):
    """One callback URL of an app. Instants in milliseconds."""

    id: str
    url: str
    modes: tuple[Mode, ...]
    tag: str
    version: int = 3
    headers: tuple[tuple[str, str], ...] = ()  # what `meta` registered: sent with every webhook (W1)
    meta: str | None = None  # `meta` as it was given, for the answers
    dialect: Dialect = Dialect.GUPSHUP
    fields: tuple[str, ...] = ()  # dialect meta: which webhook fields go here; none named: all
    level: Level = Level.NONE
    active: bool = True
    show_on_ui: bool = False
    configured: bool = False  # from --webhook or the configuration: taken as it is, not counted among an app's own
    announced: bool = True  # False: set-callback is tried before the first delivery (W2)
    created_at: int = 0
    modified_at: int = 0

    def wants(self, topic: str) -> bool:
        """Whether an event of this topic goes here (W3): by its field in dialect meta, by modes in dialect gupshup.

        Version 2 subscriptions are kept and get nothing (W1).
        """
        if not self.active or self.version != 3:
            return False
        if self.dialect is Dialect.META:
            field = _FIELD_OF.get(topic)
            return field is not None and (not self.fields or field in self.fields)
        return not _WANTED_BY.get(topic, frozenset()).isdisjoint(self.modes)


def in_force(rows: tuple[Subscription, ...], *, off_waba: bool = False) -> tuple[Subscription, ...]:
    """An app's subscriptions with their `fields` as they are once the nearest override has taken over.

    Meta sends messages and calls to the number's URL if one is set, else to the WABA's, else to the app's, and
    everything about the account to the app's (WABA and number: "override" pages, facts/meta 8). An override gets
    no field that the app itself is not subscribed to; where the app has no URL of its own, both. `off_waba`: the Meta
    app was taken off the WABA, nothing goes to what was set through Graph.
    """
    if not any(row.level for row in rows):
        return rows
    made = {row.level: row for row in rows if row.level and not off_waba}
    own, nearest = made.get(Level.APP), made.get(Level.NUMBER) or made.get(Level.WABA)
    if nearest is None:
        return (*(row for row in rows if not row.level), *made.values())
    wanted = own.fields or FIELDS if own else _OF_A_NUMBER
    shares = [_with(nearest, wanted, _OF_A_NUMBER)]
    shares += [_with(own, wanted, _OF_AN_ACCOUNT)] if own else []
    return (*(row for row in rows if not row.level), *(row for row in shares if row.fields))


def _with(row: Subscription, wanted: tuple[str, ...], of_these: tuple[str, ...]) -> Subscription:
    return msgspec.structs.replace(row, fields=tuple(field for field in of_these if field in wanted))


def mode_number(modes: tuple[Mode, ...]) -> int:
    """The `mode` number of Gupshup's answers."""
    return sum(BITS.get(mode, 0) for mode in modes)
