"""From a route to a handler and back: one way for every surface.

An `Operation` says what a route is: for the router and for the OpenAPI document alike. A handler gets a `Call`, returns
a status and a body or raises a SandboxError; the endpoint says it in the surface's shape and writes the journal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, Literal, TypeAlias

import msgspec
from starlette.types import Receive, Scope, Send

from mock_server.engine.judge import Finding
from mock_server.errors import NotFound, RateLimited, SandboxError, SchemaError, Unauthorised, Unavailable
from mock_server.http import faults
from mock_server.http.redaction import hidden, redacted, redacted_headers, redacted_path
from mock_server.http.request import Request
from mock_server.http.saying import answer_for, encoded, messages, said_for
from mock_server.http.services import Services
from mock_server.store.answers import Unanswered
from mock_server.store.protocol import Store
from mock_server.store.rows import App, Exchange, Found, Record, Remark
from mock_server.wire.errors import Said

RECORDED_BOUND: Final = 16 * 1024  # bytes of a body that the journal keeps
_GRAPH_IDS: Final = ("phone_number_id", "waba_id", "meta_app_id")


class Query(msgspec.Struct, frozen=True):
    """A query parameter, for the OpenAPI document and the reader."""

    name: str
    schema: dict[str, Any]
    description: str


class Operation(msgspec.Struct, frozen=True):
    """One method on one path."""

    method: str
    path: str
    handler: Handler
    summary: str
    takes: str | None = None  # schema of the body
    body: Literal["json", "form", "message"] | None = None
    answers: tuple[tuple[int, str | None], ...] = ((200, None),)
    query: tuple[Query, ...] = ()
    open: bool = False  # needs no token
    body_optional: bool = False


class Call:
    """One request on its way through a handler."""

    __slots__ = (
        "answer_lost",
        "app",
        "named",
        "noted",
        "operation",
        "raw",
        "recorded",
        "request",
        "services",
        "started",
        "unanswered",
        "wa_id",
    )

    def __init__(self, request: Request, operation: Operation, services: Services) -> None:
        self.request = request
        self.operation = operation
        self.services = services
        self.started = services.machine.elapsed()
        self.named: list[App] = []  # whom the path names, before anybody looks at the token; Graph's ids may be shared
        self.app: App | None = None  # whom the request is about: the token is good for it
        self.raw = b""
        self.wa_id: str | None = None
        self.noted: list[Record] = []  # what else the journal says about this request
        self.recorded = False  # the unit of work has written the journal
        self.answer_lost = False  # by a fault: whoever asks will not know what came of it
        self.unanswered: Unanswered | None = None

    @property
    def path_params(self) -> dict[str, str]:
        return self.request.path_params

    def exchange(self, said: Said) -> Exchange:
        """The journal's record of this request and its answer, secrets redacted."""
        scope, operation = self.request.scope, self.operation
        message = operation.body == "message"
        return Exchange(
            operation.method,
            operation.path,
            redacted_path(scope["path"], scope["query_string"].decode("latin-1")),
            said.status,
            redacted(self.raw, message=message)[:RECORDED_BOUND] or None,
            encoded(said.body if message else hidden(said.body))[:RECORDED_BOUND],
            round(self.services.machine.elapsed() - self.started, 4),
            redacted_headers(scope["headers"]),
        )

    def records(self, said: Said) -> tuple[Record, ...]:
        """All that the journal gets of this request."""
        return (self.exchange(said), *self.noted)

    def causes(self, app: App, wa_id: str = "") -> None:
        """Say, before it does, that it causes something to be sent: that waits for the answer (W6)."""
        if self.unanswered is None:
            self.unanswered = self.services.store.answers.begin(app.id, wa_id)

    def answered(self) -> None:
        """What it caused, and all else that is due, goes out from now on. May be said twice."""
        if self.unanswered is not None:
            self.unanswered.written()
        if self.app is not None:
            self.services.courier.wake(self.app.id)

    def find(self, finding: Finding) -> None:
        """Note a violation or an advice."""
        self.noted.append(Found(finding))

    def about(self, wa_id: str) -> None:
        """Say whom it is about. The same again within 1 s of a 429 is a violation (section 11)."""
        self.wa_id = wa_id
        if self.services.rates.too_soon(self.request.scope["path"], wa_id):
            self.find(_wait_ignored(self.operation))

    def advise(self, rule: str, *, seen: str, expected: str, source: str) -> None:
        """Note a smaller thing that a well-behaved integrator does otherwise."""
        self.find(Finding("advice", rule, seen, expected, source))

    def remark(self, sentence: str) -> None:
        """Note anything else."""
        self.noted.append(Remark(sentence))


def _wait_ignored(operation: Operation) -> Finding:
    gupshup = operation.path.startswith("/partner")
    source = (
        "Gupshup, partner rate limits: cool-down of 1 s or 1 min" if gupshup else "Meta, about the platform, Dec 5 2025"
    )
    return Finding("violation", "E5", "the same request again within 1 s of a 429", "wait before trying again", source)


