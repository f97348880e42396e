"""What may happen between a business and one user, written from BEHAVIOUR and from nothing else.

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
    """The figures of section 5 that concern one user, and the two settings that matter here."""

    requests_per_24h: int = 1
    requests_per_7d: int = 2
    connected_calls_per_24h: int = 5
    temporary: int = WEEK
    nudge_after: int = 2
    revoke_after: int = 4
    callback: bool = False
    status_delay: int = 0


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
    """One user, as the business number knows the user."""

    figures: Figures
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
        instants = [*of_requests, *(at + DAY for at in self.pick_ups), self.expires_at, ring]
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
        if self.permanent:
            return 138017
        if self.used(DAY) >= self.figures.requests_per_24h or self.used(WEEK) >= self.figures.requests_per_7d:
            return 138009
        self.asked.append(Asked(self.now, self.now + self.figures.status_delay))
        self.pass_time(self.now)
        return None

    def place(self) -> int | str | None:
        if self.phone == OUTDATED:
            return 138001
        if not self.may_be_called:
            return 138006
        if self.connected() >= self.figures.connected_calls_per_24h:
            return 138012
        if self.call:
            return 138003
        self.call = Ongoing(by_business=True, rings_until=self.now + RING)
        return None

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

    def revoke(self) -> int | str | None:
        if self.phone != ON or not self.may_be_called:
            return "conflict"
        self.permanent, self.expires_at = False, None
        return None

    def look(self) -> int | str | None:
        return "conflict" if self.phone == OFF else None

    def call_business(self) -> int | str | None:
        if self.phone == OFF or self.call:
            return "conflict"
        self.call = Ongoing(by_business=False, rings_until=self.now + RING)
        return None

    def pick_up(self) -> int | str | None:
        if not self._rings() or self.call is None:
            return "conflict"
        self.call.rings_until = None
        self.pick_ups.append(self.now)
        self.unanswered, self.nudged = 0, False
        for request in self.asked:
            request.counts = False
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

    def _over(self, *, counts: bool) -> None:
        call, self.call = self.call, None
        if call is None:
            return
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
