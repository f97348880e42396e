"""An order service as most people write it first: it asks whether it may call, takes the answer, and calls.

It does on the day on which it is shown. Do not copy it: it is here to show what failures look like, and has mistakes 1
(a grant without expiration_timestamp is lost), 6 (users without a number crash it), 8 (it calls after the expiry), 9
(it takes webhooks from anybody), 10 (it reads the first entry, change and message only) and 20 (it crashes over
webhooks that it does not know) of ../RULES.md, and what looks like others because of these. integrator.py beside it has
none.

    gupshup-mock verify contract_tests/example/target-order-service.toml
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ENV = os.environ
ALLOWED: dict[str, int] = {}  # by number: until when we may call
OFFER = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 127.0.0.1\r\n"


class OrderService(BaseHTTPRequestHandler):
    """POST /webhooks/whatsapp, /permissions and /calls; GET /permissions/{wa_id}."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/webhooks/whatsapp":
            self.take(body["entry"][0]["changes"][0]["value"])
            self.answer(200, None)
        elif self.path == "/permissions":
            action = {"type": "call_permission_request", "action": {"name": "call_permission_request"}}
            message = {"type": "interactive", "interactive": {**action, "body": {"text": "May we call you?"}}}
            url = f"{ENV['GUPSHUP_BASE_URL']}/partner/app/{ENV['GUPSHUP_APP_ID']}/v3/message"
            self.answer(*ask(url, ENV["GUPSHUP_APP_TOKEN"], {"to": body["to"], **message}))
        elif body["to"] in ALLOWED:
            url = f"{ENV['GRAPH_BASE_URL']}/{ENV['PHONE_NUMBER_ID']}/calls"
            connect = {"to": body["to"], "action": "connect", "session": {"sdp_type": "offer", "sdp": OFFER}}
            self.answer(*ask(url, f"Bearer {ENV['GUPSHUP_APP_TOKEN']}", connect))
        else:
            self.answer(409, {"error": "not allowed"})

    def do_GET(self) -> None:
        known = "temp" if self.path.rpartition("/")[2] in ALLOWED else "none"
        self.answer(200, {"state": known})

    def take(self, value: Any) -> None:
        if "messages" in value and value["messages"][0]["type"] == "interactive":
            message = value["messages"][0]
            reply = message["interactive"]["call_permission_reply"]
            if reply["response"] == "accept":
                ALLOWED[message["from"]] = reply["expiration_timestamp"]
            else:
                ALLOWED.pop(message["from"], None)

    def answer(self, status: int, body: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"" if body is None else json.dumps(body).encode())


def ask(url: str, token: str, body: Any) -> tuple[int, Any]:
    headers = {"Authorization": token, "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps({"messaging_product": "whatsapp", **body}).encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return 200, json.load(answer)
    except urllib.error.HTTPError as error:
        return 409, json.load(error)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(ENV["PORT"])), OrderService).serve_forever()
