"""Bodies from the webhook schemas, made by schemathesis: each webhook is a POST path of an OpenAPI document of its own.

Schemathesis is imported here only, when a test asks: it is not in the plain install, and takes a second.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest

from mock_server import schemas

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema

MISSING: Final = "schemathesis is not installed: pip install 'gupshup-mock[contract]'"
Mode = Literal["valid", "invalid"]
_HOME: Final = Path(gettempdir()) / "gupshup-mock-hypothesis"  # not a folder where pytest was started
_LONGEST_LIST: Final = 1  # several items in a list are what the tests of batches send


def document(names: list[str]) -> dict[str, Any]:
    """An OpenAPI 3.1 document with a POST path for each of these webhooks."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Webhooks that an integrator receives", "version": "1"},
        "paths": {f"/{name}": {"post": _operation(name)} for name in names},
        "components": {"schemas": schemas.bundled(names, longest_list=_LONGEST_LIST)},
    }


def names_of(dialect: str) -> list[str]:
    """The schemas of a dialect's webhooks."""
    return [name for name in schemas.names() if name.startswith(f"webhook-{dialect}-")]


def bodies(name: str, *, mode: Mode, examples: int) -> list[bytes]:
    """So many bodies, the same ones in every run: valid ones, or ones that break the schema.

    Skips the test where schemathesis is not installed.
    """
    pytest.importorskip("schemathesis", reason=MISSING)
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415  see above
    from hypothesis.configuration import set_hypothesis_home_dir  # noqa: PLC0415
    from schemathesis import GenerationMode  # noqa: PLC0415

    set_hypothesis_home_dir(_HOME)
    wanted = GenerationMode.POSITIVE if mode == "valid" else GenerationMode.NEGATIVE
    operation = _schema(name)[f"/{name}"]["POST"]
    made: dict[bytes, None] = {}

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=wanted))
    def collect(case: Any) -> None:
        made[case.body if isinstance(case.body, bytes) else _as_bytes(case.body)] = None

    try:
        collect()
    finally:
        set_hypothesis_home_dir(None)
    return list(made)


def at_number(raw: bytes, settings: dict[str, Any]) -> bytes:
    """The body as one about this business number, wherever it names one: whoever passes over the events of numbers
    that are not theirs would see nothing of it. What is not JSON, or no string where an id should be, stays.
    """
    try:
        body = json.loads(raw)
    except ValueError:
        return raw
    _name(body, "gs_app_id", settings["id"])
    for entry in _items(body, "entry"):
        _name(entry, "id", settings["waba_id"])
        for change in _items(entry, "changes"):
            value = change.get("value") if isinstance(change, dict) else None
            metadata = value.get("metadata") if isinstance(value, dict) else None
            _name(metadata, "phone_number_id", settings["phone_number_id"])
    return _as_bytes(body)


def _items(owner: Any, name: str) -> list[Any]:
    found = owner.get(name) if isinstance(owner, dict) else None
    return found if isinstance(found, list) else []


def _name(owner: Any, key: str, id: str) -> None:
    if isinstance(owner, dict) and isinstance(owner.get(key), str):
        owner[key] = id


@cache
def _schema(name: str) -> BaseSchema:
    from schemathesis import openapi  # noqa: PLC0415  see above

    dialect = name.split("-")[1]
    return openapi.from_dict(document(names_of(dialect)))


def _operation(name: str) -> dict[str, Any]:
    media = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    answers = {"200": {"description": "taken"}}
    return {"operationId": name, "requestBody": {"required": True, "content": media}, "responses": answers}


def _as_bytes(body: Any) -> bytes:
    """JSON as the providers send it; what is none (a body that was left out) as its text."""
    try:
        return json.dumps(body, separators=(",", ":"), ensure_ascii=True).encode()
    except (TypeError, ValueError):
        return str(body).encode(errors="replace")
