"""The journal and its violations (section 11)."""

from __future__ import annotations

from typing import Final

from mock_server.http import views
from mock_server.http.control.paging import LIMIT_AND_AFTER, choice_of, cut, limit_of, number_of
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.messages import wa_id_of
from mock_server.wire.errors import Said

READ_AT_ONCE: Final = 10_000


async def show_journal(call: Call) -> Said:
    """Every request, event, attempt and finding, in order; `kind` and `wa_id` choose."""
    kind = choice_of(call, "kind", KINDS)
    wa_id = call.request.query_params.get("wa_id")
    return await _page(call, findings=False, kind=kind, wa_id=wa_id_of(wa_id) if wa_id else None)


async def show_violations(call: Call) -> Said:
    """Violations and advices; `advices=false` leaves those out."""
    only = choice_of(call, "advices", ["true", "false"]) == "false"
    return await _page(call, findings=True, kind="violation" if only else None, wa_id=None)


async def _page(call: Call, *, findings: bool, kind: str | None, wa_id: str | None) -> Said:
    after, limit = number_of(call, "after", otherwise=0), limit_of(call)
    chosen = kind is not None or wa_id is not None
    read = await call.services.store.journal(
        call.path_params["app"], after=after, limit=READ_AT_ONCE if chosen else limit + 1, findings=findings
    )
    rows = [row for row in read.entries if kind in {None, row.kind} and wa_id in {None, row.wa_id}]
    page, after_it = cut(rows, limit, lambda row: row.number)
    return Said(200, {"entries": [views.entry(row) for row in page], "next": after_it, "dropped": read.dropped})


_P: Final = "problem"
_ANSWERS: Final = ((200, "journal"), (400, _P), (404, _P))
KINDS: Final = ["request", "event", "delivery", "violation", "advice", "clock", "note", "fault"]

OPERATIONS = [
    Operation(
        "GET", "/_sandbox/apps/{app}/journal", show_journal, "What was asked, answered and sent", answers=_ANSWERS,
        query=(
            Query("kind", {"type": "string", "enum": KINDS}, "Only of this kind"),
            Query("wa_id", {"type": "string", "maxLength": 140}, "Only about this user"),
            *LIMIT_AND_AFTER,
        ),
    ),
    Operation(
        "GET", "/_sandbox/apps/{app}/violations", show_violations, "What a well-behaved integrator would not have done",
        answers=_ANSWERS,
        query=(
            Query("advices", {"type": "string", "enum": ["true", "false"]}, "false: violations only"), *LIMIT_AND_AFTER,
        ),
    ),
]  # fmt: skip
