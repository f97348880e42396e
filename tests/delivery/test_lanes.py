"""The courier: lanes in order and together, retries as time passes, and what a restart of the receiver brings (W5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from mock_server.clock import AppClock
from tests.stage.deliveries import URL
from tests.stage.depot import APP, Depot

pytestmark = pytest.mark.anyio


@pytest.fixture
async def depot() -> AsyncIterator[Depot]:
    """A depot whose clock runs with the machine's."""
    async with Depot(clock=AppClock()) as depot:
        yield depot


async def test_a_users_webhooks_arrive_in_order(depot: Depot) -> None:
    """Webhooks about one user arrive in the order in which the events happened (W5)."""
    await depot.put("a1", "a2", "b1", "a3", "b2")
    assert [name for name in depot.order if name[0] == "a"] == ["a1", "a2", "a3"]
    assert [name for name in depot.order if name[0] == "b"] == ["b1", "b2"]


async def test_users_do_not_wait_for_each_other(depot: Depot) -> None:
    """While one user's webhook has no answer yet, others are sent, but none about that user (W5)."""
    depot.sender.held = asyncio.Event()
    put = asyncio.create_task(depot.put("a1", "a2", "b1", "c1"))
    assert await depot.sender.given(3) == ["a1", "b1", "c1"]
    depot.sender.held.set()
    await put
    assert await depot.sender.given(4) == ["a1", "b1", "c1", "a2"]


async def test_retries_come_when_they_are_due(depot: Depot) -> None:
    """A webhook that fails is tried again after 1 s, 5 s and 30 s on the app's clock, not before (W5)."""
    depot.failing = {"a1"}
    await depot.put("a1")
    for seconds in (0.999, 0.001, 4.999, 0.001, 29.999, 0.001):
        await depot.wait(seconds=seconds)
    assert depot.tried == [(0, "a1"), (1, "a1"), (6, "a1"), (36, "a1")]


async def test_a_failed_one_holds_the_later_ones_of_its_user(depot: Depot) -> None:
    """Until its third retry has failed, a webhook holds later ones of its user, and nobody else's (W5)."""
    depot.failing = {"a1"}
    await depot.put("a1", "a2", "b1")
    assert depot.order == ["b1"]
    await depot.wait(seconds=1)
    await depot.wait(seconds=5)
    assert depot.order == ["b1"]
    await depot.wait(seconds=30)
    assert depot.order == ["b1", "a2"]


async def test_a_success_of_its_own_brings_a_poison_event_back(depot: Depot) -> None:
    """What the receiver refuses is tried again at each success at its URL, and otherwise on its schedule (W5)."""
    depot.failing = {"a1"}
    await depot.put("a1", "a2")
    for seconds in (1, 5, 30):
        await depot.wait(seconds=seconds)
    assert depot.tried[-2:] == [(36, "a2"), (36, "a1")]
    await depot.wait(seconds=599)
    assert len(depot.tried) == 6
    await depot.wait(seconds=1)
    assert depot.tried[-1] == (636, "a1")


async def test_restarting_the_receiver_is_enough(depot: Depot) -> None:
    """One success after hours of failure brings all that waited at once, the oldest first (W5)."""
    depot.failing = {URL}
    await depot.put("a1", "b1", "a2", "c1", "b2")
    for seconds in (1, 5, 30, 1, 5, 30, 120, 600, 3_600):
        await depot.wait(seconds=seconds)
    assert depot.order == []
    depot.failing = set()
    await depot.put("d1")
    assert depot.order[0] == "d1"
    assert sorted(depot.order) == ["a1", "a2", "b1", "b2", "c1", "d1"]
    assert [name for name in depot.order if name[0] in "ab"] == ["a1", "b1", "a2", "b2"]


async def test_a_success_says_nothing_of_other_urls(depot: Depot) -> None:
    """A receiver that answers does not make another one's webhooks due (W5)."""
    depot.failing = {"http://down.example/"}
    await depot.put("a1", url="http://down.example/")
    await depot.put("b1")
    assert depot.tried == [(0, "a1"), (0, "b1")]


async def test_many_at_one_url_are_bounded(depot: Depot) -> None:
    """At most 64 attempts are under way at one URL, and the others follow as places get free (W5)."""
    depot.sender.held = asyncio.Event()
    put = asyncio.create_task(depot.put(*(f"{chr(0x4E00 + n)}1" for n in range(100))))
    assert len(await depot.sender.given(64)) == 64
    depot.sender.held.set()
    await put
    assert len(depot.arrived) == 100


async def test_redelivery_goes_at_once(depot: Depot) -> None:
    """A delivered webhook that is sent again arrives again, with the same bytes (W5, W6)."""
    await depot.put("a1")
    await depot.store.redeliver(APP, "a1")
    await depot.settle()
    assert depot.order == ["a1", "a1"]
    assert (await depot.row("a1")).duplicate


async def test_an_alarm_rings_by_itself() -> None:
    """A retry is sent when its second is over, without anybody asking (W5)."""
    async with Depot(clock=AppClock()) as depot:
        depot.failing = {"a1"}
        await depot.put("a1")
        depot.machine.move(seconds=0.99)
        depot.failing = set()
        await depot.settle()
        depot.machine.move(seconds=0.01)
        assert await depot.sender.given(2) == ["a1", "a1"]
        assert depot.arrived == [(1, "a1")]


async def test_closing_loses_nothing(depot: Depot) -> None:
    """What is under way when the sandbox ends is still waiting in its store (W6)."""
    depot.sender.held = asyncio.Event()
    put = asyncio.create_task(depot.put("a1"))
    await depot.sender.given(1)
    await depot.courier.close()
    assert (await depot.row("a1")).state.value == "waiting"
    put.cancel()


async def test_an_app_may_go_away(depot: Depot) -> None:
    """An app that is deleted while a webhook is under way takes nothing else down with it (A1)."""
    depot.sender.held = asyncio.Event()
    put = asyncio.create_task(depot.put("a1"))
    await depot.sender.given(1)
    await depot.store.remove_app(APP)
    depot.sender.held.set()
    with pytest.raises(Exception, match="There is no app"):
        await put
