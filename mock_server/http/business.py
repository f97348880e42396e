"""What the business asks of a conversation, on either provider surface: one unit of work, the journal in it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from mock_server.engine.commands import Command, SendMessage
from mock_server.engine.engine import Outcome
from mock_server.http.endpoint import Call, full_outbox
from mock_server.http.saying import encoded
from mock_server.store.protocol import WAITING_BOUND
from mock_server.store.rows import App, Delivery, Record
from mock_server.store.work import carry_out
from mock_server.wire.errors import Said


async def ask(call: Call, app: App, command: Command, say: Callable[[Outcome], Said]) -> Said:
    """Carry out a command about the user of `call.about`, and write the journal with it; `say` makes the answer.

    Raises RateLimited where too many webhooks wait for this app (W7).
    """
    store, wa_id = call.services.store, call.wa_id or ""
    if call.answer_lost and isinstance(command, SendMessage):
        command = msgspec.structs.replace(command, answer_lost=True)
    waiting = await store.waiting_about(app.id)
    if waiting >= WAITING_BOUND:
        full = full_outbox(waiting)
        call.remark(full.sentence)
        raise full

    def tell(outcome: Outcome, deliveries: tuple[Delivery, ...]) -> tuple[Said, tuple[Record, ...]]:
        answer = say(outcome)
        said = Said(answer.status, encoded(answer.body))  # once, for the journal and for the wire
        return said, call.records(said)

    call.causes(app, wa_id)
    said: Said = await store.work(app.id, wa_id, carry_out(command, tell, seed=store.seed))
    call.recorded = True
    return said
