"""What is done when there is time: numbering, freeing, and looking for what is due (T7, W6)."""

from __future__ import annotations

from typing import Final

from mock_server.store.protocol import Due
from mock_server.store.sql import journal, numbering, outbox
from mock_server.store.sql.steps import Query, Steps, now

SLICE: Final = 1000  # rows freed in one transaction

_TABLES: Final = (("conversations", "wa_id"), ("calls_going_on", "call_id"), ("deliveries", "number"), ("lanes", "url"))


def free() -> Steps[bool]:
    """Free a slice of what nobody will ask for; False when there was nothing."""
    over = yield Query("SELECT epoch FROM epochs_over ORDER BY epoch LIMIT 1")
    if not over:
        return False
    epoch = over[0][0]
    for table, column in _TABLES:
        rows = yield Query(f"SELECT {column} FROM {table} WHERE epoch = $1 LIMIT $2", (epoch, SLICE))  # noqa: S608
        if rows:
            yield Query(
                f"DELETE FROM {table} WHERE epoch = $1 AND {column} IN"  # noqa: S608  our own words
                f" (SELECT {column} FROM {table} WHERE epoch = $1 LIMIT $2)",
                (epoch, SLICE),
            )
            return True
    yield Query("DELETE FROM epochs_over WHERE epoch = $1", (epoch,))
    return True


def trim(seen: dict[str, int]) -> Steps[dict[str, int]]:
    """Free what journals have beyond their bounds, of those that went on since `seen`; answers where all stand."""
    ends = yield from numbering.ends()
    for app_id, last in ends.items():
        if seen.get(app_id) != last:
            yield from journal.trim(app_id)
    return ends


def due(owner: str) -> Steps[Due]:
    """The apps that have something to do now, whoever made it, and the advances that nobody goes on with."""
    machine = yield from now()
    rows = yield Query(
        "SELECT a.id, a.advance_owner, a.advance_until FROM apps a WHERE a.advance_owner IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM conversations c WHERE c.epoch = a.epoch"
        "  AND c.next_timer <= COALESCE(a.frozen_at, $1 + a.clock_offset))"
        " OR (SELECT d.number FROM deliveries d WHERE d.epoch = a.epoch AND d.ready = 2"
        "  AND (d.others_from <= $1 OR d.maker = $2) LIMIT 1) IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM deliveries d WHERE d.epoch = a.epoch AND d.ready = 1"
        "  AND d.due <= COALESCE(a.frozen_at, $1 + a.clock_offset) AND (d.others_from <= $1 OR d.maker = $2))",
        (machine, owner),
    )
    unfinished = [row[0] for row in rows if row[1] is not None and row[1] != owner and (row[2] or 0) <= machine]
    return Due([row[0] for row in rows if row[1] is None], unfinished)


def renew_advances(owner: str, lease: int) -> Steps[None]:
    """The advances that this process is going on with stay its own."""
    machine = yield from now()
    yield Query("UPDATE apps SET advance_until = $2 WHERE advance_owner = $1", (owner, machine + lease))


def let_go(owner: str) -> Steps[None]:
    """A process ends in order: others may go on at once with all that is its own."""
    yield Query("UPDATE apps SET advance_until = 0 WHERE advance_owner = $1", (owner,))
    yield from outbox.release(owner)


def last_record() -> Steps[int]:
    """Grows when anybody writes to a journal."""
    return int((yield Query("SELECT COALESCE(max(id), 0) FROM journal"))[0][0])


def take_over() -> Steps[None]:
    """Nobody else is there: what somebody had claimed or begun when it ended is to be gone on with now."""
    yield Query("UPDATE apps SET advance_until = 0 WHERE advance_owner IS NOT NULL")
    yield from outbox.free_all()
