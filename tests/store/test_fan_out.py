"""Who gets which event: one delivery for each subscription that wants it (W1, W3)."""

from __future__ import annotations

import pytest

from mock_server.engine.events import AccountSettingsUpdate, AccountUpdate, AnyEvent, Contact, Note
from mock_server.settings import Dialect
from mock_server.store.rows import App
from mock_server.store.work import fan_out
from mock_server.subscriptions import EVERY_MODE, Level, Mode, Subscription, in_force
from tests.stage.conversation import an_app
from tests.stage.words import AT, EVENTS, PERMANENT, RINGING, SET_CALLBACK, TALKED, TEXT, USER, status

NOTE = Note(at=AT, number=1, contact=Contact(USER, "Asha Rao"), what="user_nudged", sentence="nudged")

RESTRICTED = AccountUpdate(at=AT, number=1, contact=Contact("", ""), event="ACCOUNT_RESTRICTION", subject="X")
CHANGED = AccountSettingsUpdate(at=AT, number=2, contact=Contact("", ""), calling=b"{}")


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
    "account update": (RESTRICTED, {"ACCOUNT"}),
    "settings, of which Gupshup has no event": (CHANGED, set()),
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


FIELDS: dict[str, tuple[AnyEvent, str]] = {
    "status": (status("delivered"), "messages"),
    "text": (TEXT, "messages"),
    "reply": (PERMANENT, "messages"),
    "connect": (EVENTS["connected"], "calls"),
    "ringing": (RINGING, "calls"),
    "terminate": (TALKED, "calls"),
    "restriction": (RESTRICTED, "account_update"),
    "settings": (CHANGED, "account_settings_update"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields(name: str) -> None:
    """In dialect meta an event goes to the URLs that are subscribed to its field (facts/meta 5, 6, 9)."""
    event, field = FIELDS[name]
    fields = ("messages", "calls", "account_update", "account_settings_update")
    rows = [subscribed(id=field, dialect=Dialect.META, fields=(field,)) for field in fields]
    assert gets(event, *rows) == [field]


def through_graph(level: Level, *fields: str) -> Subscription:
    return subscribed(id=level.value, dialect=Dialect.META, level=level, fields=fields)


APP, WABA, NUMBER = (through_graph(level) for level in (Level.APP, Level.WABA, Level.NUMBER))
CONFIGURED = subscribed(id="configured", dialect=Dialect.META)


@pytest.mark.parametrize(
    ("rows", "message", "account"),
    [
        ((APP,), ["app"], ["app"]),
        ((APP, WABA), ["waba"], ["app"]),
        ((NUMBER, WABA, APP), ["number"], ["app"]),
        ((WABA,), ["waba"], []),
        ((NUMBER, WABA), ["number"], []),
        ((through_graph(Level.APP, "account_update"), NUMBER), [], ["app"]),
        ((through_graph(Level.APP, "messages"), NUMBER), ["number"], []),
        ((CONFIGURED, NUMBER), ["configured", "number"], ["configured"]),
    ],
)
def test_the_nearest_override(rows: tuple[Subscription, ...], message: list[str], account: list[str]) -> None:
    """Number before WABA before app for messages and calls, the app for its account (facts/meta 8)."""
    assert (gets(TEXT, *rows), gets(RESTRICTED, *rows)) == (message, account)


def test_off_the_waba() -> None:
    """Off the WABA, what was set through Graph gets nothing; what was configured gets all (W2)."""
    assert in_force((CONFIGURED, APP, NUMBER), off_waba=True) == (CONFIGURED,)


def test_nothing_to_choose() -> None:
    """Without anything that was set through Graph the subscriptions are left as they are: every event asks."""
    rows = (CONFIGURED, subscribed(*EVERY_MODE))
    assert in_force(rows) is rows


def test_set_callback_is_for_one_subscription() -> None:
    """The test event goes to nobody by itself: it is made for the subscription that is set (W1)."""
    assert gets(SET_CALLBACK, subscribed(*Mode)) == []


def test_a_delivery_is_due_when_it_happened() -> None:
    """A delivery is due at the event's own instant, in the lane of its user and subscription (W5)."""
    (row,) = fan_out(App(an_app(), subscriptions=(subscribed(Mode.SENT),), generation=3), (status("sent"),))
    assert (row.due, row.created_at, row.lane, row.body) == (AT, AT, ("SENT", USER), None)
    assert row.id == "919812345678-3-7-SENT"
