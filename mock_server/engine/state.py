"""What is remembered of a conversation: everything between one app and one user.

Instants are milliseconds on the app's clock. All values are frozen; a change makes a new one. Every list is bounded, by
a limit of the rules or by a constant here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

UNREAD_KEPT: Final = 100  # messages waiting to be read, or for a phone to be switched on; older ones are forgotten
REQUESTS_SHOWN: Final = 10  # requests kept beyond those that still count or can be answered
CALLS_SHOWN: Final = 10  # ended calls kept for the state view


class Reachability(StrEnum):
    """What a message to this user meets."""

    REACHABLE = "reachable"
    SWITCHED_OFF = "switched_off"
    OUTDATED_APP = "outdated_app"
    NOT_ON_WHATSAPP = "not_on_whatsapp"


class PermissionStatus(StrEnum):
    """P1."""

    NO_PERMISSION = "no_permission"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"


class Form(StrEnum):
    """How a call permission request was sent."""

    INTERACTIVE = "interactive"
    TEMPLATE = "template"


class MessageState(StrEnum):
    """How far a message has come (R6)."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Response(StrEnum):
    """What a permission reply says. A revocation is a `reject`."""

    ACCEPT = "accept"
    REJECT = "reject"


class Failure(StrEnum):
    """Why a message failed after it was accepted; each dialect has its own code for it."""

    NOT_ON_WHATSAPP = "not_on_whatsapp"
    UNKNOWN_USER_ID = "unknown_user_id"
    OUTDATED_APP = "outdated_app"
    WINDOW_CLOSED = "window_closed"


class Direction(StrEnum):
    """Who started a call."""

    BUSINESS_INITIATED = "BUSINESS_INITIATED"
    USER_INITIATED = "USER_INITIATED"


class CallState(StrEnum):
    """Where a call is."""

    RINGING = "ringing"
    CONNECTED = "connected"
    ENDED = "ended"


class TimerKind(StrEnum):
    """What falls due by itself."""

    STATUS = "status"  # the next status of a message
    EXPIRY = "expiry"  # the end of a temporary permission
    RING_TIMEOUT = "ring_timeout"
    USER_ACTS = "user_acts"  # a test number does what it always does


class Permission(msgspec.Struct, frozen=True, gc=False):
    """P1. `expires_at` only with `temporary`; gone when `expires_at <= now` (T6)."""

    status: PermissionStatus = PermissionStatus.NO_PERMISSION
    expires_at: int | None = None


class User(msgspec.Struct, frozen=True, gc=False):
    """The simulated person. With a `username` the business does not see the number (A3)."""

    name: str = "Sandbox User"
    username: str | None = None
    reachability: Reachability = Reachability.REACHABLE


class Message(msgspec.Struct, frozen=True, gc=False):
    """A message of the business that is on its way or unread."""

    wamid: str
    gs_id: str
    state: MessageState = MessageState.ACCEPTED
    opaque: str | None = None  # biz_opaque_callback_data, echoed in statuses
    failure: Failure | None = None  # what it fails with whatever becomes of the user
    is_request: bool = False


class Request(msgspec.Struct, frozen=True, gc=False):
    """A call permission request (P6, R2)."""

    wamid: str
    gs_id: str
    form: Form
    accepted_at: int
    state: MessageState = MessageState.ACCEPTED
    delivered_at: int | None = None
    first_answer_at: int | None = None
    answer: Response | None = None
    superseded: bool = False  # the user answered a newer one
    counts: bool = True  # neither given back nor reset by a connected call (R2)
    known: bool = True  # the business got an answer that says so (section 11)


class Call(msgspec.Struct, frozen=True, gc=False):
    """One call (section 4)."""

    id: str
    direction: Direction
    started_at: int
    state: CallState = CallState.RINGING
    picked_up_at: int | None = None
    ended_at: int | None = None
    opaque: str | None = None
    sdp: str | None = None  # the business's offer, for the answer
    counts: bool = False  # in the streak, unless it is picked up: a business call that the business does not end
    rang: bool = False  # at the user's phone, which may be switched off
    code: int | None = None  # why it failed, 138019-138023


class Timer(msgspec.Struct, frozen=True, gc=False, order=True):
    """Something that falls due by itself, ordered by (due, number) within its conversation (T7)."""

    due: int
    number: int
    kind: TimerKind
    subject: str = ""  # a wamid, a call id, or a test number's action
    request: str = ""  # the request that a test number answers
    seconds: float = 0  # the life of the permission it gives, 0 for the rules' own


class Reply(msgspec.Struct, frozen=True, gc=False):
    """A permission reply that went out, and whether a webhook of it was answered 2xx: what the integrator can know."""

    wamid: str
    at: int
    delivered: bool = False


class Conversation(msgspec.Struct, frozen=True, gc=False):
    """Everything between one app and one user. `counter` is what the next id is made from (T4)."""

    wa_id: str
    user: User = User()
    counter: int = 0
    permission: Permission = Permission()
    requests: tuple[Request, ...] = ()
    messages: tuple[Message, ...] = ()
    calls: tuple[Call, ...] = ()
    connected_times: tuple[int, ...] = ()  # pick-ups of business-initiated calls (C4)
    unanswered: int = 0  # missed and rejected business calls in a row (C5)
    nudged: bool = False
    messaged: bool = False  # the user has got a first message
    window_opened_at: int | None = None  # the last thing that opened the customer service window (R5)
    timers: tuple[Timer, ...] = ()
    last_accept: Reply | None = None
    last_end: Reply | None = None  # the reject that ended what the last accept gave

    @property
    def request_times(self) -> tuple[int, ...]:
        """When the requests that count against the limits were accepted, in order (R2)."""
        return tuple(r.accepted_at for r in self.requests if r.counts)
