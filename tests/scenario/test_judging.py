"""What was expected against what came: the differences decide and explain."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.scenario.judging import differences, not_come, refusal_differences, state_differences
from mock_server.scenario.webhooks import Webhook

ACCEPT = Webhook(
    "call_permission_reply",
    {
        "messages": [
            {
                "context": {"from": "919812345678", "id": "wamid.1", "gs_id": "uuid-1"},
                "timestamp": "1767168000",
                "interactive": {
                    "call_permission_reply": {
                        "response": "accept",
                        "is_permanent": False,
                        "expiration_timestamp": 1767772800,
                    }
                },
            }
        ]
    },
    "2025-12-31T08:00:00.000Z",
)
SENT = Webhook("message_status", {"statuses": [{"status": "sent", "timestamp": "1767168000"}]}, "earlier")
REPLY = {"kind": "call_permission_reply"}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"response": "accept"},
        {"is_permanent": False, "expiration_timestamp": 1767772800},
        {"timestamp": "1767168000"},
        {"context": {"gs_id": "uuid-1"}},
        {"absent": ["response_source", "errors"]},
        {"expires_in": "7d"},
        {"expires_in": "168h"},
    ],
)
def test_a_webhook_with_the_values_is_the_one(expected: dict[str, Any]) -> None:
    """Values are looked for by key at any depth, objects as parts, expiries from the reply's own timestamp."""
    assert differences(REPLY | expected, ACCEPT) == []


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ({"kind": "message"}, "kind: expected message, came call_permission_reply"),
        ({"response": "reject"}, 'response: expected "reject", came "accept"'),
        ({"is_permanent": 0}, "is_permanent: expected 0, came false"),
        ({"expiration_timestamp": "1767772800"}, 'expiration_timestamp: expected "1767772800", came 1767772800'),
        ({"duration": 5}, "duration: expected 5, is not there"),
        ({"id": "wamid.2"}, 'id: expected "wamid.2", came "wamid.1"'),
        (
            {"context": {"gs_id": "uuid-2"}},
            'context: expected {"gs_id": "uuid-2"}, came {"from": "919812345678", "id": "wamid.1", "gs_id": "uuid-1"}',
        ),
        ({"context": {"parent": "x"}}, 'context: expected {"parent": "x"}, came {"from": "919812345678", "id": '),
        ({"absent": ["is_permanent"]}, "is_permanent: expected not to be there, came false"),
        ({"expires_in": "5s"}, "expires_in: expected 5s, came 604800 s"),
    ],
)
def test_each_difference_is_a_line(expected: dict[str, Any], difference: str) -> None:
    """A difference names the key, what was expected and what came, written so that 5 and "5" look different."""
    (line,) = differences(REPLY | expected, ACCEPT)
    assert line.startswith(difference)


def test_an_expiry_that_is_not_there() -> None:
    """A reply without an expiry is told as such."""
    permanent = Webhook("call_permission_reply", {"messages": [{"timestamp": "1"}]}, "now")
    assert differences(REPLY | {"expires_in": "7d"}, permanent) == ["expires_in: expected 7d, no expiry is there"]


def test_a_text_expiry_counts_like_a_number() -> None:
    """`expires_in` reads Meta's text and the outbound guide's other name as well (W4)."""
    value = {"messages": [{"timestamp": "100", "expiration_time": "105"}]}
    assert differences(REPLY | {"expires_in": "5s"}, Webhook("call_permission_reply", value, "now")) == []


def test_what_nobody_answered_has_not_come() -> None:
    """An attempt without an answer of the receiver is not a webhook that came."""
    lost = ACCEPT._replace(answered=False, outcome="no connection: Connection refused")
    assert differences(REPLY, lost) == ["it was not delivered: no connection: Connection refused"]


def test_nothing_came() -> None:
    """Without any webhook that is what is said."""
    assert not_come(REPLY, []) == ["no further webhook came"]


def test_nothing_of_the_kind_came() -> None:
    """Else what came is listed, each sort once."""
    assert not_come(REPLY, [SENT, SENT]) == [
        'no call_permission_reply came; what came and no step has matched: message_status status "sent"'
    ]


