"""The business side of calls, for integrators whose calls do not come through Graph (C1)."""

from __future__ import annotations

from typing import Any, Final

from mock_server import schemas
from mock_server.engine.commands import EndCall, PlaceCall
from mock_server.engine.engine import Outcome
from mock_server.errors import NotFound
from mock_server.http import reading, views
from mock_server.http.endpoint import Call, Operation
from mock_server.http.messages import wa_id_of
from mock_server.store.rows import Delivery, Record
from mock_server.store.work import carry_out
from mock_server.wire.errors import Said


async def place_call(call: Call) -> Said:
    """The business calls a user, with the same checks as on Graph (C2).

    Raises Refusal (409 with the provider's code).
    """
    given = await reading.json_body(call)
    schemas.validate("call-place", given)
    wa_id = wa_id_of(given["to"])
    outcome = await _run(call, wa_id, PlaceCall())
    return Said(201, await _shown(call, wa_id, outcome.answer.call_id))


async def hang_up(call: Call) -> Said:
    """The business hangs up, or cancels while it rings."""
    call_id = call.path_params["id"]
    wa_id = await call.services.store.conversation_of_call(call.path_params["app"], call_id)
    if wa_id is None:
        raise NotFound("unknown_call", f"No call {call_id[:80]} is going on; see the user's calls.")
    await _run(call, wa_id, EndCall(call_id=call_id))
    return Said(200, await _shown(call, wa_id, call_id))


async def _run(call: Call, wa_id: str, command: PlaceCall | EndCall) -> Outcome:
    store, app_id = call.services.store, call.path_params["app"]
    outcome: Outcome = await store.work(app_id, wa_id, carry_out(command, _tell, seed=store.seed))
    call.services.courier.wake(app_id)
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome


def _tell(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[Outcome, tuple[Record, ...]]:
    return outcome, ()


async def _shown(call: Call, wa_id: str, call_id: str) -> dict[str, Any]:
    store = call.services.store
    app = await store.app(call.path_params["app"])
    conversation = await store.conversation(app.id, wa_id)
    now = app.clock.now(call.services.machine.now())
    row = next(row for row in conversation.calls if row.id == call_id)
    return {"call": views.call(row), "user": views.user(conversation, app, seed=store.seed, now=now)}


_P: Final = "problem"
_NO: Final = ((400, _P), (404, _P), (409, _P), (415, _P))

OPERATIONS = [
    Operation(
        "POST", "/_sandbox/apps/{app}/calls", place_call, "The business calls a user", takes="call-place", body="json",
        answers=((201, "call-answer"), *_NO),
    ),
    Operation(
        "POST", "/_sandbox/apps/{app}/calls/{id:path}/hang-up", hang_up, "The business hangs up",
        answers=((200, "call-answer"), (404, _P), (409, _P)),
    ),
]  # fmt: skip
