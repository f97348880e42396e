"""What is refused before the application is asked, and in which words. Pure: bytes in, an error or bytes out."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from mock_server.server.limits import Limits

Headers = Iterable[tuple[bytes, bytes]]

# "METHOD", " ", URL, " HTTP/1.1\r\n", "\r\n": what a request line and the end of a head have beside method and URL.
_LINE_ENDS = 14
# ": " and "\r\n" of each header.
_HEADER_ENDS = 4


class RefusedError(Exception):
    """A request that the application never sees: the status and the sentence that answer it."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence

    def answer(self) -> bytes:
        """Return the whole HTTP/1.1 answer; the connection has to be closed after it."""
        body = self.sentence.encode()
        lines = [
            b"HTTP/1.1 %d %b" % (self.status, self.status.phrase.encode()),
            b"content-type: text/plain; charset=utf-8",
            b"content-length: %d" % len(body),
            b"connection: close",
            b"",
            body,
        ]
        return b"\r\n".join(lines)


def check_url(url: bytes, limits: Limits) -> None:
    """Raise when the URL, complete or not, is too long."""
    if len(url) > limits.url_bytes:
        sentence = f"The URL is longer than {limits.url_bytes} bytes."
        raise RefusedError(HTTPStatus.REQUEST_URI_TOO_LONG, sentence)


def check_head(*, method: bytes, url: bytes, headers: Headers, limits: Limits) -> None:
    """Raise when request line and headers together are too large."""
    size = len(method) + len(url) + _LINE_ENDS + sum(len(name) + len(value) + _HEADER_ENDS for name, value in headers)
    if size > limits.head_bytes:
        raise head_too_large(limits)


def head_without_offer(*, method: bytes, url: bytes, version: str, headers: Headers) -> bytes:
    """Return the head without the upgrade that a server may ignore (RFC 9110, 7.8).

    The parser takes every upgrade for granted and drops the body of a request that offers one, as those of Java's
    HttpClient do unless told otherwise. So such a request is read a second time, from these bytes.
    """
    lines = [b"%b %b HTTP/%b" % (method, url, version.encode())]
    lines += [b"%b: %b" % (name, value) for name, value in headers if name != b"upgrade"]
    return b"\r\n".join([*lines, b"", b""])


def head_too_large(limits: Limits) -> RefusedError:
    """431."""
    sentence = f"The request line and headers are larger than {limits.head_bytes} bytes."
    return RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, sentence)


def head_too_late(limits: Limits) -> RefusedError:
    """408."""
    sentence = f"The request line and headers were not complete within {limits.head_seconds:g} seconds."
    return RefusedError(HTTPStatus.REQUEST_TIMEOUT, sentence)


def framing_too_large(limits: Limits) -> RefusedError:
    """400: bytes of a chunked body that are not its data."""
    sentence = f"More than {limits.head_bytes} bytes of chunk extensions or trailers."
    return RefusedError(HTTPStatus.BAD_REQUEST, sentence)


def too_many_pipelined(limits: Limits) -> RefusedError:
    """429."""
    sentence = f"More than {limits.pipelined} requests were sent ahead of their answers."
    return RefusedError(HTTPStatus.TOO_MANY_REQUESTS, sentence)


def no_proxy() -> RefusedError:
    """405."""
    return RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "This server is no proxy: CONNECT is not served.")


def not_http(reason: object) -> RefusedError:
    """400: the parser could not read it."""
    return RefusedError(HTTPStatus.BAD_REQUEST, f"This is not a proper HTTP/1.1 request: {reason}.")
