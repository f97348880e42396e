"""The sandbox against its own OpenAPI document, by generated requests: partner path, Graph and control API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import schemas
from mock_server.engine.state import Conversation
from mock_server.http.control import routes as control
from mock_server.http.graph import routes as graph
from mock_server.http.openapi import EVENTS, Document
from mock_server.http.partner import routes as partner
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from mock_server.store.protocol import Store
from mock_server.store.rows import App, Delivery, DeliveryState
from tests.stage.play import APP, TOKEN
from tests.stage.receiver import ScriptedSender
from tests.stage.watch import a_sandbox

MESSAGES = ("/partner/app/{app_id}/v3/message", "/{phone_number_id}/messages")
# Generating from all types at once takes seconds a message; these stand for the rest, which their fixtures show.
SOME_TYPES = [
    "message-interactive-call_permission_request",
    "message-interactive-button",
    "message-template",
    "message-text",
]


def _document() -> dict[str, Any]:
    document = Document([*partner.operations(), *graph.operations(), *control.operations()]).value
    short = schemas.bundled(SOME_TYPES, longest_list=2)
    renamed = json.loads(json.dumps(short).replace("#/components/schemas/", "#/components/schemas/short-"))
    document["components"]["schemas"] |= {f"short-{name}": value for name, value in renamed.items()}
    for path in MESSAGES:
        media = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        media["schema"] = {"anyOf": [{"$ref": f"#/components/schemas/short-{name}"} for name in SOME_TYPES]}
    return document


document = _document()
providers = schemathesis.openapi.from_dict(document).include(path_regex="^/(partner/|oauth/|{)")
ours = schemathesis.openapi.from_dict(document).include(path_regex="^/_sandbox").exclude(path=EVENTS)  # it has no end
ours.config.phases.coverage.enabled = False  # every boundary of every field, half a minute: for what others send us

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
KNOWN = {
    "app_id": APP, "app": APP, "partner_id": "1", "wa_id": "919812345678", "subscription_id": "8166",
    "phone_number_id": "100000000000001", "waba_id": "200000000000001", "meta_app_id": "300000000000001",
}  # fmt: skip
ALL = 1_000_000
FAULTY = "faulty"  # an app of its own for faults: nothing else is asked of it, for what goes wrong would go wrong


class Served:
    """A sandbox whose clocks stand, and what it kept when it was last looked at."""

    def __init__(self, url: str, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.kept: Any = None
        self._store = store
        self._loop = loop
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=20)

    def state(self) -> Any:
        """The rows of everything but the journal."""
        return asyncio.run_coroutine_threadsafe(self._state(), self._loop).result(20)

    def settled_state(self) -> Any:
        """The same once nothing is due any more, so that it changes by requests only."""
        for app_id, (_, _, deliveries) in self.state()[0].items():
            if any(row.state is DeliveryState.WAITING for row in deliveries):
                self._http.post(f"/_sandbox/apps/{app_id}/deliveries/flush", json={})
        return self.state()

    def close(self) -> None:
        self._http.close()

    async def _state(self) -> Any:
        return {app.id: await self._rows(app) for app in await self._store.apps(limit=ALL)}, await self._store.partner()

    async def _rows(self, app: App) -> tuple[App, list[Conversation], list[Delivery]]:
        conversations = await self._store.conversations(app.id, limit=ALL)
        deliveries = await self._store.deliveries(app.id, state=None, kind="", wa_id="", after=0, limit=ALL)
        return app, conversations, deliveries


class Noticed:
    """An application that notices on which event loop it runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.loop = asyncio.get_running_loop()
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    settings = ServerSettings(seed="generated", log="quiet", freeze_at="2026-12-24T18:00:00Z")
    sandbox = a_sandbox(settings, apps=[{"id": FAULTY}], sender=ScriptedSender())
    noticed = Noticed(sandbox)
    with RunningServer(lambda: noticed, on_stop=sandbox.stop) as server:
        assert noticed.loop is not None
        served = Served(server.url, sandbox.services.store, noticed.loop)
        yield served
        served.close()


@providers.parametrize()
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_integrators_send(case: schemathesis.Case[Any], served: Served) -> None:
    """No generated request gives a 5xx, every answer has a documented status, content type and body, and one that is
    refused has changed nothing (E3, R3).
    """
    ask(case, served)


@ours.parametrize()
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_scripts_send(case: schemathesis.Case[Any], served: Served) -> None:
    """The same holds for the control API (E3, E4)."""
    ask(case, served)


def ask(case: schemathesis.Case[Any], served: Served) -> None:
    if case.operation.label == "DELETE /_sandbox/apps/{app}":
        case.path_parameters = {"app": "no-such-app"}
    else:
        known = KNOWN | ({"app": FAULTY} if "/faults" in case.operation.path else {})
        case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
    on_graph = case.operation.path.startswith(("/{", "/oauth"))
    served.kept = served.kept or served.settled_state()
    token = f"Bearer {TOKEN}" if on_graph else TOKEN
    response = case.call(base_url=served.url, headers={"Authorization": token}, timeout=20)
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert served.state() == served.kept
    else:
        served.kept = None
