"""The sandbox against its own OpenAPI document, by generated requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mock_server import schemas
from mock_server.http.app import Sandbox
from mock_server.http.control import routes as control
from mock_server.http.openapi import EVENTS, Document
from mock_server.http.partner import routes as partner
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.stage.play import APP, TOKEN

MESSAGE = "/partner/app/{app_id}/v3/message"
# Generating from all types at once takes seconds a message; these stand for the rest, which their fixtures show.
SOME_TYPES = [
    "message-interactive-call_permission_request",
    "message-interactive-button",
    "message-template",
    "message-text",
]


def _document() -> dict[str, Any]:
    document = Document([*partner.operations(), *control.operations()]).value
    media = document["paths"][MESSAGE]["post"]["requestBody"]["content"]["application/json"]
    short = schemas.bundled(SOME_TYPES, longest_list=2)
    renamed = json.loads(json.dumps(short).replace("#/components/schemas/", "#/components/schemas/short-"))
    document["components"]["schemas"] |= {f"short-{name}": value for name, value in renamed.items()}
    media["schema"] = {"anyOf": [{"$ref": f"#/components/schemas/short-{name}"} for name in SOME_TYPES]}
    return document


schema = schemathesis.openapi.from_dict(_document()).exclude(path=EVENTS)  # a stream has no end

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
KNOWN = {"app_id": APP, "app": APP, "partner_id": "1", "wa_id": "919812345678", "subscription_id": "8166"}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    sandbox = Sandbox(ServerSettings(seed="generated", log="quiet"))
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server:
        yield server.url


@schema.parametrize()
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_generated_request_gets_a_documented_answer(case: schemathesis.Case[Any], served: str) -> None:
    """No generated request gives a 5xx, and every answer has a documented status, content type and body (E3)."""
    if case.operation.label == "DELETE /_sandbox/apps/{app}":
        case.path_parameters = {"app": "no-such-app"}
    else:
        case.path_parameters = {name: KNOWN.get(name, value) for name, value in (case.path_parameters or {}).items()}
    response = case.call(base_url=served, headers={"Authorization": TOKEN}, timeout=20)
    case.validate_response(response, checks=CHECKS)
