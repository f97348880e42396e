"""Words for a failure: what went over the wire, short enough to be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from contract_tests.answer import crash_of
from contract_tests.numbers import User
from contract_tests.wire import Seen

_BODY: Final = 600  # characters
_ANSWER: Final = 300
_SDP: Final = 40


def shown(requests: Sequence[Seen]) -> str:
    """Requests with their times, one a line."""
    return "\n".join(map(_request, requests)) or "nothing was sent to the provider"


def story(user: User) -> str:
    """The webhooks about a user so far, and the body of the last reply."""
    deliveries = user.number.app.deliveries
    rows = [deliveries.show(row["id"]) for row in deliveries.list(wa_id=user.wa_id)]
    lines = [f"webhook {row['kind']} -> {_came(row)}" for row in rows]
    replies = [row["body"] for row in rows if row["kind"] == "call_permission_reply"]
    return "\n".join([*lines, *(["the last reply:", json.dumps(replies[-1])] if replies else [])])


def sent_body(webhook: dict[str, Any]) -> str:
    return f"webhook {json.dumps(webhook)}"


def stumbled(user: User) -> str:
    """How the application came to grief over a webhook about a user, behind "your application"; empty otherwise."""
    deliveries = user.number.app.deliveries
    rows = [deliveries.show(row["id"]) for row in deliveries.list(wa_id=user.wa_id)]
    attempts = [attempt for row in rows for attempt in row["attempts"]]
    return next((crash for one in attempts if (crash := crash_of(one["outcome"], one["status"]))), "")


def seconds_between(first: Seen, second: Seen) -> float:
    return (datetime.fromisoformat(second.at) - datetime.fromisoformat(first.at)).total_seconds()


def _request(seen: Seen) -> str:
    body, answer = json.dumps(_brief(seen.body))[:_BODY], json.dumps(seen.answer)[:_ANSWER]
    return f"{seen.at} {seen} with {body}, answered {answer}"


def _brief(body: Any) -> Any:
    """A body without the length of its SDP."""
    session = body.get("session") if isinstance(body, dict) else None
    if not isinstance(session, dict) or not isinstance(session.get("sdp"), str):
        return body
    return body | {"session": session | {"sdp": f"{session['sdp'][:_SDP]}..."}}


def _came(row: dict[str, Any]) -> str:
    attempt = row["attempts"][-1] if row["attempts"] else None
    return str(row["state"] if attempt is None else attempt["status"] or attempt["outcome"])
