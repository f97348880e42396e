"""An application in Python that is tested with the plugin's fixtures: asks, takes the answer, calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 127.0.0.1\r\n"


class OrderService:
    """`now` is its clock. It knows until when it may call whom."""

    def __init__(self, *, app: Any, base_url: str, now: Callable[[], float]) -> None:
        self.until: dict[str, float] = {}
        self.headers: list[dict[str, str]] = []
        self._app, self._base_url, self._now = app, base_url, now
        self._http = httpx.Client(timeout=10, trust_env=False, verify=False)  # noqa: S501  it is on loopback
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhooks"

    def close(self) -> None:
        self._http.close()
        self._server.shutdown()
        self._server.server_close()

    def ask(self, wa_id: str) -> httpx.Response:
        request: dict[str, Any] = {"type": "call_permission_request", "action": {"name": "call_permission_request"}}
        body = {"messaging_product": "whatsapp", "to": wa_id, "type": "interactive", "interactive": request}
        path = f"/partner/app/{self._app.id}/v3/message"
        return self._post(path, body, {"Authorization": self._app.token})

    def call(self, wa_id: str) -> httpx.Response | None:
        if self.until.get(wa_id, 0) <= self._now():
            return None
        body = {"messaging_product": "whatsapp", "to": wa_id, "action": "connect"}
        session = {"session": {"sdp_type": "offer", "sdp": SDP}}
        path = f"/{self._app.phone_number_id}/calls"
        return self._post(path, body | session, {"Authorization": f"Bearer {self._app.token}"})

    def _post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        return self._http.post(self._base_url + path, json=body, headers=headers)

    def _take(self, body: dict[str, Any]) -> None:
        for message in body["entry"][0]["changes"][0]["value"].get("messages", []):
            if message["type"] == "interactive":
                reply = message["interactive"]["call_permission_reply"]
                always = 2.0**40 if reply["response"] == "accept" else 0
                self.until[message["from"]] = float(reply.get("expiration_timestamp", always))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                shop.headers.append(dict(self.headers))
                shop._take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._say(b"")

            def do_GET(self) -> None:
                self._say(parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode())

            def _say(self, text: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None: ...

        return Handler
