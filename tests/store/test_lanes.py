"""The order of webhooks: lanes of (subscription, user), in order within, concurrent across (W5)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mock_server.store.memory import MemoryStore
from mock_server.store.rows import DeliveryState
from tests.stage.deliveries import Hand, a_delivery

SECOND = 1000
MINUTE = 60_000


def a_hand(*names: str, per_url: int = 64) -> Hand:
    """Deliveries whose users are their first letters: `a1 a2 b1`."""
    return Hand(*(a_delivery(name, user=name[0]) for name in names), per_url=per_url)


def test_a_lane_sends_one_at_a_time() -> None:
    """Of one user's webhooks the second waits until the first was answered (W5)."""
    hand = a_hand("a1", "a2")
    assert hand.claim(0) == ["a1"]
    assert hand.claim(0) == []
    hand.settle("a1", ok=True, at=0)
    assert hand.claim(0) == ["a2"]


def test_lanes_are_concurrent() -> None:
    """Webhooks about several users are under way together, the oldest first (W5)."""
    assert a_hand("a1", "b1", "a2", "c1").claim(0) == ["a1", "b1", "c1"]


def test_two_subscriptions_are_two_lanes() -> None:
    """A subscription that is slow does not hold the same user's webhooks to another one (W5)."""
    hand = Hand(a_delivery("one", subscription_id="1"), a_delivery("two", subscription_id="2"))
    assert hand.claim(0) == ["one", "two"]


def test_a_url_has_a_bounded_number_under_way() -> None:
    """Beyond so many attempts at one URL the next waits for a place, and other URLs do not (W5)."""
    hand = a_hand("a1", "b1", "c1", per_url=2)
    hand.add(a_delivery("d1", user="d", url="http://other.example/"))
    assert hand.claim(0) == ["a1", "b1", "d1"]
    assert hand.next_due() is None
    hand.settle("b1", ok=True, at=0)
    assert hand.next_due() == 0
    assert hand.claim(0) == ["c1"]


@pytest.mark.parametrize("retry_at", [1 * SECOND, 6 * SECOND, 36 * SECOND])
def test_a_failed_head_holds_its_lane_for_three_retries(retry_at: int) -> None:
    """While one of its first three retries is to come, a failed webhook holds the user's later ones (W5)."""
    hand = a_hand("a1", "a2")
    for at in (0, 1 * SECOND, 6 * SECOND):
        if at < retry_at:
            assert hand.fail(at) == ["a1"]
    assert hand.next_due() == retry_at
    assert hand.claim(retry_at - 1) == []
    assert hand.claim(retry_at) == ["a1"]


def test_a_poison_event_lets_the_others_by() -> None:
    """After its third retry a webhook that always fails holds nothing any more (W5)."""
    hand = a_hand("a1", "a2", "a3")
    for at in (0, 1 * SECOND, 6 * SECOND, 36 * SECOND):
        assert hand.fail(at) == ["a1"]
    assert hand.claim(36 * SECOND) == ["a2"]
    hand.settle("a2", ok=False, at=36 * SECOND)
    assert hand.fail(37 * SECOND) == ["a2"]


def test_a_failed_head_holds_nobody_else() -> None:
    """A webhook that fails for one user holds no other user's (W5)."""
    hand = a_hand("a1", "a2", "b1", "b2")
    hand.claim(0)
    hand.settle("b1", ok=True, at=0)
    hand.settle("a1", ok=False, at=0)
    assert hand.claim(0) == ["b2"]


def test_a_dead_head_frees_its_lane() -> None:
    """A webhook that died is out of the way, and is shown as dead (W5)."""
    hand = a_hand("a1", "a2")
    week = 7 * 86_400 * SECOND
    hand.claim(week)
    assert hand.settle("a1", ok=False, at=week).state is DeliveryState.DEAD
    assert hand.claim(week) == ["a2"]
    assert hand.row("a1").state is DeliveryState.DEAD


