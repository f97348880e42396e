"""Two processes that share a store: a lane is one attempt's, however leases end (W5, W6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mock_server.errors import Unavailable
from mock_server.store.protocol import Claim
from tests.stage.deliveries import outcome
from tests.stage.machine import START
from tests.stage.processes import APP, Pair, Process

pytestmark = pytest.mark.anyio

BOUND = 64
LEASE = 45  # seconds


@pytest.fixture
async def pair(place: str | Path) -> AsyncIterator[Pair]:
    async with Pair(place) as pair:
        await pair.put("a1", "a2")
        yield pair


async def claim(process: Process) -> Claim:
    (claimed,) = await process.store.claim(APP, per_url=BOUND)
    return claimed


async def arrives(process: Process, claim: Claim) -> bool:
    return await process.store.settle(APP, claim, outcome(claim.delivery, ok=True, at=START), [])


async def test_nobody_takes_over_from_himself(pair: Pair) -> None:
    """A process that stalls past its lease goes on with what it has, if nobody else has taken it over (W5)."""
    first = await claim(pair.one)
    pair.machine.move(seconds=LEASE)
    assert await pair.one.store.claim(APP, per_url=BOUND) == []
    assert await pair.one.store.next_delivery(APP, per_url=BOUND) is None
    assert await arrives(pair.one, first)
    assert not (await pair.row("a1")).duplicate
    assert (await claim(pair.one)).delivery.id == "a2"


async def test_what_it_carries_has_its_place(pair: Pair) -> None:
    """What a process still carries after its lease counts at its URL (W5)."""
    await claim(pair.one)
    await pair.put("b1")
    pair.machine.move(seconds=LEASE)
    assert await pair.one.store.claim(APP, per_url=1) == []


async def test_an_attempt_that_was_taken_over_twice(pair: Pair) -> None:
    """What comes of a first attempt is dropped when its process has taken the lane back meanwhile (W5, W6)."""
    first = await claim(pair.one)
    pair.machine.move(seconds=LEASE)
    await claim(pair.two)
    pair.machine.move(seconds=LEASE)
    third = await claim(pair.one)
    assert not await arrives(pair.one, first)
    assert (await pair.row("a1")).duplicate
    assert await pair.two.store.claim(APP, per_url=BOUND) == []
    assert await arrives(pair.one, third)
    assert (await pair.row("a1")).duplicate


async def test_a_claim_whose_answer_was_lost(pair: Pair) -> None:
    """What was claimed, and never known to be, is sent when the lease ends, by its own process, too (W6)."""
    pair.one.line.deaf = True
    with pytest.raises(Unavailable):
        await pair.one.store.claim(APP, per_url=BOUND)
    pair.one.line.deaf = False
    pair.machine.move(seconds=LEASE - 1)
    await pair.one.store.tend()
    assert await pair.one.store.claim(APP, per_url=BOUND) == []
    pair.machine.move(seconds=1)
    again = await claim(pair.one)
    assert (again.delivery.id, again.delivery.duplicate) == ("a1", True)
    assert await arrives(pair.one, again)


async def test_signs_of_life_go_on(pair: Pair) -> None:
    """What is carried keeps its lane by one sign of life after another; what is settled needs none (W5)."""
    await pair.put("b1")
    claims = await pair.one.store.claim(APP, per_url=BOUND)
    assert await arrives(pair.one, claims[0])
    pair.machine.move(seconds=LEASE - 1)
    await pair.one.store.tend()
    pair.machine.move(seconds=LEASE - 1)
    assert [row.delivery.id for row in await pair.two.store.claim(APP, per_url=BOUND)] == ["a2"]
    assert await arrives(pair.one, claims[1])
