"""`GET /_sandbox/events`: everything as it happens, as server-sent events, resumable by `Last-Event-ID`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final

import msgspec
from starlette.types import Receive, Scope, Send

from mock_server.errors import Malformed, NotFound, SandboxError, SchemaError, Unavailable
from mock_server.http import views
from mock_server.http.request import Request
from mock_server.http.saying import answer_for
from mock_server.store.protocol import Page, Store
from mock_server.store.rows import WasReset

BATCH: Final = 200
HEARTBEAT: Final = 15.0  # seconds


class EventStream:
    """An ASGI application. `stopping` ends every open stream, so that the server can end."""

    def __init__(self, store: Store, stopping: asyncio.Event) -> None:
        self._store = store
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            app_id, last = await self._asked(request)
        except SandboxError as error:
            await answer_for(error, request.path, allow="GET")(scope, receive, send)
            return
        from starlette.responses import StreamingResponse  # noqa: PLC0415 - 20 ms that a start need not spend

        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        body = self._until_deleted(app_id, last)
        await StreamingResponse(body, media_type="text/event-stream", headers=headers)(scope, receive, send)

    async def _asked(self, request: Request) -> tuple[str | None, int]:
        """Whose events, and after which number. Raises SandboxError."""
        if request.method != "GET":
            raise SandboxError("method", f"{request.method[:20]} is not possible here; use GET.")
        asked = request.query_params
        for name in asked:
            if name != "app":
                sentence = "is not a known query parameter; known are: app"
                raise SchemaError(schema="query", path=name[:80], sentence=sentence)
        app_id = asked.get("app")
        end = await self._store.feed_end(app_id)
        last = _number(request.header(b"last-event-id"))
        return app_id, end if last is None else last

    async def _until_deleted(self, app_id: str | None, last: int) -> AsyncIterator[bytes]:
        try:
            async for line in self._lines(app_id, last):
                yield line
        except (NotFound, Unavailable):  # where the store is away, who reads comes again with the last id
            return

    async def _lines(self, app_id: str | None, last: int) -> AsyncIterator[bytes]:
        """Entries after `last`, for ever. Before what makes void all that the reader knows there is a `reset`.

        That is an app's reset, for its own entries; a snapshot that was loaded; an id beyond the end, which is of a
        store that is gone.
        """
        yield b": gupshup-mock\n\n"
        end = await self._store.feed_end(app_id)
        generation = (await self._store.feed(app_id, after=end, limit=1)).generation
        if last > end:
            last = end
            yield _event("reset", None, {})
        while not self._stopping.is_set():
            page = await self._store.feed(app_id, after=last, limit=BATCH)
            if page.generation != generation:
                generation = page.generation
                yield _event("reset", None, {})
                last = min(last, await self._store.feed_end(app_id))
                page = await self._store.feed(app_id, after=last, limit=BATCH)
            elif page.dropped and not _begins_anew(page):
                yield _event("lost", None, {"count": page.dropped})
            last = page.next
            if page.entries:
                yield b"".join(_said(page, numbered=app_id is not None))
                continue
            await self._store.changed(HEARTBEAT)
            if not self._stopping.is_set() and (await self._store.feed_end(app_id)) <= last:
                yield b": still here\n\n"


def _begins_anew(page: Page) -> bool:
    """Whether what came before is not lost but void."""
    return bool(page.entries) and isinstance(page.entries[0].record, WasReset)


def _said(page: Page, *, numbered: bool) -> Iterator[bytes]:
    """Ids are the app's own numbers in a stream of one app, else the store's."""
    first = page.next - len(page.entries) + 1
    for place, row in enumerate(page.entries):
        if isinstance(row.record, WasReset):
            yield _event("reset", None, {"app": row.app_id})
        yield _event(row.kind, row.number if numbered else first + place, views.entry(row))


def _event(kind: str, number: int | None, data: object) -> bytes:
    head = f"event: {kind}\n" + (f"id: {number}\n" if number is not None else "")
    return head.encode() + b"data: " + msgspec.json.encode(data) + b"\n\n"


def _number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        raise Malformed("last_event_id", "Last-Event-ID must be a number that this stream gave as an id.")
    return int(text)
