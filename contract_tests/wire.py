"""What the application did, as the sandbox's journal has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.numbers import Number, User
from contract_tests.patience import until, wait

CALL_SECONDS: Final = 5.0  # within which an application that may call, and is told to, has tried
ACTION: Final = "ACTION"  # in the place of a method: the application said yes to the action `call`
_NOT_CONNECT: Final = frozenset({"pre_accept", "accept", "reject", "terminate"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that the application sent to a provider's surface, and its answer, as JSON; or an action's yes."""

    app_id: str
    wa_id: str
    method: str
    path: str
    status: int
    body: Any
    answer: Any
    at: str

    @property
    def is_action(self) -> bool:
        """Whether nothing was seen on the wire: the application said yes to the action `call`."""
        return self.method == ACTION

    @property
    def is_call(self) -> bool:
        """Whether it is a try to call: `POST /calls` to connect, right or wrong."""
        if self.is_action:
            return True
        action = self.body.get("action") if isinstance(self.body, dict) else None
        return self.method == "POST" and self.path.partition("?")[0].endswith("/calls") and action not in _NOT_CONNECT

    @property
    def is_permission_request(self) -> bool:
        """Whether it asks for permission, free-form or by a template."""
        body = self.body if isinstance(self.body, dict) else {}
        interactive = body.get("interactive")
        kind = interactive.get("type") if isinstance(interactive, dict) else body.get("type")
        return self.method == "POST" and kind in {"call_permission_request", "template"}

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


class Journal:
    """Every request of the run so far; reads on where it stopped."""

    def __init__(self, numbers: list[Number]) -> None:
        self.seen: list[Seen] = []
        self._after: dict[str, int | None] = {number.id: None for number in numbers}
        self._numbers = numbers

    def read(self) -> list[Seen]:
        for number in self._numbers:
            for entry in number.app.journal(kind="request", after=self._after[number.id]):
                self._after[number.id] = entry["id"]
                self.seen.append(_seen(entry))
        return self.seen

    def say(self, seen: Seen) -> None:
        """What is not on the wire: the application said that it would call (`[actions.call] allowed`)."""
        self.seen.append(seen)


class Wire:
    """What the application did since the test began, or since `begin`. `who`: a User, a number or BSUID, or everybody.

    Of a User only what concerns them at their business number is shown.
    """

    def __init__(self, journal: Journal, settle: float) -> None:
        self._journal = journal
        self._settle = settle
        self._from = 0
        self.begin()

    def begin(self) -> None:
        """Forget what was; look at what comes from now on."""
        self._from = len(self._journal.read())

    def requests(self, who: User | str | None = None) -> list[Seen]:
        """Everything that it sent to the provider."""
        return [seen for seen in self._journal.read()[self._from :] if _concerns(seen, who)]

    def calls(self, who: User | str | None = None) -> list[Seen]:
        """Its tries to call; where none goes through the sandbox, the actions that it said yes to (`allowed`)."""
        return _tried(self.requests(who))

    def permission_requests(self, who: User | str | None = None) -> list[Seen]:
        """Its requests for permission, good ones and refused ones."""
        return [seen for seen in self.requests(who) if seen.is_permission_request]

    def wait_for_call(self, who: User | str | None = None, *, seconds: float = CALL_SECONDS) -> Seen | None:
        """Its first try to call, as soon as there is one; None where there is none in time."""
        found = until(lambda: self.calls(who), seconds)
        return found[0] if found else None

    def wait_for(
        self, wanted: Callable[[Seen], bool], who: User | str | None = None, *, seconds: float = CALL_SECONDS
    ) -> list[Seen]:
        """Its requests for which `wanted` is true, as soon as there is one; none where there is none in time."""
        return until(lambda: [seen for seen in self.requests(who) if wanted(seen)], seconds)

    def nothing_within(self, who: User | str | None = None, *, settle: float | None = None) -> list[Seen]:
        """Wait for the target's `settle`, then everything that it sent since the test began: nothing, one hopes."""
        wait(self._settle if settle is None else settle)
        return self.requests(who)

    def no_call_within(self, who: User | str | None = None, *, settle: float | None = None) -> list[Seen]:
        """The same for its tries to call."""
        return _tried(self.nothing_within(who, settle=settle))


def _seen(entry: dict[str, Any]) -> Seen:
    body = entry["body"]
    named = (body.get("to") or body.get("recipient")) if isinstance(body, dict) else None
    wa_id = entry.get("wa_id") or (named if isinstance(named, str) else "")
    return Seen(
        entry["app"], wa_id.removeprefix("+"), entry["method"], entry["path"], entry["status"], body, entry["answer"],
        entry["at"],
    )  # fmt: skip


def _tried(rows: list[Seen]) -> list[Seen]:
    calls = [seen for seen in rows if seen.is_call]
    return [seen for seen in calls if not seen.is_action] or calls


def _concerns(seen: Seen, who: User | str | None) -> bool:
    if who is None:
        return True
    if isinstance(who, str):
        return seen.wa_id == who
    return seen.app_id == who.number.id and seen.wa_id in {who.wa_id, who.bsuid}
