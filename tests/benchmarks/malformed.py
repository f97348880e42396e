"""What no client should send, by the thousand: `python tests/benchmarks/malformed.py [COUNT]` sends it to a sandbox of
its own on loopback and prints what came of it, at most a minute for the 10 000 that are the default.

A third breaks HTTP itself, over a connection each. The rest is proper HTTP over kept connections, to every route:
bodies that are no JSON or no form, too deep, too large, of wrong types, in broken encodings; hostile paths, queries and
headers.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from mock_server.http.control import routes as control
from mock_server.http.endpoint import Operation
from mock_server.http.graph import routes as graph
from mock_server.http.partner import routes as partner

APP: Final = "00000000-0000-4000-8000-000000000001"
TOKEN: Final = "sk_sandbox_0000000000000001"
PATIENCE: Final = 15.0  # seconds: more than half a head is given
KNOWN: Final = {
    "app_id": APP, "app": APP, "partner_id": "1", "wa_id": "919812345678", "subscription_id": "8166",
    "phone_number_id": "100000000000001", "waba_id": "200000000000001", "meta_app_id": "300000000000001",
}  # fmt: skip
OPERATIONS: Final = [*partner.operations(), *graph.operations(), *control.operations()]
BODIES: Final = ("POST", "PUT", "PATCH", "DELETE")
MESSAGE: Final = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "919812345678",
    "type": "interactive",
    "interactive": {
        "type": "call_permission_request",
        "action": {"name": "call_permission_request"},
        "body": {"text": "May we call you?"},
    },
}


class Figures(NamedTuple):
    """What came of it: answers by status, connections closed without one, seconds, the process's memory in MiB."""

    statuses: Counter[int]
    closed: int
    seconds: float
    before: float
    after: float

    @property
    def server_errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)

    def __str__(self) -> str:
        total = sum(self.statuses.values()) + self.closed
        told = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"{total} requests in {self.seconds:.1f} s: {told}, closed without an answer: {self.closed}\n"
            f"5xx: {self.server_errors}; memory {self.before:.1f} MiB before, {self.after:.1f} MiB after"
        )


