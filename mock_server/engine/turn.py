"""One unit of work on one conversation: the scratchpad that the engine's rules write on.

A rule reads `turn.state`, changes it with `turn.change(...)` and tells what happened with `turn.emit(...)`. When a
command is refused the turn goes back to where it stood, so a refusal changes nothing (R3).
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import msgspec

from mock_server import ids
from mock_server.engine.events import AnyEvent, Contact
from mock_server.engine.state import Conversation, Timer, TimerKind
from mock_server.rules import Rules
from mock_server.settings import AppSettings

E = TypeVar("E", bound=AnyEvent)


class NumberUsage(msgspec.Struct, frozen=True, gc=False):
    """What the business number as a whole has going on (C9): calls, and the instants of starts within 24 h."""

    going_on: int = 0
    starts: tuple[int, ...] = ()


class World(msgspec.Struct, frozen=True, gc=False):
    """All that a unit of work may know beside the conversation itself."""

    settings: AppSettings
    rules: Rules
    seed: str
    generation: int  # raised by every reset of the app, so that ids do not come again (T4)
    now: int
    restriction: str | None = None  # calling or blocked, while it lasts (C8)
    number: NumberUsage = NumberUsage()


class Standing(NamedTuple):
    """Where a turn stood: what it goes back to."""

    state: Conversation
    counter: int
    number: NumberUsage
    events: int


class Turn:
    """The scratchpad. `now` is the instant the present step happens at: a timer's due time, then the command's (T7)."""

    __slots__ = ("_contact", "_counter", "events", "fired", "now", "number", "rules", "settings", "state", "world")

    def __init__(self, conversation: Conversation, world: World) -> None:
        self.state = conversation
        self.world = world
        self.settings = world.settings
        self.rules = world.rules
        self.number = world.number
        self.now = world.now
        self.events: list[AnyEvent] = []
        self.fired = 0  # timers that fell due
        self._contact: Contact | None = None
        self._counter = conversation.counter  # of its own: it changes more often than all the rest

    @property
    def standing(self) -> Standing:
        """Where the turn stands now, for `go_back`."""
        return Standing(self.state, self._counter, self.number, len(self.events))

    def go_back(self, standing: Standing) -> None:
        """Be as if nothing had been done since."""
        self.state, self._counter, self.number, events = standing
        self._contact = None
        del self.events[events:]

    def kept(self) -> Conversation:
        """The conversation as the turn leaves it: the very same one where nothing was changed."""
        if self._counter == self.state.counter:
            return self.state
        return msgspec.structs.replace(self.state, counter=self._counter)

    def change(self, **fields: Any) -> None:
        """Put new values into the conversation."""
        if "user" in fields:
            self._contact = None
        self.state = msgspec.structs.replace(self.state, **fields)

    def count(self) -> int:
        """The conversation's next number."""
        self._counter += 1
        return self._counter

    def raw_id(self, kind: str) -> bytes:
        """Sixteen bytes for a new id of this kind (T4)."""
        world = self.world
        return ids.digest(world.seed, self.settings.id, world.generation, self.state.wa_id, kind, self.count())

    def wamid(self) -> str:
        return ids.wamid(self.state.wa_id, self.raw_id("wamid"))

    def wacid(self) -> str:
        return ids.wacid(self.state.wa_id, self.raw_id("wacid"))

    def gs_id(self) -> str:
        return ids.as_uuid(self.raw_id("gs_id"))

    def emit(self, event: type[E], **fields: Any) -> None:
        """Tell that something happened, now and to this user."""
        self.events.append(event(at=self.now, number=self.count(), contact=self.contact, **fields))

    @property
    def contact(self) -> Contact:
        """The user as events name them."""
        if self._contact is None:
            user = self.state.user
            self._contact = Contact(self.state.wa_id, user.name, user.username)
        return self._contact

    def set_timer(self, due: int, kind: TimerKind, *, subject: str = "", request: str = "", seconds: float = 0) -> None:
        """Have something fall due by itself."""
        timer = Timer(due, self.count(), kind, subject, request, seconds)
        self.change(timers=tuple(sorted((*self.state.timers, timer))))

    def drop_timers(self, kind: TimerKind, subject: str = "") -> None:
        """Have it not fall due after all."""
        kept = tuple(t for t in self.state.timers if t.kind is not kind or (subject and t.subject != subject))
        if len(kept) != len(self.state.timers):
            self.change(timers=kept)
