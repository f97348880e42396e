"""How a user is named: by number, by BSUID, by both (A3)."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from mock_server.engine.events import AnyEvent, Contact
from mock_server.engine.state import Failure
from mock_server.settings import Dialect
from mock_server.wire import webhooks
from tests.stage.conversation import an_app
from tests.stage.words import (
    CALLED,
    CONNECTED,
    EVENTS,
    RINGING,
    TALKED,
    TEMPORARY,
    TEXT,
    by_username,
    said,
    status,
    value_of,
)

NUMBER, BSUID = "919812345678", "IN.37279139073376405991"
# What names the user in each part of a webhook: the field for the number, and the one for the BSUID.
PLACES: list[tuple[AnyEvent, str, str, str]] = [
    (TEXT, "messages", "from", "from_user_id"),
    (TEMPORARY, "messages", "from", "from_user_id"),
    (status("sent"), "statuses", "recipient_id", "recipient_user_id"),
    (RINGING, "statuses", "recipient_id", "recipient_user_id"),
    (CONNECTED, "calls", "to", "to_user_id"),
    (TALKED, "calls", "to", "to_user_id"),
    (CALLED, "calls", "from", "from_user_id"),
]
DIALECTS = pytest.mark.parametrize("dialect", Dialect)
EVERYWHERE = pytest.mark.parametrize(("event", "part", "number", "bsuid"), PLACES)


def shown(event: AnyEvent, dialect: Dialect, **settings: Any) -> Any:
    """The value of a webhook that need not satisfy the schema."""
    return value_of(json.loads(webhooks.render(event, an_app(**settings), dialect=dialect).body))


@DIALECTS
@EVERYWHERE
def test_by_default_both(dialect: Dialect, event: AnyEvent, part: str, number: str, bsuid: str) -> None:
    """A user is named by number and by BSUID: some parsers need the one, some the other (A3)."""
    value = value_of(said(event, dialect))
    assert (value[part][0][number], value[part][0][bsuid]) == (NUMBER, BSUID)
    assert (value["contacts"][0]["wa_id"], value["contacts"][0]["user_id"]) == (NUMBER, BSUID)


@DIALECTS
@EVERYWHERE
def test_without_bsuids(dialect: Dialect, event: AnyEvent, part: str, number: str, bsuid: str) -> None:
    """With `bsuid: off` no webhook has a BSUID anywhere (A3, facts/gupshup 3.5)."""
    value = value_of(said(event, dialect, bsuid="off"))
    assert value[part][0][number] == NUMBER
    assert value["contacts"] == [{"profile": {"name": "Asha Rao"}, "wa_id": NUMBER}]
    assert BSUID not in json.dumps(value)
    assert bsuid not in json.dumps(value)


@DIALECTS
@EVERYWHERE
def test_a_user_with_a_username(dialect: Dialect, event: AnyEvent, part: str, number: str, bsuid: str) -> None:
    """A user with a username is named by BSUID only: the number is nowhere but in ids (A3)."""
    value = value_of(said(by_username(event), dialect))
    assert value["contacts"] == [{"profile": {"name": "Asha Rao", "username": "asha.rao"}, "user_id": BSUID}]
    assert (number in value[part][0], value[part][0][bsuid]) == (False, BSUID)
    assert NUMBER not in json.dumps(value)


@DIALECTS
def test_a_user_with_a_username_has_a_context_without_a_number(dialect: Dialect) -> None:
    """The context of such a user's reply names the request, and not the user (A3)."""
    context = value_of(said(by_username(TEMPORARY), dialect))["messages"][0]["context"]
    assert "from" not in context
    assert context["id"].startswith("wamid.")


@DIALECTS
@pytest.mark.parametrize("variants", [{"contacts": "trimmed"}, {"reply": "outbound-guide"}])
def test_bare_contacts_of_a_user_with_a_username(dialect: Dialect, variants: dict[str, str]) -> None:
    """Contacts that hold one thing only hold the BSUID where the number is hidden (A3, W4)."""
    assert value_of(said(by_username(TEMPORARY), dialect, variants))["contacts"] == [{"user_id": BSUID}]


@pytest.mark.parametrize("dialect", Dialect)
def test_a_username_belongs_to_bsuids(dialect: Dialect) -> None:
    """With `bsuid: off` there is no username either, and the user is told by number (facts/gupshup 3.5)."""
    told = said(by_username(TEXT), dialect, bsuid="off")
    assert "asha.rao" not in json.dumps(told)
    assert value_of(told)["messages"][0]["from"] == "919812345678"
    assert value_of(told)["contacts"][0]["wa_id"] == "919812345678"


@DIALECTS
@pytest.mark.parametrize("name", [name for name, event in EVENTS.items() if event.kind != "message_status"])
def test_somebody_is_always_named(dialect: Dialect, name: str) -> None:
    """With BSUIDs off, too, every event says whom it is about: its webhook satisfies its schema (A3)."""
    said(by_username(EVENTS[name]), dialect, bsuid="off")


@DIALECTS
def test_an_unknown_bsuid(dialect: Dialect) -> None:
    """A message to a BSUID that nobody has fails, naming that BSUID and no number (A3)."""
    stranger = Contact("US.13491208655302741918", "Sandbox User")
    event = msgspec.structs.replace(status("failed", failure=Failure.UNKNOWN_USER_ID), contact=stranger)
    value = value_of(said(event, dialect))
    assert value["contacts"] == [{"profile": {"name": "Sandbox User"}, "user_id": "US.13491208655302741918"}]
    assert value["statuses"][0]["recipient_user_id"] == "US.13491208655302741918"
    assert "recipient_id" not in value["statuses"][0]


@DIALECTS
@pytest.mark.parametrize("name", [name for name, event in EVENTS.items() if event.kind != "message_status"])
def test_every_event_can_be_about_either(dialect: Dialect, name: str) -> None:
    """Whatever happens, its webhook satisfies its schema for a user with a number and for one without (A3)."""
    said(EVENTS[name], dialect)
    said(by_username(EVENTS[name]), dialect)
