"""What each fault does to webhooks (BEHAVIOUR section 9). Pure: rows of one unit of work in, rows out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from mock_server.clock import SECOND
from mock_server.engine.events import AnyEvent
from mock_server.settings import Dialect
from mock_server.store.rows import Attempt, Delivery, DeliveryState, Fault, Struck
from mock_server.subscriptions import Subscription

USERS_REMEMBERED: Final = 100  # by a `stale` fault

Rows: TypeAlias = list[Delivery]


class Turn:
    """One fault at the webhooks of one unit of work. `asked` tells whether a fault strikes, and its row after that."""

    def __init__(
        self, fault: Fault, subscriptions: tuple[Subscription, ...], asked: Callable[[Fault], tuple[bool, Fault]]
    ) -> None:
        self.fault = fault
        self.records: list[Struck] = []
        self._asked = asked
        self._subscriptions = {subscription.id: subscription for subscription in subscriptions}

    def meets(self, row: Delivery) -> bool:
        """Whether the fault is for this webhook: of the wanted kind, and not dropped by another one."""
        return row.state is DeliveryState.WAITING and self.fault.webhook in {"*", row.kind, row.topic}

    def can_break(self, row: Delivery) -> bool:
        """Whether there is anything in the headers by which the receiver knows its sender."""
        subscription = self._subscriptions[row.subscription_id]
        return subscription.dialect is Dialect.META or bool(subscription.headers)

    def takes(self, row: Delivery, event: AnyEvent) -> bool:
        """Whether this webhook's subscription wants another event, too."""
        return self._subscriptions[row.subscription_id].wants(event.topic)

    def strikes(self, row: Delivery, how: str) -> bool:
        """Whether the fault strikes now; then the journal says how."""
        strikes, self.fault = self._asked(self.fault)
        if strikes:
            sentence = f"{_word(row)} to subscription {row.subscription_id}: {how}"
            self.records.append(Struck(self.fault.id, self.fault.fault, sentence))
        return strikes

    def lanes(self, rows: Rows) -> list[list[int]]:
        """The places of the webhooks that the fault is for, lane by lane."""
        found: dict[tuple[str, str], list[int]] = {}
        for place, row in enumerate(rows):
            if self.meets(row) and row.holds:
                found.setdefault(row.lane, []).append(place)
        return list(found.values())

    def later(self, row: Delivery) -> Delivery:
        """Due later by the fault's seconds; what comes after it does not wait for it."""
        return msgspec.structs.replace(row, due=row.due + round(self.fault.seconds * SECOND), holds=False)


def _drop(turn: Turn, rows: Rows) -> Rows:
    """Never sent: dead at once, with the reason (W6)."""
    return [
        _dead(row, turn.fault.id) if turn.meets(row) and turn.strikes(row, "dropped, never sent") else row
        for row in rows
    ]


def _dead(row: Delivery, fault_id: int) -> Delivery:
    reason = Attempt(0, row.due, "not_sent", sentence=f"not_sent: dropped by fault {fault_id}")
    return msgspec.structs.replace(row, state=DeliveryState.DEAD, attempts=(reason,))


def _duplicate(turn: Turn, rows: Rows) -> Rows:
    """The same again, right behind it in its lane."""
    after: Rows = []
    for row in rows:
        after.append(row)
        if turn.meets(row) and turn.strikes(row, "sent twice"):
            after.append(msgspec.structs.replace(row, id=f"{row.id}-again-{turn.fault.id}", duplicate=True))
    return after


def _delay(turn: Turn, rows: Rows) -> Rows:
    """Late, on the app's clock, and later ones of the same user may overtake it."""
    how = f"sent {turn.fault.seconds:g} s late"
    return [turn.later(row) if turn.meets(row) and turn.strikes(row, how) else row for row in rows]


def _reorder(turn: Turn, rows: Rows) -> Rows:
    """Several of one lane go the other way round; one alone goes later, so that the next overtakes it."""
    after = list(rows)
    for places in turn.lanes(rows):
        first = rows[places[0]]
        if len(places) == 1:
            if turn.strikes(first, f"sent {turn.fault.seconds:g} s late, so that the next overtakes it"):
                after[places[0]] = turn.later(first)
        elif turn.strikes(first, f"and {len(places) - 1} more sent in reverse order"):
            for place, other in zip(places, reversed(places), strict=True):
                after[place] = rows[other]
    return after


def _batch(turn: Turn, rows: Rows) -> Rows:
    """Several of one lane in one body. One alone is sent as it is, and the fault has not fired."""
    after: dict[int, Delivery] = dict(enumerate(rows))
    for places in turn.lanes(rows):
        first, others = places[0], places[1:]
        if others and turn.strikes(rows[first], f"and {len(others)} more sent as one"):
            events = (event for other in others for event in (rows[other].event, *rows[other].batched) if event)
            after[first] = msgspec.structs.replace(rows[first], batched=(*rows[first].batched, *events))
            for other in others:
                del after[other]
    return list(after.values())


def _break_signature(turn: Turn, rows: Rows) -> Rows:
    """A wrong signature on meta, a wrong registered header on gupshup. Where there is neither it has not fired."""
    return [
        msgspec.structs.replace(row, signature="wrong")
        if turn.meets(row) and turn.can_break(row) and turn.strikes(row, _BROKEN[row.dialect])
        else row
        for row in rows
    ]


_BROKEN: Final = {
    Dialect.META: "sent with a wrong signature",
    Dialect.GUPSHUP: "sent with wrong values in the registered headers",
}


def _stale(turn: Turn, rows: Rows) -> Rows:
    """Behind an event, the same user's event before it comes once more."""
    last = {event.contact.wa_id: event for event in turn.fault.remembered}
    before: dict[str, AnyEvent] = {}
    after: Rows = []
    for row in rows:
        after.append(row)
        if row.event is None or not turn.meets(row):
            continue
        known = last.pop(row.wa_id, None)
        if known is not None and known.number != row.event.number:  # else it was this event, to another subscription
            before[row.wa_id] = known
        last[row.wa_id] = row.event
        old = before.get(row.wa_id)
        if old is not None and turn.takes(row, old) and turn.strikes(row, f"followed by the {_word(old)} before it"):
            after.append(_copy_of(old, row, turn.fault.id))
    remembered = () if turn.fault.spent else tuple(last.values())[-USERS_REMEMBERED:]
    if remembered != turn.fault.remembered:
        turn.fault = msgspec.structs.replace(turn.fault, remembered=remembered)
    return after


def _copy_of(event: AnyEvent, row: Delivery, fault_id: int) -> Delivery:
    """An earlier event on the way of this one."""
    return msgspec.structs.replace(
        row,
        id=f"{row.id}-stale-{fault_id}",
        event=event,
        kind=event.kind,
        duplicate=True,
        batched=(),
        signature="right",
    )


def _word(what: Delivery | AnyEvent) -> str:
    return what.topic.replace(":", " ")


MISCHIEF: Final[dict[str, Callable[[Turn, Rows], Rows]]] = {
    "drop": _drop,
    "duplicate": _duplicate,
    "delay": _delay,
    "reorder": _reorder,
    "batch": _batch,
    "break_signature": _break_signature,
    "stale": _stale,
}
