"""The schema files as a set: names, references, bounds, and the bundle made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from mock_server import schemas
from mock_server.errors import NotFound, SandboxError
from mock_server.resources import fixture_dir, schema_dir

NAMES = schemas.names()
FILE_REFERENCE = re.compile(r"^[a-z][A-Za-z0-9_-]*\.json(#/[A-Za-z0-9_/-]+)?$")


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a schema, itself included."""
    if isinstance(value, dict):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(below)


def kinds_of(part: dict[str, Any]) -> list[str]:
    kinds = part.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds] if isinstance(kinds, str) else []


def test_a_schema_says_what_it_is() -> None:
    """Each file is JSON Schema 2020-12, named like its `$id`, with a title and a sentence about it."""
    for name in NAMES:
        schema = schemas.schema(name)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema", name
        assert schema["$id"] == f"https://gupshup-mock.invalid/schemas/{name}.json", name
        assert schema["title"], name
        assert schema["description"].endswith("."), name
        jsonschema_rs.meta.validate(schema)


def test_a_schema_refers_to_sibling_files_only() -> None:
    """No `$ref` leaves the folder: nothing can ever be fetched."""
    references = [part["$ref"] for name in NAMES for part in parts(schemas.schema(name)) if "$ref" in part]
    assert [reference for reference in references if not FILE_REFERENCE.match(reference)] == []


def test_numbers_are_bounded_and_sentences_can_be_made() -> None:
    """Numbers have bounds on both sides (E3); a pattern has a title and a `not` a description, for the error to say."""
    for part in (part for name in NAMES for part in parts(schemas.schema(name))):
        if {"integer", "number"}.intersection(kinds_of(part)):
            assert {"minimum", "maximum"} <= part.keys(), part
        if isinstance(part.get("pattern"), str):
            assert part["title"], part
            assert not re.search(r"\\[dwDW]", part["pattern"]), "means other things in other engines"
        if part.get("not") == {}:
            assert part["description"], part


def test_ids_are_unique() -> None:
    """No two files claim the same `$id`."""
    ids = [schemas.schema(name)["$id"] for name in NAMES]
    assert len(set(ids)) == len(ids) == len(list(schema_dir().glob("*")))


def test_the_registry_is_complete() -> None:
    """Every `$ref` is found offline."""
    schemas.check_registry()


def test_an_unknown_schema_is_refused_by_name() -> None:
    """Asking for a schema that is not there, or for a file elsewhere, says so."""
    for name in ("call_permission_request", "../pyproject", ""):
        with pytest.raises(NotFound):
            schemas.schema(name)
        with pytest.raises(SandboxError):
            schemas.validate(name, {})


def test_a_schema_is_the_callers_own_copy() -> None:
    """Changing what `schema` gave out changes no validation."""
    schemas.schema("health").clear()
    assert schemas.schema("health")["title"] == "a sandbox that is up"


BUNDLE = ["message", "app-update", "webhook-meta-call_permission_reply", "webhook-gupshup-call_permission_reply"]


def test_a_bundle_stands_by_itself() -> None:
    """The components for OpenAPI have no `$id`, and every reference is to another component."""
    components = schemas.bundled(BUNDLE)
    assert set(BUNDLE) < components.keys()
    assert {"address", "phone-number", "call-permission-reply", "app-settings"} < components.keys()
    assert "target" not in components
    for part in parts(components):
        assert "$id" not in part
        assert "$schema" not in part
        if isinstance(part.get("$ref"), str):
            assert part["$ref"].startswith("#/components/schemas/")


@pytest.mark.parametrize("name", BUNDLE)
def test_a_bundle_judges_like_the_files(name: str) -> None:
    """Bundled or not, the same examples are accepted and refused."""
    document = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas.bundled([name])}}
    validator = jsonschema_rs.Draft202012Validator(document, offline=True)
    for file in (fixture_dir() / name).glob("valid/*.json"):
        assert validator.is_valid(json.loads(file.read_bytes())), file.name
    for file in (fixture_dir() / name).glob("invalid/*.json"):
        assert not validator.is_valid(json.loads(file.read_bytes())["value"]), file.name


def test_a_bundle_for_generators_has_short_lists() -> None:
    """`longest_list` bounds every list, and leaves those that need more items as they must be."""
    components = schemas.bundled(["webhook-meta-message", "message-interactive-carousel"], longest_list=1)
    entries = components["webhook-meta-message"]["properties"]["entry"]
    cards = components["message-interactive-carousel"]["properties"]["interactive"]["properties"]["action"]
    assert (entries["minItems"], entries["maxItems"]) == (1, 1)
    assert cards["properties"]["cards"]["maxItems"] == 2
    assert schemas.bundled(["webhook-meta-message"])["webhook-meta-message"]["properties"]["entry"]["maxItems"] == 1000
