"""The store: where everything is kept. One small protocol, several implementations, the same behaviour.

A unit of work (`work`, `change_app`) is a pure function over rows: the store loads them, calls it, and keeps all it
returns or nothing. It may be called again when the store has to try once more, so it must do nothing else. Every
instant is in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeAlias, TypeVar

import msgspec

from mock_server.engine.state import Conversation
from mock_server.store.answers import Answers
from mock_server.store.rows import App, Delivery, DeliveryState, Entry, Partner, Record
from mock_server.store.work import AppWork, Work

T = TypeVar("T", bound=msgspec.Struct)

Render: TypeAlias = Callable[[App, Delivery], Delivery]

APPS_BOUND: Final = 1000
CONVERSATIONS_BOUND: Final = 2_000_000  # per app
WAITING_BOUND: Final = 100_000  # deliveries waiting per app (W7)
FINISHED_KEPT: Final = 10_000  # finished deliveries kept per app (W7)
JOURNAL_KEPT: Final = 10_000  # journal entries kept per app; the oldest go first, counted
JOURNAL_BYTES: Final = 32 * 1024 * 1024  # of what was said to the sandbox and by it, in a journal, and in the feed
FINDINGS_KEPT: Final = 1_000  # violations and advices kept per app
CLOCK_BOUND: Final = 221_845_392_000_000  # the year 9000: no clock goes further, so that every date can be written
STRIDE: Final = 50  # timers that an advance lets fall due at once: others who want something of the app wait for them
FEED_KEPT: Final = 20_000  # entries of all apps that an event stream can go back to


class Claim(msgspec.Struct, frozen=True, gc=False):
    """A delivery that is due, with its lane held for whoever claimed it until it is settled.

    A reset or a load raises the generation: what comes of older claims is dropped (S2). The ticket is the store's: it
    knows by it whether the lane is still this claim's.
    """

    app: App
    now: int
    delivery: Delivery
    generation: int
    ticket: int = 0


class Page(msgspec.Struct, frozen=True, gc=False):
    """Entries after a number, the number to go on from, and how many were dropped in between."""

    entries: Sequence[Entry]
    next: int
    dropped: int
    generation: int


class Due(msgspec.Struct, frozen=True, gc=False):
    """The apps that have something to do now, and those whose clock is moved by somebody who is not there any more."""

    apps: Sequence[str] = ()
    unfinished: Sequence[str] = ()


class Stride(msgspec.Struct, frozen=True, gc=False):
    """A part of an advance: where the clock stands, how many timers fell due, what is to be sent before it goes on.

    `over`: nothing more is due on the way.
    """

    at: int
    fired: int = 0
    claims: Sequence[Claim] = ()
    over: bool = False


class Route(msgspec.Struct, frozen=True):
    """The way of an advance: up to which instant, and what happens on it.

    `step` moves the clock of an app to an instant; it raises when the app's advance is another one by now. `wake` lets
    the timers of a conversation fall due; it answers how many did.
    """

    until: int
    step: Callable[[App, int], App]
    wake: Work


class Store(Protocol):
    """See the module. Methods raise NotFound for an app that does not exist, Unavailable when nothing can be kept."""

    seed: str  # of a store that was there before: its own, once it is open
    interval: float | None  # seconds between two calls of `tend`; None: it wants none
    answers: Answers  # requests of this process: what they cause waits for their answers (W6)

    async def open(self) -> None:
        """Before everything else. Raises Unavailable for a store that is not there, or not for this program."""

    async def tend(self) -> Due:
        """What has to be done now and then. Answers what waits for somebody to do it, whoever made it."""

    def wake_readers(self) -> None:
        """Let those go on who wait for something to be recorded: the sandbox is about to stop."""

    async def close(self) -> None:
        """After everything else; may be called twice."""

    # Apps and the partner account
    async def add_app(self, app: App) -> None:
        """Keep a new app. Raises Conflict when its id, number, token or phone-number-id is taken, or at the bound."""

    async def app(self, app_id: str) -> App: ...

    async def apps(self, *, after: str = "", limit: int = 100) -> list[App]:
        """Apps in the order of their ids."""

    async def apps_of(self, *, phone_number_id: str = "", waba_id: str = "", meta_app_id: str = "") -> list[App]:
        """The apps with exactly one of these ids: at most one has a phone-number-id, several may share the others."""

    async def app_of_token(self, token: str) -> str | None:
        """The id of the app that this token belongs to."""

    async def change_app(self, app_id: str, work: AppWork) -> Any:
        """An exclusive unit of work on the app's row; answers what the work answers."""

    async def reset_app(self, app_id: str, work: AppWork) -> Any:
        """Like change_app, and drops conversations, deliveries and journal (S1)."""

    async def remove_app(self, app_id: str) -> None: ...

    async def partner(self) -> Partner: ...

    async def change_partner(self, change: Callable[[Partner, int], tuple[Partner, T]]) -> T:
        """A unit of work on the partner account; the second argument is the machine's time."""

    # Conversations
    async def work(self, app_id: str, wa_id: str, work: Work) -> Any:
        """A unit of work on one conversation; answers what the work answers.

        It may change the app's row, too: the usage of its number, and the counts of its faults where there are any.
        """

    async def conversation(self, app_id: str, wa_id: str) -> Conversation:
        """As kept, timers that are due not yet run; a new one for a user nobody has met."""

    async def conversations(self, app_id: str, *, after: str = "", limit: int = 100) -> list[Conversation]: ...

    async def conversation_of_call(self, app_id: str, call_id: str) -> str | None:
        """The wa_id of the conversation that has this call."""

    async def next_timer(self, app_id: str) -> tuple[int, str] | None:
        """The first timer of the app: when it is due, and in whose conversation (T7)."""

    async def stride(self, app_id: str, route: Route, *, per_url: int, render: Render | None = None) -> Stride:
        """Take the clock to the next instant at which something is due, let its timers fall due, claim what is to go.

        While there is nothing to send it goes on to further instants, up to `STRIDE` timers (T2, T7). Raises what the
        route's step raises.
        """

    # Outbox
    async def claim(
        self, app_id: str, *, per_url: int, until: int | None = None, render: Render | None = None
    ) -> list[Claim]:
        """Deliveries that are due now, one a lane, at most `per_url` under way at one URL, oldest first (W5).

        `render` makes the bytes of one that has none yet. They are kept with the claim, so every attempt has the same.
        It must not raise.
        """

    async def holds_good(self, app_id: str, claim: Claim) -> bool:
        """Whether no reset and no load came after the claim."""

    async def settle(self, app_id: str, claim: Claim, delivery: Delivery, records: Sequence[Record]) -> bool:
        """Keep a claimed delivery's new row and free its lane. One that was delivered makes what waits for its URL due.

        False, and nothing is kept, when the claim no longer holds good.
        """

    async def next_delivery(self, app_id: str, *, per_url: int) -> int | None:
        """When the next delivery that could be claimed is due; None when none waits or all its URLs are busy."""

    async def under_way(self, app_id: str) -> int:
        """How many claimed deliveries are not settled yet, whoever has claimed them."""

    async def add_deliveries(self, app_id: str, deliveries: Sequence[Delivery]) -> None: ...

    async def delivery(self, app_id: str, delivery_id: str) -> Delivery: ...

    async def deliveries(
        self, app_id: str, *, state: DeliveryState | None, kind: str, wa_id: str, after: int, limit: int
    ) -> list[Delivery]:
        """In the order they were made."""

    async def redeliver(self, app_id: str, delivery_id: str) -> Delivery:
        """Make a delivery due now again, with the same bytes and a fresh schedule."""

    async def waiting(self, app_id: str) -> int:
        """How many deliveries wait."""

    async def waiting_about(self, app_id: str) -> int:
        """The same, at most half a second old: for a bound that every request asks about."""

    # Journal
    async def record(self, app_id: str | None, records: Sequence[Record], *, wa_id: str | None = None) -> None:
        """Write to an app's journal; without an app only the event stream of all shows it."""

    async def journal(self, app_id: str, *, after: int, limit: int, findings: bool = False) -> Page: ...

    async def journal_end(self, app_id: str, *, before: int | None = None, limit: int, findings: bool = False) -> Page:
        """The last entries, of those with numbers below `before` where that is given, in order.

        `dropped`: how many are no longer kept, findings or entries, whichever are asked for.
        """

    async def feed(self, app_id: str | None, *, after: int, limit: int) -> Page:
        """What the event stream reads: of one app by its own numbers, or of all by the store's.

        After a number that was never given (a sandbox that ran before gave it) it begins at the beginning.
        """

    async def feed_end(self, app_id: str | None) -> int: ...

    async def changed(self, timeout: float) -> None:
        """Returns when something was recorded, at the latest after `timeout` seconds."""

    # Everything
    async def save(self) -> bytes:
        """The whole store as one JSON document (S2)."""

    async def load(self, snapshot: bytes) -> None:
        """Replace everything. Raises Malformed for a document that is no snapshot, changing nothing."""
