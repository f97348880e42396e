"""Rates of Meta's with `--rate-limits`, on the machine's time, and the bound of the outbox (E5, T3, W7)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from mock_server.settings import ServerSettings
from mock_server.store.protocol import WAITING_BOUND
from mock_server.store.rows import Delivery
from tests.http.graph.surface import NUMBER, TEXT, connect, findings, graph, refused, send
from tests.http.shapes import good
from tests.stage.play import RECEIVER, USER, Play

pytestmark = pytest.mark.anyio


@pytest.fixture
async def limited() -> AsyncIterator[Play]:
    """A sandbox that keeps to the documented rates."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, rate_limits=True)) as play:
        yield play


def user(n: int) -> str:
    return f"9198000{n:05d}"


async def ask(play: Play) -> httpx.Response:
    return await graph(play, "GET", f"/{NUMBER}/call_permissions", params={"user_wa_id": USER})


async def test_613_beyond_100_state_queries_a_second(limited: Play) -> None:
    """The 101st state query within a second is 613 with 429; a second later they are answered again (row 613)."""
    for _ in range(100):
        assert (await ask(limited)).status_code == 200
    assert refused(await ask(limited), 613, 429).startswith("More than 100 calls in 1 s")
    limited.machine.move(seconds=1)
    good(await ask(limited), "answer-call_permissions")


async def test_asking_again_within_a_second_is_a_violation(limited: Play) -> None:
    """The same query within 1 s of a 429 is noted (section 11)."""
    for _ in range(101):
        await ask(limited)
    assert await findings(limited) == []
    await ask(limited)
    assert await findings(limited) == [("violation", "E5", "the same request again within 1 s of a 429")]


async def test_130429_beyond_80_messages_a_second(limited: Play) -> None:
    """The 81st message of a number within a second is 130429 with 400, whoever it is for (row 130429)."""
    for n in range(80):
        good(await send(limited, TEXT, to=user(n)), "answer-message-meta")
    assert refused(await send(limited, TEXT, to=user(80)), 130429, 400).startswith("More than 80 calls in 1 s")
    assert (await limited.user(user(80)))["requests"] == []
    limited.machine.move(seconds=1)
    good(await send(limited, TEXT, to=user(80)), "answer-message-meta")


async def test_131056_beyond_45_messages_to_a_user_in_6_seconds(limited: Play) -> None:
    """The 46th message to one user within 6 s is 131056 with 400; others are reached (row 131056)."""
    for _ in range(45):
        good(await send(limited, TEXT), "answer-message-meta")
    refused(await send(limited, TEXT), 131056, 400)
    good(await send(limited, TEXT, to=user(1)), "answer-message-meta")
    limited.machine.move(seconds=6)
    good(await send(limited, TEXT), "answer-message-meta")


async def test_131056_beyond_600_messages_to_a_user_in_an_hour(limited: Play) -> None:
    """Spread out, 600 messages to one user in an hour are let through and no more (row 131056)."""
    for _ in range(600):
        good(await send(limited, TEXT), "answer-message-meta")
        limited.machine.move(seconds=1)
    assert "More than 600 calls in 3600 s" in refused(await send(limited, TEXT), 131056, 400)
    limited.machine.move(seconds=3000)
    good(await send(limited, TEXT), "answer-message-meta")


async def test_no_rates_unless_asked_for(play: Play) -> None:
    """Without `--rate-limits` nothing is counted (E5)."""
    for _ in range(101):
        assert (await ask(play)).status_code == 200
        assert (await send(play, TEXT)).status_code == 200


async def test_130429_with_a_full_outbox(play: Play) -> None:
    """With 100 000 webhooks waiting, messages and calls are refused with 130429, and the journal says why (W7)."""
    await play.set(deliveries="paused")
    await play.act("allow_always", wait=False)
    row = Delivery(id="", number=0, subscription_id="1", url=RECEIVER, wa_id=USER, kind="note", created_at=0, due=0)
    many = [msgspec.structs.replace(row, id=str(n)) for n in range(WAITING_BOUND)]
    await play.sandbox.services.store.add_deliveries(play.app, many)
    assert "the outbox is full" in refused(await send(play, TEXT), 130429, 400)
    assert "the outbox is full" in refused(await connect(play), 130429, 400)
    assert (await play.user())["calls"] == []
    notes = (await play.control("GET", "journal?kind=note"))["entries"]
    assert sum("the outbox is full" in note["sentence"] for note in notes) == 2
