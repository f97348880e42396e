"""A unit of work keeps all that it returns, or nothing (W6, DESIGN: decisions)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from mock_server.engine.state import Conversation, Permission, PermissionStatus
from mock_server.errors import Conflict, NotFound
from mock_server.store.protocol import Store
from mock_server.store.rows import App, Partner, Remark
from mock_server.store.work import Kept, Now
from tests.stage.conversation import USER, an_app
from tests.stage.deliveries import a_delivery
from tests.stage.machine import START, ManualMachine

pytestmark = pytest.mark.anyio

PERMANENT = Permission(PermissionStatus.PERMANENT)


def all_of_it(app: App, conversation: Conversation, now: Now) -> Kept:
    """A change of everything at once."""
    return Kept(
        answer="done",
        app=msgspec.structs.replace(app, counter=7),
        conversation=msgspec.structs.replace(conversation, permission=PERMANENT),
        deliveries=(a_delivery("d1", user=USER, at=now.app),),
        records=(Remark("something happened"),),
    )


async def test_all_is_kept(store: Store) -> None:
    """App, conversation, deliveries and journal of one unit of work are there afterwards (W6)."""
    assert await store.work("app", USER, all_of_it) == "done"
    assert (await store.app("app")).counter == 7
    assert (await store.conversation("app", USER)).permission == PERMANENT
    assert (await store.delivery("app", "d1")).due == START
    assert [entry.record for entry in (await store.journal("app", after=0, limit=10)).entries] == [
        Remark("something happened")
    ]


def somebody_new(app: App, conversation: Conversation, now: Now) -> Kept:
    return Kept(conversation=msgspec.structs.replace(conversation, permission=PERMANENT))


def breaks(*given: Any) -> Any:
    raise Conflict("broken", "half way through")


ATTEMPTS: dict[str, Callable[[Store], Awaitable[Any]]] = {
    "work on a conversation": lambda store: store.work("app", USER, breaks),
    "work on somebody new": lambda store: store.work("app", "919800000000", breaks),
    "change of an app": lambda store: store.change_app("app", breaks),
    "reset of an app": lambda store: store.reset_app("app", breaks),
    "change of the partner": lambda store: store.change_partner(breaks),
    "a new app of the same id": lambda store: store.add_app(App(an_app(token="sk_other"))),
    "a load": lambda store: store.load(b'{"version":1}'),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_nothing_is_kept_of_a_broken_one(store: Store, attempt: str) -> None:
    """A unit of work that raises leaves everything as it was (W6, E3)."""
    await store.work("app", USER, all_of_it)
    before = await store.save()
    with pytest.raises(Exception, match=r"half way through|is taken by app|no snapshot"):
        await ATTEMPTS[attempt](store)
    assert await store.save() == before


@pytest.mark.parametrize("field", ["token", "phone_number_id", "business_number"])
async def test_a_change_to_a_taken_value_is_refused(store: Store, field: str) -> None:
    """Two apps never share a token, a phone-number-id or a number; the attempt changes nothing (A1)."""
    other = an_app(id="two", token="sk_two", phone_number_id="222222", business_number="917000000002")
    await store.add_app(App(other))
    before = await store.save()

    def take(app: App, _: Now) -> Kept:
        wanted = msgspec.structs.replace(app.settings, **{field: getattr(an_app(), field)})
        return Kept(app=msgspec.structs.replace(app, settings=wanted))

    with pytest.raises(Conflict) as refused:
        await store.change_app("two", take)
    assert refused.value.sentence == f"{field} is taken by app app; choose another."
    assert await store.save() == before


async def test_a_look_keeps_nobody(store: Store) -> None:
    """Looking at a user whom nobody has met does not make one (T7)."""
    assert (await store.conversation("app", USER)).counter == 0
    assert await store.conversations("app") == []


async def test_work_that_changes_nothing_keeps_nobody(store: Store) -> None:
    """A unit of work that leaves the conversation alone does not make one (R3)."""
    await store.work("app", USER, lambda app, conversation, now: Kept())
    assert await store.conversations("app") == []


async def test_both_times_are_told(store: Store, machine: ManualMachine) -> None:
    """A unit of work gets the app's time and the machine's (T1)."""
    frozen = (await store.app("app")).clock.freeze(START)
    await store.change_app("app", lambda app, _: Kept(app=msgspec.structs.replace(app, clock=frozen)))
    machine.move(seconds=5)
    now = await store.work("app", USER, lambda app, conversation, now: Kept(answer=now))
    assert now == Now(START, START + 5000)


async def test_users_are_paged(store: Store) -> None:
    """Users come in the order of their numbers, page by page, none twice and none left out."""
    for wa_id in ("919800000003", "919800000001", "919800000002"):
        await store.work("app", wa_id, somebody_new)
    first = await store.conversations("app", limit=2)
    assert [row.wa_id for row in first] == ["919800000001", "919800000002"]
    rest = await store.conversations("app", after="919800000002", limit=2)
    assert [row.wa_id for row in rest] == ["919800000003"]


async def test_an_unknown_app(store: Store) -> None:
    """Whatever is asked of an app that does not exist, the answer names it."""
    asked: list[Awaitable[Any]] = [
        store.app("nobody"),
        store.work("nobody", USER, all_of_it),
        store.claim("nobody", per_url=1),
        store.next_timer("nobody"),
        store.journal("nobody", after=0, limit=1),
        store.remove_app("nobody"),
    ]
    for question in asked:
        with pytest.raises(NotFound, match="There is no app 'nobody'"):
            await question


async def test_a_removed_app_is_gone(store: Store) -> None:
    """After an app was deleted its token belongs to nobody and its id can be taken again (A1)."""
    assert await store.app_of_token("sk_token") == "app"
    await store.remove_app("app")
    assert await store.app_of_token("sk_token") is None
    await store.add_app(App(an_app()))
    assert [app.id for app in await store.apps()] == ["app"]


async def test_the_partner_is_one_row(store: Store) -> None:
    """A change of the partner account answers what it made and is kept."""

    def count(partner: Partner, machine_now: int) -> tuple[Partner, Partner]:
        assert machine_now == START
        changed = msgspec.structs.replace(partner, counter=partner.counter + 1)
        return changed, changed

    assert (await store.change_partner(count)).counter == 1
    assert (await store.partner()).counter == 1
