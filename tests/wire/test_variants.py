"""Each named shape variant, one at a time: what it changes, and that it changes nothing else (W4)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.events import AnyEvent
from mock_server.settings import Dialect
from tests.stage.words import (
    CALLBACK,
    DECLINED,
    EVENTS,
    FAILED,
    PERMANENT,
    RINGING,
    TALKED,
    TEMPORARY,
    TEXT,
    said,
    status,
    value_of,
)

BOTH = list(Dialect)
WAMID = "wamid.HQUMOTE5ODEyMzQ1Njc4FQIAAAECAwQFBgcICQoLDA0ODw=="


def inner(event: AnyEvent, dialect: Dialect = Dialect.GUPSHUP, **variants: str) -> Any:
    """The object in the middle of a permission reply."""
    message = value_of(said(event, dialect, variants))["messages"][0]
    return message["interactive"]["call_permission_reply"]


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(("chosen", "expiry"), [("int", 1767772800), ("string", "1767772800")])
def test_expiration(dialect: Dialect, chosen: str, expiry: object) -> None:
    """`expiration`: a number or a string, in either dialect (facts/meta 2.3)."""
    assert inner(TEMPORARY, dialect, expiration=chosen)["expiration_timestamp"] == expiry


REPLIES = {
    "current": (
        {
            "response": "accept",
            "is_permanent": False,
            "expiration_timestamp": 1767772800,
            "response_source": "user_action",
        },
        {"response": "accept", "is_permanent": True, "response_source": "user_action"},
        {"response": "reject", "response_source": "user_action"},
    ),
    "2025": (
        {"response": "accept", "expiration_timestamp": 1767772800, "response_source": "user_action"},
        {"response": "accept", "is_permanent": True, "response_source": "user_action"},
        {"response": "reject", "response_source": "user_action"},
    ),
    "permanent-guide": (
        {"response": "accept", "expiration_timestamp": 1767772800},
        {"response": "accept", "is_permanent": True, "response_source": "user_action"},
        {"response": "reject", "response_source": "user_action"},
    ),
    "outbound-guide": (
        {"response": "APPROVE", "expiration_time": "1767772800"},
        {"response": "APPROVE"},
        {"response": "REJECT"},
    ),
}


@pytest.mark.parametrize("form", REPLIES)
def test_reply(form: str) -> None:
    """`reply`: as today, as in 2025, as in Gupshup's permanent guide, as in its outbound guide (facts/gupshup 3.5)."""
    assert tuple(inner(event, reply=form) for event in (TEMPORARY, PERMANENT, DECLINED)) == REPLIES[form]


