"""The journal and its violations (section 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from mock_server.errors import SchemaError
from mock_server.http import views
from mock_server.http.control.paging import LIMIT, LIMIT_AND_AFTER, MOST, choice_of, cut, limit_of, number_of
from mock_server.http.endpoint import Call, Operation, Query
from mock_server.http.messages import wa_id_of
from mock_server.store.protocol import Page
from mock_server.store.rows import Entry
from mock_server.wire.errors import Said

READ_AT_ONCE: Final = 10_000
BEYOND: Final = 2**53  # every entry is before it


class Choice(NamedTuple):
    """Which entries are wanted."""

    findings: bool = False
    kind: str | None = None
    wa_id: str | None = None

    @property
    def is_all(self) -> bool:
        return self.kind is None and self.wa_id is None

    def of(self, rows: Sequence[Entry]) -> Sequence[Entry]:
        if self.is_all:
            return rows
        return [row for row in rows if self.kind in {None, row.kind} and self.wa_id in {None, row.wa_id}]


async def show_journal(call: Call) -> Said:
    """Every request, event, attempt and finding, in order; `kind` and `wa_id` choose."""
    kind = choice_of(call, "kind", KINDS)
    wa_id = call.request.query_params.get("wa_id")
    return await _answer(call, Choice(kind=kind, wa_id=wa_id_of(wa_id) if wa_id else None))


async def show_violations(call: Call) -> Said:
    """Violations and advices; `advices=false` leaves those out."""
    only = choice_of(call, "advices", ["true", "false"]) == "false"
    return await _answer(call, Choice(findings=True, kind="violation" if only else None))


async def _answer(call: Call, choice: Choice) -> Said:
    """A page from the beginning, or from behind `after`; with `last` or `before` one from the end.

    Raises SchemaError where both are asked for.
    """
    asked = call.request.query_params
    if not asked.keys() & {"last", "before"}:
        return await _page(call, choice)
    for name in ("after", "limit"):
        if name in asked:
            raise SchemaError(schema="query", path=name, sentence="goes from the beginning: leave last and before out")
    return await _page_from_the_end(call, choice)


async def _page(call: Call, choice: Choice) -> Said:
    after, limit = number_of(call, "after", otherwise=0), limit_of(call)
    read = await call.services.store.journal(
        call.path_params["app"],
        after=after,
        limit=limit + 1 if choice.is_all else READ_AT_ONCE,
        findings=choice.findings,
    )
    page, following = cut(choice.of(read.entries), limit, lambda row: row.number)
    return _said(page, read, next=following)


async def _page_from_the_end(call: Call, choice: Choice) -> Said:
    last = number_of(call, "last", otherwise=LIMIT, least=1, most=MOST)
    before = number_of(call, "before", otherwise=BEYOND)
    read = await call.services.store.journal_end(
        call.path_params["app"],
        before=before,
        limit=last + 1 if choice.is_all else READ_AT_ONCE,
        findings=choice.findings,
    )
    rows = choice.of(read.entries)
    page = rows[-last:]
    return _said(page, read, next=None, previous=str(page[0].number) if len(rows) > last else None)


def _said(page: Sequence[Entry], read: Page, **cursors: str | None) -> Said:
    return Said(200, {"entries": [views.entry(row) for row in page], **cursors, "dropped": read.dropped})


_P: Final = "problem"
_ANSWERS: Final = ((200, "journal"), (400, _P), (404, _P))
_FROM_THE_END: Final = (
    Query("last", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, "The last ones, so many"),
    Query("before", {"type": "string", "maxLength": 200}, "The last ones before: `previous` of the page behind"),
)
KINDS: Final = ["request", "event", "delivery", "violation", "advice", "clock", "note", "fault"]

OPERATIONS = [
    Operation(
        "GET", "/_sandbox/apps/{app}/journal", show_journal, "What was asked, answered and sent", answers=_ANSWERS,
        query=(
            Query("kind", {"type": "string", "enum": KINDS}, "Only of this kind"),
            Query("wa_id", {"type": "string", "maxLength": 140}, "Only about this user"),
            *LIMIT_AND_AFTER, *_FROM_THE_END,
        ),
    ),
    Operation(
        "GET", "/_sandbox/apps/{app}/violations", show_violations, "What a well-behaved integrator would not have done",
        answers=_ANSWERS,
        query=(
            Query("advices", {"type": "string", "enum": ["true", "false"]}, "false: violations only"),
            *LIMIT_AND_AFTER, *_FROM_THE_END,
        ),
    ),
]  # fmt: skip
