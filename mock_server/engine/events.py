"""What happened, in words of no dialect. The engine makes events, `wire` says them.

`at` is the instant on the app's clock (milliseconds), `number` the conversation's own count of ids and events.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from mock_server.engine.state import Direction, Failure, Response


class Contact(msgspec.Struct, frozen=True, gc=False):
    """Who it is about, as known when it happened. `wa_id` is a BSUID for a user whom nobody knows (A3)."""

    wa_id: str
    name: str
    username: str | None = None


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="kind"):
    """Anything that happened in a conversation."""

    kind: ClassVar[str] = "event"
    at: int
    number: int
    contact: Contact

    @property
    def topic(self) -> str:
        """What subscriptions choose by (W3)."""
        return self.kind


class MessageStatus(Event, frozen=True, gc=False, kw_only=True, tag="message_status"):
    """R6. `status` is one of enqueued, sent, delivered, read, failed."""

    kind: ClassVar[str] = "message_status"
    wamid: str
    gs_id: str
    status: str
    failure: Failure | None = None
    opaque: str | None = None

    @property
    def topic(self) -> str:
        return "message_status:" + self.status


class PermissionReply(Event, frozen=True, gc=False, kw_only=True, tag="call_permission_reply"):
    """P4: the user granted, declined or revoked. `row` is the row a-f of Meta's table, or `inferred`."""

    kind: ClassVar[str] = "call_permission_reply"
    wamid: str
    response: Response
    row: str
    automatic: bool = False
    is_permanent: bool = False
    expires_at: int | None = None
    context_id: str | None = None
    context_gs_id: str | None = None


class UserMessage(Event, frozen=True, gc=False, kw_only=True, tag="message"):
    """The user wrote to the business."""

    kind: ClassVar[str] = "message"
    wamid: str
    text: str


class CallEvent(Event, frozen=True, gc=False, kw_only=True):
    """Anything about one call."""

    call_id: str
    direction: Direction
    opaque: str | None = None


class CallConnect(CallEvent, frozen=True, gc=False, kw_only=True, tag="call_connect"):
    """A business call was picked up (C3), or a user's call began (C6). `sdp` is the business's offer, if any."""

    kind: ClassVar[str] = "call_connect"
    sdp: str | None = None


class CallStatus(CallEvent, frozen=True, gc=False, kw_only=True, tag="call_status"):
    """RINGING, ACCEPTED or REJECTED; business-initiated calls only."""

    kind: ClassVar[str] = "call_status"
    status: str


class CallTerminate(CallEvent, frozen=True, gc=False, kw_only=True, tag="call_terminate"):
    """A call ended. Start and end only when it was picked up; that, and not the status, tells connected from missed."""

    kind: ClassVar[str] = "call_terminate"
    picked_up_at: int | None = None
    ended_at: int | None = None
    code: int | None = None  # why it failed, 138019-138023; None: it did not


class SetCallback(Event, frozen=True, gc=False, kw_only=True, tag="set_callback"):
    """A callback URL was set (W1)."""

    kind: ClassVar[str] = "set_callback"


class AccountUpdate(Event, frozen=True, gc=False, kw_only=True, tag="account_update"):
    """C8: a warning (ACCOUNT_VIOLATION) or a restriction (ACCOUNT_RESTRICTION) of the number; about no user."""

    kind: ClassVar[str] = "account_update"
    event: str
    subject: str  # the violation_type or restriction_type
    expires_at: int | None = None


class AccountSettingsUpdate(Event, frozen=True, gc=False, kw_only=True, tag="account_settings_update"):
    """The number's calling settings were changed, by whomever. `calling` is the JSON of what they are now."""

    kind: ClassVar[str] = "account_settings_update"
    calling: bytes


class Note(Event, frozen=True, gc=False, kw_only=True, tag="note"):
    """Something that WhatsApp tells nobody and the journal does: an expiry, a nudge."""

    kind: ClassVar[str] = "note"
    what: str
    sentence: str


AnyEvent: TypeAlias = (
    MessageStatus
    | PermissionReply
    | UserMessage
    | CallConnect
    | CallStatus
    | CallTerminate
    | SetCallback
    | AccountUpdate
    | AccountSettingsUpdate
    | Note
)
