"""When something is carried: one courier for all apps of a process (W5, T7).

An app's courier is woken when something may be due; it claims lanes, has each claim carried in a task of its own, and
sleeps until the next delivery or timer is due. While an advance is going on (T2) the timeline claims instead. Several
processes may share a store: each has its courier, and whoever claims a lane first carries it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Final

from mock_server.clock import Machine
from mock_server.delivery import schedule
from mock_server.delivery.beat import Beat
from mock_server.delivery.carrier import Carrier
from mock_server.delivery.hurry import Hurry
from mock_server.delivery.onlooker import LONGEST_LOOK, PER_URL, Onlooker
from mock_server.delivery.rendering import rendered_if_possible
from mock_server.delivery.sender import Sender
from mock_server.engine.commands import Wake
from mock_server.engine.engine import Outcome
from mock_server.errors import NotFound, Unavailable
from mock_server.settings import Dialect
from mock_server.store.answers import Unanswered
from mock_server.store.protocol import Claim, Route, Store, Stride
from mock_server.store.rows import App, Delivery, Record, Tried
from mock_server.store.work import carry_out
from mock_server.subscriptions import Subscription

LONGEST_SLEEP: Final = 60.0  # seconds; then the courier looks again
LAST_WORDS: Final = 0.5  # seconds that the store has, when the sandbox stops, to keep what came of attempts
RECOVERY: Final = 1.0  # seconds after which it looks again where the store could not be asked

_log = logging.getLogger(__name__)


class Courier:
    """Has webhooks of all apps carried and lets their timers fall due."""

    def __init__(self, *, store: Store, sender: Sender, machine: Machine) -> None:
        self._store = store
        self._sender = sender
        self._machine = machine
        self._carrier = Carrier(store=store, sender=sender)
        self._onlooker = Onlooker(store=store, machine=machine, wake=self.wake)
        self._beats: dict[str, Beat] = {}
        self._closed = False

    def wake(self, app_id: str) -> None:
        """Something of this app may be due. Costs nothing when the courier is awake already."""
        beat = self._beat(app_id)
        beat.again = True
        if beat.pumping is None and beat.hurry is None and not self._closed:
            beat.pumping = asyncio.get_running_loop().create_task(self._pump(app_id, beat))

    def stop_waiting(self) -> None:
        """Let everybody who waits for an attempt go on: the sandbox is about to stop."""
        self._onlooker.stopping = True
        for beat in self._beats.values():
            beat.tell_all()

    async def close(self) -> None:
        """Stop at once; what is under way stays in the store as waiting. What is being kept at this moment is kept."""
        self._closed = True
        tasks: list[asyncio.Task[None]] = []
        for beat in self._beats.values():
            beat.end()
            beat.silence()
            tasks += [*beat.carrying, *([beat.pumping] if beat.pumping else [])]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=LAST_WORDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()

    async def attempted(self, app_id: str, delivery_ids: Sequence[str], timeout: float) -> None:
        """Returns when each of these deliveries has been tried once, at the latest after `timeout` seconds.

        Earlier where nothing more can be tried in that time: behind a failed one, on a frozen clock, while paused.
        """
        await self._onlooker.attempted(app_id, self._beat(app_id), delivery_ids, timeout)

    async def idle(self, app_id: str, timeout: float) -> bool:
        """Waits until nothing of the app is due or under way (flush); False when `timeout` seconds were not enough."""
        return await self._onlooker.idle(app_id, self._beat(app_id), timeout)

    async def try_once(self, app: App, subscription: Subscription, at: int) -> Delivery:
        """One set-callback to a URL, outside every lane: when it is set with doCheck (W1)."""
        return await self._carrier.try_once(app, subscription, at)

    async def shake_hands(self, app: App, url: str, *, verify_token: str, at: int) -> Tried:
        """Meta's handshake with a URL that somebody sets (W2)."""
        timeout = schedule.TIMEOUTS[Dialect.META]
        return await self._carrier.shake_hands(app, url, verify_token=verify_token, at=at, timeout=timeout)

    # Timeline's side

    async def hurry(self, app_id: str, hurry: Hurry) -> None:
        """Leave claiming to an advance. What is under way is waited for as the advance allows, then cut short.

        What another process has under way is waited for as long; that one brings it to its end itself.
        """
        beat = self._beat(app_id)
        beat.hurry = hurry
        if beat.pumping is not None:
            await asyncio.wait([beat.pumping])
        beat.silence()
        if under_way := await beat.under_way(self._store, app_id):
            _, late = await asyncio.wait(under_way, timeout=hurry.patience)
            for task in late:
                hurry.did_not_answer(under_way[task].delivery.url, hurry.patience)
            if late:
                beat.cut_short()
                await asyncio.wait(late)
        hurry.all_settled()
        await self._onlooker.settled(app_id, hurry.patience)

    def at_leisure(self, app_id: str) -> None:
        """The advance is over."""
        self._beat(app_id).hurry = None
        self.wake(app_id)

    async def stride(self, app_id: str, hurry: Hurry, *, until: int, step: Callable[[App, int], App]) -> Stride:
        """Go to the next due instant of an advance, send what is due there, and wait for the attempts."""
        route = Route(until, step, carry_out(Wake(), _tell_fired, seed=self._store.seed))
        stride = await self._store.stride(app_id, route, per_url=PER_URL, render=rendered_if_possible)
        if stride.claims:
            await self._all_done(app_id, self._start(app_id, stride.claims))
            hurry.all_settled()
        elif not (stride.fired or stride.over):  # what is due is another process's to send, for a moment
            await self._store.changed(LONGEST_LOOK)
        return stride

    async def _all_done(self, app_id: str, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Wait for attempts; who gives up waiting cuts them short, and waits for what is to be kept of them."""
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError:
            self._beat(app_id).cut_short()
            await asyncio.wait(tasks)
            raise
        if self._closed:
            raise asyncio.CancelledError

    async def run_timers(self, app_id: str, until: int) -> int:
        """Let every timer due by `until` fall due, in order (T7). Answers how many did.

        One that does not, because the store's clock is not as far yet, is left for later.
        """
        fired, stuck = 0, None
        while (timer := await self._store.next_timer(app_id)) is not None and timer[0] <= until and timer != stuck:
            work = carry_out(Wake(), _tell_fired, seed=self._store.seed)
            fell_due = await self._store.work(app_id, timer[1], work)
            fired, stuck = fired + fell_due, None if fell_due else timer
        return fired

    # The pump

    async def _pump(self, app_id: str, beat: Beat) -> None:
        """Until nothing is due. Nothing comes between its last look at whether somebody woke it, and its end."""
        try:
            while beat.hurry is None and not self._closed:
                beat.silence()
                beat.again = False
                if await self._carry_at_leisure(app_id, beat) or beat.again:
                    continue
                await self._set_alarm(app_id, beat)
                if not beat.again:
                    break
        except NotFound:  # the app was deleted meanwhile
            self._beats.pop(app_id, None)
        except Unavailable as error:
            _log.warning("what is due of app %s has to wait: %s", app_id, error.sentence)
            self._ring_in(RECOVERY, app_id, beat)
        finally:
            beat.pumping = None

    async def _carry_at_leisure(self, app_id: str, beat: Beat) -> bool:
        """Let timers fall due and begin to carry what is due; whether there was any."""
        fired = await self.run_timers(app_id, await self._now(app_id))
        claims = await self._store.claim(app_id, per_url=PER_URL, render=rendered_if_possible)
        self._start(app_id, claims)
        beat.looked(in_vain=not fired and not claims)
        return bool(claims)

    def _start(self, app_id: str, claims: Sequence[Claim]) -> list[asyncio.Task[None]]:
        beat, tasks = self._beat(app_id), []
        for claim in () if self._closed else claims:  # at the end the store frees all lanes
            answers = self._store.answers.outstanding(app_id, claim.delivery.wa_id)
            task = asyncio.get_running_loop().create_task(self._carry(app_id, claim, answers))
            beat.carrying[task] = claim
            task.add_done_callback(beat.carrying.pop)
            tasks.append(task)
        return tasks

    async def _carry(self, app_id: str, claim: Claim, answers: Sequence[Unanswered]) -> None:
        beat = self._beat(app_id)
        for answer in answers:  # it may have been caused by one of these (W6)
            with contextlib.suppress(TimeoutError):  # an advance cuts that short, too
                await beat.ask(answer.wait())
        await self._carrier.carry(app_id, claim, beat)
        beat.tell(claim.delivery.id)
        self.wake(app_id)

    async def _set_alarm(self, app_id: str, beat: Beat) -> None:
        """Sleep until the next thing is due; a frozen clock has no alarm, moving it wakes the courier."""
        app = await self._store.app(app_id)
        if app.clock.frozen_at is not None:
            return
        delivery = await self._store.next_delivery(app_id, per_url=PER_URL)
        timer = await self._store.next_timer(app_id)
        dues = [due for due in (delivery, timer[0] if timer else None) if due is not None]
        if dues:
            seconds = (min(dues) - app.clock.now(self._machine.now())) / 1000
            self._ring_in(min(beat.sleep(seconds), LONGEST_SLEEP), app_id, beat)

    def _ring_in(self, seconds: float, app_id: str, beat: Beat) -> None:
        beat.silence()
        if not self._closed:
            beat.alarm = asyncio.get_running_loop().call_later(seconds, self.wake, app_id)

    async def _now(self, app_id: str) -> int:
        return (await self._store.app(app_id)).clock.now(self._machine.now())

    def _beat(self, app_id: str) -> Beat:
        beat = self._beats.get(app_id)
        if beat is None:
            beat = self._beats[app_id] = Beat()
        return beat


def _tell_fired(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[int, tuple[Record, ...]]:
    return outcome.fired, ()
