"""The app's clock (T1-T3)."""

from __future__ import annotations

from typing import Final

from mock_server import schemas
from mock_server.clock import SECOND, parse_iso
from mock_server.errors import Malformed, SchemaError
from mock_server.http import reading, views
from mock_server.http.endpoint import Call, Operation
from mock_server.wire.errors import Said


async def show_clock(call: Call) -> Said:
    app = await call.services.store.app(call.path_params["app"])
    return Said(200, views.clock(app.clock, call.services.machine.now()))


async def change_clock(call: Call) -> Said:
    """Advance, freeze or resume. An advance answers when all that fell due on the way has happened (T2)."""
    given = await reading.json_body(call)
    schemas.validate("clock-change", given)
    timeline, app_id, machine = call.services.timeline, call.path_params["app"], call.services.machine
    if "advance_seconds" in given:
        done = await timeline.advance(app_id, round(given["advance_seconds"] * SECOND))
        counted = {"fired": done.fired, "attempted": done.attempted, "failed": done.failed}
        return Said(200, views.clock(done.app.clock, machine.now()) | counted)
    if "freeze" in given:
        app = await timeline.freeze(app_id, at=_instant(given["at"]) if "at" in given else None)
    else:
        app = await timeline.resume(app_id)
    return Said(200, views.clock(app.clock, machine.now()))


def _instant(text: str) -> int:
    try:
        return parse_iso(text)
    except Malformed as wrong:
        raise SchemaError(schema="clock-change", path="at", sentence=wrong.sentence) from None


_P: Final = "problem"
_PATH: Final = "/_sandbox/apps/{app}/clock"

OPERATIONS = [
    Operation("GET", _PATH, show_clock, "The app's clock", answers=((200, "clock"), (404, _P))),
    Operation(
        "POST", _PATH, change_clock, "Advance, freeze or resume the clock", takes="clock-change", body="json",
        answers=((200, "clock-answer"), (400, _P), (404, _P), (409, _P), (415, _P)),
    ),
]  # fmt: skip
