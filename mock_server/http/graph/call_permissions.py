"""`GET /{phone-number-id}/call_permissions`: what the user allows, and what the business may do now (facts/meta 3)."""

from __future__ import annotations

from typing import Any, Final

from mock_server import schemas
from mock_server.clock import unix, unix_up
from mock_server.engine import windows
from mock_server.engine.commands import Command, PlaceCall, SendMessage
from mock_server.engine.engine import handle, settled
from mock_server.engine.state import Conversation, Form, PermissionStatus, Reachability
from mock_server.engine.turn import World
from mock_server.errors import Refusal, SchemaError
from mock_server.http import rates
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.graph.numbers import number_of
from mock_server.http.messages import wa_id_of
from mock_server.store.work import world_of
from mock_server.wire.errors import Said

Json = dict[str, Any]

_PERIODS: Final = {"requests_per_24h": "PT24H", "requests_per_7d": "P7D", "connected_calls_per_24h": "PT24H"}
_UNCALLABLE: Final = frozenset({Reachability.NOT_ON_WHATSAPP, Reachability.OUTDATED_APP})


async def show(call: Call) -> Said:
    """The state at this moment; looking changes nothing. A user who cannot be called has `no_permission`.

    `can_perform_action` is true exactly where the action would be accepted now (a request: as a template).
    Raises Refusal 138000 where calling is not enabled, RateLimited (613).
    """
    app = await number_of(call)
    call.about(_asked_about(call))
    services = call.services
    services.rates.check("call_permissions", app.settings.phone_number_id, rates.STATE_QUERIES)
    if app.settings.calling != "ENABLED":
        raise Refusal(138000, "Calling is not enabled on this business number.")
    world = world_of(app, services.store.seed, app.clock.now(services.machine.now()))
    state = settled(await services.store.conversation(app.id, call.wa_id or ""), world)
    requests = [_limit(usage) for usage in windows.request_usage(state, world.rules, world.now)]
    calls = [_limit(windows.call_usage(state, world.rules, world.now))]
    actions = [
        _action("send_call_permission_request", SendMessage(request=Form.TEMPLATE, free_form=False), state, world)
        | {"limits": requests},
        _action("start_call", PlaceCall(), state, world) | {"limits": calls},
    ]
    return Said(200, {"messaging_product": "whatsapp", "permission": _permission(state), "actions": actions})


def _asked_about(call: Call) -> str:
    """Whose permission is asked for: `user_wa_id` wins over `recipient`, as in messages (A3). Raises SchemaError.

    A plus sign that was not encoded arrives as a space, and is no part of the number either way (A2).
    """
    query = call.request.query_params
    for name, schema in (("user_wa_id", "phone-number"), ("recipient", "bsuid")):
        if given := query.get(name):
            try:
                schemas.validate(schema, given)
            except SchemaError as wrong:
                raise SchemaError(schema="query", path=name, sentence=wrong.sentence) from None
            return wa_id_of(given)
    raise SchemaError(schema="query", path="user_wa_id", sentence="is required, or else recipient")


def _permission(state: Conversation) -> Json:
    permission = state.permission
    if state.user.reachability in _UNCALLABLE:
        return {"status": PermissionStatus.NO_PERMISSION.value}
    if permission.expires_at is None:
        return {"status": permission.status.value}
    return {"status": permission.status.value, "expiration_time": unix(permission.expires_at)}


def _action(name: str, command: Command, state: Conversation, world: World) -> Json:
    """Whether the engine would accept it; what it would do is not kept."""
    return {"action_name": name, "can_perform_action": handle(command, state, world).refusal is None}


def _limit(usage: windows.Usage) -> Json:
    shown: Json = {
        "time_period": _PERIODS[usage.name],
        "max_allowed": usage.max_allowed,
        "current_usage": usage.current_usage,
    }
    return shown if usage.frees_at is None else shown | {"limit_expiration_time": unix_up(usage.frees_at)}


_E = "error-meta"

OPERATIONS = [
    Operation(
        "GET",
        "/{phone_number_id}/call_permissions",
        show,
        "What the user allows, and what may be done now",
        answers=((200, "answer-call_permissions"), (400, _E), (401, _E), (429, _E)),
        query=(
            Query("user_wa_id", {"type": "string"}, "The user's phone number; a plus sign may stand encoded or not"),
            Query("recipient", {"type": "string"}, "Or the user's BSUID"),
        ),
    )
]
