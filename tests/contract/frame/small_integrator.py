"""An application that does what it is told, over Graph: `python small_integrator.py PORT`, with URL, IDS and TOKENS."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STATES: dict[str, str] = {}
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 127.0.0.1\r\n"
CONNECT = {"messaging_product": "whatsapp", "action": "connect", "session": {"sdp_type": "offer", "sdp": SDP}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        getattr(self, self.path.strip("/"))(body)

    def do_GET(self) -> None:
        wa_id = self.path.rpartition("/")[2]
        if wa_id in STATES and "/of/" not in self.path:
            self._answer(200, {"state": STATES[wa_id]})
        else:
            self._answer(404, {})

    def webhooks(self, body: dict[str, Any]) -> None:
        if os.environ.get("SECRET") and self.headers.get("X-Secret") != os.environ["SECRET"]:
            self._answer(401, {})
            return
        for message in body["entry"][0]["changes"][0]["value"].get("messages", []):
            if message["type"] == "interactive":
                reply = message["interactive"]["call_permission_reply"]
                STATES[message.get("from") or message["from_user_id"]] = reply["response"]
        self._answer(200, None)

    def permissions(self, body: dict[str, Any]) -> None:
        request = {"type": "call_permission_request", "action": {"name": "call_permission_request"}}
        request |= {"body": {"text": "May we?"}}
        message = {"messaging_product": "whatsapp", "type": "interactive", "interactive": request}
        self._provider(f"/{body['number']}/messages", message | {"to": body["to"]}, body["number"])

    def calls(self, body: dict[str, Any]) -> None:
        self._provider(f"/{body['number']}/calls", CONNECT | {"to": body["to"]}, body["number"])

    def pretend(self, body: dict[str, Any]) -> None:
        """A call that goes past the sandbox."""
        self._answer(202 if STATES.get(body["to"]) == "accept" else 409, {})

    def nowhere(self, body: dict[str, Any]) -> None:
        self._answer(404, {})

    def shy(self, body: dict[str, Any]) -> None:
        """It calls those who allow it, and has never heard of the others."""
        if STATES.get(body["to"]) == "accept":
            self.calls(body)
        else:
            self._answer(404, {})

    def end(self, body: dict[str, Any]) -> None:
        os._exit(3)

    def crash(self, body: dict[str, Any]) -> None:
        """A call that is placed, and an answer in which it looks for what is not there."""
        told = self._ask(f"/{body['number']}/calls", CONNECT | {"to": body["to"]}, body["number"])
        self._answer(202, told["call_id"])

    def _provider(self, path: str, body: dict[str, Any], number: str) -> None:
        try:
            self._answer(202, self._ask(path, body, number))
        except urllib.error.HTTPError as error:
            self._answer(409, json.load(error))

    def _ask(self, path: str, body: dict[str, Any], number: str) -> Any:
        tokens = dict(zip(os.environ["NUMBERS"].split(), os.environ["TOKENS"].split(), strict=True))
        headers = {"Authorization": f"Bearer {tokens[number]}", "Content-Type": "application/json"}
        request = urllib.request.Request(os.environ["URL"] + path, json.dumps(body).encode(), headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    def _answer(self, status: int, body: Any) -> None:
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        sys.stdout.write(f"{self.command} {self.path}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