Handler: TypeAlias = Callable[[Call], Awaitable[Said]]


class Endpoint:
    """The operations of one path, by method. An ASGI application."""

    def __init__(self, operations: list[Operation], services: Services, surface: str) -> None:
        self._operations = {operation.method: operation for operation in operations}
        self._services = services
        self._store = services.store
        self._surface = surface
        self._journals = surface != "control"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        operation = self._operations.get(scope["method"])
        if operation is None:
            await self._refuse_method(request, send)
            return
        call = Call(request, operation, self._services)
        try:
            await self._answer(call, receive, send)
        finally:
            call.answered()

    async def _answer(self, call: Call, receive: Receive, send: Send) -> None:
        hit = None
        try:
            hit = await self._hit(call) if self._journals else None
            said = await self._said(call, hit)
        except SandboxError as error:
            said = self._refused(call, error)
        if self._journals and not call.recorded:
            said = await self._recorded(call, said)
        if hit is not None:
            said = hit.after(said, self._surface)
        if said.status == 429 and call.wa_id:
            self._services.rates.told_to_wait(call.request.scope["path"], call.wa_id)
        start, body = messages(said, self._surface)
        if hit is None:
            await send(start)
            await send(body)
        else:
            await hit.send(call, (start, body), receive=receive, send=send)

    async def _recorded(self, call: Call, said: Said) -> Said:
        """The answer, once the journal has it; where the journal cannot take it, that is the answer."""
        about = [call.app] if call.app else call.named
        try:
            await record(self._store, about, call.records(said), wa_id=call.wa_id)
        except Unavailable as error:
            return self._refused(call, error)
        return said

    async def _hit(self, call: Call) -> faults.Hit | None:
        """Find out whom the path names, and which of their faults strike."""
        call.named = await named_apps(self._store, call.path_params)
        hit = await faults.hit_of(call)
        call.answer_lost = hit is not None and hit.loses_answer
        return hit

    async def _said(self, call: Call, hit: faults.Hit | None) -> Said:
        if self._surface == "control":
            _check_query(call)
        if hit is None or not hit.prevents:
            return await call.operation.handler(call)
        call.app = hit.app
        await faults.look_whom(call)
        return hit.instead(self._surface)

    def _refused(self, call: Call, error: SandboxError) -> Said:
        if isinstance(error, SchemaError) and self._journals:
            seen = f"{call.operation.method} {call.operation.path} with a wrong body: {str(error)[:200]}"
            call.find(Finding("violation", "E3", seen, "a body that satisfies the documentation", error.schema))
        if isinstance(error, Unauthorised) and self._surface == "partner":  # Graph's answer says it itself
            call.remark(error.sentence)
        return said_for(error, self._surface, shape=call.app.settings.partner_errors if call.app else "meta")

    async def _refuse_method(self, request: Request, send: Send) -> None:
        allowed = ", ".join(sorted(self._operations))
        error = SandboxError("method", f"{request.method[:20]} is not possible here; use {allowed}.")
        if self._journals:
            sentence = f"{request.method[:20]} {request.path[:300]}: {error.sentence}"
            with suppress(Unavailable):  # the answer is the same
                about = await named_apps(self._store, request.path_params)
                await record(self._store, about, (Remark(sentence),))
        await answer_for(error, request.path, allow=allowed)(request.scope, request.receive, send)


async def named_apps(store: Store, params: dict[str, str]) -> list[App]:
    """The apps that a path's parameters name: by Gupshup's own id, or by Graph's, which several apps may share."""
    if "app_id" in params:
        try:
            return [await store.app(params["app_id"])]
        except NotFound:
            return []
    for name in _GRAPH_IDS:
        if name in params and (found := await store.apps_of(**{name: params[name]})):
            return found
    return []


async def record(store: Store, apps: list[App], records: tuple[Record, ...], *, wa_id: str | None = None) -> None:
    """Write to the journal of the first of these apps; where there is none, to the stream of all events only."""
    if apps:
        try:
            await store.record(apps[0].id, records, wa_id=wa_id)
            return
        except NotFound:  # it was deleted meanwhile
            pass
    await store.record(None, records, wa_id=wa_id)


def _check_query(call: Call) -> None:
    """The control API refuses unknown query parameters by name, like unknown fields. Raises SchemaError."""
    known = [query.name for query in call.operation.query]
    for name in call.request.query_params:
        if name not in known:
            sentence = f"is not a known query parameter; known are: {', '.join(known) or 'none'}"
            raise SchemaError(schema="query", path=name[:80], sentence=sentence)


def full_outbox(waiting: int) -> RateLimited:
    """W7."""
    return RateLimited("outbox_full", f"{waiting} webhooks of this app wait for delivery; the outbox is full.")
