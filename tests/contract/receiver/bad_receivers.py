"""A right receiver of webhooks in the standard library, and flaws for it: `python bad_receivers.py DIALECT FLAWS PORT`.

FLAWS are names from `FLAWS`, with commas; `-` for none.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "s3cret"  # in every place where one is needed
HEADER = "X-Webhook-Secret"
DIALECT, NAMES, PORT = sys.argv[1:4]
CHOSEN = set(NAMES.split(","))
FLAWS: dict[str, Callable[[Any], int | None]] = {}
SEEN: set[bytes] = set()
BELIEVED: dict[str, str] = {}
IN_FLIGHT = threading.Semaphore(8)
BROKEN = threading.Event()


def flaw(look: Callable[[Any], int | None]) -> Callable[[Any], int | None]:
    """Looks at a body that is a webhook: a status to refuse it with, None to go on, or an exception (500)."""
    FLAWS[look.__name__.replace("_", "-")] = look
    return look


def values(body: Any) -> list[Any]:
    entries = [entry for entry in body["entry"] if isinstance(entry, dict)]
    return [change["value"] for entry in entries for change in entry.get("changes", [])]


def items(body: Any, name: str) -> list[Any]:
    return [item for value in values(body) for item in value.get(name, [])]


def replies(body: Any) -> list[Any]:
    inner = [message.get("interactive", {}).get("call_permission_reply") for message in items(body, "messages")]
    return [reply for reply in inner if reply]


@flaw
def needs_an_expiry(body: Any) -> int | None:
    for reply in replies(body):
        int(reply.get("expiration_timestamp") or reply["expiration_time"])
    return None


@flaw
def needs_a_number(body: Any) -> int | None:
    for message in items(body, "messages"):
        if "from_user_id" in message:  # Gupshup's outbound guide has neither
            int(message["from"])
    return None


@flaw
def needs_contacts(body: Any) -> int | None:
    for value in values(body):
        if "calls" in value:
            value["contacts"][0]
    return None


@flaw
def status_must_be_text(body: Any) -> int | None:
    for call in items(body, "calls"):
        call.get("status", "").upper()
    return None


@flaw
def statuses_need_an_id(body: Any) -> int | None:
    return 422 if any("id" not in status for status in items(body, "statuses")) else None


@flaw
def enqueued_is_unknown(body: Any) -> int | None:
    return 422 if any(status.get("status") == "enqueued" for status in items(body, "statuses")) else None


@flaw
def response_must_be_known(body: Any) -> int | None:
    known = {"accept", "reject", "approve"}
    return 422 if any(reply["response"].lower() not in known for reply in replies(body)) else None


@flaw
def keys_must_be_known(body: Any) -> int | None:
    return 422 if "key_of_next_year" in body else None


@flaw
def call_events_must_be_known(body: Any) -> int | None:
    return 422 if any(call.get("event") not in {"connect", "terminate"} for call in items(body, "calls")) else None


@flaw
def one_message_only(body: Any) -> int | None:
    return 422 if any(len(value.get("messages", [])) > 1 for value in values(body)) else None


@flaw
def one_entry_only(body: Any) -> int | None:
    return 422 if len(body["entry"]) > 1 else None


@flaw
def late_for_ringing(body: Any) -> int | None:
    if any(status.get("status") == "RINGING" for status in items(body, "statuses")):
        time.sleep(1.1)
    return None


@flaw
def ids_are_digits(body: Any) -> int | None:
    for entry in body["entry"]:
        int(entry.get("id", "0"))  # also for what is no object
    return None


@flaw
def many_hang(body: Any) -> int | None:
    if len(SEEN) > 100:
        time.sleep(1000)
    return None


def written_anew(raw: bytes) -> bytes:
    try:
        return json.dumps(json.loads(raw), separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return raw


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "few-at-once" in CHOSEN:
            if not IN_FLIGHT.acquire(blocking=False):
                return self._answer(503)
            time.sleep(0.05)
        try:
            status = self._judge(raw)
        except Exception:
            status = 500
        if "few-at-once" in CHOSEN:
            IN_FLIGHT.release()
        return self._answer(status, b"thanks" if "thanks" in CHOSEN else b"")

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path.startswith("/permissions/"):
            return self._answer(200, json.dumps({"state": BELIEVED.get(place.path[13:], "none")}).encode())
        asked = {name: rows[0] for name, rows in parse_qs(place.query).items()}
        if "hub.mode" not in asked:
            return self._answer(200)
        if asked.get("hub.verify_token") != SECRET and "any-verify-token" not in CHOSEN:
            return self._answer(403)
        challenge = asked.get("hub.challenge", "").encode()
        return self._answer(200, b'"' + challenge + b'"' if "challenge-in-quotes" in CHOSEN else challenge)

    def _judge(self, raw: bytes) -> int:
        if "small-bodies-only" in CHOSEN and len(raw) > 100_000:
            return 413
        if not self._is_genuine(raw):
            return 401
        if "same-bytes-refused" in CHOSEN and raw in SEEN:
            return 409
        SEEN.add(raw)
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError) as error:
            return self._no_json(raw, error)
        if isinstance(body, dict) and isinstance(body.get("entry"), list):
            for name in CHOSEN & FLAWS.keys():
                if refused := FLAWS[name](body):
                    return refused
        self._believe(body)
        return 201 if "created" in CHOSEN else 200

    def _no_json(self, raw: bytes, error: Exception) -> int:
        if "not-json-kills" in CHOSEN and raw == b"not json":
            os._exit(3)
        if "deep-crashes" in CHOSEN and isinstance(error, RecursionError):
            return 500
        if "not-json-crashes" in CHOSEN and not isinstance(error, RecursionError):
            return 500
        if "not-json-hangs" in CHOSEN:
            time.sleep(1000)
        if "not-json-breaks-the-worker" in CHOSEN:
            BROKEN.set()
        return 400

    def _believe(self, body: Any) -> None:
        """As a worker behind the webhook would: what it does not understand it drops."""
        if BROKEN.is_set():
            return
        try:
            for message in items(body, "messages"):
                accepted = message["interactive"]["call_permission_reply"]["response"] == "accept"
                BELIEVED[message["from"]] = "temporary" if accepted else "none"
        except Exception:
            return

    def _is_genuine(self, raw: bytes) -> bool:
        if "anybody" in CHOSEN:
            return True
        if DIALECT == "gupshup":
            given, wanted = self.headers.get(HEADER), SECRET
        else:
            if "signature-over-json-anew" in CHOSEN:
                raw = written_anew(raw)
            given = self.headers.get("X-Hub-Signature-256")
            wanted = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        if given is None:
            return "no-proof-needed" in CHOSEN
        if "proof-of-ascii" in CHOSEN:
            return hmac.compare_digest(given, wanted)
        return hmac.compare_digest(given.encode("latin-1", "replace"), wanted.encode())

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1000


if __name__ == "__main__":
    Server(("127.0.0.1", int(PORT)), Handler).serve_forever()