def attack(port: int, pid: int, count: int, *, seed: int = 1) -> Figures:
    """Send so many; the first tenth only makes the process as large as it is when it has seen everything once."""
    dice, statuses, closed = random.Random(seed), Counter[int](), 0  # noqa: S311  the same every time, on purpose
    client = _Client(port)
    before, begun = memory(pid), time.perf_counter()
    for number in range(count):
        if number == count // 10:
            before = memory(pid)
        if number % 3 == 0:
            answers = _raw(port, BROKEN[number // 3 % len(BROKEN)](dice))
        else:
            answers = client.ask(request(dice, OPERATIONS[number % len(OPERATIONS)]))
        statuses.update(answers)
        closed += not answers
    client.close()
    return Figures(statuses, closed, time.perf_counter() - begun, before, memory(pid))


def memory(pid: int) -> float:
    """The process's resident memory in MiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


# --- proper HTTP, wrong in what it says ---


def request(dice: random.Random, operation: Operation) -> bytes:
    path = re.sub(r"\{(\w+)\}", lambda name: _parameter(dice, name[1]), operation.path)
    body, kind = dice.choice(WRONG)(dice) if operation.method in BODIES else (b"", "")
    if operation.method == "DELETE" and path.endswith(APP):
        path += "x"  # the app itself stays
    lines = [
        f"{operation.method} {path}{_query(dice, operation.path)} HTTP/1.1".encode(),
        b"Host: 127.0.0.1",
        _authorization(dice, operation.path),
        b"Content-Length: %d" % len(body),
        *([b"Content-Type: " + kind.encode()] if kind else []),
        *([dice.choice(HEADERS)] if dice.random() < 0.3 else []),
    ]
    return b"\r\n".join([*lines, b"", body])


def _parameter(dice: random.Random, name: str) -> str:
    return KNOWN.get(name, "x") if dice.random() < 0.8 else dice.choice(PARAMETERS)


def _query(dice: random.Random, path: str) -> str:
    asked = dice.choice(QUERIES) if dice.random() < 0.3 else ""
    token = f"access_token={TOKEN}" if path.startswith("/{") else ""
    return "?" + "&".join(part for part in (token, asked) if part) if token or asked else ""


def _authorization(dice: random.Random, path: str) -> bytes:
    if dice.random() < 0.9:
        return b"Authorization: " + (TOKEN if path.startswith("/partner") else f"Bearer {TOKEN}").encode()
    return b"Authorization: " + dice.choice([b"", b"Bearer", b"Bearer  ", b"\xff\xfe\x80", b"x" * 6000, b"Basic eDp4"])


PARAMETERS: Final = [
    "%00",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "..",
    "%2e%2e",
    "'%20OR%201=1--",
    "%0d%0aX-A:%20b",
    "9" * 4000,
    "%",
    "%zz",
    "%F0%9F%92%A3",
    "-1",
    "0",
    "null",
    "%E2%80%AE",
    "a" * 300,
    "%C0%AE%C0%AE",
    "%ED%A0%80",
    ";",
    "%5c",
]
QUERIES: Final = [
    "a=1&" * 1500,
    "limit=-1",
    "limit=1e9",
    "limit=" + "9" * 500,
    "after=%00",
    "after=-1&after=2",
    "%ff=%fe",
    "&&&==",
    "user_wa_id=%ED%A0%80",
    "cursor=%00%00",
    "limit=%D9%A3",
    "kind=%27",
    "x=" + "%" * 300,
    "state=nothing",
    "app=%ff",
    "url=http://%5b::1",
    "hub.mode=subscribe",
    "fields=" + "a," * 500,
    "grant_type=%00",
    "violations=maybe",
]
HEADERS: Final = [
    b"Last-Event-ID: -1",
    b"Content-Encoding: gzip",
    b"Accept: \xff",
    b"Origin: null",
    b"Origin: http://[",
    b"Range: bytes=-",
    b"Expect: 200-maybe",
    b"Cookie: " + b"a=b;" * 1000,
    b"X-Forwarded-For: " + b"1," * 2000,
    b"Content-Type: text/plain",
    b"Transfer-Encoding: identity",
    b"Sec-Fetch-Site: cross-site",
    b"If-None-Match: *",
    b"X-HTTP-Method-Override: DELETE",
]


def _mutated(dice: random.Random) -> bytes:
    """A good message with a few bytes changed, left out or doubled."""
    body = bytearray(json.dumps(MESSAGE).encode())
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(body))
        body[place : place + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
    return bytes(body)


def _nonsense(dice: random.Random, depth: int = 0) -> object:
    """A JSON value of no particular type, now and then under a name that means something."""
    pick = dice.randrange(9 if depth < 4 else 6)
    if pick < 6:
        plain = [None, True, dice.randint(-(2**70), 2**70), dice.uniform(-1e300, 1e300), "", dice.choice(PARAMETERS)]
        return plain[pick]
    if pick == 6:
        return [_nonsense(dice, depth + 1) for _ in range(dice.randint(0, 4))]
    return {dice.choice(NAMES): _nonsense(dice, depth + 1) for _ in range(dice.randint(0, 6))}


NAMES: Final = [
    "to",
    "type",
    "interactive",
    "text",
    "body",
    "action",
    "template",
    "messaging_product",
    "recipient",
    "session",
    "sdp",
    "call_id",
    "calling",
    "event",
    "kind",
    "wa_id",
    "raw_base64",
    "repeat",
    "advance_seconds",
    "freeze",
    "at",
    "webhook",
    "route",
    "fault",
    "times",
    "overrides",
    "variants",
    "components",
    "version",
    "apps",
    "__proto__",
    "",
    "\u0000",
]
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
WRONG: Final[list[Callable[[random.Random], tuple[bytes, str]]]] = [
    lambda dice: (_mutated(dice), _JSON),
    lambda dice: (_mutated(dice), _JSON),
    lambda dice: (json.dumps(_nonsense(dice)).encode(), _JSON),
    lambda dice: (json.dumps({dice.choice(NAMES): _nonsense(dice) for _ in range(4)}).encode(), _JSON),
    lambda dice: (json.dumps(MESSAGE | {dice.choice(NAMES): _nonsense(dice)}).encode(), _JSON),
    lambda dice: (
        dice.randbytes(dice.randint(0, 200)),
        dice.choice([_JSON, _FORM, "", "\xe4/\xf6", "application/xml"]),
    ),
    lambda dice: (b"[" * dice.choice([150, 300, 50_000]), _JSON),
    lambda dice: (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, _JSON),
    lambda dice: (b'{"to":' + b"9" * dice.choice([400, 5000, 50_000]) + b"}", _JSON),
    lambda dice: (b'{"to":%s}' % dice.choice([b"NaN", b"1e999", b"-Infinity", b"1e-999", b"0x1", b"01", b"1."]), _JSON),
    lambda dice: (
        b'{"to":"%s"}' % dice.choice([b"\\ud800", b"\xff", b"\xed\xa0\x80", b"\\u0000", b"\\x", b"\x00"]),
        _JSON,
    ),
    lambda dice: (b'{"type":"text","type":"text"}', _JSON),
    lambda dice: (json.dumps(MESSAGE).encode("utf-16"), _JSON),
    lambda dice: (json.dumps({"to": "x" * dice.choice([20_000, 200_000])}).encode(), _JSON),
    lambda dice: (b"&".join(b"a%d=1" % n for n in range(dice.choice([3, 1000]))), _FORM),
    lambda dice: (
        dice.choice([b"%ff=%fe", b"a=%00", b"=&=&=", b"url=http://[&modes=ALL&tag=%ff", b"meta={", b"a=1&a=2"]),
        _FORM,
    ),
    lambda dice: (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
    lambda dice: (b"x" * dice.choice([1, 70_000]), "text/plain; charset=" + "é" * 50),
]


# --- what is no HTTP ---

_GET: Final = b"GET /_sandbox/apps HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_POST: Final = b"POST /partner/account/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"

TARGETS: Final = [
    b"*",
    b"http://evil.example/",
    b"//",
    b"\\",
    b"/%",
    b"/\xff",
    b"/ /",
    b"?",
    b"/../../etc/passwd",
    b"/\x00",
]


def _framed(headers: bytes, rest: bytes = b"") -> Callable[[random.Random], bytes]:
    return lambda _: _POST + headers + b"\r\n\r\n" + rest


BROKEN: Final[list[Callable[[random.Random], bytes]]] = [
    lambda dice: dice.randbytes(dice.randint(1, 400)),
    lambda dice: dice.randbytes(20) + b"\r\n\r\n",
    lambda dice: _GET[: dice.randint(1, len(_GET))],
    lambda dice: _GET.replace(b"1.1", dice.choice([b"9.9", b"1.10", b"x", b"2.0", b"0.9"])) + b"\r\n",
    lambda dice: dice.choice([b"get", b"G\x00T", b"", b"GETT", b"A" * 3000, b"PRI", b"BREW"]) + _GET[3:] + b"\r\n",
    lambda dice: _GET + b"no colon\r\n\r\n",
    lambda dice: _GET + b"x: " + dice.randbytes(30) + b"\r\n\r\n",
    lambda dice: _GET + b"x: a\r\n folded\r\n\r\n",
    lambda dice: _GET + b": empty name\r\n\r\n",
    lambda dice: _GET + b"Host: evil.example\r\n\r\n",
    lambda dice: b"GET / HTTP/1.1\r\n\r\n",
    lambda dice: b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
    lambda dice: _GET + b"x: " + b"a" * 70_000 + b"\r\n\r\n",
    lambda dice: _GET + b"a: b\r\n" * 12_000 + b"\r\n",
    lambda dice: b"GET " + dice.choice(TARGETS) + _GET[18:] + b"\r\n",
    lambda dice: b"CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    lambda dice: _GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
    lambda dice: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    lambda dice: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + dice.randbytes(200),
    lambda dice: _GET.replace(b"\r\n", b"\n") + b"\n",
    lambda dice: (_GET + b"\r\n") * 70,
    lambda dice: b"\r\n" * 2000,
    _framed(b"Content-Length: -1"),
    _framed(b"Content-Length: 99999999999999999999999"),
    _framed(b"Content-Length: 5, 5", b"hello"),
    _framed(b"Content-Length: 5\r\nContent-Length: 6", b"hello!"),
    _framed(b"Content-Length: 0x5", b"hello"),
    _framed(b"Content-Length: 5000000", b"hello"),
    _framed(b"Content-Length: 500", b"hello"),
    _framed(b"Content-Length: 2", b"{} and then some"),
    _framed(b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    _framed(b"Transfer-Encoding: gzip, chunked", b"0\r\n\r\n"),
    _framed(b"Transfer-Encoding: chunked, chunked", b"0\r\n\r\n"),
    _framed(b"Transfer-Encoding: xchunked", b"0\r\n\r\n"),
    _framed(b"Transfer-Encoding: chunked", b"FFFFFFFFFFFFFFFFF\r\nx"),
    _framed(b"Transfer-Encoding: chunked", b"-2\r\n{}\r\n0\r\n\r\n"),
    _framed(b"Transfer-Encoding: chunked", b"2\r\n{}0\r\n\r\n"),
    _framed(b"Transfer-Encoding: chunked", b"5\r\n{}"),
    _framed(b"Transfer-Encoding: chunked", b"2;" + b"x" * 70_000),
    _framed(b"Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\nx: " + b"a" * 70_000),
    _framed(b"Transfer-Encoding: chunked", b"1\r\n[\r\n" * 3000 + b"0\r\n\r\n"),
]


# --- carrying it there ---


def _raw(port: int, said: bytes) -> list[int]:
    """The statuses of all answers over a connection of its own, that ends for us when we have said everything."""
    answers = b""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with connection, contextlib.suppress(ConnectionError):
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(1 << 16):
            answers += piece
    return _statuses(answers)


def _statuses(answers: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"^HTTP/1\.1 (\d{3}) ", answers, re.MULTILINE)]


class _Client:
    """A kept connection, opened anew when the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: socket.socket | None = None

    def ask(self, said: bytes) -> list[int]:
        """The status of the answer; none when the connection was closed without one."""
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._connection.sendall(said)
            head, open_still = self._answer(self._connection)
        except ConnectionError:
            head, open_still = b"", False
        if not open_still:
            self.close()
        return _statuses(head)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, connection: socket.socket) -> tuple[bytes, bool]:
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(1 << 16)
            if not piece:
                return answer, False
            answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if length is None:  # an event stream: it has begun, that is enough
            return head, False
        while len(body) < int(length[1]):
            piece = connection.recv(1 << 16)
            if not piece:
                return head, False
            body += piece
        return head, b"connection: close" not in head


@contextlib.contextmanager
def sandbox(*options: str) -> Iterator[tuple[int, int]]:
    """A sandbox in a process of its own: its port and its process id."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--log", "quiet", *options]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL  # it logs a line for each refusal
    with subprocess.Popen(command, stdout=pipe, stderr=nowhere, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        try:
            said = next(line for line in process.stdout if line.startswith("ready "))
            yield int(said.rpartition(":")[2]), process.pid
        finally:
            process.terminate()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with sandbox() as (port, pid):
        print(attack(port, pid, count))


if __name__ == "__main__":
    main()
