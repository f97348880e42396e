"""Saving and loading everything (S2)."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from mock_server.clock import AppClock
from mock_server.engine.commands import Allow, CallBusiness, SendMessage
from mock_server.engine.engine import Outcome
from mock_server.engine.state import Form
from mock_server.errors import Malformed
from mock_server.settings import Variants
from mock_server.store.protocol import Store
from mock_server.store.rows import App, Attempt, Delivery, DeliveryState, Exchange, Record, Remark, Tried
from mock_server.store.work import Kept, Now, carry_out
from mock_server.subscriptions import EVERY_MODE, Subscription
from tests.stage.conversation import USER, an_app
from tests.stage.deliveries import URL, a_delivery
from tests.stage.machine import START, ManualMachine
from tests.store.conftest import NewStore

pytestmark = pytest.mark.anyio

HOUR = 3_600_000
WEEK = 604_800_000


def told(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[Any, tuple[Record, ...]]:
    return outcome.answer, ()


@pytest.fixture
async def lived(store: Store) -> Store:
    """A store in which everything has happened once."""
    subscription = Subscription(id="sub", url=URL, modes=EVERY_MODE, tag="all", headers=(("X-Secret", "s3"),))
    settings = an_app(variants=Variants(retry_window="36h"), callback_permission_status="ENABLED")

    def furnish(app: App, _: Now) -> Kept:
        return Kept(app=msgspec.structs.replace(app, settings=settings, subscriptions=(subscription,)))

    await store.change_app("app", furnish)
    for command in (SendMessage(request=Form.INTERACTIVE), Allow(always=False), CallBusiness()):
        await store.work("app", USER, carry_out(command, told, seed=store.seed))
    attempt = Attempt(1, START, "answered", 500, "no", 0.25, "answered 500")
    await store.record("app", [Exchange("POST", "/r", "/r", 200, b"{}", None), Tried("d", URL, "sent", attempt, DEAD)])
    return store


DEAD = DeliveryState.DEAD


async def test_loading_what_was_saved_changes_nothing(lived: Store, new_store: NewStore) -> None:
    """A fresh sandbox that loads a snapshot holds what was saved, to the last value (S2)."""
    saved = await lived.save()
    again = await new_store()
    await again.load(saved)
    assert json.loads(await again.save()) == json.loads(saved)


async def test_the_seed_comes_along(lived: Store, new_store: NewStore) -> None:
    """Ids go on as they would have: the seed is part of the snapshot (S2, T4)."""
    again = await new_store()
    await again.load(await lived.save())
    assert again.seed == "seed"


async def test_timers_come_along(lived: Store, new_store: NewStore) -> None:
    """What was to fall due by itself does so after loading: here the ring timeout, then the expiry (S2, T7)."""
    again = await new_store()
    await again.load(await lived.save())
    assert await again.next_timer("app") == (START + 60_000, USER)
    assert await again.next_timer("app") == await lived.next_timer("app")


async def test_calls_come_along(lived: Store, new_store: NewStore) -> None:
    """A call that was going on is still found by its id (S2)."""
    call = (await lived.conversation("app", USER)).calls[0]
    again = await new_store()
    await again.load(await lived.save())
    assert await again.conversation_of_call("app", call.id) == USER


async def test_what_is_under_way_is_due_again(store: Store, new_store: NewStore) -> None:
    """An attempt in flight is saved as due now, and its repetition is marked as a duplicate (S2)."""
    await store.add_deliveries("app", [a_delivery("d1", user="a", at=START), a_delivery("d2", user="b", at=START)])
    await store.claim("app", per_url=1)
    again = await new_store()
    await again.load(await store.save())
    claimed = await again.claim("app", per_url=64)
    assert [(claim.delivery.id, claim.delivery.duplicate) for claim in claimed] == [("d1", True), ("d2", False)]


def arrived(row: Delivery) -> Delivery:
    return msgspec.structs.replace(row, state=DeliveryState.DELIVERED)


async def test_an_old_outcome_is_dropped(store: Store) -> None:
    """What comes of an attempt that a load has overtaken is neither kept nor told (S2)."""
    await store.add_deliveries("app", [a_delivery("d1", at=START)])
    old = (await store.claim("app", per_url=1))[0]
    await store.load(await store.save())
    new = (await store.claim("app", per_url=1))[0]
    before = await store.save()
    assert not await store.holds_good("app", old)
    assert not await store.settle("app", old, arrived(old.delivery), [Remark("it arrived")])
    assert await store.save() == before
    assert await store.settle("app", new, arrived(new.delivery), [])


async def test_an_outcome_before_a_reset_is_dropped(store: Store) -> None:
    """What comes of an attempt that a reset has overtaken is neither kept nor told (S1)."""
    await store.add_deliveries("app", [a_delivery("d1", at=START)])
    old = (await store.claim("app", per_url=1))[0]
    await store.reset_app("app", lambda app, now: Kept())
    await store.add_deliveries("app", [a_delivery("d1", at=START)])
    assert not await store.settle("app", old, old.delivery, [Remark("it arrived")])
    assert (await store.journal("app", after=0, limit=10)).entries == []


@pytest.mark.parametrize(
    ("clock", "then", "later"),
    [
        (AppClock(), 0, HOUR),
        (AppClock(offset=WEEK), WEEK, WEEK + HOUR),
        (AppClock(frozen_at=START - HOUR), -HOUR, -HOUR),
        (AppClock(frozen_at=START + HOUR, target=START + WEEK, resume=True), HOUR, 2 * HOUR),
        (AppClock(frozen_at=START + HOUR, target=START + WEEK), HOUR, HOUR),
    ],
    ids=["running", "ahead", "frozen", "advanced while running", "advanced while frozen"],
)
async def test_clocks_stand_where_they_stood(
    store: Store, machine: ManualMachine, clock: AppClock, then: int, later: int
) -> None:
    """After loading, days later, it is as late in the app as when it was saved, and its clock goes on (S2, T1)."""
    await store.change_app("app", lambda app, _: Kept(app=msgspec.structs.replace(app, clock=clock)))
    saved = await store.save()
    machine.move(seconds=3 * 86_400)
    await store.load(saved)
    loaded = (await store.app("app")).clock
    assert loaded.now(machine.now()) == START + then
    assert loaded.target is None
    machine.move(seconds=3_600)
    assert loaded.now(machine.now()) == START + later


async def test_streams_begin_anew(lived: Store) -> None:
    """A load raises the generation, so that event streams say `reset`, and numbers go on (DESIGN)."""
    before = await lived.feed(None, after=0, limit=1)
    end = await lived.feed_end(None)
    await lived.load(await lived.save())
    after = await lived.feed(None, after=end, limit=1)
    assert after.generation == before.generation + 1
    await lived.record("app", [Remark("new")])
    assert await lived.feed_end(None) == end + 1


async def test_it_is_one_json_document(lived: Store) -> None:
    """A snapshot is JSON with a version, secrets included (S2)."""
    document = json.loads(await lived.save())
    assert document["version"] == 1
    assert document["partner"]["secret"] == "s3"
    assert document["apps"][0]["app"]["settings"]["token"] == "sk_token"


def an_edited(document: bytes, edit: Any) -> bytes:
    value = json.loads(document)
    edit(value)
    return json.dumps(value).encode()


EDITS: dict[str, Any] = {
    "another version": lambda value: value.update(version=2),
    "no seed": lambda value: value.pop("seed"),
    "a number for a token": lambda value: value["apps"][0]["app"]["settings"].update(token=5),
    "an unknown dialect": lambda value: value["apps"][0]["app"]["settings"].update(dialect="klingon"),
    "an app twice": lambda value: value["apps"].append(value["apps"][0]),
    "a delivery twice": lambda value: value["apps"][0]["deliveries"].append(value["apps"][0]["deliveries"][0]),
    "a user twice": lambda value: value["apps"][0]["conversations"].append(value["apps"][0]["conversations"][0]),
    "a time beyond all calendars": lambda value: value["apps"][0]["app"]["clock"].update(offset=10**17),
    "a time before all calendars": lambda value: value["apps"][0]["app"]["clock"].update(frozen_at=-(10**17)),
}
BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "another JSON": b"[1, 2]",
    "no UTF-8": b'{"version":"\xff"}',
    "deep": b"[" * 100_000,
    "no snapshot": b'{"version":1}',
}


@pytest.mark.parametrize("name", [*BROKEN, *EDITS])
async def test_what_is_no_snapshot_is_refused(lived: Store, name: str) -> None:
    """A document that no sandbox saved is refused with a sentence, and changes nothing (S2, E3)."""
    before = await lived.save()
    document = BROKEN[name] if name in BROKEN else an_edited(before, EDITS[name])
    with pytest.raises(Malformed):
        await lived.load(document)
    assert await lived.save() == before
