"""Which of the waiting deliveries may go (W5).

Of a lane's queue only the head may, and whatever does not hold its lane: these are *ready*, all others stand behind
them. What is ready is *later* until it is due and *ripe* from then on. The two are asked for in different orders, later
ones by due time and ripe ones by age, so each has indexes of its own, and neither question costs more the more wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mock_server.store.rows import Delivery, DeliveryState
from mock_server.store.sql.steps import Many, Query, Steps, first

BEHIND: Final = 0
LATER: Final = 1
RIPE: Final = 2

SLICE: Final = 2000  # rows that become ripe in one transaction; the next ones with the next claim, or the next success

# One end of a lane's queue, locked. A row that leaves the queue while its lock is waited for is passed over.
_END: Final = (
    "SELECT number FROM deliveries WHERE epoch = $1 AND subscription = $2 AND wa_id = $3 AND holds = 1"
    " AND finished IS NULL ORDER BY number {which}"
)
_PROMOTE: Final = (
    f"UPDATE deliveries SET ready = CASE WHEN due <= $4 THEN {RIPE} ELSE {LATER} END"  # noqa: S608  our own words
    f" WHERE ready = {BEHIND} AND number = ({_END.format(which='LIMIT 1 FOR UPDATE')})"
)
_LAST: Final = _END.format(which="DESC LIMIT 1 FOR SHARE")
# What others have in hand at this moment is left to them. Materialized: chosen once, however the rest is planned.
_SOME: Final = (
    f"WITH chosen AS MATERIALIZED (SELECT number FROM deliveries WHERE epoch = $1 AND ready = {LATER}"  # noqa: S608
    f" AND {{which}} ORDER BY {{order}} LIMIT {SLICE} FOR UPDATE SKIP LOCKED)"
    f" UPDATE deliveries SET ready = {RIPE}{{more}} WHERE number IN (SELECT number FROM chosen)"
)
_RIPEN: Final = _SOME.format(which="due <= $2", order="due", more="") + " RETURNING number"
_BRING_FORWARD: Final = _SOME.format(
    which="url = $3 AND due + 0 > $2 AND failures > 0", order="due + 0", more=", due = $2"
)


def of(row: Delivery) -> int:
    """The readiness of a row at the head of its lane, or out of order: one that is due when it was made is ripe."""
    if row.state is not DeliveryState.WAITING:
        return BEHIND
    return RIPE if row.due <= row.created_at else LATER


def queue_is_empty(epoch: int, row: Delivery) -> Steps[bool]:
    """Whether a row would be the head of its lane's queue.

    It stays so until the end of the transaction: the last of the queue is locked, so that who takes it out waits and
    then sees what has come behind it.
    """
    return (yield from first(_LAST, epoch, row.subscription_id, row.wa_id)) is None


def promote(epoch: int, rows: Sequence[Delivery], *, now: int) -> Steps[None]:
    """Whatever is the head of these rows' lanes now is ready."""
    lanes = sorted({row.lane for row in rows})
    yield Many(_PROMOTE, [(epoch, *lane, now) for lane in lanes])


def ripen(epoch: int, *, now: int) -> Steps[int]:
    """What is due at `now` is ripe, the longest due first; answers how many rows that were, at most SLICE."""
    return len((yield Query(_RIPEN, (epoch, now))))


def bring_forward(epoch: int, url: str, *, now: int) -> Steps[None]:
    """The receiver is there again: what failed at this URL is due now (W5).

    A slice of it, the soonest first; each of those that arrives brings a further one.
    """
    yield Query(_BRING_FORWARD, (epoch, now, url))
