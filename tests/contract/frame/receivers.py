"""Applications that are no good, and one that takes every webhook: `python receivers.py MODE PORT`."""

from __future__ import annotations

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MODE = sys.argv[1]
HANGS_UP_ON = {"stumbles": b"call_permission_reply", "knows-no-callback": b"set-callback"}
PAGE = b"<!DOCTYPE html><html><body>" + b"welcome " * 250_000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if MODE == "hangs":
            time.sleep(1000)
        if MODE == "is-late":
            time.sleep(30)
        if MODE == "closes" or HANGS_UP_ON.get(MODE, b"never") in body:
            self.close_connection = True
            return
        if MODE == "dies":
            sys.stdout.write("no memory left\n")
            sys.stdout.flush()
            os._exit(3)
        status = {"crashes": 500, "is-elsewhere": 404, "moved": 307, "refuses": 401}.get(MODE, 200)
        self._answer(status, PAGE if MODE == "is-a-page" else b"")

    def do_GET(self) -> None:
        """Meta's handshake: the challenge comes back."""
        asked = parse_qs(urlsplit(self.path).query)
        self._answer(200, b"hello" if MODE == "greets" else asked.get("hub.challenge", [""])[0].encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        sys.stdout.write(f"took {self.path}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if MODE == "never-starts":
        sys.stdout.write("looking for the database\n")
        sys.stdout.flush()
        time.sleep(1000)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
