"""Which schema a message or a call is judged by."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server import schemas
from mock_server.errors import SchemaError
from mock_server.schemas import UnknownType, call_schema, message_schema


def test_every_message_schema_is_reached_and_exists() -> None:
    """The types that the code knows are exactly the branches in the folder."""
    branches = {name.removeprefix("message-") for name in schemas.names() if name.startswith("message-")}
    branches -= {"base", "status-meta", "status-gupshup", "status-gupshup-bare"}  # pieces, not branches
    for branch in branches:
        kind = branch.removeprefix("interactive-")
        body = {"type": kind} if kind == branch else {"type": "interactive", "interactive": {"type": kind}}
        assert message_schema(body) == f"message-{branch}"
    whole = {reference["$ref"].removesuffix(".json") for reference in schemas.schema("message")["oneOf"]}
    assert whole == {f"message-{branch}" for branch in branches}
    assert len(whole) == 22


def test_every_call_schema_is_reached_and_exists() -> None:
    """The five actions of Graph's `POST /calls` (C1)."""
    for action in ("connect", "pre_accept", "accept", "reject", "terminate"):
        assert call_schema({"action": action, "call_id": "anything"}) == f"call-{action}"
        assert schemas.schema(f"call-{action}")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"type": "call_permission_request"}, "type"),
        ({"type": "address"}, "type"),
        ({"type": ""}, "type"),
        ({"type": "interactive", "interactive": {"type": "call_permission"}}, "interactive.type"),
    ],
)
def test_a_type_that_is_none_is_told_apart(body: Any, path: str) -> None:
    """R7, mistake 15: an unknown type is an error of its own kind, which lists the known ones."""
    with pytest.raises(UnknownType) as refused:
        message_schema(body)
    assert refused.value.path == path
    assert refused.value.sentence.startswith('must be one of "')


@pytest.mark.parametrize(
    ("body", "path", "sentence"),
    [
        ({}, "type", "is required"),
        ([], "", "must be an object, not a list"),
        (None, "", "must be an object, not null"),
        ("text", "", 'must be an object, not "text"'),
        ({"type": 5}, "type", "must be a string, not 5"),
        ({"type": ["text"]}, "type", "must be a string, not a list"),
        ({"type": "interactive"}, "interactive", "is required"),
        ({"type": "interactive", "interactive": []}, "interactive", "must be an object, not a list"),
        ({"type": "interactive", "interactive": {}}, "interactive.type", "is required"),
        ({"type": "interactive", "interactive": {"type": {}}}, "interactive.type", "must be a string, not an object"),
    ],
)
def test_a_malformed_type_is_not_an_unknown_one(body: Any, path: str, sentence: str) -> None:
    """A missing type, or one that is no string, is an ordinary mistake at that field."""
    with pytest.raises(SchemaError) as refused:
        message_schema(body)
    assert not isinstance(refused.value, UnknownType)
    assert (refused.value.schema, refused.value.path, refused.value.sentence) == ("message", path, sentence)


def test_a_call_without_a_known_action_is_refused() -> None:
    """The same for `action`: unknown and missing are two kinds of error."""
    with pytest.raises(UnknownType) as unknown:
        call_schema({"action": "dial"})
    assert (unknown.value.schema, unknown.value.path) == ("call", "action")
    malformed: list[Any] = [{}, {"action": None}, [], "connect"]
    for body in malformed:
        with pytest.raises(SchemaError) as refused:
            call_schema(body)
        assert not isinstance(refused.value, UnknownType)
