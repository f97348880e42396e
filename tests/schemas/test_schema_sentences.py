"""What an error says: the deepest mistake, in the nearest alternative, in words that help."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from mock_server.errors import SchemaError
from mock_server.schemas import validate


def said(name: str, value: Any) -> tuple[str, str]:
    with pytest.raises(SchemaError) as refused:
        validate(name, value)
    return refused.value.path, refused.value.sentence


def request(**interactive: Any) -> dict[str, Any]:
    action = {"name": "call_permission_request"}
    return {
        "messaging_product": "whatsapp",
        "to": "919812345678",
        "type": "interactive",
        "interactive": {"type": "call_permission_request", "action": action, **interactive},
    }


CPR = "message-interactive-call_permission_request"


def test_the_seeds_placeholder_is_explained() -> None:
    """The number as the guide prints it, 91XXXXXXXXXX, is refused with what a number looks like."""
    wanted = "a phone number of 7 to 15 digits (+, spaces, hyphens and parentheses are taken away)"
    assert said(CPR, request() | {"to": "91XXXXXXXXXX"}) == ("to", f'must be {wanted}, not "91XXXXXXXXXX"')


def test_a_missing_recipient_is_missed_at_to() -> None:
    """Either `to` or `recipient` must be there; the error names `to`."""
    body = request()
    del body["to"]
    assert said(CPR, body) == ("to", "is required, or else recipient")


def test_a_missing_key_is_part_of_the_path() -> None:
    """A missing field is named by its full path."""
    assert said(CPR, request(action={})) == ("interactive.action.name", "is required")


def test_a_fixed_word_is_quoted_beside_what_came() -> None:
    """Mistake 15: the wrong name, with the right one."""
    assert said(CPR, request(action={"name": "call_permission"})) == (
        "interactive.action.name",
        'must be "call_permission_request", not "call_permission"',
    )


def test_of_several_mistakes_the_deepest_is_told() -> None:
    """What is wrong inside says more than what is wrong around it."""
    body = request(action={"name": "call_permission"}) | {"to": 5, "more": 1}
    assert said(CPR, body)[0] == "interactive.action.name"


@pytest.mark.parametrize(
    ("integrator", "path"),
    [
        ({"webhook_url": "http://a.example", "dialect": "mta", "setle": "1s"}, "integrator.dialect"),
        ({"webhok_url": "http://a.example"}, "integrator.webhok_url"),
    ],
)
def test_of_equally_deep_ones_the_most_telling(integrator: dict[str, Any], path: str) -> None:
    """A wrong word before an unknown field, and that, which may be a slip of the pen, before the missing one."""
    assert said("target", {"integrator": integrator})[0] == path


def test_a_forbidden_part_says_why() -> None:
    """A header cannot be sent with a request, and the error says what can be changed."""
    assert said(CPR, request(header={"type": "text", "text": "Hello"})) == (
        "interactive.header",
        "is not supported on a call permission request: only body.text is free",
    )


def test_an_unknown_field_is_told_with_the_known_ones() -> None:
    """A typing error in a control request shows what could have been meant."""
    assert said("clock-change", {"advance_second": 1}) == (
        "advance_second",
        "is not a known field; known are: advance_seconds, freeze, resume, at",
    )


def test_fields_fixed_at_creation_are_known_but_not_offered() -> None:
    """The list of known fields leaves out those that PATCH refuses, and those say why themselves."""
    assert said("app-update", {"id": "x"}) == ("id", "cannot be changed: it is given when the app is created")
    _, sentence = said("app-update", {"callings": "ENABLED"})
    assert "calling," in sentence
    assert "waba_id" not in sentence


def test_one_of_several_fields_is_wanted() -> None:
    """Exactly one: none and two are two different sentences."""
    assert said("clock-change", {}) == ("advance_seconds", "is required, or else freeze or resume")
    assert said("clock-change", {"advance_seconds": 1, "freeze": True}) == (
        "freeze",
        "cannot stand beside advance_seconds: give one of advance_seconds, freeze, resume",
    )


def test_a_begun_alternative_is_finished() -> None:
    """An action of a target with a method lacks the URL, not the command."""
    target = {"integrator": {"webhook_url": "http://127.0.0.1:9000/"}, "actions": {"call": {"method": "POST"}}}
    assert said("target", target) == ("actions.call.url", "is required")


def test_the_word_that_tells_alternatives_apart_lists_them_all() -> None:
    """An unknown kind is told with every known one."""
    assert said("fault-add", {"fault": "explode"}) == (
        "fault",
        'must be one of "status", "error", "delay", "close", "duplicate", "reorder", "batch", "drop", '
        '"break_signature", "stale", not "explode"',
    )
    assert said("call-permission-reply", {"response": "revoke", "response_source": "user_action"}) == (
        "response",
        'must be one of "accept", "reject", "APPROVE", "REJECT", not "revoke"',
    )


def test_the_nearest_alternative_is_the_one_that_is_told() -> None:
    """In the whole of `message`, a request without its action is a request, not a failed text message."""
    body = request()
    del body["interactive"]["action"]
    assert said("message", body) == ("interactive.action", "is required")


def test_a_list_index_is_part_of_the_path() -> None:
    """`contacts[0].phones`."""
    body = {"messaging_product": "whatsapp", "to": "919812345678", "type": "contacts"}
    contact = {"name": {"formatted_name": "Asha"}, "phones": "919812345678"}
    assert said("message-contacts", body | {"contacts": [contact]}) == (
        "contacts[0].phones",
        'must be a list, not "919812345678"',
    )


def test_a_huge_value_is_never_echoed() -> None:
    """Long words are cut, numbers of thousands of digits are only described (E3)."""
    _, sentence = said(CPR, request(action={"name": "x" * 10_000}))
    assert sentence == 'must be "call_permission_request", not "' + "x" * 60 + '…"'
    assert said(CPR, request() | {"to": 10**5000}) == ("to", "must be a string, not a number of very many digits")
    assert said("overrides", {"nudge_after": 10**400}) == ("nudge_after", "must be at most 1000")
    assert said("overrides", {"nudge_after": 10**5000})[0] == "nudge_after"
    assert len(said("overrides", {"y" * 10_000: 1})[0]) == 80


NO_JSON = {"surrogate": "\ud800", "key": {1: 2}, "date": {"freeze_at": datetime.date(2026, 1, 1)}}


@pytest.mark.parametrize("value", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_is_an_ordinary_refusal(value: Any) -> None:
    """A lone surrogate, a key that is no string, a date out of TOML: a schema error, never another (E3)."""
    path, sentence = said("config", {"server": value})
    assert path == ""
    assert sentence.startswith("is not JSON: ")


def test_the_error_reads_as_one_line() -> None:
    """As text it is the path and the sentence."""
    with pytest.raises(SchemaError, match=r"^which: must be one of \"failed\", \"all\", not \"dead\"$"):
        validate("redeliver", {"which": "dead"})
