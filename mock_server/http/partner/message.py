"""`POST /partner/app/{appId}/v3/message`: Gupshup's passthrough for messages (facts/gupshup 2)."""

from __future__ import annotations

from mock_server.engine.engine import Outcome
from mock_server.engine.judge import Finding
from mock_server.errors import Malformed, RateLimited, SandboxError
from mock_server.http import rates, reading
from mock_server.http.credentials import app_of
from mock_server.http.endpoint import Call, Operation, full_outbox
from mock_server.http.messages import Addressed, addressee, understand
from mock_server.http.saying import said_for
from mock_server.store.protocol import WAITING_BOUND
from mock_server.store.rows import App, Delivery, Record
from mock_server.store.work import carry_out
from mock_server.wire import answers
from mock_server.wire.errors import Said


async def send_message(call: Call) -> Said:
    """Accept a message: 200 with Gupshup's UUID; its webhooks follow. Checks in the order of R3."""
    app = await app_of(call)
    services = call.services
    try:
        services.rates.check("message", app.id, rates.OTHER)
    except RateLimited:
        await _look_whom(call)
        raise
    if not app.settings.callback_billing:
        raise Malformed("callback_billing", "Callback Billing must be enabled for this API")
    body = await reading.json_or_form(call)
    addressed = understand(body, app, late_window_error=True)
    _about(call, addressed.wa_id)
    waiting = await services.store.waiting(app.id)
    if waiting >= WAITING_BOUND:
        full = full_outbox(waiting)
        call.remark(full.sentence)
        raise full

    def tell(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[Said, tuple[Record, ...]]:
        said = _said(outcome, addressed, app)
        return said, call.records(said)

    work = carry_out(addressed.command, tell, seed=services.store.seed)
    said: Said = await services.store.work(app.id, addressed.wa_id, work)
    call.recorded = True
    return said


def _said(outcome: Outcome, addressed: Addressed, app: App) -> Said:
    if outcome.refusal is not None:
        return said_for(outcome.refusal, "partner", shape=app.settings.partner_errors)
    accepted = outcome.answer
    return Said(200, answers.message_gupshup(gs_id=accepted.gs_id, given=addressed.given, wa_id=accepted.wa_id))


def _about(call: Call, wa_id: str) -> None:
    """Whom it is about. The same again within 1 s of a 429 is a violation (section 11)."""
    call.wa_id = wa_id
    if call.services.rates.too_soon(call.operation.path, wa_id):
        call.find(_WAIT_IGNORED)


async def _look_whom(call: Call) -> None:
    """Whom a request is about that is refused before its body counts: for the eye on who comes back too soon."""
    try:
        wa_id = addressee(await reading.json_or_form(call))
    except SandboxError:
        return
    if wa_id:
        _about(call, wa_id)


_WAIT_IGNORED = Finding(
    "violation",
    "E5",
    "the same request again within 1 s of a 429",
    "wait before trying again",
    "Gupshup, partner rate limits: cool-down of 1 s or 1 min",
)

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
