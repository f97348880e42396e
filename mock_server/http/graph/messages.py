"""`POST /{phone-number-id}/messages`: messages at Meta, and reading those of users (facts/meta 1)."""

from __future__ import annotations

from typing import Any

from mock_server import schemas
from mock_server.engine.engine import Outcome
from mock_server.http import rates, reading
from mock_server.http.business import ask
from mock_server.http.endpoint import Call, Operation
from mock_server.http.graph.numbers import number_of
from mock_server.http.messages import Addressed, understand
from mock_server.http.saying import said_for
from mock_server.wire import answers
from mock_server.wire.errors import Said


async def send(call: Call) -> Said:
    """Accept a message: 200 with its wamid; its webhooks follow. Checks in the order of R3.

    With `status: read` it is about a message of the user, which the sandbox takes whatever its id.
    """
    app = await number_of(call)
    rate = call.services.rates
    rate.check("messages", app.settings.phone_number_id, rates.GRAPH_MESSAGES)
    body = await reading.json_or_form(call)
    if _marks_read(body):
        schemas.validate("mark-read", body)
        return Said(200, {"success": True})
    addressed = understand(body, app, late_window_error=False)
    call.about(addressed.wa_id)
    pair = f"{app.settings.phone_number_id} {addressed.wa_id}"
    rate.check("pair in 6 s", pair, rates.PAIR_BURST)
    rate.check("pair in an hour", pair, rates.PAIR)
    return await ask(call, app, addressed.command, lambda outcome: _said(outcome, addressed))


def _marks_read(body: Any) -> bool:
    return isinstance(body, dict) and "status" in body and "type" not in body


def _said(outcome: Outcome, addressed: Addressed) -> Said:
    if outcome.refusal is not None:
        return said_for(outcome.refusal, "graph")
    accepted, template = outcome.answer, not addressed.command.free_form
    said = answers.message_meta(wamid=accepted.wamid, given=addressed.given, wa_id=accepted.wa_id, template=template)
    return Said(200, said)


_E = "error-meta"

OPERATIONS = [
    Operation(
        "POST",
        "/{phone_number_id}/messages",
        send,
        "Send a message: a call permission request, or any other type; or mark one as read",
        takes="graph-message",
        body="message",
        answers=(
            (200, "answer-messages"),
            (400, _E),
            (401, _E),
            (403, _E),
            (404, _E),
            (413, _E),
            (415, _E),
        ),
    )
]
