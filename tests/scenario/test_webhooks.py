"""What a webhook's body holds, in the words of scenarios."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.scenario.webhooks import brief, webhooks_in


def body(*changes: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"entry": [{"changes": [{"field": field, "value": value} for field, value in changes]}]}


KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "message_status": ("messages", {"statuses": [{"status": "sent"}]}),
    "call_permission_reply": ("messages", {"messages": [{"interactive": {"call_permission_reply": {}}}]}),
    "message": ("messages", {"messages": [{"type": "text"}]}),
    "call_connect": ("calls", {"calls": [{"event": "connect"}]}),
    "call_terminate": ("calls", {"calls": [{"event": "terminate"}]}),
    "call_status": ("calls", {"statuses": [{"type": "call", "status": "RINGING"}]}),
    "set_callback": ("messages", {"statuses": [{"type": "set-callback"}]}),
    "account_update": ("account_update", {"event": "ACCOUNT_VIOLATION"}),
    "account_settings_update": ("account_settings_update", {"type": "phone_number_settings"}),
}


@pytest.mark.parametrize(("kind", "change"), KINDS.items(), ids=KINDS)
def test_a_kind_is_told_by_what_is_in_it(kind: str, change: tuple[str, dict[str, Any]]) -> None:
    """Every kind of webhook that the sandbox sends is recognised in its body."""
    assert [webhook.kind for webhook in webhooks_in(body(change), at="now")] == [kind]


def test_a_body_with_several_changes_is_several_webhooks() -> None:
    """Several events in one POST are matched one by one."""
    several = body(KINDS["message_status"], KINDS["message"])
    assert [webhook.kind for webhook in webhooks_in(several, at="now")] == ["message_status", "message"]


@pytest.mark.parametrize("content", [None, [], {}, {"entry": []}, {"entry": [{"id": "1"}]}])
def test_a_body_that_is_none(content: Any) -> None:
    """What is no webhook holds none."""
    assert webhooks_in(content, at="now") == []


def test_in_brief() -> None:
    """In brief a webhook is its kind and the values that tell such ones apart."""
    (connect,) = webhooks_in(body(("calls", {"calls": [{"event": "terminate", "status": "COMPLETED"}]})), at="now")
    assert brief(connect) == 'call_terminate event "terminate", status "COMPLETED"'
    lost = connect._replace(answered=False, outcome="answered nothing")
    assert brief(lost).endswith(" (not delivered: answered nothing)")
