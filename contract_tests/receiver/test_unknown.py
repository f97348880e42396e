"""What an application has never heard of comes all the same, and whatever is refused comes again and again."""

from __future__ import annotations

import copy
from typing import Any, Final

import pytest

from contract_tests.claims import claim
from contract_tests.numbers import User
from contract_tests.receiver import sources
from contract_tests.receiver.bodies import at, objects, replaced, shown, value_of
from contract_tests.receiver.direct import Direct, Sent, as_bytes
from contract_tests.receiver.events import Said, connect, reply, status, terminate, text
from mock_server import resources

CHANGES: Final[dict[str, Any]] = {
    "message_template_status_update": {"event": "APPROVED", "message_template_id": 1, "reason": "NONE"},
    "phone_number_quality_update": {"display_phone_number": "919000000001", "event": "FLAGGED"},
    "user_preferences": {"messaging_product": "whatsapp", "user_preferences": []},
    "something_of_next_year": {"anything": [1, "two", None]},
}
MESSAGES: Final[dict[str, Any]] = {
    "image": {"image": {"id": "1", "mime_type": "image/jpeg", "sha256": "x"}},
    "button": {"button": {"text": "Yes", "payload": "yes"}},
    "interactive": {"interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{}", "name": "flow"}}},
    "system": {"system": {"type": "user_changed_number", "wa_id": "919812345678", "body": "changed"}},
    "unsupported": {"errors": [{"code": 131051, "title": "Message type unknown"}]},
    "something_of_next_year": {"something_of_next_year": None},
}
BILLING: Final = resources.fixture_dir() / "webhook-gupshup-billing" / "valid" / "documented.json"
RESPONSES: Final = ("revoke", "expired", "ACCEPTED", "accept_once", "")


@claim(
    "receiver.unknown.key",
    level="must",
    rule="W4",
    source=f"{sources.PROVIDERS}; keys have been added every few months",
    mistakes=(20,),
)
@pytest.mark.parametrize("kind", ["reply", "status", "text", "connect", "terminate"])
def test_unknown_keys_are_taken(direct: Direct, said: Said, user: User, kind: str) -> None:
    """A key that nobody knows, in any object of a webhook, is no reason to refuse it."""
    body = said(_event(kind, user.wa_id))
    rows = []
    for path in objects(body):
        new = {"key_of_next_year": {"version": 2, "of": [None]}}
        more = at(body, path) | new
        made = more if path == () else replaced(body, path, more)
        rows.append(Sent(as_bytes(made), f"a key nobody knows in {shown(path)}"))
    for answer in direct.each(rows):
        answer.must_be_accepted()


@claim("receiver.unknown.field", level="must", rule="W4", source=sources.PROVIDERS, mistakes=(20,))
@pytest.mark.parametrize("field", CHANGES)
def test_unknown_changes_are_taken(direct: Direct, said: Said, user: User, field: str) -> None:
    """A change of a `field` that the application has no use for is answered with 2xx, alone and beside others."""
    body = said(text(user.wa_id, "hello"))
    change = {"field": field, "value": CHANGES[field]}
    alone, beside = copy.deepcopy(body), copy.deepcopy(body)
    alone["entry"][0]["changes"] = [change]
    beside["entry"][0]["changes"].insert(0, change)
    direct(as_bytes(alone), f"a change of the field {field}").must_be_accepted()
    direct(as_bytes(beside), f"a change of the field {field} before a text").must_be_accepted()


@claim(
    "receiver.unknown.billing",
    level="must",
    rule="W3",
    source="Gupshup, Billing events",
    mistakes=(20,),
    dialects=("gupshup",),
)
def test_a_billing_event_is_taken(direct: Direct) -> None:
    """The billing event of a call, of the field `billing-event` and without a phone_number_id, is answered with 2xx."""
    direct(BILLING.read_bytes(), "a billing event").must_be_accepted()


