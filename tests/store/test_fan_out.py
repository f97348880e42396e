"""Who gets which event: one delivery for each subscription that wants it (W1, W3)."""

from __future__ import annotations

import pytest

from mock_server.engine.events import AnyEvent, Contact, Note
from mock_server.settings import Dialect
from mock_server.store.rows import App
from mock_server.store.work import fan_out
from mock_server.subscriptions import EVERY_MODE, Mode, Subscription
from tests.stage.conversation import an_app
from tests.stage.words import AT, EVENTS, PERMANENT, RINGING, SET_CALLBACK, TALKED, TEXT, USER, status

NOTE = Note(at=AT, number=1, contact=Contact(USER, "Asha Rao"), what="user_nudged", sentence="nudged")


def subscribed(*modes: Mode, **more: object) -> Subscription:
    known = {"id": "+".join(modes) or "none", "url": "http://x", "tag": "t", "modes": modes}
    return Subscription(**known | more)  # type: ignore[arg-type]


def gets(event: AnyEvent, *subscriptions: Subscription) -> list[str]:
    return [row.subscription_id for row in fan_out(App(an_app(), subscriptions=subscriptions), (event,))]


WANTED: dict[str, tuple[AnyEvent, set[str]]] = {
    "enqueued": (status("enqueued"), {"ENQUEUED"}),
    "sent": (status("sent"), {"SENT"}),
    "delivered": (status("delivered"), {"DELIVERED"}),
    "read": (status("read"), {"READ"}),
    "failed": (EVENTS["failed, outdated app"], {"FAILED"}),
    "text": (TEXT, {"MESSAGE", "ALL"}),
    "permission reply": (PERMANENT, {"MESSAGE", "ALL", "VOICE"}),
    "call status": (RINGING, {"VOICE"}),
    "call terminate": (TALKED, {"VOICE"}),
    "call connect": (EVENTS["connected"], {"VOICE"}),
}


@pytest.mark.parametrize("name", WANTED)
def test_modes(name: str) -> None:
    """Each event goes to the subscriptions whose mode is for it, and to no other (W3)."""
    event, wanted = WANTED[name]
    assert set(gets(event, *(subscribed(mode) for mode in Mode))) == wanted


def test_once_for_each_subscription() -> None:
    """A permission reply goes once to a subscription that has several of the modes that bring it (W3)."""
    assert gets(PERMANENT, subscribed(Mode.MESSAGE, Mode.ALL, Mode.VOICE), subscribed(Mode.VOICE)) == [
        "MESSAGE+ALL+VOICE",
        "VOICE",
    ]


def test_version_two_gets_nothing() -> None:
    """A subscription of version 2 is kept and gets nothing (W1)."""
    assert gets(TEXT, subscribed(Mode.MESSAGE, version=2)) == []


def test_an_inactive_one_gets_nothing() -> None:
    """A subscription that was switched off gets nothing (W1)."""
    assert gets(TEXT, subscribed(Mode.MESSAGE, active=False)) == []


def test_what_whatsapp_tells_nobody() -> None:
    """A note, like an expiry or a nudge, is for the journal only (P3, C5)."""
    assert gets(NOTE, subscribed(*EVERY_MODE), subscribed(dialect=Dialect.META)) == []


def test_meta_knows_no_modes() -> None:
    """In dialect meta everything goes to the URL, but for `enqueued`, which is Gupshup's own (W2, R6)."""
    row = subscribed(dialect=Dialect.META)
    assert gets(status("enqueued"), row) == []
    assert all(gets(event, row) for name, event in EVENTS.items() if name != "enqueued")


def test_set_callback_is_for_one_subscription() -> None:
    """The test event goes to nobody by itself: it is made for the subscription that is set (W1)."""
    assert gets(SET_CALLBACK, subscribed(*Mode)) == []


def test_a_delivery_is_due_when_it_happened() -> None:
    """A delivery is due at the event's own instant, in the lane of its user and subscription (W5)."""
    (row,) = fan_out(App(an_app(), subscriptions=(subscribed(Mode.SENT),), generation=3), (status("sent"),))
    assert (row.due, row.created_at, row.lane, row.body) == (AT, AT, ("SENT", USER), None)
    assert row.id == "919812345678-3-7-SENT"
