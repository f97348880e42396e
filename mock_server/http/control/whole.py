"""The sandbox as a whole: health, test numbers, snapshots (S2)."""

from __future__ import annotations

from typing import Final

from mock_server.engine.test_numbers import PREFIX, TEST_NUMBERS
from mock_server.errors import Malformed
from mock_server.http import reading
from mock_server.http.endpoint import Call, Operation
from mock_server.resources import product_version
from mock_server.wire.errors import Said


async def health(call: Call) -> Said:
    return Said(200, {"status": "ok", "version": product_version()})


async def numbers(call: Call) -> Said:
    """The numbers that act by themselves (section 10)."""
    rows = [
        {"ends_in": ends_in, "number": f"{PREFIX}0{ends_in}", "does": kind.does}
        for ends_in, kind in TEST_NUMBERS.items()
    ]
    return Said(200, {"numbers": rows})


async def save(call: Call) -> Said:
    """Everything, secrets included."""
    return Said(200, await call.services.store.save())


async def load(call: Call) -> Said:
    """Replace everything by a snapshot; event streams get `reset`."""
    kind = reading.content_type(call.request)
    document = await reading.read_body(call.request, bound=reading.SNAPSHOT_BOUND, seconds=300)
    if kind != "application/json":
        raise reading.wrong_type(kind, "application/json")
    if not document:
        raise Malformed("snapshot", "The body is empty; send what GET /_sandbox/snapshot answered.")
    await call.services.store.load(document)
    for app in await call.services.store.apps(limit=10**6):
        call.services.courier.wake(app.id)
    return Said(204, None)


_P: Final = "problem"

OPERATIONS = [
    Operation("GET", "/_sandbox/health", health, "Whether it serves", answers=((200, "health"),), open=True),
    Operation("GET", "/_sandbox/numbers", numbers, "The test numbers", answers=((200, "numbers"),)),
    Operation("GET", "/_sandbox/snapshot", save, "Save everything", answers=((200, "snapshot"),)),
    Operation(
        "PUT", "/_sandbox/snapshot", load, "Load a snapshot", takes="snapshot", body="json",
        answers=((204, None), (400, _P), (413, _P), (415, _P)),
    ),
]  # fmt: skip
