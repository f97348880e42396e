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
    active: bool = True
    show_on_ui: bool = False
    configured: bool = False  # from --webhook or the configuration: taken as it is, not counted among an app's own
    announced: bool = True  # False: set-callback is tried before the first delivery (W2)
    created_at: int = 0
    modified_at: int = 0

    def wants(self, topic: str) -> bool:
        """Whether an event of this topic goes here (W3). Version 2 subscriptions are kept and get nothing (W1)."""
        if not self.active or self.version != 3:
            return False
        if self.dialect is Dialect.META:
            return topic != "message_status:enqueued"
        return not _WANTED_BY.get(topic, frozenset()).isdisjoint(self.modes)


def mode_number(modes: tuple[Mode, ...]) -> int:
    """The `mode` number of Gupshup's answers."""
    return sum(BITS.get(mode, 0) for mode in modes)
