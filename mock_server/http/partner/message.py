"""`POST /partner/app/{appId}/v3/message`: Gupshup's passthrough for messages (facts/gupshup 2)."""

from __future__ import annotations

from mock_server.engine.engine import Outcome
from mock_server.errors import Malformed, RateLimited
from mock_server.http import rates, reading
from mock_server.http.business import ask
from mock_server.http.credentials import app_of
from mock_server.http.endpoint import Call, Operation
from mock_server.http.faults import look_whom
from mock_server.http.messages import Addressed, understand
from mock_server.http.saying import said_for
from mock_server.store.rows import App
from mock_server.wire import answers
from mock_server.wire.errors import Said


async def send_message(call: Call) -> Said:
    """Accept a message: 200 with Gupshup's UUID; its webhooks follow. Checks in the order of R3."""
    app = await app_of(call)
    try:
        call.services.rates.check("message", app.id, rates.OTHER)
    except RateLimited:
        await look_whom(call)
        raise
    if not app.settings.callback_billing:
        raise Malformed("callback_billing", "Callback Billing must be enabled for this API")
    addressed = understand(await reading.json_or_form(call), app, late_window_error=True)
    call.about(addressed.wa_id)
    return await ask(call, app, addressed.command, lambda outcome: _said(outcome, addressed, app))


def _said(outcome: Outcome, addressed: Addressed, app: App) -> Said:
    if outcome.refusal is not None:
        return said_for(outcome.refusal, "partner", shape=app.settings.partner_errors)
    accepted = outcome.answer
    return Said(200, answers.message_gupshup(gs_id=accepted.gs_id, given=addressed.given, wa_id=accepted.wa_id))


OPERATIONS = [
    Operation(
        "POST",
        "/partner/app/{app_id}/v3/message",
        send_message,
        "Send a message: a call permission request, or any other type",
        takes="message",
        body="message",
        answers=(
            (200, "answer-message-gupshup"),
            (400, "error-partner"),
            (401, "error-gupshup"),
            (413, "error-gupshup"),
            (415, "error-gupshup"),
            (429, "error-gupshup"),
        ),
    )
]
