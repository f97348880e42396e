"""Users: what they are, and what the script has them do (P2, INTERFACE `users/{wa_id}/actions`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mock_server import ids, schemas
from mock_server.engine.commands import (
    Allow,
    CallBusiness,
    Command,
    Decline,
    HangUp,
    PickUp,
    Read,
    RejectCall,
    Revoke,
    SetUser,
    Write,
)
from mock_server.engine.engine import Outcome
from mock_server.engine.state import Reachability
from mock_server.errors import NotFound
from mock_server.http import reading, views
from mock_server.http.control.paging import LIMIT_AND_AFTER, cut, limit_of
from mock_server.http.endpoint import Call, Operation
from mock_server.http.messages import digits
from mock_server.store.rows import Delivery, Record
from mock_server.store.work import carry_out
from mock_server.wire.errors import Said

WAIT: Final = 10.0  # seconds that an action waits for the first attempts of its webhooks

ACTIONS: Final[dict[str, Callable[[dict[str, Any]], Command]]] = {
    "allow_always": lambda given: Allow(always=True, **_answering(given)),
    "allow_temporarily": lambda given: Allow(always=False, seconds=given.get("for_seconds"), **_answering(given)),
    "decline": lambda given: Decline(**_answering(given)),
    "revoke": lambda _: Revoke(),
    "read": lambda _: Read(),
    "text": lambda given: Write(text=given.get("text", "Hello")),
    "call": lambda _: CallBusiness(),
    "pick_up": lambda _: PickUp(),
    "reject_call": lambda _: RejectCall(),
    "hang_up": lambda _: HangUp(),
}


async def list_users(call: Call) -> Said:
    """Users that the app has had anything to do with."""
    store, limit = call.services.store, limit_of(call)
    after = call.request.query_params.get("after", "")
    rows = await store.conversations(call.path_params["app"], after=after, limit=limit + 1)
    people = [row for row in rows if row.wa_id.isdigit()]  # an unknown BSUID is nobody; it sorts behind all numbers
    page, after_it = cut(people, limit, lambda row: row.wa_id)
    app = await store.app(call.path_params["app"])
    now = app.clock.now(call.services.machine.now())
    return Said(200, {"users": [views.user(row, app, seed=store.seed, now=now) for row in page], "next": after_it})


async def show_user(call: Call) -> Said:
    return Said(200, await _shown(call, _wa_id(call)))


async def change_user(call: Call) -> Said:
    """Make the user reachable or not, or give a name or username."""
    given = await reading.json_body(call)
    schemas.validate("user-update", given)
    command = SetUser(
        reachability=Reachability(given["reachability"]) if "reachability" in given else None,
        name=given.get("name"),
        username=given.get("username"),
        without_username="username" in given and given["username"] is None,
    )
    wa_id = _wa_id(call)
    await _run(call, wa_id, command)
    return Said(200, await _shown(call, wa_id))


async def act(call: Call) -> Said:
    """The user does something.

    Answers after the first attempt of each webhook it caused, or at once with `wait: false`.
    """
    given = await reading.json_body(call)
    schemas.validate("action", given)
    wa_id = _wa_id(call)
    outcome, deliveries = await _run(call, wa_id, ACTIONS[given["action"]](given))
    ids_caused = [row.id for row in deliveries]
    app_id = call.path_params["app"]
    if given.get("wait", True):
        await call.services.courier.attempted(app_id, ids_caused, WAIT)
    rows = [await call.services.store.delivery(app_id, delivery_id) for delivery_id in ids_caused]
    shown = {
        "user": await _shown(call, wa_id),
        "events": [views.event(event) for event in outcome.events],
        "deliveries": [views.delivery_summary(row) for row in rows],
    }
    return Said(200, shown)


async def _run(call: Call, wa_id: str, command: Command) -> tuple[Outcome, tuple[Delivery, ...]]:
    store, app_id = call.services.store, call.path_params["app"]
    work = carry_out(command, _tell, seed=store.seed)
    outcome, deliveries = await store.work(app_id, wa_id, work)
    call.services.courier.wake(app_id)
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome, deliveries


def _tell(
    outcome: Outcome, deliveries: tuple[Delivery, ...]
) -> tuple[tuple[Outcome, tuple[Delivery, ...]], tuple[Record, ...]]:
    return (outcome, deliveries), ()


async def _shown(call: Call, wa_id: str) -> dict[str, Any]:
    store = call.services.store
    app = await store.app(call.path_params["app"])
    conversation = await store.conversation(app.id, wa_id)
    now = app.clock.now(call.services.machine.now())
    return views.user(conversation, app, seed=store.seed, now=now)


def _answering(given: dict[str, Any]) -> dict[str, Any]:
    return {"request_id": given.get("request_id"), "from_profile": given.get("from_profile", False)}


def _wa_id(call: Call) -> str:
    """The user in the path: digits, with or without decoration, or a BSUID. Raises NotFound for anything else."""
    given = call.path_params["wa_id"]
    wa_id = digits(given)
    if wa_id.isascii() and wa_id.isdigit() and 7 <= len(wa_id) <= 15:
        return wa_id
    known = ids.wa_id_of(given)
    if known is None:
        raise NotFound("unknown_user", f"{given[:60]!r} is no user: give 7 to 15 digits or a BSUID of this sandbox.")
    return known


_P: Final = "problem"
_ALL: Final = "/_sandbox/apps/{app}/users"
_ONE: Final = "/_sandbox/apps/{app}/users/{wa_id}"
_NO: Final = ((400, _P), (404, _P), (409, _P), (415, _P))

OPERATIONS = [
    Operation("GET", _ALL, list_users, "Users of an app", answers=((200, "users"), *_NO), query=LIMIT_AND_AFTER),
    Operation("GET", _ONE, show_user, "A user and the conversation", answers=((200, "user"), (404, _P))),
    Operation(
        "PATCH", _ONE, change_user, "Change a user", takes="user-update", body="json", answers=((200, "user"), *_NO)
    ),
    Operation(
        "POST", f"{_ONE}/actions", act, "The user does something", takes="action", body="json",
        answers=((200, "action-answer"), *_NO),
    ),
]  # fmt: skip
