"""A client that says exactly the bytes it is told to."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import NamedTuple, Self

from mock_server.server import RunningServer

PATIENCE = 5.0
"""Seconds after which a wait has failed. No test of a working server waits that long."""


class Answer(NamedTuple):
    status: int
    headers: dict[bytes, bytes]
    body: bytes


class RawClient:
    """One connection to `server`, closed at the end of the `with` block."""

    def __init__(self, server: RunningServer) -> None:
        self.socket = socket.create_connection((server.host, server.port), timeout=PATIENCE)
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def get(self, path: str = "/") -> Answer:
        self.send(request(path))
        return self.answer()

    def answer(self) -> Answer:
        """Read one answer that has a `content-length`, and leave what comes after it for the next."""
        while b"\r\n\r\n" not in self._read:
            self._read_more()
        head, _, rest = self._read.partition(b"\r\n\r\n")
        line, *lines = head.split(b"\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}
        length = int(headers[b"content-length"])
        while len(rest) < length:
            self._read = b""
            self._read_more()
            rest += self._read
        self._read = rest[length:]
        return Answer(int(line.split()[1]), headers, rest[:length])

    def rest(self) -> bytes:
        """Read until the server closes, however it does."""
        data = self._read
        try:
            while piece := self.socket.recv(1 << 16):
                data += piece
        except ConnectionResetError:
            pass
        return data

    def is_closed(self) -> bool:
        """Tell whether the server has closed, without waiting."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        finally:
            self.socket.settimeout(PATIENCE)

    def _read_more(self) -> None:
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise ConnectionError(f"closed after {self._read!r}")
        self._read += piece


def request(path: str = "/", *, body: bytes = b"", headers: bytes = b"", method: bytes = b"GET") -> bytes:
    """Return a whole request; `headers` are lines, each with its CRLF."""
    length = b"content-length: %d\r\n" % len(body) if body else b""
    return b"%b %b HTTP/1.1\r\nhost: x\r\n%b%b\r\n%b" % (method, path.encode(), headers, length, body)
