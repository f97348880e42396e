"""Faults on request: which one strikes, how often still (BEHAVIOUR section 9).

Pure. All counts are in the app's row: they are kept together with what was struck, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from mock_server import ids
from mock_server.errors import Conflict, NotFound
from mock_server.store.mischief import MISCHIEF, Turn
from mock_server.store.rows import App, Delivery, Fault, Struck

FAULTS_BOUND: Final = 100  # per app, spent ones included
EVERYTHING: Final = "*"
_CHANCES: Final = 2**48


class Stricken(msgspec.Struct, frozen=True, gc=False):
    """Deliveries as the app's faults leave them, the app's row after that, and what the journal says of it."""

    app: App
    deliveries: tuple[Delivery, ...]
    records: tuple[Struck, ...] = ()


# Setting and clearing


def added(app: App, fault: Fault, *, seed: str) -> tuple[App, Fault]:
    """The app with a further fault, and that fault with its id; `seed` is the store's, for a fault without its own.

    Beyond the bound spent ones are forgotten, the oldest first. Raises Conflict where all can still strike.
    """
    kept = app.faults
    if len(kept) >= FAULTS_BOUND:
        spent = next((row for row in kept if row.spent), None)
        if spent is None:
            sentence = f"This app has {FAULTS_BOUND} faults, which is the bound; clear some first."
            raise Conflict("too_many_faults", sentence)
        kept = tuple(row for row in kept if row is not spent)
    number = app.faults_made + 1
    made = msgspec.structs.replace(fault, id=number)
    if made.seed is None:
        own = int.from_bytes(ids.digest(seed, app.id, "fault", number, size=4)) >> 1
        made = msgspec.structs.replace(made, seed=own)
    return msgspec.structs.replace(app, faults=(*kept, made), faults_made=number), made


def cleared(app: App, fault_id: int | None = None) -> App:
    """The app without this fault, or without any. Raises NotFound."""
    kept = tuple(row for row in app.faults if fault_id is not None and row.id != fault_id)
    if fault_id is not None and len(kept) == len(app.faults):
        raise NotFound("unknown_fault", f"There is no fault {fault_id}; list them to see which there are.")
    return msgspec.structs.replace(app, faults=kept)


# Striking


def asked(fault: Fault) -> tuple[bool, Fault]:
    """Whether a fault strikes now, and its row after the question. With the same seed the same answers, in order."""
    if fault.spent:
        return False, fault
    chance = int.from_bytes(ids.digest(str(fault.seed), "fault", fault.considered, size=6)) / _CHANCES
    strikes = chance < fault.probability
    considered, fired = fault.considered + 1, fault.fired + strikes
    return strikes, msgspec.structs.replace(fault, considered=considered, fired=fired)


def may_strike(app: App, names: Sequence[str]) -> bool:
    """Whether any fault is for a request that goes by these names ("POST /path"): then it has to be asked."""
    return any(_is_for(fault, names) for fault in app.faults)


def strike_request(app: App, names: Sequence[str]) -> tuple[App, tuple[Fault, ...]]:
    """The faults that strike a request, at most one delay and one other: the first of each that strikes.

    The others keep their turn for the next request. A request goes by several names: as it was asked, and its route.
    """
    rows, struck = list(app.faults), dict[bool, Fault]()
    for place, fault in enumerate(rows):
        is_delay = fault.fault == "delay"
        if is_delay not in struck and _is_for(fault, names):
            strikes, rows[place] = asked(fault)
            if strikes:
                struck[is_delay] = rows[place]
    return msgspec.structs.replace(app, faults=tuple(rows)), tuple(struck.values())


def strike(app: App, deliveries: tuple[Delivery, ...]) -> Stricken:
    """What the app's faults do to the deliveries of one unit of work, each fault in its turn, the oldest first."""
    if not app.faults or not deliveries:
        return Stricken(app, deliveries)
    rows, faults, records = list(deliveries), list(app.faults), list[Struck]()
    for place, fault in enumerate(faults):
        if fault.webhook is not None and fault.fault in MISCHIEF and not fault.spent:
            turn = Turn(fault, app.subscriptions, asked)
            rows = MISCHIEF[fault.fault](turn, rows)
            faults[place] = turn.fault
            records += turn.records
    if all(new is old for new, old in zip(faults, app.faults, strict=True)):
        return Stricken(app, deliveries)
    return Stricken(msgspec.structs.replace(app, faults=tuple(faults)), tuple(rows), tuple(records))


def _is_for(fault: Fault, names: Sequence[str]) -> bool:
    if fault.route is None or fault.spent:
        return False
    return fault.route == EVERYTHING or any(fault.route in name for name in names)
