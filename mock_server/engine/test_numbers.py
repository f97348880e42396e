"""Users that act by themselves (BEHAVIOUR section 10): numbers that begin with 9199990, by their last four digits."""

from __future__ import annotations

from typing import Final

import msgspec

from mock_server.clock import SECOND
from mock_server.engine.state import Conversation, PermissionStatus, Reachability, TimerKind, User
from mock_server.engine.turn import Turn
from mock_server.settings import AppSettings

PREFIX: Final = "9199990"
PICKS_UP_AFTER: Final = 2 * SECOND
HANGS_UP_AFTER: Final = 5 * SECOND
DURING_A_CALL: Final = ("pick_up", "reject_call", "hang_up")  # what is pointless once the call is over


class Act(msgspec.Struct, frozen=True, gc=False):
    """One thing that a test number does about a request, `after` milliseconds from its delivery."""

    action: str
    after: int = 0
    seconds: float = 0


class TestNumber(msgspec.Struct, frozen=True, gc=False):
    """What one kind of test number does."""

    __test__ = False

    does: str
    acts: tuple[Act, ...] = ()
    first: tuple[Act, ...] = ()  # on the first message it ever gets, whatever it is
    on_ringing: str | None = None  # pick_up or reject_call
    revokes_after_call: bool = False
    user: User = User()


TEST_NUMBERS: Final[dict[str, TestNumber]] = {
    "0001": TestNumber("allows always, at once", (Act("allow_always"),), on_ringing="pick_up"),
    "0002": TestNumber("allows temporarily, at once", (Act("allow_temporarily"),), on_ringing="pick_up"),
    "0003": TestNumber("declines", (Act("decline"),)),
    "0004": TestNumber("reads and never answers", (Act("read"),)),
    "0005": TestNumber(
        "allows always, then revokes after the first connected call",
        (Act("allow_always"),),
        on_ringing="pick_up",
        revokes_after_call=True,
    ),
    "0006": TestNumber("allows temporarily, never picks up (so the fourth call revokes)", (Act("allow_temporarily"),)),
    "0007": TestNumber("allows always, rejects every call", (Act("allow_always"),), on_ringing="reject_call"),
    "0008": TestNumber("is not on WhatsApp", user=User(reachability=Reachability.NOT_ON_WHATSAPP)),
    "0009": TestNumber(
        "has an app too old for the request (131026)", user=User(reachability=Reachability.OUTDATED_APP)
    ),
    "0010": TestNumber(
        "declines, and a minute later accepts the same request (always)",
        (Act("decline"), Act("allow_always", after=60 * SECOND)),
        on_ringing="pick_up",
    ),
    "0011": TestNumber(
        "allows temporarily for 5 seconds", (Act("allow_temporarily", seconds=5),), on_ringing="pick_up"
    ),
    "0012": TestNumber(
        "is a username user (BSUID only) who allows always",
        (Act("allow_always"),),
        on_ringing="pick_up",
        user=User(username="sandbox_user"),
    ),
    "0013": TestNumber(
        "allows always from the profile, unasked, when first messaged",
        first=(Act("allow_always_from_profile"),),
        on_ringing="pick_up",
    ),
    "0014": TestNumber(
        "calls the business when asked (callback grant if enabled)", (Act("call"),), on_ringing="pick_up"
    ),
}


def test_number(wa_id: str, settings: AppSettings) -> TestNumber | None:
    """The test number behind these digits, if the app has them (`test_numbers: prefix|any|off`)."""
    if settings.test_numbers == "off" or not (settings.test_numbers == "any" or wa_id.startswith(PREFIX)):
        return None
    return TEST_NUMBERS.get(wa_id[-4:])


test_number.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def new_conversation(wa_id: str, settings: AppSettings) -> Conversation:
    """The conversation with a user nobody has met: any number is on WhatsApp unless said otherwise (A2).

    A key that is no number is a BSUID that belongs to nobody (A3).
    """
    if not wa_id.isdigit():
        return Conversation(wa_id, User(reachability=Reachability.NOT_ON_WHATSAPP))
    known = test_number(wa_id, settings)
    return Conversation(wa_id) if known is None else Conversation(wa_id, known.user)


def message_delivered(turn: Turn, *, request: str | None) -> None:
    """A message reached the user; `request` is its wamid when it asks for permission (W6: the answer comes after)."""
    known = test_number(turn.state.wa_id, turn.settings)
    first = not turn.state.messaged
    if first:
        turn.change(messaged=True)
    if known is None:
        return
    for act in (known.first if first else ()) + (known.acts if request else ()):
        due = turn.now + act.after
        turn.set_timer(due, TimerKind.USER_ACTS, subject=act.action, request=request or "", seconds=act.seconds)


def call_rings(turn: Turn) -> None:
    """A business call rings at the user."""
    known = test_number(turn.state.wa_id, turn.settings)
    if known and known.on_ringing:
        turn.set_timer(turn.now + PICKS_UP_AFTER, TimerKind.USER_ACTS, subject=known.on_ringing)


def call_connected(turn: Turn) -> None:
    """The call was taken, by the user or by the business."""
    if test_number(turn.state.wa_id, turn.settings):
        turn.set_timer(turn.now + HANGS_UP_AFTER, TimerKind.USER_ACTS, subject="hang_up")


def connected_call_ended(turn: Turn) -> None:
    """A call that was picked up is over."""
    known = test_number(turn.state.wa_id, turn.settings)
    if known and known.revokes_after_call and turn.state.permission.status is not PermissionStatus.NO_PERMISSION:
        turn.set_timer(turn.now, TimerKind.USER_ACTS, subject="revoke")
