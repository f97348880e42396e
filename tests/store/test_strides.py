"""How an advance goes on, in whichever store: from one due instant to the next (T2, T7)."""

from __future__ import annotations

import msgspec
import pytest

from mock_server.clock import SECOND, AppClock
from mock_server.engine.commands import Allow, Command, SendMessage, Wake
from mock_server.engine.engine import Outcome
from mock_server.engine.state import Form
from mock_server.errors import Conflict
from mock_server.store.protocol import Route, Store, Stride
from mock_server.store.rows import App, Delivery, DeliveryState, Record
from mock_server.store.work import Kept, carry_out
from mock_server.subscriptions import Mode, Subscription
from tests.stage.conversation import USER
from tests.stage.deliveries import URL, a_delivery
from tests.stage.machine import START

pytestmark = pytest.mark.anyio

HOUR = START + 3_600 * SECOND


def step(app: App, at: int) -> App:
    """Raises beyond the half hour, as where an advance has become another one."""
    if at > START + 1_800 * SECOND:
        raise Conflict("loaded", "another advance")
    return msgspec.structs.replace(app, clock=app.clock.step(at))


def fired(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[int, tuple[Record, ...]]:
    return outcome.fired, ()


async def act(store: Store, command: Command, wa_id: str = USER) -> None:
    await store.work("app", wa_id, carry_out(command, fired, seed="seed"))


async def begin(store: Store, **settings: object) -> None:
    """The clock stands and is to go an hour; somebody has subscribed."""
    clock = AppClock(frozen_at=START, target=HOUR)

    def begun(app: App) -> App:
        changed = msgspec.structs.replace(app.settings, status_delay=10, **settings)
        subscription = Subscription("sub", URL, tuple(Mode), "tag")
        return msgspec.structs.replace(app, clock=clock, settings=changed, subscriptions=(subscription,))

    await store.change_app("app", lambda app, _: Kept(app=begun(app)))


async def stride(store: Store, until: int = HOUR) -> Stride:
    route = Route(until, step, carry_out(Wake(), fired, seed="seed"))
    return await store.stride("app", route, per_url=64)


def told(stride: Stride) -> tuple[float, int, list[str], bool]:
    """Seconds since the start, timers, the names of what is to be sent, whether it is over."""
    return (stride.at - START) / SECOND, stride.fired, [claim.delivery.id for claim in stride.claims], stride.over


async def expiring(store: Store, *seconds: int) -> None:
    """Permissions that end so many seconds from now, each another user's; nobody is told of the end."""
    for n, each in enumerate(seconds):
        await act(store, Allow(always=False, seconds=each, from_profile=True), f"9198{n:08d}")
    for claim in await store.claim("app", per_url=64):
        row = msgspec.structs.replace(claim.delivery, state=DeliveryState.DELIVERED)
        await store.settle("app", claim, row, ())


async def test_it_stops_where_something_is_to_be_sent(store: Store) -> None:
    """Timers before it have fallen due, those after it have not, and the clock shows its instant (T2)."""
    await begin(store)
    await expiring(store, 5, 7, 30)
    await store.add_deliveries("app", [a_delivery("a1", at=START, due=START + 20 * SECOND)])
    assert told(await stride(store)) == (20, 2, ["a1"], False)
    assert (await store.app("app")).clock.frozen_at == START + 20 * SECOND


async def test_a_timer_that_causes_something(store: Store) -> None:
    """What a timer causes goes out before anything later happens, and after all of the same instant (T2, T7)."""
    await begin(store)
    await expiring(store, 10, 11)
    await act(store, SendMessage(request=Form.INTERACTIVE))
    (enqueued,) = (await stride(store)).claims
    assert enqueued.delivery.topic == "message_status:enqueued"
    await store.settle("app", enqueued, msgspec.structs.replace(enqueued.delivery, state=DeliveryState.DELIVERED), ())
    there = await stride(store)
    assert ((there.at - START) / SECOND, there.fired) == (10, 2)
    assert [claim.delivery.topic for claim in there.claims] == ["message_status:sent"]


async def test_nothing_is_due(store: Store) -> None:
    """Where nothing more is due by the target it is over, and the clock stays (T2)."""
    await begin(store)
    await expiring(store, 3_601)
    assert told(await stride(store)) == (0, 0, [], True)
    assert (await store.app("app")).clock.frozen_at == START


async def test_others_have_their_turn(store: Store) -> None:
    """After 50 timers others may do something before it goes on (DESIGN, gates)."""
    await begin(store)
    await expiring(store, *range(1, 61))
    assert told(await stride(store)) == (50, 50, [], False)
    assert told(await stride(store)) == (60, 10, [], True)


async def test_paused_deliveries_hold_nothing_up(store: Store) -> None:
    """While deliveries are paused timers fall due as ever (W7)."""
    await begin(store, deliveries="paused")
    await store.add_deliveries("app", [a_delivery("a1", at=START, due=START)])
    await expiring(store, 5)
    assert told(await stride(store)) == (5, 1, [], True)


async def test_all_of_it_or_nothing(store: Store) -> None:
    """Where the clock cannot be moved nothing has happened that is not in the journal either (T2)."""
    await begin(store)
    await expiring(store, 1_801)
    last = await store.feed_end("app")
    with pytest.raises(Conflict):
        await stride(store)
    assert await store.next_timer("app") == (START + 1_801 * SECOND, "919800000000")
    assert await store.feed_end("app") == last
