"""What widely used parsers need, held against every webhook of the default shape (W4, facts/integrators 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.settings import Dialect
from tests.stage.words import EVENTS, said, value_of

BODIES = {
    f"{name} ({dialect.value})": said(event, dialect)
    for name, event in EVENTS.items()
    for dialect in Dialect
    if not (name == "enqueued" and dialect is Dialect.META)  # Meta has no such status
}
EVERY = pytest.mark.parametrize("name", BODIES)


def every(part: str, event: str = "") -> Iterator[tuple[str, Any]]:
    """Every message, status or call of all webhooks, with the name of its webhook."""
    found = 0
    for name, body in BODIES.items():
        for item in value_of(body).get(part, []):
            if not event or item.get("event") == event:
                found += 1
                yield name, item
    assert found > 1


def everything(part: Any) -> Iterator[Any]:
    """Whatever stands anywhere in a body."""
    yield part
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from everything(below)


@EVERY
def test_contacts(name: str) -> None:
    """Every webhook has contacts, statuses and calls included, with number, BSUID and name (W4)."""
    assert value_of(BODIES[name])["contacts"] == [
        {"profile": {"name": "Asha Rao"}, "wa_id": "919812345678", "user_id": "IN.37279139073376405991"}
    ]


@EVERY
def test_envelope(name: str) -> None:
    """Every webhook is of v3: an object, entries with an id, and metadata that names the number (W4)."""
    body = BODIES[name]
    assert body["object"] == "whatsapp_business_account"
    assert body["entry"][0]["id"] == "102290129340398"
    assert value_of(body)["metadata"] == {
        "display_phone_number": "917834811114",
        "phone_number_id": "106540352242922",
    }


@EVERY
def test_one_of_each(name: str) -> None:
    """Every webhook has one entry, one change and one item: several parsers read the first of each only (W4)."""
    entries = BODIES[name]["entry"]
    (value,) = (change["value"] for entry in entries for change in entry["changes"])
    told = [*value.get("messages", []), *value.get("statuses", []), *value.get("calls", [])]
    assert len(told) == 1
    assert told[0]["timestamp"] == "1767168000"


@EVERY
def test_nothing_is_null_or_empty(name: str) -> None:
    """Nothing is null, and no list is empty: `errors: []` and `expiration_timestamp: null` lose events (W4)."""
    for value in everything(BODIES[name]):
        assert value is not None
        assert value != []


@EVERY
def test_fields(name: str) -> None:
    """Call events come under `calls`, all else under `messages` (W4)."""
    change = BODIES[name]["entry"][0]["changes"][0]
    about_call = "calls" in change["value"] or change["value"].get("statuses", [{}])[0].get("type") == "call"
    assert change["field"] == ("calls" if about_call else "messages")


def test_messages() -> None:
    """Every message has a type and a sender, and its context has one too (W4)."""
    for name, message in every("messages"):
        assert message["type"] in {"text", "interactive"}, name
        assert message["from"] == "919812345678", name
        assert "context" not in message or message["context"]["from"] == "919812345678", name


def test_replies() -> None:
    """Every permission reply says where it comes from, and its expiry is a number, digits, or not there (W4)."""
    for name, message in every("messages"):
        if message["type"] == "interactive":
            reply = message["interactive"]["call_permission_reply"]
            assert reply["response"] in {"accept", "reject"}, name
            assert reply["response_source"] in {"user_action", "automatic"}, name
            assert str(reply.get("expiration_timestamp", "1767772800")) == "1767772800", name
            assert ("is_permanent" in reply) is (reply["response"] == "accept"), name


def test_statuses() -> None:
    """Every status has a recipient, and every error its link and its details (W4)."""
    for name, status in every("statuses"):
        assert status["recipient_id"] == "919812345678", name
        for error in status.get("errors", []):
            assert error.keys() == {"code", "title", "message", "error_data", "href"}, name
            assert isinstance(error["code"], int), name
            assert error["error_data"]["details"], name


def test_connects() -> None:
    """Every connect has its direction, and its time as a string (W4)."""
    for name, call in every("calls", "connect"):
        assert call["direction"] in {"BUSINESS_INITIATED", "USER_INITIATED"}, name
        assert isinstance(call["timestamp"], str), name


def test_terminates() -> None:
    """Every terminate has a status that is one word, its times as strings and its duration as a number (W4)."""
    durations = []
    for name, call in every("calls", "terminate"):
        assert call["status"] == "COMPLETED", name
        if "duration" in call:
            durations.append(call["duration"])
            assert (call["start_time"], call["end_time"]) == ("1767168000", "1767168120"), name
    assert durations == [120, 120]
