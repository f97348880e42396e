"""Advances over weeks: everything on the way, in order, in little real time (T2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from mock_server.engine.commands import Allow, SendMessage
from mock_server.engine.engine import Outcome
from mock_server.engine.events import Note
from mock_server.engine.state import Form
from mock_server.settings import AppSettings, ServerSettings
from mock_server.store.rows import App, Delivery, Record
from mock_server.store.work import Kept, Now, carry_out
from tests.stage.deliveries import a_delivery
from tests.stage.depot import APP, Depot
from tests.stage.machine import START
from tests.stage.play import APP as READY_MADE
from tests.stage.play import REQUEST, TOKEN, Play
from tests.stage.stores import PLACES
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

DAY = 86_400
THIRTY_DAYS = 30 * DAY
WORDS = ("sent", "delivered")

# Seconds on a busy machine; on a quiet one it is measured elsewhere. With PostgreSQL an instant of its own costs some
# twenty round trips, with others nothing of the kind.
A_MONTH = {"memory": 10, "sqlite": 10, "postgresql": 60}
A_SILENT_WEEK = {"memory": 5, "sqlite": 5, "postgresql": 20}


def scattered(count: int) -> list[int]:
    """So many different instants within thirty days, in milliseconds, in no order."""
    return [1 + (n * 1_597_334_677) % (THIRTY_DAYS * 1000 - 1) for n in range(count)]


async def test_a_thousand_webhooks_in_thirty_days() -> None:
    """30 days with 1 000 webhooks that fall due: each is sent at its own instant, all in order (T2)."""
    async with Depot() as depot:
        dues = scattered(1_000)
        rows = [a_delivery(f"{n}", user=f"{n}", at=START, due=START + due) for n, due in enumerate(dues)]
        await depot.store.add_deliveries(APP, rows)
        done = await depot.advance(seconds=THIRTY_DAYS)
        assert [at for at, _ in depot.arrived] == [due / 1000 for due in sorted(dues)]
        assert (done.fired, done.attempted, done.failed) == (0, 1_000, 0)


def told(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[None, tuple[Record, ...]]:
    return None, ()


async def test_a_thousand_timers_in_thirty_days() -> None:
    """30 days with 1 000 permissions that expire: the journal has each at its own instant, in order (T2, T7, P3)."""
    async with Depot() as depot:
        lives = [1 + (n * 7_919) % (THIRTY_DAYS - 1) for n in range(1_000)]
        for n, seconds in enumerate(lives):
            work = carry_out(Allow(always=False, seconds=seconds), told, seed="seed")
            await depot.store.work(APP, f"9198{n:08d}", work)
        done = await depot.advance(seconds=THIRTY_DAYS)
        entries = (await depot.store.journal(APP, after=0, limit=10_000)).entries
        ends = [(entry.at - START) // 1000 for entry in entries if isinstance(entry.record, Note)]
        assert ends == sorted(lives)
        assert (done.fired, done.attempted) == (1_000, 0)


async def test_timers_of_one_instant_come_by_number() -> None:
    """What falls due at one instant for several users happens in the order of their numbers (T7)."""
    async with Depot() as depot:
        users = ["919800000003", "919800000001", "919800000002"]
        for wa_id in users:
            await depot.store.work(APP, wa_id, carry_out(Allow(always=False, seconds=60), told, seed="seed"))
        await depot.advance(seconds=60)
        entries = (await depot.store.journal(APP, after=0, limit=100)).entries
        order = [entry.record.contact.wa_id for entry in entries if isinstance(entry.record, Note)]
        assert order == sorted(users)


def late(n: int) -> int:
    """Seconds from one status of user n to the next; every tenth user's are the same as those of the one before."""
    return 1 + (n - (n % 10 == 9)) * 7_919 % 80_000


async def month_begins(play: Play) -> None:
    """334 users are asked, whose statuses are due at many instants; each has a permission that ends within 30 days."""
    store = play.sandbox.services.store
    for n in range(334):
        wa_id = f"9198{n * 7 % 334:08d}"

        def slow(app: App, _: Now, seconds: int = late(n)) -> Kept:
            return Kept(app=msgspec.structs.replace(app, settings=with_delay(app.settings, seconds)))

        await store.change_app(READY_MADE, slow)
        await store.work(READY_MADE, wa_id, carry_out(SendMessage(request=Form.INTERACTIVE), told, seed="seed"))
        lasts = Allow(always=False, seconds=100_000 + 7_000 * n, from_profile=True)
        await store.work(READY_MADE, wa_id, carry_out(lasts, told, seed="seed"))
    play.sandbox.services.courier.wake(READY_MADE)
    await play.settle()


def with_delay(settings: AppSettings, seconds: int) -> AppSettings:
    return msgspec.structs.replace(settings, status_delay=seconds)


async def test_a_month_of_many_users() -> None:
    """30 days, 334 users, 1 002 due events: in the order (due, wa_id), each webhook with its own time (T2, T7)."""
    async with Play() as play:
        await month_begins(play)
        play.receiver.posts.clear()
        begun = asyncio.get_running_loop().time()
        done = await play.advance(THIRTY_DAYS)
        assert asyncio.get_running_loop().time() - begun < A_MONTH[PLACES.kind]
        rows = [row for post in play.receiver.posts for row in post.value["statuses"]]
        entries = (await play.sandbox.services.store.journal(READY_MADE, after=0, limit=10_000)).entries
    stamped = [int(row["timestamp"]) - START // 1000 for row in rows]
    sent, delivered = ([at for at, row in zip(stamped, rows, strict=True) if row["status"] == word] for word in WORDS)
    assert (done["fired"], done["attempted"], done["failed"]) == (1_002, 668, 0)
    assert sent == sorted(late(n) for n in range(334))
    assert (sent[:3], sent[-2:]) == ([1, 268, 449], [79_639, 79_820])
    assert delivered == [at + 77_028 for at in sent]  # what the app's delay is by then
    assert stamped == sorted(stamped)
    order = [(entry.at, entry.wa_id or "") for entry in entries if entry.kind == "event" and entry.at > START]
    assert len(order) == 1_002
    assert order == sorted(order)


@pytest.fixture
async def silence() -> AsyncIterator[str]:
    """The URL of a real socket that takes every connection, reads, and never answers."""
    held: list[asyncio.StreamWriter] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        await reader.read(-1)

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/never"
    for writer in held:
        writer.close()
    server.close()
    await server.wait_closed()


@pytest.mark.slow
async def test_seven_days_with_a_real_silent_receiver(silence: str) -> None:
    """Seven days with a receiver that never answers, on a real socket and real time, take seconds (T2)."""
    sandbox = a_sandbox(ServerSettings(webhook=silence))
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8400", timeout=30) as http:
        await sandbox.start()
        headers = {"Authorization": TOKEN}
        for n in range(20):
            body = REQUEST | {"to": f"9198000000{n:02d}"}
            assert (
                await http.post(f"/partner/app/{READY_MADE}/v3/message", json=body, headers=headers)
            ).status_code == 200
        loop = asyncio.get_running_loop()
        begun = loop.time()
        answer = await http.post(f"/_sandbox/apps/{READY_MADE}/clock", json={"advance_seconds": 7 * DAY})
        took = loop.time() - begun
        dead = await http.get(f"/_sandbox/apps/{READY_MADE}/deliveries?state=dead&limit=1000")
        await sandbox.aclose()
    assert answer.status_code == 200
    assert answer.json()["attempted"] == answer.json()["failed"]
    assert took < A_SILENT_WEEK[PLACES.kind]
    assert len([row for row in dead.json()["deliveries"] if row["attempts"] == 14]) == 60