def test_a_success_brings_everything_forward() -> None:
    """One webhook that arrives makes all that waits for its URL due now (W5)."""
    hand = a_hand("a1", "b1", "c1")
    assert hand.fail(0) == ["a1", "b1", "c1"]
    assert hand.claim(1 * SECOND) == ["a1", "b1", "c1"]
    hand.settle("a1", ok=False, at=SECOND)
    hand.settle("b1", ok=False, at=SECOND)
    assert hand.next_due() == 6 * SECOND
    hand.settle("c1", ok=True, at=2 * SECOND)
    assert hand.next_due() == 2 * SECOND
    assert hand.claim(2 * SECOND) == ["a1", "b1"]


def test_a_success_elsewhere_brings_nothing_forward() -> None:
    """A webhook that arrives at another URL says nothing about this one (W5)."""
    hand = a_hand("a1")
    hand.add(a_delivery("b1", user="b", url="http://other.example/"))
    hand.claim(0)
    hand.settle("a1", ok=False, at=0)
    hand.settle("b1", ok=True, at=0)
    assert hand.next_due() == 1 * SECOND


def test_all_that_waited_comes_oldest_first() -> None:
    """After the receiver is back, a user's webhooks arrive in the order in which they happened (W5)."""
    hand = a_hand("a1", "a2", "a3")
    for at in (0, 1, 6, 36):
        assert hand.fail(at * SECOND) == ["a1"]
    for at in (36, 37, 42, 72):
        assert hand.fail(at * SECOND) == ["a2"]
    hand.claim(72 * SECOND)
    hand.settle("a3", ok=False, at=72 * SECOND)
    assert hand.fail(156 * SECOND) == ["a1"]  # due in ten minutes again, and a2 in less than one
    hand.claim(156 * SECOND)
    hand.add(a_delivery("a4", user="a", at=156 * SECOND))
    hand.settle("a3", ok=True, at=157 * SECOND)
    assert hand.deliver(157 * SECOND) == ["a1", "a2", "a4"]


def test_users_that_waited_come_oldest_first() -> None:
    """With few places at a URL, the user whose webhook has waited longest goes first (W5)."""
    hand = a_hand("a1", "b1", "c1", per_url=1)
    for at, names in ((0, "abc"), (1, "abc"), (6, "abc"), (36, "abc"), (156, "ab")):
        for name in names:
            assert hand.fail(at * SECOND) == [f"{name}1"]
    hand.claim(156 * SECOND)
    hand.add(a_delivery("d1", user="d", at=157 * SECOND))
    hand.settle("c1", ok=True, at=158 * SECOND)
    assert hand.deliver(158 * SECOND) == ["a1", "b1", "d1"]


def test_redelivery_is_out_of_order() -> None:
    """What is sent again on purpose goes now, and holds none of the user's other webhooks (W5)."""
    hand = a_hand("a1", "a2")
    hand.deliver(0)
    hand.redeliver("a1", at=MINUTE)
    assert hand.fail(MINUTE) == ["a1"]
    hand.add(a_delivery("a3", user="a", at=MINUTE))
    assert hand.claim(MINUTE) == ["a3"]


def test_redelivery_of_a_held_one() -> None:
    """A webhook that waits behind a failed one can be sent before it on purpose (W5)."""
    hand = a_hand("a1", "a2", "a3")
    assert hand.fail(0) == ["a1"]
    hand.redeliver("a2", at=0)
    assert hand.claim(0) == ["a2"]


def test_redelivery_of_a_held_one_after_a_load() -> None:
    """What is to be sent before a failed one on purpose still is, when a snapshot comes between (W5, S2)."""
    hand = a_hand("a1", "a2")
    assert hand.fail(0) == ["a1"]
    hand.redeliver("a2", at=0)
    hand.reload()
    assert hand.claim(0) == ["a2"]


def test_redelivery_starts_a_fresh_schedule() -> None:
    """A dead webhook that is sent again has the same bytes, is marked, and has seven days again (W5, W6)."""
    week = 7 * 86_400 * SECOND
    hand = a_hand("a1")
    hand.claim(week)
    hand.settle("a1", ok=False, at=week)
    again = hand.redeliver("a1", at=2 * week)
    assert (again.body, again.due, again.created_at, again.failures) == (b"a1", 2 * week, 2 * week, 0)
    assert again.duplicate
    assert hand.fail(2 * week) == ["a1"]
    assert hand.next_due() == 2 * week + 1 * SECOND


