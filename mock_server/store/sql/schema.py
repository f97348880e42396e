"""The tables, and how an older file becomes a newer one.

One text for every database, but for three words. What belongs to an app's present life hangs on its *epoch*, a number
that the store gives once: a reset, a load or the end of an app takes another one, and what hung on the old one is freed
in slices when there is time. Values are JSON (`data`); only what is searched or ordered is a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from mock_server.errors import SandboxError
from mock_server.store.sql import meta
from mock_server.store.sql.steps import Hold, Query, Steps

_FIRST: Final = (
    # version, seed, partner, generation (raised by a load), epoch (the last one given)
    "CREATE TABLE sandbox_meta (key TEXT PRIMARY KEY, value {bytes} NOT NULL)",
    """CREATE TABLE apps (
        id TEXT PRIMARY KEY,
        epoch BIGINT NOT NULL UNIQUE,
        token TEXT NOT NULL UNIQUE,
        phone_number_id TEXT NOT NULL UNIQUE,
        business_number TEXT NOT NULL UNIQUE,
        waba_id TEXT NOT NULL,
        meta_app_id TEXT NOT NULL,
        clock_offset BIGINT NOT NULL,
        frozen_at BIGINT,
        advance_owner TEXT,
        advance_until BIGINT,
        data {bytes} NOT NULL
    )""",
    # Epochs that are over, to be freed.
    "CREATE TABLE epochs_over (epoch BIGINT PRIMARY KEY)",
    # `next_timer` is the due time of the conversation's first timer.
    """CREATE TABLE conversations (
        epoch BIGINT NOT NULL,
        wa_id TEXT NOT NULL,
        next_timer BIGINT,
        data {bytes} NOT NULL,
        PRIMARY KEY (epoch, wa_id)
    )""",
    "CREATE INDEX conversations_timers ON conversations (epoch, next_timer, wa_id) WHERE next_timer IS NOT NULL",
    """CREATE TABLE calls_going_on (
        epoch BIGINT NOT NULL,
        call_id TEXT NOT NULL,
        wa_id TEXT NOT NULL,
        PRIMARY KEY (epoch, call_id)
    ){clustered}""",
    # `number` orders the deliveries of a lane. `ready` is as `readiness` has it. `finished` is NULL while it waits,
    # then the time when it ended (on the app's clock). Until `others_from` (the machine's time) only its `maker` may
    # claim it.
    """CREATE TABLE deliveries (
        number {serial},
        epoch BIGINT NOT NULL,
        id TEXT NOT NULL,
        subscription TEXT NOT NULL,
        wa_id TEXT NOT NULL,
        url TEXT NOT NULL,
        kind TEXT NOT NULL,
        topic TEXT NOT NULL,
        state TEXT NOT NULL,
        due BIGINT NOT NULL,
        holds BIGINT NOT NULL,
        failures BIGINT NOT NULL,
        ready BIGINT NOT NULL,
        finished BIGINT,
        maker TEXT NOT NULL,
        others_from BIGINT NOT NULL,
        data {bytes} NOT NULL,
        UNIQUE (epoch, id)
    )""",
    "CREATE INDEX deliveries_in_order ON deliveries (epoch, number)",
    "CREATE INDEX deliveries_lanes ON deliveries (epoch, subscription, wa_id, holds, number, finished)"
    " WHERE finished IS NULL",
    "CREATE INDEX deliveries_ripe ON deliveries (epoch, url, number) WHERE ready = 2",
    "CREATE INDEX deliveries_later ON deliveries (epoch, due) WHERE ready = 1",
    # `due + 0`: a question about one URL cannot be answered from the index above, which knows of none.
    "CREATE INDEX deliveries_later_at ON deliveries (epoch, url, (due + 0)) WHERE ready = 1",
    "CREATE INDEX deliveries_finished ON deliveries (epoch, finished, number) WHERE finished IS NOT NULL",
    # A lane that somebody has claimed, until the lease ends (the machine's time). `ticket`: in which of its claimings.
    """CREATE TABLE lanes (
        epoch BIGINT NOT NULL,
        subscription TEXT NOT NULL,
        wa_id TEXT NOT NULL,
        url TEXT NOT NULL,
        delivery BIGINT NOT NULL,
        owner TEXT NOT NULL,
        ticket BIGINT NOT NULL,
        until BIGINT NOT NULL,
        PRIMARY KEY (epoch, subscription, wa_id)
    ){clustered}""",
    # A row holds the records of one unit of work, `size` of them. `number` and `feed` are those of its last record, in
    # the app's journal and in the feed of all; NULL until somebody numbers what is there. Without an app: ''.
    """CREATE TABLE journal (
        id {serial},
        app TEXT NOT NULL,
        number BIGINT,
        feed BIGINT,
        size BIGINT NOT NULL,
        findings BIGINT NOT NULL,
        at BIGINT NOT NULL,
        machine_at BIGINT NOT NULL,
        wa_id TEXT,
        data {bytes} NOT NULL
    )""",
    "CREATE INDEX journal_fresh ON journal (id) WHERE feed IS NULL",
    "CREATE INDEX journal_feed ON journal (feed) WHERE feed IS NOT NULL",
    "CREATE INDEX journal_numbers ON journal (app, number) WHERE number IS NOT NULL",
    "CREATE INDEX journal_findings ON journal (app, number) WHERE findings > 0",
    # Where each app's journal stands; the feed of all has the app ''. `cleared`: nothing up to this number is shown.
    # `cut`: up to this number only findings are, for want of room.
    """CREATE TABLE journals (
        app TEXT PRIMARY KEY,
        last BIGINT NOT NULL,
        cleared BIGINT NOT NULL,
        findings_lost BIGINT NOT NULL,
        last_finding_lost BIGINT NOT NULL,
        cut BIGINT NOT NULL
    )""",
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST,)  # each takes the tables from one version to the next


class Dialect(NamedTuple):
    """What two databases say differently about tables."""

    words: dict[str, str]
    tables: str  # a question whose answer is the names of the tables that are there


DIALECTS: Final = {
    "sqlite": Dialect(
        {"bytes": "BLOB", "serial": "INTEGER PRIMARY KEY", "clustered": " WITHOUT ROWID"},
        "SELECT name FROM sqlite_master WHERE type = 'table'",
    ),
    "postgresql": Dialect(
        {"bytes": "BYTEA", "serial": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "clustered": ""},
        "SELECT c.relname::text FROM pg_class c"
        " WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(current_schema())",
    ),
}


def migrate(dialect: Dialect, migrations: Sequence[tuple[str, ...]] = MIGRATIONS) -> Steps[None]:
    """Bring the tables to this program's version. Raises SandboxError for what it cannot read."""
    yield Hold("schema")
    names = {row[0] for row in (yield Query(dialect.tables))}
    version = 0
    if "sandbox_meta" in names:
        version = int((yield Query("SELECT value FROM sandbox_meta WHERE key = 'version'"))[0][0])
    elif names:
        raise SandboxError("store", "it holds tables of something else; give the sandbox a place of its own")
    if version > len(migrations):
        raise SandboxError(
            "store",
            f"a newer gupshup-mock wrote it (tables of version {version}, this one knows {len(migrations)}); "
            "use that one, or another place",
        )
    for statements in migrations[version:]:
        for statement in statements:
            yield Query(statement.format_map(dialect.words))
    if version < len(migrations):
        yield from meta.put("version", b"%d" % len(migrations))
