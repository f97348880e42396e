"""Deliveries: bodies, headers, attempts; sending again; waiting until nothing is due (W5)."""

from __future__ import annotations

from typing import Final

from mock_server import schemas
from mock_server.http import reading, views
from mock_server.http.control.paging import LIMIT_AND_AFTER, choice_of, cut, limit_of, number_of
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.messages import wa_id_of
from mock_server.store.rows import DeliveryState
from mock_server.wire.errors import Said

FLUSH: Final = 10.0  # seconds of real time
REDELIVERED_AT_ONCE: Final = 1000


async def list_deliveries(call: Call) -> Said:
    """Oldest first; `state`, `kind` and `wa_id` choose."""
    query, limit = call.request.query_params, limit_of(call)
    state = choice_of(call, "state", [state.value for state in DeliveryState])
    rows = await call.services.store.deliveries(
        call.path_params["app"],
        state=DeliveryState(state) if state else None,
        kind=query.get("kind", ""),
        wa_id=wa_id_of(query.get("wa_id", "")),
        after=number_of(call, "after", otherwise=0),
        limit=limit + 1,
    )
    page, after = cut(rows, limit, lambda row: row.number)
    return Said(200, {"deliveries": [views.delivery_summary(row) for row in page], "next": after})


async def show_delivery(call: Call) -> Said:
    row = await call.services.store.delivery(call.path_params["app"], call.path_params["id"])
    return Said(200, views.delivery(row))


async def redeliver(call: Call) -> Said:
    """The same bytes again, now."""
    row = await call.services.store.redeliver(call.path_params["app"], call.path_params["id"])
    call.services.courier.wake(call.path_params["app"])
    return Said(202, views.delivery(row))


async def redeliver_many(call: Call) -> Said:
    """All that failed and was not delivered since (`failed`), or everything that is kept (`all`); at most 1000."""
    given = await reading.json_body(call)
    schemas.validate("redeliver", given)
    store, app_id = call.services.store, call.path_params["app"]
    rows = await store.deliveries(app_id, state=None, kind="", wa_id="", after=0, limit=10**6)
    failed = [row for row in rows if row.failures and row.state is not DeliveryState.DELIVERED]
    chosen = (rows if given["which"] == "all" else failed)[:REDELIVERED_AT_ONCE]
    again = [(await store.redeliver(app_id, row.id)).id for row in chosen]
    call.services.courier.wake(app_id)
    return Said(202, {"deliveries": again})


async def flush(call: Call) -> Said:
    """Waits until nothing is due; sends nothing early."""
    given = await reading.json_or_nothing(call)
    schemas.validate("flush", given)
    app_id = call.path_params["app"]
    await call.services.store.app(app_id)
    idle = await call.services.courier.idle(app_id, given.get("timeout_seconds", FLUSH))
    return Said(200, {"waiting": await call.services.store.waiting(app_id), "idle": idle})


_P: Final = "problem"
_ALL: Final = "/_sandbox/apps/{app}/deliveries"
_QUERY: Final = (
    Query("state", {"type": "string", "enum": [state.value for state in DeliveryState]}, "Only in this state"),
    Query("kind", {"type": "string", "maxLength": 40}, "Only of this kind"),
    Query("wa_id", {"type": "string", "maxLength": 140}, "Only about this user"),
    *LIMIT_AND_AFTER,
)

OPERATIONS = [
    Operation(
        "GET", _ALL, list_deliveries, "Deliveries", answers=((200, "deliveries"), (400, _P), (404, _P)), query=_QUERY
    ),
    Operation(
        "POST", f"{_ALL}/flush", flush, "Wait until nothing is due", takes="flush", body="json",
        answers=((200, "flush-answer"), (400, _P), (404, _P), (415, _P)), body_optional=True,
    ),
    Operation(
        "POST", f"{_ALL}/redeliver", redeliver_many, "Send many again", takes="redeliver", body="json",
        answers=((202, "redeliver-answer"), (400, _P), (404, _P), (415, _P)),
    ),
    Operation("GET", f"{_ALL}/{{id}}", show_delivery, "One delivery", answers=((200, "delivery"), (404, _P))),
    Operation("POST", f"{_ALL}/{{id}}/redeliver", redeliver, "Send it again", answers=((202, "delivery"), (404, _P))),
]  # fmt: skip
