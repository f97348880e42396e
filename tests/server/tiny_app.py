"""An application just large enough to see what the server does with it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from mock_server.server import CLOSE

Message = dict[str, Any]


class TinyApp:
    """Echoes bodies; its other paths hold, stream, hang up or look at what came."""

    def __init__(self) -> None:
        self.said: list[str] = []
        """What happened to the application, in order."""
        self.held = threading.Semaphore(0)
        """Released once for every request that /hold begins to answer."""
        self.let_go = asyncio.Event()
        self.stopping = asyncio.Event()

    def on_stop(self) -> None:
        self.said.append("on_stop")
        self.stopping.set()
        self.let_go.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path = scope["path"].strip("/").replace("-", "_") or "echo"
        await getattr(self, path)(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        for step in ("startup", "shutdown"):
            await receive()
            self.said.append(step)
            await send({"type": f"lifespan.{step}.complete"})

    async def echo(self, scope: Any, receive: Any, send: Any) -> None:
        await answer(send, await whole_body(receive))

    async def headers(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with the names of the headers, as they stand when the body is complete."""
        await whole_body(receive)
        await answer(send, b",".join(name for name, _ in scope["headers"]))

    async def early(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer without reading the body."""
        await answer(send, b"early")

    async def hold(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer when `let_go` is set."""
        self.held.release()
        await self.let_go.wait()
        await answer(send, b"held")

    async def release(self, scope: Any, receive: Any, send: Any) -> None:
        """Let go of what /hold holds."""
        self.let_go.set()
        await answer(send, b"released")

    async def large_and_hold(self, scope: Any, receive: Any, send: Any) -> None:
        """Send eight mebibytes, and the end when `let_go` is set."""
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(8):
            await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": True})
        self.held.release()
        await self.let_go.wait()
        await send({"type": "http.response.body"})

    async def large(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with more than the socket's buffers take."""
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(64):
            await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": True})
        self.said.append("large: sent")
        await send({"type": "http.response.body"})

    async def lump(self, scope: Any, receive: Any, send: Any) -> None:
        """The same at once."""
        await answer(send, bytes(64 << 20))

    async def stream(self, scope: Any, receive: Any, send: Any) -> None:
        """Stream for ever, until `on_stop` or the client is gone."""
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"event\n", "more_body": True})
        gone = asyncio.ensure_future(receive_disconnect(receive))
        stop = asyncio.ensure_future(self.stopping.wait())
        await asyncio.wait({gone, stop}, return_when=asyncio.FIRST_COMPLETED)
        self.said.append("stream: client gone" if gone.done() else "stream: ended itself")
        gone.cancel()
        stop.cancel()
        await send({"type": "http.response.body", "body": b""})
        self.held.release()

    async def close_before(self, scope: Any, receive: Any, send: Any) -> None:
        scope["extensions"][CLOSE]()

    async def close_in_the_middle(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
        await send({"type": "http.response.body", "body": b"half ", "more_body": True})
        scope["extensions"][CLOSE]()

    async def close_and_go_on(self, scope: Any, receive: Any, send: Any) -> None:
        scope["extensions"][CLOSE]()
        await receive_disconnect(receive)
        self.said.append("disconnect")
        await answer(send, b"nobody reads this")
        self.held.release()

    async def until_disconnect(self, scope: Any, receive: Any, send: Any) -> None:
        await receive_disconnect(receive)
        self.said.append("disconnect")
        self.held.release()


async def whole_body(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        body += bytes(message["body"])
        if not message["more_body"]:
            return body


async def receive_disconnect(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(send: Any, body: bytes) -> None:
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})
