"""When something is carried: one courier for all apps of a process (W5, T7).

An app's courier is woken when something may be due; it claims lanes, has each claim carried in a task of its own, and
sleeps until the next delivery or timer is due. While an advance is going on (T2) the timeline claims instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from mock_server.clock import SECOND, Machine
from mock_server.delivery import schedule
from mock_server.delivery.carrier import Carrier
from mock_server.delivery.hurry import Hurry, Pace
from mock_server.delivery.sender import Sender
from mock_server.engine.commands import Wake
from mock_server.engine.engine import Outcome
from mock_server.errors import NotFound
from mock_server.settings import Dialect
from mock_server.store.protocol import Claim, Store
from mock_server.store.rows import App, Delivery, DeliveryState, Record, Tried
from mock_server.store.work import carry_out
from mock_server.subscriptions import Subscription

PER_URL: Final = 64  # attempts under way at one URL
LONGEST_SLEEP: Final = 60.0  # seconds; then the courier looks again
LONGEST_LOOK: Final = 0.05  # seconds; then who waits for it to be idle looks again


class _Beat(Pace):
    """One app's courier: what is under way and when it wakes next."""

    def __init__(self) -> None:
        super().__init__()
        self.again = False  # woken while pumping
        self.carrying: dict[asyncio.Task[None], Claim] = {}
        self.alarm: asyncio.TimerHandle | None = None
        self.pumping: asyncio.Task[None] | None = None
        self.waiters: dict[str, list[asyncio.Future[None]]] = {}