def test_what_is_under_way_is_not_sent_again() -> None:
    """Redelivering a webhook that is under way leaves it to its attempt (W5)."""
    hand = a_hand("a1")
    hand.claim(0)
    hand.redeliver("a1", at=0)
    assert hand.claim(0) == []


def test_a_changed_url_keeps_the_order() -> None:
    """When a subscription's URL is changed, what was made before goes to the old one and first (W5)."""
    hand = a_hand("a1")
    hand.add(a_delivery("a2", user="a", url="http://new.example/"))
    assert hand.claim(0) == ["a1"]
    hand.settle("a1", ok=True, at=0)
    assert [hand.row(name).url for name in hand.claim(0)] == ["http://new.example/"]


def test_a_changed_url_lets_the_older_one_go_first() -> None:
    """Of two that are due at different URLs the older one goes first (W5)."""
    hand = a_hand("a1")
    for at in (0, 1, 6, 36):
        hand.fail(at * SECOND)
    hand.add(a_delivery("a2", user="a", at=100 * SECOND, url="http://new.example/"))
    assert hand.claim(200 * SECOND) == ["a1"]
    hand.settle("a1", ok=False, at=200 * SECOND)
    assert hand.claim(200 * SECOND) == ["a2"]


def test_a_stranger_is_not_settled() -> None:
    """The outcome of a delivery that is not under way changes nothing (S2)."""
    hand = a_hand("a1", "a2")
    hand.claim(0)
    claim = hand.under_way["a1"]
    for stranger in (hand.row("a2"), a_delivery("a9", user="z")):
        other = msgspec.structs.replace(claim, delivery=stranger)
        assert not hand.settle_as(other, msgspec.structs.replace(stranger, state=DeliveryState.DELIVERED), at=0)
    assert [(row.id, row.state.value, row.body) for row in hand.rows] == [
        ("a1", "waiting", b"a1"),
        ("a2", "waiting", b"a2"),
    ]


def test_numbers_go_on() -> None:
    """Deliveries are numbered in the order they were made, and a snapshot does not start the count anew (S2)."""
    hand = a_hand("a1", "b1")
    hand.reload()
    hand.add(a_delivery("c1"))
    assert [row.id for row in hand.rows] == ["a1", "b1", "c1"]
    assert hand.rows[0].number < hand.rows[1].number < hand.rows[2].number


def kept_in_memory(hand: Hand) -> list[Any]:
    """The lanes and URLs that the memory store remembers."""
    assert isinstance(hand.store, MemoryStore)
    outbox = hand.store._cells["app"].outbox
    return [*outbox._lanes, *outbox._targets]


@pytest.mark.memory_only("it looks into that store")
def test_nothing_grows() -> None:
    """When everything is delivered, no lane and no URL is remembered (W7)."""
    hand = Hand(*(a_delivery(f"{n}", user=f"{n}", url=f"http://{n % 7}.example/") for n in range(500)))
    hand.fail(0)
    hand.deliver(SECOND)
    assert kept_in_memory(hand) == []


@pytest.mark.memory_only("it looks into that store")
def test_dead_lanes_are_forgotten() -> None:
    """A URL that never answers leaves nothing behind but the dead deliveries (W7)."""
    week = 7 * 86_400 * SECOND
    hand = Hand(*(a_delivery(f"{n}", user=f"{n}") for n in range(10)))
    hand.fail(0)
    hand.fail(week)
    assert hand.waiting == 0
    assert kept_in_memory(hand) == []


def test_a_success_leaves_other_urls_alone() -> None:
    """Of one user's webhooks only those that wait for the URL that answered are brought forward (W5)."""
    hand = a_hand("a1", "b1")
    for at in (0, 1, 6, 36):
        hand.fail(at * SECOND)
    hand.add(a_delivery("a2", user="a", at=99 * SECOND, url="http://new.example/"))
    assert hand.fail(99 * SECOND) == ["a2"]
    hand.add(a_delivery("b2", user="b", at=99 * SECOND))
    hand.claim(99 * SECOND)
    hand.settle("b2", ok=True, at=99 * SECOND + 1)
    assert hand.row("a1").due == 99 * SECOND + 1
    assert hand.row("a2").due == 100 * SECOND