def test_the_outbound_guides_envelope() -> None:
    """`reply: outbound-guide`: phone-number-id for an entry id, bare contacts, no app, sender, id or context."""
    assert said(TEMPORARY, variants={"reply": "outbound-guide"}) == {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": "106540352242922",
                "changes": [
                    {
                        "field": "messages",
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {
                                "display_phone_number": "917834811114",
                                "phone_number_id": "106540352242922",
                            },
                            "contacts": [{"wa_id": "919812345678"}],
                            "messages": [
                                {
                                    "timestamp": "1767168000",
                                    "type": "interactive",
                                    "interactive": {
                                        "type": "call_permission_reply",
                                        "call_permission_reply": {
                                            "response": "APPROVE",
                                            "expiration_time": "1767772800",
                                        },
                                    },
                                }
                            ],
                        },
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(
    ("chosen", "sender"),
    [("user", "919812345678"), ("business", "917834811114"), ("phone_number_id", "106540352242922")],
)
def test_context_from(dialect: Dialect, chosen: str, sender: str) -> None:
    """`context_from`: the user, the business number, or the phone-number-id (facts/meta 2.3)."""
    for event in (TEMPORARY, CALLBACK):
        message = value_of(said(event, dialect, {"context_from": chosen}))["messages"][0]
        assert message["context"]["from"] == sender


def test_status_id() -> None:
    """`status_id: uuid`: a second UUID for an id, and the wamid as `meta_msg_id`; Gupshup only (facts/gupshup 3.4)."""
    item = value_of(said(status("sent"), variants={"status_id": "uuid"}))["statuses"][0]
    assert {name: item[name] for name in ("gs_id", "id", "meta_msg_id")} == {
        "gs_id": "00010203-0405-4607-8809-0a0b0c0d0e0f",
        "id": "f3da44de-b3bc-46bd-8054-8903382f6971",
        "meta_msg_id": WAMID,
    }
    on_meta = value_of(said(status("sent"), Dialect.META, {"status_id": "uuid"}))["statuses"][0]
    assert on_meta["id"] == WAMID


def test_every_status_of_a_message_has_the_same_second_uuid() -> None:
    """`status_id: uuid`: the second UUID belongs to the message, not to the event."""
    seen = {value_of(said(status(w), variants={"status_id": "uuid"}))["statuses"][0]["id"] for w in ("sent", "read")}
    assert len(seen) == 1


def test_failed() -> None:
    """`failed: flat`: code and reason in the status, no entry id, no metadata; Gupshup only (facts/gupshup 3.4)."""
    body = said(FAILED, variants={"failed": "flat"})
    assert "id" not in body["entry"][0]
    assert "metadata" not in value_of(body)
    assert value_of(body)["statuses"] == [
        {
            "gs_id": "00010203-0405-4607-8809-0a0b0c0d0e0f",
            "id": WAMID,
            "status": "failed",
            "timestamp": "1767168000",
            "recipient_id": "919812345678",
            "recipient_user_id": "IN.37279139073376405991",
            "code": 1002,
            "reason": "The recipient is not on WhatsApp.",
        }
    ]
    assert said(FAILED, Dialect.META, {"failed": "flat"}) == said(FAILED, Dialect.META)
    assert said(status("sent"), variants={"failed": "flat"}) == said(status("sent"))


CONTACTS: dict[str, Any] = {
    "full": [{"profile": {"name": "Asha Rao"}, "wa_id": "919812345678", "user_id": "IN.37279139073376405991"}],
    "trimmed": [{"wa_id": "919812345678"}],
    "absent": None,
}


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("chosen", CONTACTS)
def test_contacts(dialect: Dialect, chosen: str) -> None:
    """`contacts`: full, only the number, or none, in messages, statuses and calls alike (facts/integrators 2)."""
    for event in (TEMPORARY, status("sent"), TEXT, TALKED, RINGING):
        assert value_of(said(event, dialect, {"contacts": chosen})).get("contacts") == CONTACTS[chosen]


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(("chosen", "word"), [("upper", "COMPLETED"), ("title", "Completed"), ("list", ["Completed"])])
def test_terminate_case(dialect: Dialect, chosen: str, word: object) -> None:
    """`terminate_case`: COMPLETED, Completed, or a list (facts/meta 5.4, facts/gupshup 3.6)."""
    assert value_of(said(TALKED, dialect, {"terminate_case": chosen}))["calls"][0]["status"] == word


def test_enqueued_timestamp() -> None:
    """`enqueued_timestamp: ms`: a number of milliseconds, no entry id, no metadata (facts/gupshup 3.4)."""
    body = said(status("enqueued"), variants={"enqueued_timestamp": "ms"})
    assert value_of(body)["statuses"][0]["timestamp"] == 1767168000999
    assert "id" not in body["entry"][0]
    assert "metadata" not in value_of(body)
    assert said(status("sent"), variants={"enqueued_timestamp": "ms"}) == said(status("sent"))


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("expiration", None),
        ("reply", "current"),
        ("context_from", "user"),
        ("status_id", "wamid"),
        ("failed", "errors"),
        ("contacts", "full"),
        ("terminate_case", "upper"),
        ("enqueued_timestamp", "string"),
        ("no_permission_status", "401"),
        ("retry_window", "7d"),
    ],
)
def test_defaults(dialect: Dialect, name: str, default: str | None) -> None:
    """Of every variant the first is what an app has that chose none (W4)."""
    for event in EVENTS.values():
        if event.kind != "message_status" or dialect is Dialect.GUPSHUP or "enqueued" not in event.topic:
            assert said(event, dialect, {name: default}) == said(event, dialect)


@pytest.mark.parametrize("name", ["no_permission_status", "retry_window"])
def test_two_variants_are_not_about_webhooks(name: str) -> None:
    """Which HTTP status 138006 has, and how long is tried, changes no webhook (W4)."""
    chosen = {"no_permission_status": "400", "retry_window": "36h"}[name]
    for event in EVENTS.values():
        assert said(event, variants={name: chosen}) == said(event)
