"""Apps: their rows, their gates, and who is advancing their clocks."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from mock_server.errors import Conflict, NotFound
from mock_server.ids import same_secret
from mock_server.store.protocol import APPS_BOUND
from mock_server.store.rows import App
from mock_server.store.sql import codec, meta
from mock_server.store.sql.steps import Hold, Query, Steps, first, now, query
from mock_server.store.work import Now

ALL: Final = "apps"  # the lock on which apps there are
_UNIQUE: Final = ("id", "token", "phone_number_id", "business_number")


class Row(NamedTuple):
    """An app as it is kept, at the instant it was read."""

    app: App
    epoch: int
    advance_owner: str | None
    advance_until: int
    now: Now

    def advanced_by_another(self, owner: str) -> bool:
        """Whether another process moves this app's clock: its timers and deliveries are that one's (T2)."""
        return self.advance_owner not in {None, owner} and self.advance_until > self.now.machine

    def takes_over(self, app: App, owner: str) -> bool:
        """Whether this change goes on with an advance that another process began and does not go on with (T2)."""
        return app.clock is not self.app.clock and self.advance_owner not in {None, owner}

    def advance_after(self, app: App, *, owner: str, lease: int) -> tuple[str | None, int | None]:
        """Whose the advance is once the app is kept so, and until when: who moves the clock has it.

        Raises Conflict when the clock is another's to move.
        """
        if app.clock is self.app.clock:
            return self.advance_owner, self.advance_until if self.advance_owner else None
        if self.advanced_by_another(owner):
            sentence = "Another process of this sandbox has taken this app's clock further; ask it what time it is."
            raise Conflict("advancing", sentence)
        return (owner, self.now.machine + lease) if app.clock.target is not None else (None, None)


def gate(app_id: str) -> str:
    """The name of the app's lock: each unit of work holds it shared, what changes the app's row alone."""
    return f"app:{app_id}"


def user(app_id: str, wa_id: str) -> str:
    """The name of a user's lock: who changes the conversation, or adds to the lanes of that user, holds it."""
    return f"user:{app_id}:{wa_id}"


def entered(app_id: str, *, alone: bool) -> Steps[Row]:
    """Go through the app's gate, then read the time and the app's row. Raises NotFound."""
    return (yield from row(app_id, Hold(gate(app_id), shared=not alone)))


def row(app_id: str, *holds: Hold) -> Steps[Row]:
    """The app's row, once these locks are held. Raises NotFound."""
    machine = yield from now(*holds)
    found = yield from first("SELECT data, epoch, advance_owner, advance_until FROM apps WHERE id = $1", app_id)
    if found is None:
        raise unknown(app_id)
    return as_row(found, machine)


def as_row(found: Any, machine: int) -> Row:
    """From columns: data, epoch, advance_owner, advance_until."""
    app = codec.app(found[0])
    return Row(app, found[1], found[2], found[3] or 0, Now(app.clock.now(machine), machine))


def unknown(app_id: str) -> NotFound:
    return NotFound("unknown_app", f"There is no app {app_id[:80]!r}; GET /_sandbox/apps lists them.")


def one(app_id: str) -> Steps[tuple[App, int]]:
    """The app and its epoch, without its gate. Raises NotFound."""
    found = yield from first("SELECT data, epoch FROM apps WHERE id = $1", app_id)
    if found is None:
        raise unknown(app_id)
    return codec.app(found[0]), int(found[1])


def page(after: str, limit: int) -> Steps[list[App]]:
    rows = yield from query("SELECT data FROM apps WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
    return [codec.app(row[0]) for row in rows]


def having(column: str, value: str) -> Steps[list[App]]:
    """The apps with this id of Meta's. `column` is one of the table's."""
    rows = yield from query(f"SELECT data FROM apps WHERE {column} = $1 ORDER BY id", value)  # noqa: S608  our own word
    return [codec.app(row[0]) for row in rows]


def owner_of(token: str) -> Steps[str | None]:
    """Every good token of every app is compared, each in constant time (A4)."""
    machine = yield from now()
    rows = yield from query("SELECT data FROM apps ORDER BY id")
    owners = [app.id for row in rows if _owns(app := codec.app(row[0]), token, machine)]
    return owners[0] if owners else None


def add(app: App) -> Steps[int]:
    """Keep a new app; answers its epoch. Raises Conflict."""
    yield Hold(ALL)
    count = yield from first("SELECT count(*) FROM apps")
    if count is not None and count[0] >= APPS_BOUND:
        raise Conflict("too_many_apps", f"There are {APPS_BOUND} apps, which is the bound; delete one first.")
    yield from check_distinct(app, beside="")
    epoch = yield from meta.raised("epoch")
    yield from insert(app, epoch)
    return epoch


def insert(app: App, epoch: int) -> Steps[None]:
    settings, clock = app.settings, app.clock
    yield from query(
        "INSERT INTO apps (id, epoch, token, phone_number_id, business_number, waba_id, meta_app_id, clock_offset,"
        " frozen_at, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *(app.id, epoch, settings.token, settings.phone_number_id, settings.business_number, settings.waba_id),
        *(settings.meta_app_id, clock.offset, clock.frozen_at, codec.encode(app)),
    )


def keep(row: Row, app: App, *, epoch: int, owner: str, lease: int) -> Steps[None]:
    """The app's new row. An advance is his who moves the clock, for `lease` milliseconds more. Raises Conflict."""
    settings, clock = app.settings, app.clock
    if settings is not row.app.settings:
        yield from check_distinct(app, beside=app.id)
    advance_owner, advance_until = row.advance_after(app, owner=owner, lease=lease)
    yield from query(
        "UPDATE apps SET epoch = $2, token = $3, business_number = $4, clock_offset = $5, frozen_at = $6,"
        " advance_owner = $7, advance_until = $8, data = $9 WHERE id = $1",
        *(app.id, epoch, settings.token, settings.business_number, clock.offset, clock.frozen_at),
        *(advance_owner, advance_until, codec.encode(app)),
    )


def check_distinct(app: App, *, beside: str) -> Steps[None]:
    """Two apps share no id, token, number or phone-number-id. Raises Conflict."""
    settings = app.settings
    rows = yield from query(
        "SELECT id, token, phone_number_id, business_number FROM apps WHERE id <> $1"
        " AND (id = $2 OR token = $3 OR phone_number_id = $4 OR business_number = $5) ORDER BY id",
        *(beside, app.id, settings.token, settings.phone_number_id, settings.business_number),
    )
    for row in rows:
        for name, value in zip(_UNIQUE, row, strict=True):
            if getattr(settings, name) == value:
                raise Conflict("taken", f"{name} is taken by app {row[0]}; choose another.")


def remove(app_id: str) -> Steps[None]:
    yield Query("DELETE FROM apps WHERE id = $1", (app_id,))


def over(epoch: int) -> Steps[None]:
    """Nobody will ask for this epoch's rows any more; they are freed when there is time."""
    yield Query("INSERT INTO epochs_over (epoch) VALUES ($1)", (epoch,))


def _owns(app: App, token: str, machine_now: int) -> bool:
    settings = app.settings
    minted = (row.value for row in app.tokens if row.status(machine_now) == "ACTIVE")
    own = [settings.token, settings.graph_token or settings.token, *minted]
    return sum(same_secret(token, value) for value in own) > 0
