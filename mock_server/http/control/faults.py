"""Faults on request: set, list, clear (BEHAVIOUR section 9)."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from mock_server import schemas
from mock_server.errors import NotFound, SchemaError
from mock_server.http import reading, views
from mock_server.http.endpoint import Call, Operation
from mock_server.store import faults
from mock_server.store.rows import App, Fault
from mock_server.store.work import Kept, Now
from mock_server.wire.errors import Said

BODY_BOUND: Final = 64 * 1024  # bytes of the answer that a `status` fault gives
REORDERED_BY: Final = 2.0  # seconds that a single webhook is held back
_TEMPLATED: Final = re.compile(r"\{(\w+)\}")
_VERSION: Final = re.compile(r"/v\d+\.\d+/")
_WHOLE: Final = ("times", "seed", "status", "code")  # in JSON Schema 2.0 is an integer


async def list_faults(call: Call) -> Said:
    """In the order in which they are asked. Spent ones stay until they are cleared, so that one sees what fired."""
    app = await call.services.store.app(call.path_params["app"])
    return Said(200, {"faults": [views.fault(row) for row in app.faults]})


async def add_fault(call: Call) -> Said:
    """201 with the fault, from now on in force. At most 100 an app; beyond that spent ones are forgotten."""
    given = await reading.json_body(call)
    schemas.validate("fault-add", given)
    wanted, seed = _fault(given), call.services.store.seed
    if wanted.route is not None:
        _check_route(wanted.route, await call.services.store.app(call.path_params["app"]), call.services.routes)

    def work(app: App, _: Now) -> Kept:
        row, fault = faults.added(app, wanted, seed=seed)
        return Kept(answer=fault, app=row)

    fault: Fault = await call.services.store.change_app(call.path_params["app"], work)
    return Said(201, views.fault(fault))


async def clear_faults(call: Call) -> Said:
    """All of them; what they have done stays done."""
    await call.services.store.change_app(call.path_params["app"], lambda app, _: Kept(app=faults.cleared(app)))
    return Said(204, None)


async def clear_fault(call: Call) -> Said:
    fault_id = call.path_params["id"]
    if not fault_id.isascii() or not fault_id.isdigit() or len(fault_id) > 16:
        raise NotFound("unknown_fault", f"There is no fault {fault_id[:40]!r}; list them to see which there are.")
    number = int(fault_id)
    await call.services.store.change_app(call.path_params["app"], lambda app, _: Kept(app=faults.cleared(app, number)))
    return Said(204, None)


def _check_route(route: str, app: App, routes: tuple[str, ...]) -> None:
    """Raises SchemaError for a part of no route, which would never strike: of none as listed, nor as this app asks."""
    own = app.settings
    ids = {name: getattr(own, name) for name in ("phone_number_id", "waba_id", "meta_app_id")} | {"app_id": own.id}
    asked = (_TEMPLATED.sub(lambda name: ids.get(name[1], name[0]), known) for known in routes)
    text = _VERSION.sub("/", route)
    if route != "*" and not any(text in known for known in (*routes, *asked)):
        examples = "'v3/message', '/messages', '/calls', 'POST /partner'"
        sentence = f"{route[:80]!r} is in no 'METHOD /path' of the providers' surfaces; for example {examples}, or '*'"
        raise SchemaError(schema="fault-add", path="route", sentence=sentence)


def _fault(given: dict[str, Any]) -> Fault:
    """Raises SchemaError for a body over the bound."""
    fields = given | {name: int(given[name]) for name in _WHOLE if given.get(name) is not None}
    if "body" in given:
        fields["body"] = msgspec.json.encode(given["body"])
        if len(fields["body"]) > BODY_BOUND:
            sentence = f"must have at most {BODY_BOUND // 1024} KiB"
            raise SchemaError(schema="fault-add", path="body", sentence=sentence)
    if given["fault"] == "reorder":
        fields.setdefault("seconds", REORDERED_BY)
    return Fault(id=0, **fields)


_P: Final = "problem"
_ALL: Final = "/_sandbox/apps/{app}/faults"

OPERATIONS = [
    Operation("GET", _ALL, list_faults, "Faults, and how often each has fired", answers=((200, "faults"), (404, _P))),
    Operation(
        "POST", _ALL, add_fault, "Have something go wrong, on requests or webhooks", takes="fault-add", body="json",
        answers=((201, "fault"), (400, _P), (404, _P), (409, _P), (415, _P)),
    ),
    Operation("DELETE", _ALL, clear_faults, "Clear all faults", answers=((204, None), (404, _P))),
    Operation("DELETE", f"{_ALL}/{{id}}", clear_fault, "Clear a fault", answers=((204, None), (404, _P))),
]  # fmt: skip