class Courier:
    """Has webhooks of all apps carried and lets their timers fall due."""

    def __init__(self, *, store: Store, sender: Sender, machine: Machine) -> None:
        self._store = store
        self._sender = sender
        self._machine = machine
        self._carrier = Carrier(store=store, sender=sender)
        self._beats: dict[str, _Beat] = {}
        self._closed = False
        self._stopping = False

    def wake(self, app_id: str) -> None:
        """Something of this app may be due. Costs nothing when the courier is awake already."""
        beat = self._beat(app_id)
        beat.again = True
        if beat.pumping is None and beat.hurry is None and not self._closed:
            beat.pumping = asyncio.get_running_loop().create_task(self._pump(app_id, beat))

    def stop_waiting(self) -> None:
        """Let everybody who waits for an attempt go on: the sandbox is about to stop."""
        self._stopping = True
        for beat in self._beats.values():
            for waiters in beat.waiters.values():
                for waiter in waiters:
                    if not waiter.done():
                        waiter.set_result(None)

    async def close(self) -> None:
        """Stop at once; what is under way stays in the store as waiting."""
        self._closed = True
        tasks: list[asyncio.Task[None]] = []
        for beat in self._beats.values():
            beat.hurry = None
            tasks += [*beat.carrying, *([beat.pumping] if beat.pumping else [])]
            if beat.alarm:
                beat.alarm.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()

    async def attempted(self, app_id: str, delivery_ids: Sequence[str], timeout: float) -> None:
        """Returns when each of these deliveries has been tried once, at the latest after `timeout` seconds.

        Earlier where nothing more can be tried in that time: behind a failed one, on a frozen clock, while paused.
        """
        beat, loop = self._beat(app_id), asyncio.get_running_loop()
        futures = []
        for delivery_id in delivery_ids:
            row = await self._store.delivery(app_id, delivery_id)
            if row.attempted == 0 and row.state is DeliveryState.WAITING:
                future = loop.create_future()
                beat.waiters.setdefault(delivery_id, []).append(future)
                futures.append(future)
        until = loop.time() + timeout
        while futures and not self._stopping and (left := until - loop.time()) > 0:
            if not await self._comes_within(app_id, left):
                break
            await asyncio.wait(futures, timeout=min(left, LONGEST_LOOK), return_when=asyncio.FIRST_COMPLETED)
            futures = [future for future in futures if not future.done()]
        for delivery_id in delivery_ids:
            beat.waiters.pop(delivery_id, None)

    async def idle(self, app_id: str, timeout: float) -> bool:
        """Waits until nothing of the app is due or under way (flush); False when `timeout` seconds were not enough."""
        until = self._machine.elapsed() + timeout
        while await self._busy(app_id):
            if self._stopping or self._machine.elapsed() >= until:
                return False
            self.wake(app_id)
            await self._something_done(app_id)
        return True

    async def try_once(self, app: App, subscription: Subscription, at: int) -> Delivery:
        """One set-callback to a URL, outside every lane: when it is set with doCheck (W1)."""
        return await self._carrier.try_once(app, subscription, at)

    async def shake_hands(self, app: App, url: str, *, verify_token: str, at: int) -> Tried:
        """Meta's handshake with a URL that somebody sets (W2)."""
        timeout = schedule.TIMEOUTS[Dialect.META]
        return await self._carrier.shake_hands(app, url, verify_token=verify_token, at=at, timeout=timeout)

    # Timeline's side

    async def hurry(self, app_id: str, hurry: Hurry) -> None:
        """Leave claiming to an advance. What is under way is waited for as the advance allows, then cut short."""
        beat = self._beat(app_id)
        beat.hurry = hurry
        if beat.pumping is not None:
            await beat.pumping
        if under_way := await self._under_way(app_id):
            _, late = await asyncio.wait(under_way, timeout=hurry.patience)
            for task in late:
                hurry.did_not_answer(under_way[task].delivery.url, hurry.patience)
                task.cancel()
            if late:
                await asyncio.wait(late)
        hurry.all_settled()

    def at_leisure(self, app_id: str) -> None:
        """The advance is over."""
        self._beat(app_id).hurry = None
        self.wake(app_id)

    async def carry_due(self, app_id: str, hurry: Hurry, until: int) -> int:
        """Send everything that is due at `until` and wait for the attempts. Answers how many timers fired."""
        fired = 0
        while True:
            fired += await self.run_timers(app_id, until)
            claims = await self._store.claim(app_id, per_url=PER_URL, until=until)
            if not claims:
                return fired
            await asyncio.gather(*(self._carry(app_id, claim) for claim in claims))
            hurry.all_settled()

    async def run_timers(self, app_id: str, until: int) -> int:
        """Let every timer due by `until` fall due, in order (T7). Answers how many did."""
        fired = 0
        while (timer := await self._store.next_timer(app_id)) is not None and timer[0] <= until:
            work = carry_out(Wake(), _tell_fired, seed=self._store.seed)
            fired += await self._store.work(app_id, timer[1], work)
        return fired

    # The pump

    async def _pump(self, app_id: str, beat: _Beat) -> None:
        try:
            if beat.alarm is not None:
                beat.alarm.cancel()
                beat.alarm = None
            while beat.hurry is None and beat.again:
                beat.again = False
                await self.run_timers(app_id, await self._now(app_id))
                claims = await self._store.claim(app_id, per_url=PER_URL)
                beat.again = beat.again or bool(claims)
                for claim in claims:
                    task = asyncio.get_running_loop().create_task(self._carry(app_id, claim))
                    beat.carrying[task] = claim
                    task.add_done_callback(beat.carrying.pop)
            await self._set_alarm(app_id, beat)
        except NotFound:  # the app was deleted meanwhile
            self._beats.pop(app_id, None)
        finally:
            beat.pumping = None

    async def _carry(self, app_id: str, claim: Claim) -> None:
        beat = self._beat(app_id)
        await self._carrier.carry(app_id, claim, beat)
        for waiter in beat.waiters.pop(claim.delivery.id, ()):
            if not waiter.done():
                waiter.set_result(None)
        self.wake(app_id)

    async def _set_alarm(self, app_id: str, beat: _Beat) -> None:
        """Sleep until the next thing is due; a frozen clock has no alarm, moving it wakes the courier."""
        app = await self._store.app(app_id)
        if app.clock.frozen_at is not None:
            return
        delivery = await self._store.next_delivery(app_id, per_url=PER_URL)
        timer = await self._store.next_timer(app_id)
        dues = [due for due in (delivery, timer[0] if timer else None) if due is not None]
        if dues:
            seconds = max((min(dues) - app.clock.now(self._machine.now())) / 1000, 0.0005)
            loop = asyncio.get_running_loop()
            beat.alarm = loop.call_later(min(seconds, LONGEST_SLEEP), self.wake, app_id)

    async def _something_done(self, app_id: str) -> None:
        """Wait for what is under way here, or a little while for what others do."""
        beat = self._beat(app_id)
        tasks = [*await self._under_way(app_id), *([beat.pumping] if beat.pumping else [])]
        if tasks:
            await asyncio.wait(tasks, timeout=LONGEST_LOOK, return_when=asyncio.FIRST_COMPLETED)
        else:
            await self._store.changed(LONGEST_LOOK)

    async def _busy(self, app_id: str) -> bool:
        return await self._comes_within(app_id, 0)

    async def _comes_within(self, app_id: str, seconds: float) -> bool:
        """Whether something is under way, or will be sent within so many seconds if the clock is left alone."""
        beat = self._beat(app_id)
        if beat.pumping or beat.hurry or await self._under_way(app_id):
            return True
        due = await self._store.next_delivery(app_id, per_url=PER_URL)
        app = await self._store.app(app_id)
        ahead = 0 if app.clock.frozen_at is not None else round(seconds * SECOND)
        return due is not None and due <= app.clock.now(self._machine.now()) + ahead

    async def _under_way(self, app_id: str) -> dict[asyncio.Task[None], Claim]:
        """What is being carried, but for what a reset or a load has made pointless."""
        carrying = list(self._beat(app_id).carrying.items())
        return {task: claim for task, claim in carrying if await self._store.holds_good(app_id, claim)}

    async def _now(self, app_id: str) -> int:
        return (await self._store.app(app_id)).clock.now(self._machine.now())

    def _beat(self, app_id: str) -> _Beat:
        beat = self._beats.get(app_id)
        if beat is None:
            beat = self._beats[app_id] = _Beat()
        return beat


def _tell_fired(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[int, tuple[Record, ...]]:
    return outcome.fired, ()
