"""The business side of calls, for integrators whose calls do not come through Graph (C1)."""

from __future__ import annotations

from typing import Any, Final

from mock_server import schemas
from mock_server.engine.commands import AcceptCall, CallAction, EndCall, PlaceCall, RejectUserCall
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


async def accept(call: Call) -> Said:
    """The business takes a user's call (C6)."""
    return await _with_call(call, AcceptCall(call_id=call.path_params["id"]))


async def reject(call: Call) -> Said:
    """The business rejects a user's call (C6)."""
    return await _with_call(call, RejectUserCall(call_id=call.path_params["id"]))


async def hang_up(call: Call) -> Said:
    """The business hangs up, or cancels while it rings; with a `code` the call fails."""
    given = await reading.json_or_nothing(call)
    schemas.validate("call-hang-up", given)
    code = int(given["code"]) if "code" in given else None  # 138021.0 is an integer too
    return await _with_call(call, EndCall(call_id=call.path_params["id"], code=code))


async def _with_call(call: Call, command: CallAction) -> Said:
    """Have this done with the call in the path. Raises NotFound unless it is going on."""
    call_id = call.path_params["id"]
    wa_id = await call.services.store.conversation_of_call(call.path_params["app"], call_id)
    if wa_id is None:
        raise NotFound("unknown_call", f"No call {call_id[:80]} is going on; see the user's calls.")
    await _run(call, wa_id, command)
    return Said(200, await _shown(call, wa_id, call_id))


async def _run(call: Call, wa_id: str, command: CallAction) -> Outcome:
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
_ONE: Final = "/_sandbox/apps/{app}/calls/{id:path}"
_NO: Final = ((400, _P), (404, _P), (409, _P), (415, _P))

OPERATIONS = [
    Operation(
        "POST", "/_sandbox/apps/{app}/calls", place_call, "The business calls a user", takes="call-place", body="json",
        answers=((201, "call-answer"), *_NO),
    ),
    Operation(
        "POST", f"{_ONE}/accept", accept, "The business takes a user's call",
        answers=((200, "call-answer"), (404, _P), (409, _P)),
    ),
    Operation(
        "POST", f"{_ONE}/reject", reject, "The business rejects a user's call",
        answers=((200, "call-answer"), (404, _P), (409, _P)),
    ),
    Operation(
        "POST", f"{_ONE}/hang-up", hang_up, "The business hangs up, or the call fails", takes="call-hang-up",
        body="json", answers=((200, "call-answer"), *_NO), body_optional=True,
    ),
]  # fmt: skip
