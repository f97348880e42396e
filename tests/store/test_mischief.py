"""What faults do to the webhooks of one unit of work (BEHAVIOUR section 9)."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.engine.events import AnyEvent
from mock_server.settings import Dialect
from mock_server.store.faults import Stricken, added, strike
from mock_server.store.rows import App, Delivery, DeliveryState, Fault
from mock_server.store.work import fan_out
from mock_server.subscriptions import EVERY_MODE, Mode, Subscription
from tests.stage.conversation import an_app
from tests.stage.words import AT, REVOKED_BY_USER, TEMPORARY, USER, status

ALL = Subscription(id="all", url="http://all", modes=EVERY_MODE, tag="all")
META = Subscription(id="meta", url="http://meta", modes=EVERY_MODE, tag="meta", dialect=Dialect.META)


def numbered(*events: AnyEvent) -> tuple[AnyEvent, ...]:
    return tuple(msgspec.structs.replace(event, number=number) for number, event in enumerate(events, 1))


SENT, DELIVERED, READ, ACCEPT, REVOKE = numbered(
    status("sent"), status("delivered"), status("read"), TEMPORARY, REVOKED_BY_USER
)


def an_app_with(*faults: dict[str, Any], subscriptions: tuple[Subscription, ...] = (ALL,)) -> App:
    app = App(an_app(), subscriptions=subscriptions)
    for fields in faults:
        app, _ = added(app, Fault(id=0, **{"webhook": "*"} | fields), seed="store")
    return app


def told(*rows: Delivery) -> list[str]:
    """Each webhook in a word or two."""
    return [row.topic.removeprefix("message_status:").replace("call_permission_", "") for row in rows]


def happens(app: App, *events: AnyEvent) -> Stricken:
    return strike(app, fan_out(app, events))


def test_without_faults_nothing_is_touched() -> None:
    """An app without faults, and one whose faults are for others, keeps its row and its webhooks as they are."""
    others: list[dict[str, Any]] = [
        {"fault": "drop", "webhook": "message"},
        {"fault": "close", "route": "*", "webhook": None},
    ]
    for app in (an_app_with(), an_app_with(*others, {"fault": "stale", "webhook": "message"})):
        rows = fan_out(app, (SENT, DELIVERED))
        stricken = strike(app, rows)
        assert stricken.app is app
        assert stricken.deliveries is rows
        assert stricken.records == ()


def test_a_dropped_webhook_is_dead_with_the_reason() -> None:
    """A dropped webhook is never sent and stays visible as dead, saying which fault did it (W6)."""
    stricken = happens(an_app_with({"fault": "drop", "webhook": "message_status:delivered"}), SENT, DELIVERED, READ)
    sent, delivered, read = stricken.deliveries
    assert (sent.state, delivered.state, read.state) == ("waiting", "dead", "waiting")
    assert delivered.attempts[0].sentence == "not_sent: dropped by fault 1"
    (record,) = stricken.records
    assert (record.fault_id, record.fault) == (1, "drop")
    assert record.sentence == "message_status delivered to subscription all: dropped, never sent"


def test_a_duplicate_follows_the_original() -> None:
    """A duplicated webhook is followed by the same event, marked as a duplicate, in the same lane (section 9)."""
    rows = happens(an_app_with({"fault": "duplicate", "webhook": "message_status:sent"}), SENT, DELIVERED).deliveries
    assert told(*rows) == ["sent", "sent", "delivered"]
    assert [row.duplicate for row in rows] == [False, True, False]
    assert rows[0].event is rows[1].event
    assert rows[0].id != rows[1].id
    assert rows[0].lane == rows[1].lane


def test_a_delayed_webhook_holds_nobody() -> None:
    """A delayed webhook is due so many seconds later on the app's clock, and later ones do not wait for it (W5)."""
    sent, delivered = happens(an_app_with({"fault": "delay", "seconds": 1.5}), SENT, DELIVERED).deliveries
    assert (sent.due, sent.holds) == (AT + 1500, False)
    assert (delivered.due, delivered.holds) == (AT, True)


