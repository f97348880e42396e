"""What is kept is bounded, and what waits is never dropped (W7)."""

from __future__ import annotations

import pytest

from mock_server.store.protocol import Store
from mock_server.store.rows import Delivery, DeliveryState
from tests.stage.conversation import USER
from tests.stage.deliveries import Hand, a_delivery
from tests.stage.machine import START
from tests.stage.play import Play

pytestmark = pytest.mark.anyio


async def test_a_full_outbox_takes_no_more_requests(play: Play) -> None:
    """With 100 000 waiting, requests get 429, nothing is dropped, and the journal says why (W7)."""
    await play.set(deliveries="paused")
    store = play.sandbox.services.store
    await store.add_deliveries(play.app, [a_delivery(f"{n}") for n in range(100_000)])
    before = await play.user()
    refused = await play.request()
    assert (refused.status_code, refused.json()) == (429, {"status": "error", "message": "Too Many Requests"})
    assert await play.user() == before
    assert await store.waiting(play.app) == 100_000
    journal = (await play.control("GET", "journal"))["entries"]
    assert "100000 webhooks of this app wait for delivery; the outbox is full." in str(journal)


async def test_one_place_is_enough(play: Play) -> None:
    """With 99 999 waiting a request is taken, and its webhooks wait with the others (W7)."""
    await play.set(deliveries="paused")
    store = play.sandbox.services.store
    await store.add_deliveries(play.app, [a_delivery(f"{n}") for n in range(99_999)])
    assert (await play.request()).status_code == 200
    assert await store.waiting(play.app) == 100_002


def finished(count: int) -> list[Delivery]:
    return [a_delivery(f"{n}", user=f"{n}", state=DeliveryState.DELIVERED) for n in range(count)]


def test_the_last_ten_thousand_finished_are_kept() -> None:
    """Of 10 001 finished webhooks the one that was finished first is forgotten (W7)."""
    hand = Hand(*finished(10_000))
    hand.add(a_delivery("last", user="last"))
    hand.deliver(0)
    kept = hand.rows
    assert (kept[0].id, kept[-1].id, len(kept)) == ("1", "last", 10_000)


def test_those_that_wait_are_not_forgotten() -> None:
    """However many are finished, none that waits is dropped (W7)."""
    hand = Hand(a_delivery("waits", user="w", at=1), *finished(10_000))
    hand.add(a_delivery("last", user="last"))
    hand.deliver(0)
    assert hand.row("waits").state is DeliveryState.WAITING
    assert hand.waiting == 1
    assert len(hand.rows) == 10_001


async def test_deliveries_are_listed_by_what_one_asks(store: Store) -> None:
    """Deliveries are chosen by state, kind and user, and paged in the order they were made (W5)."""
    rows = [
        a_delivery("d1", user=USER, at=START),
        a_delivery("d2", user="919800000002", at=START, state=DeliveryState.DEAD),
        a_delivery("d3", user=USER, at=START, kind="message_status"),
    ]
    await store.add_deliveries("app", rows)

    async def listed(state: DeliveryState | None = None, kind: str = "", wa_id: str = "", after: int = 0) -> list[str]:
        found = await store.deliveries("app", state=state, kind=kind, wa_id=wa_id, after=after, limit=2)
        return [row.id for row in found]

    assert await listed() == ["d1", "d2"]
    assert await listed(after=2) == ["d3"]
    assert await listed(state=DeliveryState.WAITING) == ["d1", "d3"]
    assert await listed(kind="message_status") == ["d3"]
    assert await listed(wa_id="919800000002") == ["d2"]
    assert await store.waiting("app") == 2


async def test_paused_deliveries_wait(store: Store, play: Play) -> None:
    """With deliveries paused everything is kept and nothing is sent; switched on, it all goes out (W7)."""
    await play.set(deliveries="paused")
    await play.request()
    await play.settle()
    assert play.receiver.posts == []
    await play.set(deliveries="on")
    await play.settle()
    assert play.receiver.whats == ["set-callback", "enqueued", "sent", "delivered"]