@claim("receiver.unknown.message", level="must", rule="W4", source=sources.MESSAGES, mistakes=(20,))
@pytest.mark.parametrize("kind", MESSAGES)
def test_unknown_messages_are_taken(direct: Direct, said: Said, user: User, kind: str) -> None:
    """A message of any type, also one that nobody knows, is answered with 2xx."""
    body = said(text(user.wa_id, "hello"))
    message = value_of(body)["messages"][0]
    del message["text"]
    message |= {"type": kind, **MESSAGES[kind]}
    direct(as_bytes(body), f"a message of the type {kind}").must_be_accepted()


@claim("receiver.unknown.status", level="must", rule="W4", source=sources.STATUSES, mistakes=(20,))
@pytest.mark.parametrize("word", ["deleted", "played", "warning", "status_of_next_year"])
def test_unknown_statuses_are_taken(direct: Direct, said: Said, user: User, word: str) -> None:
    """A status that the application does not know is answered with 2xx."""
    body = said(status(user.wa_id, "sent"))
    value_of(body)["statuses"][0]["status"] = word
    direct(as_bytes(body), f"a message's status {word}").must_be_accepted()


@claim(
    "receiver.unknown.call",
    level="must",
    rule="W4",
    source="Meta, Calling API reference, 2026: further events of calls",
    mistakes=(20,),
)
@pytest.mark.parametrize("event", ["call_recording_available", "call_transcription_available", "call_created"])
def test_unknown_events_of_calls_are_taken(direct: Direct, said: Said, user: User, event: str) -> None:
    """An event of a call that the application does not know is answered with 2xx."""
    body = said(connect(user.wa_id))
    call = value_of(body)["calls"][0]
    del call["session"]
    call["event"] = event
    direct(as_bytes(body), f"a call's event {event}").must_be_accepted()


@claim(
    "receiver.unknown.response",
    level="must",
    rule="P4, W4",
    source=f"{sources.CALL_PERMISSIONS}: accept and reject; Gupshup's outbound guide: APPROVE",
    mistakes=(20, 22),
)
@pytest.mark.parametrize("word", RESPONSES)
def test_unknown_responses_are_taken(direct: Direct, said: Said, user: User, word: str) -> None:
    """A reply whose `response` or `response_source` is a word that nobody knows is answered with 2xx."""
    body = said(reply(user.wa_id))
    inner = value_of(body)["messages"][0]["interactive"]["call_permission_reply"]
    inner["response_source"] = "source_of_next_year"
    direct(as_bytes(body), "response_source is source_of_next_year").must_be_accepted()
    inner["response"] = word
    direct(as_bytes(body), f"response is {word!r}").must_be_accepted()


@claim(
    "receiver.unknown.incomplete-reply",
    level="must",
    rule="P4, W4",
    source="Seen in the wild: `interactive` with its type only",
    mistakes=(20,),
)
def test_a_reply_with_nothing_inside_is_taken(direct: Direct, said: Said, user: User) -> None:
    """A call_permission_reply without the object that says what the user answered is answered with 2xx."""
    body = said(reply(user.wa_id))
    del value_of(body)["messages"][0]["interactive"]["call_permission_reply"]
    direct(as_bytes(body), "nothing but `type` in `interactive`").must_be_accepted()


@claim("receiver.unknown.number", level="should", rule="P1", source=sources.PROVIDERS, mistakes=(20,))
def test_a_webhook_about_another_number_is_taken(direct: Direct, said: Said, user: User) -> None:
    """A webhook about a business number that the application does not have is answered with 2xx, or it comes again."""
    body = said(reply(user.wa_id))
    body["entry"][0]["id"] = "299999999999999"
    value_of(body)["metadata"] = {"display_phone_number": "919000009999", "phone_number_id": "199999999999999"}
    if "gs_app_id" in body:
        body["gs_app_id"] = "99999999-0000-4000-8000-000000000009"
    direct(as_bytes(body), "another business number").must_be_accepted()


def _event(kind: str, wa_id: str) -> dict[str, Any]:
    made = {
        "reply": reply(wa_id),
        "status": status(wa_id, "failed"),
        "text": text(wa_id, "hello"),
        "connect": connect(wa_id),
        "terminate": terminate(wa_id, code=138021),
    }
    return made[kind]
