"""Every kind of step is a line that a reader understands."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.scenario.describing import describe
from mock_server.scenario.steps import KINDS, Step

N = "919812345678"
LINES: list[tuple[dict[str, Any], str]] = [
    ({"business": "request", "to": N}, f"the business asks {N} for permission"),
    ({"business": "request_template", "to": N}, f"the business asks {N} for permission with a template"),
    (
        {"business": "call", "to": N, "expect_error": 138006, "from": "sales"},
        f"the business calls {N}, and is refused: 138006 [sales]",
    ),
    (
        {"user": "allow_temporarily", "wa_id": N, "for_seconds": 5.0, "from_profile": True},
        f"{N} allows calls temporarily for 5 s from the business profile",
    ),
    ({"user": "decline", "wa_id": N, "request_id": "{first}"}, f"{N} declines, answering {{first}}"),
    ({"set_user": {"reachability": "switched_off"}, "wa_id": N}, f"{N} is now reachability = switched_off"),
    ({"clock": "7d"}, "7d pass"),
    ({"clock": "freeze"}, "the clock stands"),
    (
        {"app": {"restriction": "calling", "bsuid": "off", "restriction_warning": True}},
        "the app is set to restriction = calling, bsuid = off, restriction_warning = true",
    ),
    ({"fault": {"fault": "drop", "webhook": "*"}}, "fault drop: webhook = *"),
    (
        {"expect_webhook": {"kind": "message_status", "status": "sent", "absent": ["errors"]}},
        'webhook message_status status "sent", without errors',
    ),
    (
        {"expect_webhooks": [{"kind": "call_connect"}, {"kind": "call_terminate"}]},
        "webhooks in order: call_connect; call_terminate",
    ),
    ({"expect_no_webhook": {"kind": "message"}}, "no webhook message"),
    (
        {"expect_state": {"wa_id": N, "permission": "permanent", "unanswered": 2}},
        f"state of {N}: permission = permanent, unanswered = 2",
    ),
    ({"repeat": 3, "step": [{"clock": "1s"}, {"clock": "resume"}]}, "3 times: 1s pass; the clock runs"),
]


def as_step(given: dict[str, Any]) -> Step:
    kind = next(kind for kind in KINDS if kind in given)
    return Step("1", kind, given, tuple(map(as_step, given.get("step", []))))


@pytest.mark.parametrize(("given", "line"), LINES)
def test_a_step_is_a_line(given: dict[str, Any], line: str) -> None:
    """A step says who does what, or what is expected, with the values that the file gives."""
    assert describe(as_step(given)) == line


def test_every_kind_has_words() -> None:
    """No kind of step is without a line here."""
    assert {as_step(given).kind for given, _ in LINES} == set(KINDS)
