"""Conversations, their first timers, and the calls that are going on."""

from __future__ import annotations

from mock_server.engine.state import CallState, Conversation
from mock_server.store.sql import codec
from mock_server.store.sql.steps import Many, Query, Steps, first, query


def get(epoch: int, wa_id: str) -> Steps[Conversation | None]:
    row = yield from first("SELECT data FROM conversations WHERE epoch = $1 AND wa_id = $2", epoch, wa_id)
    return None if row is None else codec.CONVERSATION.decode(row[0])


def page(epoch: int, after: str, limit: int) -> Steps[list[Conversation]]:
    rows = yield from query(
        "SELECT data FROM conversations WHERE epoch = $1 AND wa_id > $2 ORDER BY wa_id LIMIT $3", epoch, after, limit
    )
    return [codec.CONVERSATION.decode(row[0]) for row in rows]


def keep(epoch: int, new: Conversation, old: Conversation | None) -> Steps[None]:
    """A conversation's new row. `old` is the one before, None for a user that nobody has met."""
    data = codec.encode(new)
    if old is None:
        yield Query(
            "INSERT INTO conversations (epoch, wa_id, next_timer, data) VALUES ($1, $2, $3, $4)",
            (epoch, new.wa_id, _next_timer(new), data),
        )
    else:
        yield Query(
            "UPDATE conversations SET next_timer = $3, data = $4 WHERE epoch = $1 AND wa_id = $2",
            (epoch, new.wa_id, _next_timer(new), data),
        )
    if old is None or old.calls is not new.calls:
        yield from _keep_calls(epoch, new.wa_id, _going_on(new), frozenset() if old is None else _going_on(old))


def restore(epoch: int, rows: tuple[Conversation, ...]) -> Steps[None]:
    """Conversations of a snapshot."""
    yield Many(
        "INSERT INTO conversations (epoch, wa_id, next_timer, data) VALUES ($1, $2, $3, $4)",
        [(epoch, row.wa_id, _next_timer(row), codec.encode(row)) for row in rows],
    )
    for row in rows:
        yield from _keep_calls(epoch, row.wa_id, _going_on(row), frozenset())


def all_of(epoch: int) -> Steps[tuple[Conversation, ...]]:
    rows = yield from query("SELECT data FROM conversations WHERE epoch = $1 ORDER BY wa_id", epoch)
    return tuple(codec.CONVERSATION.decode(row[0]) for row in rows)


def count(epoch: int) -> Steps[int]:
    return int((yield Query("SELECT count(*) FROM conversations WHERE epoch = $1", (epoch,)))[0][0])


def of_call(epoch: int, call_id: str) -> Steps[str | None]:
    row = yield from first("SELECT wa_id FROM calls_going_on WHERE epoch = $1 AND call_id = $2", epoch, call_id)
    return None if row is None else str(row[0])


def next_timer(epoch: int) -> Steps[tuple[int, str] | None]:
    """The first timer: when it is due, and in whose conversation (T7)."""
    row = yield from first(
        "SELECT next_timer, wa_id FROM conversations WHERE epoch = $1 AND next_timer IS NOT NULL"
        " ORDER BY next_timer, wa_id LIMIT 1",
        epoch,
    )
    return None if row is None else (row[0], row[1])


def _next_timer(conversation: Conversation) -> int | None:
    return conversation.timers[0].due if conversation.timers else None


def _going_on(conversation: Conversation) -> frozenset[str]:
    return frozenset(call.id for call in conversation.calls if call.state is not CallState.ENDED)


def _keep_calls(epoch: int, wa_id: str, new: frozenset[str], old: frozenset[str]) -> Steps[None]:
    for call_id in sorted(old - new):
        yield Query("DELETE FROM calls_going_on WHERE epoch = $1 AND call_id = $2", (epoch, call_id))
    for call_id in sorted(new - old):
        yield Query("INSERT INTO calls_going_on (epoch, call_id, wa_id) VALUES ($1, $2, $3)", (epoch, call_id, wa_id))
