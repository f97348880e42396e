"""Every file under `fixtures/SCHEMA/valid` and `invalid` is a test: dropping one in is enough."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from mock_server import schemas
from mock_server.errors import SchemaError
from mock_server.resources import fixture_dir

VALID = sorted(fixture_dir().glob("*/valid/*.json"))
INVALID = sorted(fixture_dir().glob("*/invalid/*.json"))


def name_of(file: Path) -> str:
    return f"{schema_of(file)}-{file.stem}"


def schema_of(file: Path) -> str:
    return file.parent.parent.name


@cache
def reference(name: str) -> Any:
    """The pure-Python validator, an implementation of its own."""
    return Draft202012Validator(schemas.schema(name), registry=registry())


@cache
def registry() -> Registry[Any]:
    contents = [(f"{schemas.BASE}{name}.json", schemas.schema(name)) for name in schemas.names()]
    return Registry().with_resources([(uri, Resource.from_contents(content)) for uri, content in contents])


@pytest.mark.parametrize("file", VALID, ids=name_of)
def test_a_valid_example_satisfies_its_schema(file: Path) -> None:
    """What a page documents, and what we made after it, is accepted by both implementations of JSON Schema."""
    value = json.loads(file.read_bytes())
    schemas.validate(schema_of(file), value)
    assert reference(schema_of(file)).is_valid(value)


@pytest.mark.parametrize("file", INVALID, ids=name_of)
def test_an_invalid_example_is_refused_at_the_field_it_names(file: Path) -> None:
    """A mistake is refused by both implementations; the error names the wrong field and never echoes a huge value."""
    example = json.loads(file.read_bytes())
    with pytest.raises(SchemaError) as refused:
        schemas.validate(schema_of(file), example["value"])
    assert refused.value.path == example["path"]
    assert refused.value.schema == schema_of(file)
    assert "xxxxxxxxxx" * 8 not in refused.value.sentence
    assert not reference(schema_of(file)).is_valid(example["value"])


def test_every_schema_has_examples_on_both_sides() -> None:
    """No schema is without a valid and an invalid example, and no example is without a schema."""
    assert {schema_of(file) for file in VALID} == set(schemas.names())
    assert {schema_of(file) for file in INVALID} == set(schemas.names())


def test_every_documented_example_names_its_source() -> None:
    """`SOURCES.md` has one line for each file that claims to be documented, and none for others."""
    sources = (fixture_dir() / "SOURCES.md").read_text(encoding="utf-8")
    listed = [line.split("`")[1] for line in sources.splitlines() if line.startswith("- `")]
    documented = [file for file in VALID if file.stem.startswith("documented")]
    assert sorted(listed) == sorted(file.relative_to(fixture_dir()).as_posix() for file in documented)
