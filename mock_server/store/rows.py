"""What the store keeps, row by row.

Frozen values; instants in milliseconds, on the app's clock unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec

from mock_server.clock import AppClock
from mock_server.engine.events import AccountSettingsUpdate, AnyEvent, CallConnect, UserMessage
from mock_server.engine.judge import Finding
from mock_server.engine.turn import NumberUsage
from mock_server.settings import AppSettings, Dialect
from mock_server.subscriptions import Subscription

ATTEMPTS_KEPT: Final = 50  # of one delivery; the count goes on


class Template(msgspec.Struct, frozen=True, gc=False):
    """A message template of an app. `is_request`: its definition has a call_permission_request component (R1)."""

    id: str
    name: str
    language: str
    category: str = "UTILITY"
    status: str = "APPROVED"
    is_request: bool = False
    body: str = ""
    components: bytes = b""  # JSON: the components as they were given on Graph


class Token(msgspec.Struct, frozen=True, gc=False):
    """A token that somebody minted. Expiry on the machine's time (T3)."""

    id: str
    name: str
    value: str
    created_at: int
    expires_at: int
    revoked_at: int | None = None

    def status(self, machine_now: int) -> str:
        """ACTIVE, EXPIRED or REVOKED."""
        if self.revoked_at is not None:
            return "REVOKED"
        return "ACTIVE" if machine_now < self.expires_at else "EXPIRED"


class Partner(msgspec.Struct, frozen=True, gc=False):
    """The one partner account: its login, and the tokens it minted."""

    id: str
    email: str
    secret: str
    counter: int = 0
    logins: tuple[Token, ...] = ()
    universal: tuple[Token, ...] = ()


class Fault(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something that goes wrong on purpose, on requests (`route`) or on webhooks (`webhook`) (BEHAVIOUR section 9)."""

    id: int
    fault: str
    route: str | None = None
    webhook: str | None = None
    times: int | None = 1  # None: until it is cleared
    probability: float = 1
    seed: int | None = None  # of its chance; one that is set has one
    status: int | None = None
    body: bytes | None = None  # JSON
    processed: bool = False  # the request takes effect, only its answer is another
    code: int | None = None
    seconds: float = 0
    when: str = "before"  # or middle: of the answer
    considered: int = 0  # how often it was asked whether it strikes
    fired: int = 0
    remembered: tuple[AnyEvent, ...] = ()  # for `stale`: the last matching event of each of the last users

    @property
    def spent(self) -> bool:
        return self.times is not None and self.fired >= self.times


class App(msgspec.Struct, frozen=True, gc=False):
    """One app. `counter` makes its own ids; `generation` is raised by every reset so that ids never come again (T4)."""

    settings: AppSettings
    clock: AppClock = AppClock()
    subscriptions: tuple[Subscription, ...] = ()
    templates: tuple[Template, ...] = ()
    tokens: tuple[Token, ...] = ()  # universal app tokens
    restricted_until: int | None = None
    number: NumberUsage = NumberUsage()
    counter: int = 0
    generation: int = 0
    created_at: int = 0  # the machine's time
    calling_settings: bytes = b"{}"  # JSON: what Graph's settings hold beside the app's own switches
    faults: tuple[Fault, ...] = ()
    faults_made: int = 0
    off_waba: bool = False  # the Meta app was taken off its WABA: what was subscribed through Graph gets nothing

    @property
    def id(self) -> str:
        return self.settings.id

    def restriction(self, now: int) -> str | None:
        """The restriction that lasts at `now` (C8): one on calling lifts silently after 7 days."""
        if (
            self.settings.restriction == "calling"
            and self.restricted_until is not None
            and self.restricted_until <= now
        ):
            return None
        return self.settings.restriction


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One try. `outcome`: answered, timed_out, refused (no connection), closed, not_sent.

    `seconds` on the machine's time.
    """

    number: int
    at: int
    outcome: str
    status: int | None = None
    answer: str = ""
    seconds: float = 0
    sentence: str = ""

    @property
    def success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Delivery(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One webhook to one URL (W5).

    `body` and `headers` are rendered when it is first due and then never change (W6).
    """

    id: str
    number: int  # the app's order
    subscription_id: str
    url: str
    wa_id: str  # with the subscription: its lane
    kind: str
    created_at: int
    due: int
    dialect: Dialect = Dialect.GUPSHUP
    event: AnyEvent | None = None
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    state: DeliveryState = DeliveryState.WAITING
    attempts: tuple[Attempt, ...] = ()
    attempted: int = 0
    failures: int = 0  # in this run of the schedule
    holds: bool = True  # while it waits, later events of its lane wait too
    duplicate: bool = False  # sent again on purpose or after a restart
    batched: tuple[AnyEvent, ...] = ()  # further events in the same body (a fault)
    signature: str = "right"  # or wrong (a fault)

    @property
    def topic(self) -> str:
        """The event's, which tells statuses apart (`message_status:sent`); the kind for bytes sent on purpose."""
        return self.kind if self.event is None else self.event.topic

    @property
    def lane(self) -> tuple[str, str]:
        return (self.subscription_id, self.wa_id)


class Exchange(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="request"):
    """A request and its answer, secrets redacted, bodies as JSON text cut to a bound.

    `headers` are the request's, a line each (`name: value`), cut to a bound as well.
    """

    method: str
    route: str
    path: str
    status: int
    body: bytes | None
    answer: bytes | None
    seconds: float = 0
    headers: bytes = b""


class Tried(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="delivery"):
    """A delivery attempt."""

    delivery_id: str
    url: str
    what: str
    attempt: Attempt
    state: DeliveryState


class Found(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="finding"):
    """A violation or an advice."""

    finding: Finding


class ClockMoved(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="clock"):
    """The app's clock was moved, frozen or let run."""

    sentence: str


class WasReset(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="reset"):
    """The app begins anew (S1): what a reader of its journal knew before is void."""

    sentence: str = "The app was reset."


class Remark(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="remark"):
    """Anything else worth knowing: an unknown route, a full outbox."""

    sentence: str


class Struck(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="fault"):
    """A fault that fired: which, and on what."""

    fault_id: int
    fault: str
    sentence: str


Record: TypeAlias = Exchange | Tried | Found | ClockMoved | WasReset | Remark | Struck | AnyEvent


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A line of the journal. `number` counts within the app, `at` on the app's clock, `machine_at` on the machine's."""

    number: int
    app_id: str
    at: int
    machine_at: int
    record: Record
    wa_id: str | None = None

    @property
    def kind(self) -> str:
        """request, event, delivery, violation, advice, clock, fault or note."""
        record = self.record
        if isinstance(record, Found):
            return record.finding.kind
        return _KINDS.get(type(record), "event")

    @property
    def said(self) -> int:
        """How many bytes or characters of it others have chosen: bodies, texts, session descriptions."""
        said = _SAID.get(type(self.record))
        return 0 if said is None else said(self.record)


_KINDS: Final[dict[type, str]] = {
    Exchange: "request",
    Tried: "delivery",
    ClockMoved: "clock",
    WasReset: "note",
    Remark: "note",
    Struck: "fault",
}

_SAID: Final[dict[type, Callable[[Any], int]]] = {
    Exchange: lambda record: len(record.body or b"") + len(record.answer or b"") + len(record.headers),
    UserMessage: lambda record: len(record.text),
    CallConnect: lambda record: len(record.sdp or ""),
    AccountSettingsUpdate: lambda record: len(record.calling),
}