def test_the_nearest_is_shown() -> None:
    """Of several of the kind the one with the fewest differences is explained, and named with its time."""
    reject = Webhook("call_permission_reply", {"response": "reject"}, "later")
    expected = REPLY | {"response": "accept", "is_permanent": True}
    assert not_come(expected, [reject, ACCEPT, SENT]) == [
        "is_permanent: expected true, came false",
        'in the nearest that came: call_permission_reply response "accept", is_permanent false, '
        "expiration_timestamp 1767772800 at 2025-12-31T08:00:00.000Z",
    ]


USER: dict[str, Any] = {
    "permission": {"status": "temporary", "expires_at": "x", "expiration_timestamp": 1000},
    "requests": [
        {"state": "read", "answer": "reject", "answerable": False},
        {"state": "delivered", "answer": None, "answerable": True},
    ],
    "limits": [
        {"name": "requests_per_24h", "current_usage": 1},
        {"name": "requests_per_7d", "current_usage": 2},
        {"name": "connected_calls_per_24h", "current_usage": 3},
    ],
    "streak": {"unanswered": 2, "nudged": True},
    "calls": [{"state": "ended"}, {"state": "ringing"}],
    "service_window": {"open": False},
    "reachability": "reachable",
}
IS: dict[str, Any] = {
    "permission": "temporary",
    "expires_in": "400s",
    "request": "delivered",
    "answer": "none",
    "answerable": True,
    "requests_per_24h": 1,
    "requests_per_7d": 2,
    "connected_calls_per_24h": 3,
    "unanswered": 2,
    "nudged": True,
    "call": "ringing",
    "service_window": "closed",
    "reachability": "reachable",
}


def test_a_state_that_is_as_expected() -> None:
    """Of requests and calls the newest one counts."""
    assert state_differences(IS | {"wa_id": "919812345678"}, USER, 600) == []


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ({"permission": "permanent"}, 'permission: expected "permanent", is "temporary"'),
        ({"expires_in": "7d"}, "expires_in: expected 7d, is 400 s"),
        ({"request": "read"}, 'request: expected "read", is "delivered"'),
        ({"answer": "reject"}, 'answer: expected "reject", is "none"'),
        ({"answerable": False}, "answerable: expected false, is true"),
        ({"requests_per_24h": 0}, "requests_per_24h: expected 0, is 1"),
        ({"connected_calls_per_24h": 5}, "connected_calls_per_24h: expected 5, is 3"),
        ({"unanswered": 0}, "unanswered: expected 0, is 2"),
        ({"nudged": False}, "nudged: expected false, is true"),
        ({"call": "connected"}, 'call: expected "connected", is "ringing"'),
        ({"service_window": "open"}, 'service_window: expected "open", is "closed"'),
        ({"reachability": "switched_off"}, 'reachability: expected "switched_off", is "reachable"'),
    ],
)
def test_a_state_that_is_otherwise(expected: dict[str, Any], difference: str) -> None:
    """A difference names what was expected and what is."""
    assert state_differences(expected | {"wa_id": "919812345678"}, USER, 600) == [difference]


def test_the_state_of_who_was_never_asked() -> None:
    """A user without requests, calls and expiry has none."""
    nobody = USER | {"requests": [], "calls": [], "permission": {"status": "x", "expiration_timestamp": None}}
    assert (
        state_differences({"request": "none", "answer": "none", "call": "none", "answerable": False}, nobody, 0) == []
    )
    assert state_differences({"expires_in": "1s"}, nobody, 0) == ["expires_in: expected 1s, is no expiry"]


@pytest.mark.parametrize("expected", [138006, 401, "no_approved", "NO PERMISSION for calls"])
def test_an_expected_refusal(expected: int | str) -> None:
    """A refusal is expected by its code, its HTTP status, or a part of its sentence."""
    code = "no_approved" if expected == "no_approved" else 138006
    assert refusal_differences(expected, code=code, status=401, sentence="There is no permission for calls.") == []


def test_a_refusal_that_is_another() -> None:
    """Another refusal, or one that nobody expected, is told with code and sentence."""
    seen: dict[str, Any] = {"code": 138009, "status": 400, "sentence": "1 of 1 requests are used."}
    assert refusal_differences(138006, **seen) == ["error: expected 138006, came 138009: 1 of 1 requests are used."]
    assert refusal_differences(None, **seen) == ["refused with 138009: 1 of 1 requests are used."]