def test_several_are_reversed() -> None:
    """Webhooks of one lane and one moment go in reverse order; those it is not for keep their places (section 9)."""
    fault = {"fault": "reorder", "webhook": "message_status", "seconds": 2}
    rows = happens(an_app_with(fault), SENT, ACCEPT, DELIVERED, READ).deliveries
    assert told(*rows) == ["read", "reply", "delivered", "sent"]
    assert all(row.holds and row.due == AT for row in rows)


def test_one_alone_is_overtaken() -> None:
    """A webhook that comes alone goes `seconds` later, so that the next overtakes it (section 9)."""
    (row,) = happens(an_app_with({"fault": "reorder", "seconds": 2}), SENT).deliveries
    assert (row.due, row.holds) == (AT + 2000, False)


def test_several_in_one_body() -> None:
    """Webhooks of one lane and one moment become one, with the others in its body (section 9)."""
    stricken = happens(an_app_with({"fault": "batch"}), SENT, ACCEPT, READ)
    (row,) = stricken.deliveries
    assert (row.event, row.batched) == (SENT, (ACCEPT, READ))
    assert stricken.records[0].sentence == "message_status sent to subscription all: and 2 more sent as one"


def test_a_batch_of_batches_keeps_all() -> None:
    """What one fault put into one body another may put into a larger one; nothing is lost (W6)."""
    faults = ({"fault": "batch", "webhook": "message_status"}, {"fault": "batch"})
    (row,) = happens(an_app_with(*faults), ACCEPT, SENT, DELIVERED).deliveries
    assert (row.event, row.batched) == (ACCEPT, (SENT, DELIVERED))
    (row,) = happens(an_app_with(*faults), SENT, DELIVERED, REVOKE).deliveries
    assert (row.event, row.batched) == (SENT, (DELIVERED, REVOKE))


def test_one_alone_is_no_batch() -> None:
    """A single webhook is sent as it is, and the fault has not fired (section 9)."""
    stricken = happens(an_app_with({"fault": "batch"}), SENT)
    assert stricken.deliveries[0].batched == ()
    assert (stricken.app.faults[0].fired, stricken.records) == (0, ())


def test_a_signature_is_broken_where_there_is_one() -> None:
    """Meta signs; Gupshup has the registered headers, and without those nothing can be broken (W1, W2)."""
    headers = msgspec.structs.replace(ALL, id="headers", headers=(("X-Secret", "s3"),))
    app = an_app_with({"fault": "break_signature", "times": 9}, subscriptions=(ALL, headers, META))
    stricken = happens(app, SENT)
    assert [row.signature for row in stricken.deliveries] == ["right", "wrong", "wrong"]
    assert stricken.app.faults[0].fired == 2


def test_a_stale_copy_follows_the_next() -> None:
    """After the next webhook that the fault is for comes a copy of the same user's one before it (section 9)."""
    app = an_app_with({"fault": "stale", "webhook": "call_permission_reply"})
    first = happens(app, SENT, ACCEPT)
    assert told(*first.deliveries) == ["sent", "reply"]
    second = happens(first.app, DELIVERED, REVOKE)
    assert [row.event for row in second.deliveries] == [DELIVERED, REVOKE, ACCEPT]
    assert [row.duplicate for row in second.deliveries] == [False, False, True]
    assert second.app.faults[0].spent
    assert second.app.faults[0].remembered == ()


def test_a_stale_copy_is_never_of_another_user() -> None:
    """What is remembered is remembered by user (section 9)."""
    other = msgspec.structs.replace(REVOKE, contact=msgspec.structs.replace(REVOKE.contact, wa_id="919812345679"))
    app = happens(an_app_with({"fault": "stale"}), ACCEPT).app
    assert [row.event for row in happens(app, other).deliveries] == [other]


