"""Whatever happens, in whatever order, the outbox does what the plain model says (W5, W6, S2)."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mock_server.store.rows import DeliveryState
from tests.stage.deliveries import Hand, a_delivery
from tests.stage.stores import examples
from tests.store.outbox_model import Model, Waiting

PER_URL = 2
# Two subscriptions at one URL and one at another.
URLS = {"one": "http://x.example/", "two": "http://x.example/", "three": "http://y.example/"}
PAUSES = st.sampled_from([0, 1, 999, 1_000, 5_000, 30_000, 120_000, 3_600_000, 86_400_000, 600_000_000])


class OutboxMachine(RuleBasedStateMachine):
    """Adds, waits, claims, settles, sends again, saves and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.hand = Hand(per_url=PER_URL)
        self.model = Model(PER_URL)

    def teardown(self) -> None:
        self.hand.close()

    @rule(subscription=st.sampled_from(sorted(URLS)), user=st.sampled_from("aaab"))
    def add(self, subscription: str, user: str) -> None:
        name, url = f"{len(self.model.rows)}", URLS[subscription]
        self.hand.add(a_delivery(name, user=user, at=self.now, subscription_id=subscription, url=url))
        self.model.rows.append(Waiting(name, (subscription, user), url, self.now, self.now))

    @rule(pause=PAUSES)
    def wait(self, pause: int) -> None:
        self.now += pause

    @rule()
    def wait_until_due(self) -> None:
        self.now = max(self.now, self.hand.next_due() or 0)

    @rule()
    def claim(self) -> None:
        """Every claim is allowed, the older goes first, and nothing that could go stays behind."""
        free = {lane[0].lane: lane for lane in self.model.free_lanes()}
        places = {url: self.model.places(url) for url in URLS.values()}
        for name in self.hand.claim(self.now):
            row = self.model.by_name(name)
            due = [other for other in free.pop(row.lane) if other.due <= self.now]
            assert row in due
            assert all(row.name == other.name or other.due > row.due or int(other.name) > int(name) for other in due)
            row.under_way = True
            places[row.url] -= 1
        assert all(count >= 0 for count in places.values())
        for lane in free.values():
            assert places[lane[0].url] == 0 or min(row.due for row in lane) > self.now

    @precondition(lambda self: self.hand.under_way)
    @rule(data=st.data(), ok=st.booleans())
    def settle(self, data: st.DataObject, *, ok: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.hand.under_way)))
        row = self.model.by_name(name)
        self.hand.settle(name, ok=ok, at=self.now)
        if ok:
            self.model.arrive(row, self.now)
        else:
            self.model.fail(row, self.now)

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.model.rows))
        self.hand.redeliver(row.name, at=self.now)
        self.model.redeliver(row, self.now)

    @rule()
    def save_and_load(self) -> None:
        self.hand.reload()
        self.model.restart()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every delivery is there, in its state, due when it should be (W6)."""
        kept = {row.id: row for row in self.hand.rows}
        assert kept.keys() == {row.name for row in self.model.rows}
        for row in self.model.rows:
            assert kept[row.name].state is DeliveryState(row.state)
            if row.state == "waiting" and not row.under_way:
                assert (kept[row.name].due, kept[row.name].failures) == (row.due, row.failures)

    @invariant()
    def nothing_arrives_twice_without_reason(self) -> None:
        """A second arrival needs a redelivery, or a load while the first was under way (W6, S2)."""
        assert all(row.arrived <= row.may_arrive for row in self.model.rows)

    @invariant()
    def the_alarm_is_right(self) -> None:
        """The next due time is that of the first webhook that could be sent, or past like that one's (W5)."""
        told, right = self.hand.next_due(), self.model.next_due()
        assert told == right or (told is not None and right is not None and max(told, right) <= self.now)


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=examples(120), stateful_step_count=60, deadline=None, derandomize=True)
