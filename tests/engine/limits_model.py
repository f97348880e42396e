"""What may happen between business numbers and users, written from BEHAVIOUR and from nothing else.

Instants and lives in milliseconds. Each command answers None when it goes through, else what it is refused with: a
provider's code, or `conflict` for what the user or the script cannot do at present.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DAY = 86_400_000
WEEK = 7 * DAY
RING = 60_000
ON, OFF, OUTDATED = "reachable", "switched_off", "outdated_app"


@dataclass
class Figures:
    """The figures of section 5, and the two settings that matter here."""

    requests_per_24h: int = 1
    requests_per_7d: int = 2
    connected_calls_per_24h: int = 5
    temporary: int = WEEK
    nudge_after: int = 2
    revoke_after: int = 4
    calls_going_on: int = 1_000
    call_starts_per_24h: int = 10_000
    callback: bool = False
    status_delay: int = 0


@dataclass
class Line:
    """A business number: what it may do at all, and what it has going on (C2, C8, C9)."""

    figures: Figures
    calling: bool = True
    restriction: str | None = None
    going_on: int = 0
    starts: list[int] = field(default_factory=list)

    def may_send(self) -> int | None:
        return 131031 if self.restriction == "blocked" else None

    def may_call(self) -> int | None:
        if self.restriction == "blocked":
            return 131031
        if not self.calling:
            return 138000
        return 138014 if self.restriction == "calling" else None

    def may_start(self, now: int) -> int | None:
        if self.going_on >= self.figures.calls_going_on:
            return 138002
        started = sum(1 for at in self.starts if now < at + DAY)
        return 138005 if started >= self.figures.call_starts_per_24h else None


@dataclass
class Asked:
    """A request (P6, R2, R6)."""

    at: int
    next_status: int | None
    state: str = "accepted"
    counts: bool = True
    expires: int | None = None  # 7 days after delivery, then 7 days after the first answer
    answered: bool = False
    superseded: bool = False

    def answerable(self, now: int) -> bool:
        return self.expires is not None and now < self.expires and not self.superseded


@dataclass
class Ongoing:
    """A call (C3, C6)."""

    by_business: bool
    rings_until: int | None  # None once picked up


@dataclass
class Model:
    """One user, as one business number knows the user: nothing of it is known to another number (P1)."""

    line: Line
    now: int
    phone: str = ON
    permanent: bool = False
    expires_at: int | None = None
    asked: list[Asked] = field(default_factory=list)
    pick_ups: list[int] = field(default_factory=list)
    unanswered: int = 0
    nudged: bool = False
    call: Ongoing | None = None

    @property
    def figures(self) -> Figures:
        return self.line.figures

    @property
    def may_be_called(self) -> bool:
        return self.permanent or self.expires_at is not None

    def used(self, period: int) -> int:
        return sum(1 for request in self.asked if request.counts and self.now < request.at + period)

    def connected(self) -> int:
        return sum(1 for at in self.pick_ups if self.now < at + DAY)

    def answerable(self) -> list[int]:
        return [n for n, request in enumerate(self.asked) if request.answerable(self.now)]

    def boundaries(self) -> list[int]:
        """The instants to come at which something changes."""
        of_requests = [at for r in self.asked for at in (r.at + DAY, r.at + WEEK, r.expires, r.next_status)]
        ring = self.call.rings_until if self.call else None
        counted = (at + DAY for at in (*self.pick_ups, *self.line.starts))
        instants = [*of_requests, *counted, self.expires_at, ring]
        return sorted({at for at in instants if at is not None and at > self.now})

    def pass_time(self, to: int) -> None:
        """All that falls due by then, in order (T7)."""
        while due := [at for at in self._due() if at <= to]:
            self.now = min(due)
            if self.expires_at is not None and self.expires_at <= self.now:
                self.expires_at = None
            if self.call and self.call.rings_until == self.now:
                self._over(counts=True)
            for request in self.asked:
                if request.next_status == self.now:
                    self._status(request)
        self.now = to

    def ask(self) -> int | str | None:
        if refused := self.line.may_call():
            return refused
        if self.permanent:
            return 138017
        if self.used(DAY) >= self.figures.requests_per_24h or self.used(WEEK) >= self.figures.requests_per_7d:
            return 138009
        self.asked.append(Asked(self.now, self.now + self.figures.status_delay))
        self.pass_time(self.now)
        return None

    def place(self, *, sdp_problem: bool) -> int | str | None:
        refused = self.line.may_call() or self._may_be_reached() or self.line.may_start(self.now)
        if refused or sdp_problem:
            return refused or 100
        self._begin(by_business=True)
        self.line.starts.append(self.now)
        return None

    def _may_be_reached(self) -> int | None:
        if self.phone == OUTDATED:
            return 138001
        if not self.may_be_called:
            return 138006
        if self.connected() >= self.figures.connected_calls_per_24h:
            return 138012
        return 138003 if self.call else None

    def cancel(self) -> int | str | None:
        if not self.call:
            return "conflict"
        self._over(counts=False)
        return None

    def answer(self, *, given: str, life: int | None, named: int | None, from_profile: bool) -> int | str | None:
        """`given` is always, temporarily or decline; `named` is the request that is named."""
        if self.phone != ON:
            return "conflict"
        if named is not None and not from_profile and not self.asked[named].answerable(self.now):
            return "conflict"
        newest = max(self.answerable(), default=None) if named is None else named
        which = None if from_profile else newest
        if given == "decline" and which is None and not self.may_be_called:
            return "conflict"
        if which is not None:
            self._answered(which)
        self.permanent, self.expires_at = given == "always", None
        if given != "decline":
            self.unanswered, self.nudged = 0, False
        if given == "temporarily":
            self.expires_at = self._whole(self.now) + (self.figures.temporary if life is None else life)
        return None

    def allow_from_profile(self, life: int | None = None) -> int | str | None:
        """Always, or so long."""
        given = "always" if life is None else "temporarily"
        return self.answer(given=given, life=life, named=None, from_profile=True)

    def revoke(self) -> int | str | None:
        if self.phone != ON or not self.may_be_called:
            return "conflict"
        self.permanent, self.expires_at = False, None
        return None

    def look(self) -> int | str | None:
        return "conflict" if self.phone == OFF else None

    def call_business(self) -> int | str | None:
        if self.phone == OFF or self.call or not self.line.calling:
            return "conflict"
        self._begin(by_business=False)
        return None

    def take(self, *, for_good: bool) -> int | str | None:
        """The business accepts a user's call, or only prepares to (C6)."""
        if self.line.restriction == "blocked":
            return 131031
        if self.call is None or self.call.by_business or self.call.rings_until is None:
            return "conflict"
        if for_good:
            self._connect(self.call)
        return None

    def turn_away(self) -> int | str | None:
        """The business rejects a user's call (C6)."""
        if self.call is None or self.call.by_business or self.call.rings_until is None:
            return "conflict"
        self._over(counts=False)
        return None

    def pick_up(self) -> int | str | None:
        if not self._rings() or self.call is None:
            return "conflict"
        self._connect(self.call)
        self.pick_ups.append(self.now)
        return None

    def reject(self) -> int | str | None:
        if not self._rings():
            return "conflict"
        self._over(counts=True)
        return None

    def hang_up(self) -> int | str | None:
        if self.call is None or (self.call.by_business and self.call.rings_until is not None):
            return "conflict"
        self._over(counts=True)
        return None

    def switch(self, phone: str) -> int | str | None:
        self.phone = phone
        for request in self.asked:
            if request.state == "sent" and request.next_status is None:
                self._status(request)
        return None

    def _due(self) -> list[int]:
        ring = self.call.rings_until if self.call else None
        instants = [self.expires_at, ring, *(request.next_status for request in self.asked)]
        return [at for at in instants if at is not None]

    def _status(self, request: Asked) -> None:
        request.next_status = None
        if self.phone == OUTDATED:
            request.state, request.counts = "failed", False
        elif request.state == "accepted":
            request.state, request.next_status = "sent", self.now + self.figures.status_delay
        elif self.phone == ON:
            request.state, request.expires = "delivered", self.now + WEEK

    def _answered(self, which: int) -> None:
        for older in self.asked[:which]:
            older.superseded = True
        if not self.asked[which].answered:
            self.asked[which].answered, self.asked[which].expires = True, self.now + WEEK

    def _rings(self) -> bool:
        ringing = self.call is not None and self.call.by_business and self.call.rings_until is not None
        return ringing and self.phone != OFF

    def _begin(self, *, by_business: bool) -> None:
        self.call = Ongoing(by_business, self.now + RING)
        self.line.going_on += 1

    def _connect(self, call: Ongoing) -> None:
        call.rings_until = None
        self.unanswered, self.nudged = 0, False
        for request in self.asked:
            request.counts = False

    def _over(self, *, counts: bool) -> None:
        call, self.call = self.call, None
        if call is None:
            return
        self.line.going_on -= 1
        if not call.by_business:
            self._called_back()
        elif call.rings_until is not None and counts:
            self._unanswered()

    def _unanswered(self) -> None:
        self.unanswered += 1
        if self.unanswered >= self.figures.revoke_after:
            self.permanent, self.expires_at = False, None
        elif self.unanswered >= self.figures.nudge_after:
            self.nudged = True

    def _called_back(self) -> None:
        granted = self._whole(self.now) + self.figures.temporary
        if self.figures.callback and not self.permanent and (self.expires_at or 0) <= granted:
            self.expires_at = granted
            self.unanswered, self.nudged = 0, False

    @staticmethod
    def _whole(at: int) -> int:
        return at // 1000 * 1000
