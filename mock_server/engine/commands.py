"""What can be asked of a conversation: by the business, by the user, by the sandbox itself."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from mock_server.engine.state import Form, Reachability, User


class SendMessage(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The business sends a message; with `request` set it is a call permission request (R1)."""

    request: Form | None = None
    free_form: bool = True  # not a template: needs an open service window where that is enforced (R5)
    opaque: str | None = None
    window_error: str = "async"  # where 131047 comes: async (a failed status), sync (the answer) or both (R5)
    answer_lost: bool = False  # by a fault: the business cannot know that it was accepted


class PlaceCall(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The business calls the user (C2)."""

    opaque: str | None = None
    sdp: str | None = None
    sdp_problem: str | None = None  # why the session cannot be used: refused last (C2)


class PreAcceptCall(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The business prepares to take a user's call (C6)."""

    call_id: str


class AcceptCall(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The business takes a user's call: it is connected (C6)."""

    call_id: str
    opaque: str | None = None


class RejectUserCall(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The business rejects a user's call (C6)."""

    call_id: str


class EndCall(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The business hangs up or cancels (C3); with a `code` of 138019-138023 the call fails instead."""

    call_id: str
    code: int | None = None


class Allow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The user allows calls: always, or for `seconds` (None: as long as the rules say) (P2)."""

    always: bool
    seconds: float | None = None
    request_id: str | None = None
    from_profile: bool = False


class Decline(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The user declines a request, or takes the permission back where there is no request (P2)."""

    request_id: str | None = None
    from_profile: bool = False


class Revoke(msgspec.Struct, frozen=True, gc=False):
    """The user takes the permission back in the business profile."""


class Read(msgspec.Struct, frozen=True, gc=False):
    """The user looks at the chat."""


class Write(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The user writes a text."""

    text: str


class CallBusiness(msgspec.Struct, frozen=True, gc=False):
    """The user calls the business (C6)."""


class PickUp(msgspec.Struct, frozen=True, gc=False):
    """The user takes the business's call."""


class RejectCall(msgspec.Struct, frozen=True, gc=False):
    """The user rejects the business's call."""


class HangUp(msgspec.Struct, frozen=True, gc=False):
    """The user ends the call that is going on."""


class SetUser(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The script changes the person; None leaves a thing as it is."""

    reachability: Reachability | None = None
    name: str | None = None
    username: str | None = None
    without_username: bool = False

    def apply(self, user: User) -> User:
        """The user with these changes."""
        return User(
            name=user.name if self.name is None else self.name,
            username=None if self.without_username else self.username or user.username,
            reachability=self.reachability or user.reachability,
        )


class WebhookAnswered(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A webhook of a permission reply was answered 2xx: from now on the integrator knows it (section 11)."""

    wamid: str


class Wake(msgspec.Struct, frozen=True, gc=False):
    """Nothing but what has fallen due (T7)."""


UserAction: TypeAlias = Allow | Decline | Revoke | Read | Write | CallBusiness | PickUp | RejectCall | HangUp
CallAction: TypeAlias = PlaceCall | PreAcceptCall | AcceptCall | RejectUserCall | EndCall
Command: TypeAlias = SendMessage | CallAction | UserAction | SetUser | WebhookAnswered | Wake