def test_each_subscription_gets_its_stale_copy() -> None:
    """Every subscription that wants the earlier event gets the copy, and none that does not (W3, section 9)."""
    replies = msgspec.structs.replace(ALL, id="replies", modes=(Mode.MESSAGE,))
    app = an_app_with({"fault": "stale", "times": None}, subscriptions=(ALL, META, replies))
    app = happens(app, SENT).app
    rows = happens(app, ACCEPT).deliveries
    assert [(row.subscription_id, row.event) for row in rows] == [
        ("all", ACCEPT),
        ("all", SENT),
        ("meta", ACCEPT),
        ("meta", SENT),
        ("replies", ACCEPT),
    ]


def test_lanes_are_struck_one_by_one() -> None:
    """With two subscriptions `times: 1` strikes the first one's lane only; each is a webhook of its own (W5)."""
    app = an_app_with({"fault": "batch"}, subscriptions=(ALL, META))
    rows = happens(app, SENT, READ).deliveries
    assert [(row.subscription_id, len(row.batched)) for row in rows] == [("all", 1), ("meta", 0), ("meta", 0)]


def test_what_is_late_is_in_no_batch() -> None:
    """What one fault delays is out of its lane's order: another one neither reverses nor batches it (W5)."""
    late = {"fault": "delay", "webhook": "message_status:sent", "seconds": 5}
    for kind in ("batch", "reorder"):
        rows = happens(an_app_with(late, {"fault": kind, "webhook": "message_status"}), SENT, DELIVERED).deliveries
        assert (rows[0].due, rows[0].event, len(rows)) == (AT + 5000, SENT, 2)


def test_what_is_dropped_is_not_struck_again() -> None:
    """A webhook that one fault dropped is no other fault's (section 9)."""
    stricken = happens(an_app_with({"fault": "drop"}, {"fault": "duplicate"}), SENT)
    assert [row.state for row in stricken.deliveries] == ["dead"]
    assert [fault.fired for fault in stricken.app.faults] == [1, 0]


KINDS = ("duplicate", "reorder", "batch", "delay", "drop", "break_signature", "stale")
FAULTS = st.builds(
    lambda fault, webhook, times, probability, seed: {
        "fault": fault, "webhook": webhook, "times": times, "probability": probability, "seed": seed, "seconds": 2,
    },
    st.sampled_from(KINDS),
    st.sampled_from(["*", "message_status", "call_permission_reply"]),
    st.integers(1, 4),
    st.floats(0, 1),
    st.integers(0, 99),
)  # fmt: skip
UNITS = st.lists(st.lists(st.sampled_from([SENT, DELIVERED, READ, ACCEPT, REVOKE]), min_size=1, max_size=4), max_size=8)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(faults=st.lists(FAULTS, max_size=4), units=UNITS)
def test_nothing_is_lost_but_what_was_dropped(faults: list[dict[str, Any]], units: list[list[AnyEvent]]) -> None:
    """Whatever faults do, every event is on its way or visibly dead, and ids are unique; twice is the same (W6, T4)."""
    app = again = an_app_with(*faults, subscriptions=(ALL, META))
    for number, unit in enumerate(units):
        events = tuple(msgspec.structs.replace(e, number=number * 10 + n) for n, e in enumerate(unit))
        stricken = happens(app, *events)
        assert happens(again, *events) == stricken
        app = again = stricken.app
        for subscription in ("all", "meta"):
            own = [row for row in stricken.deliveries if row.subscription_id == subscription]
            carried = [event for row in own for event in (row.event, *row.batched)]
            assert all(event in carried for event in events)
        assert len({row.id for row in stricken.deliveries}) == len(stricken.deliveries)
        assert all(row.wa_id == USER for row in stricken.deliveries)
    assert all(fault.fired <= (fault.times or 0) for fault in app.faults)
    dead = DeliveryState.DEAD
    assert all(row.attempts for row in happens(app, SENT).deliveries if row.state is dead)
