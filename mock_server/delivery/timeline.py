"""Moving an app's clock (T1, T2): freeze, resume, and the advance from due instant to due instant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from mock_server.clock import SECOND, AppClock, Machine, iso
from mock_server.delivery.courier import Courier
from mock_server.delivery.hurry import Hurry
from mock_server.errors import Conflict, NotFound, Unavailable
from mock_server.store.protocol import CLOCK_BOUND, Store
from mock_server.store.rows import App, ClockMoved
from mock_server.store.work import AppWork, Kept, Now

ClockMove: TypeAlias = Callable[[App, Now], AppClock]

PATIENCE: Final = 2.0  # seconds that an advance waits for a receiver
RECOVERY: Final = 1.0  # seconds until a store that could not be asked is asked again


class Advanced(msgspec.Struct, frozen=True):
    """What an advance did: timers fired, attempts made, attempts failed."""

    app: App
    fired: int
    attempted: int
    failed: int


class Timeline:
    """The clocks of all apps. `patience`: seconds of real time that an advance waits for a receiver."""

    def __init__(self, *, store: Store, courier: Courier, machine: Machine, patience: float = PATIENCE) -> None:
        self._store = store
        self._courier = courier
        self._machine = machine
        self._patience = patience
        self._breaking_off: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """What could not be broken off yet is another start's, or another process's, to finish."""
        for task in self._breaking_off:
            task.cancel()

    async def freeze(self, app_id: str, *, at: int | None = None) -> App:
        """Stop the clock, now or at a later instant."""
        app = await self._change(app_id, lambda app, now: app.clock.freeze(now.machine, at=at), "frozen")
        self._courier.wake(app_id)
        return app

    async def resume(self, app_id: str) -> App:
        """Let the clock run on from where it stands."""
        app = await self._change(app_id, lambda app, now: app.clock.run(now.machine), "running")
        self._courier.wake(app_id)
        return app

    async def advance(self, app_id: str, milliseconds: int) -> Advanced:
        """Move the clock forward; all that falls due on the way happens in order before this returns (T2).

        Raises Conflict while another advance of this app is going on, when a load has replaced the app meanwhile, and
        at the end of all calendars.
        """
        begun = await self._step(app_id, lambda app, now: _begun(app.clock, now.machine, milliseconds))
        return await self._go(app_id, begun.clock, f"{milliseconds / SECOND:g} s further")

    async def finish(self, app_id: str) -> Advanced | None:
        """Go on with an advance that another process began and does not go on with. None when there is no such thing.

        Raises Conflict when that process does go on with it.
        """
        taken = await self._step(app_id, lambda app, _: _taken_over(app.clock))
        if taken.clock.target is None:
            return None
        return await self._go(app_id, taken.clock, "where it was sent (another process than began has finished that)")

    async def _go(self, app_id: str, clock: AppClock, how: str) -> Advanced:
        """From due instant to due instant, to the target."""
        target = clock.target or 0
        hurry, fired, over = Hurry(self._patience), 0, False
        try:
            await self._courier.hurry(app_id, hurry)
            while not over:
                stride = await self._courier.stride(app_id, hurry, until=target, step=_on_the_way(target))
                fired, over = fired + stride.fired, stride.over
            app = await self._change(app_id, _going_to(target, AppClock.end_advance), how)
        except BaseException:
            await self._break_off(app_id, target)
            raise
        finally:
            self._courier.at_leisure(app_id)
        return Advanced(app, fired, hurry.attempted, hurry.failed)

    async def _break_off(self, app_id: str, target: int) -> None:
        """The clock stands where it got to. Where the store cannot be told so now, it is told later."""
        stopping = _moving(_going_to(target, _stop_short), "moved a part of the way")
        try:
            await self._store.change_app(app_id, stopping)
        except (NotFound, Conflict):  # the app is not there any more, not the same, or another process's to move
            pass
        except Unavailable:
            task = asyncio.get_running_loop().create_task(self._break_off_later(app_id, target))
            self._breaking_off.add(task)
            task.add_done_callback(self._breaking_off.discard)

    async def _break_off_later(self, app_id: str, target: int) -> None:
        await asyncio.sleep(RECOVERY)
        await self._break_off(app_id, target)
        self._courier.wake(app_id)

    async def _step(self, app_id: str, move: ClockMove) -> App:
        return await self._store.change_app(app_id, _moving(move, None))  # type: ignore[no-any-return]

    async def _change(self, app_id: str, move: ClockMove, how: str) -> App:
        return await self._store.change_app(app_id, _moving(move, how))  # type: ignore[no-any-return]


def _moving(move: ClockMove, how: str | None) -> AppWork:
    """A unit of work that puts a new clock into the app's row; `how` is for the journal."""

    def work(app: App, now: Now) -> Kept:
        moved = msgspec.structs.replace(app, clock=move(app, now))
        said = ClockMoved(f"The clock is {how}; it is {iso(moved.clock.now(now.machine))}.") if how else None
        return Kept(answer=moved, app=moved, records=(said,) if said else ())

    return work


def _going_to(target: int, move: Callable[[AppClock, int], AppClock]) -> ClockMove:
    """A move of the clock within an advance to `target`. Raises Conflict when it is no longer on its way there."""
    return lambda app, now: move(_clock_to(target, app), now.machine)


def _on_the_way(target: int) -> Callable[[App, int], App]:
    """A step of the clock to an instant before. Raises Conflict in the same way."""
    return lambda app, at: msgspec.structs.replace(app, clock=_clock_to(target, app).step(at))


def _clock_to(target: int, app: App) -> AppClock:
    if app.clock.target != target:
        raise Conflict("loaded", "A snapshot was loaded while the clock was advanced; its clock stands where it stood.")
    return app.clock


def _begun(clock: AppClock, machine_now: int, by: int) -> AppClock:
    begun = clock.begin_advance(machine_now, by)
    if (begun.target or 0) >= CLOCK_BOUND:
        raise Conflict(
            "end_of_time", "No clock goes beyond the year 8999; reset the app to start again at the present."
        )
    return begun


def _taken_over(clock: AppClock) -> AppClock:
    """The same clock, as a value of ours: the store then knows that this process moves it."""
    return clock if clock.target is None else msgspec.structs.replace(clock)


def _stop_short(clock: AppClock, machine_now: int) -> AppClock:
    """Where the clock stands, running again if it ran before."""
    return msgspec.structs.replace(clock, target=clock.frozen_at).end_advance(machine_now)
