"""What a client may say before the application hears of it."""

from __future__ import annotations

import resource

import pytest

from mock_server.server import Limits, RunningServer
from tests.server.raw_client import RawClient, request
from tests.server.tiny_app import TinyApp

KIB = 1024
# The head that `request("/")` makes, without a further header.
SHORTEST = len(request("/"))


def test_64_mib_of_header_are_refused_without_being_kept_and_others_are_served(server: RunningServer) -> None:
    """A 64 MiB header is answered 431 with the bound in words, and the server's memory does not grow by it."""
    mebibyte = b"a" * (1 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with RawClient(server) as rude, RawClient(server) as other:
        rude.send(b"GET / HTTP/1.1\r\nx-long: ")
        for _ in range(32):
            rude.send(mebibyte)
        assert other.get().status == 200
        for _ in range(32):
            rude.send(mebibyte)
        answer = rude.answer()
        assert answer.status == 431
        assert answer.body == b"The request line and headers are larger than 65536 bytes."
        assert answer.headers[b"connection"] == b"close"
        assert rude.rest() == b""
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * KIB  # ru_maxrss counts KiB


@pytest.mark.parametrize(("size", "status"), [(65_536, 200), (65_537, 431)])
def test_a_head_may_be_exactly_64_kib(server: RunningServer, size: int, status: int) -> None:
    """Request line and headers together: 65 536 bytes are served, one more is refused with 431."""
    filler = size - SHORTEST - len("x-fill: \r\n")
    with RawClient(server) as client:
        client.send(request("/", headers=b"x-fill: %b\r\n" % (b"a" * filler)))
        assert client.answer().status == status


def test_many_small_headers_count_together(server: RunningServer) -> None:
    """Ten thousand headers of ten bytes are refused with 431 before their end has come."""
    with RawClient(server) as client:
        client.send(b"GET / HTTP/1.1\r\n" + b"a: 123456\r\n" * 10_000)
        assert client.answer().status == 431


@pytest.mark.parametrize(("length", "status"), [(8192, 200), (8193, 414)])
def test_a_url_may_be_exactly_8_kib(server: RunningServer, length: int, status: int) -> None:
    """A URL of 8 192 bytes is served, one byte more is refused with 414."""
    with RawClient(server) as client:
        client.send(request("/?" + "a" * (length - 2)))
        assert client.answer().status == status


def test_a_url_too_long_is_refused_before_its_end(server: RunningServer) -> None:
    """An endless URL is refused with 414 while it still comes."""
    with RawClient(server) as client:
        client.send(b"GET /" + b"a" * 9000)
        assert client.answer().status == 414


def test_a_large_head_behind_another_request_is_refused_too(server: RunningServer) -> None:
    """The bound holds for a head that came in the same packet as the request before it, which is answered."""
    with RawClient(server) as client:
        client.send(request("/") + request("/", headers=b"x-long: %b\r\n" % (b"a" * 70_000)))
        assert client.answer().status == 200
        assert client.rest() == b""


def test_half_a_head_is_refused_when_its_time_is_over(narrow: RunningServer) -> None:
    """A connection that never completes its first head is answered 408 and closed."""
    with RawClient(narrow) as client:
        client.send(b"GET / HTTP/1.1\r\nhost:")
        answer = client.answer()
        assert answer.status == 408
        assert answer.body == b"The request line and headers were not complete within 0.1 seconds."
        assert client.rest() == b""


def test_half_a_head_on_a_kept_connection_is_refused_when_its_time_is_over(narrow: RunningServer) -> None:
    """On a kept-alive connection the time runs from the first byte of the next request."""
    with RawClient(narrow) as client:
        assert client.get().status == 200
        client.send(b"GET")
        assert client.answer().status == 408


def test_half_a_head_sent_ahead_is_refused_when_its_time_is_over() -> None:
    """For a head that began while the request before it was in progress, time runs from that one's answer."""
    app = TinyApp()
    with RunningServer(lambda: app, limits=Limits(head_seconds=0.1)) as server, RawClient(server) as client:
        client.send(request("/hold") + b"GET")
        assert app.held.acquire(timeout=5)
        with RawClient(server) as clock:
            assert clock.rest() == b""  # closed after the time of a head
        with RawClient(server) as other:
            other.get("/release")
        assert client.answer().body == b"held"
        assert client.answer().status == 408


def test_a_kept_connection_may_be_silent_for_longer_than_a_head_may_take(narrow: RunningServer) -> None:
    """Silence between two requests is bounded by keep-alive (30 s), not by the time of a head."""
    with RawClient(narrow) as quiet, RawClient(narrow) as clock:
        assert quiet.get().status == 200
        assert clock.rest() == b""  # closed after the time of a head
        assert quiet.get().status == 200


def test_a_connection_that_says_nothing_is_closed_without_an_answer(narrow: RunningServer) -> None:
    """No byte within the time of a head: closed, nothing said."""
    with RawClient(narrow) as client:
        assert client.rest() == b""


def test_only_line_ends_are_not_a_way_to_stay(narrow: RunningServer) -> None:
    """Empty lines before a request, which parsers skip, do not count as its beginning: 408."""
    with RawClient(narrow) as client:
        client.send(b"\r\n")
        assert client.answer().status == 408


def test_a_head_in_pieces_is_served(narrow: RunningServer) -> None:
    """A head may come byte by byte as long as it is complete in time."""
    with RawClient(narrow) as client:
        for byte in request("/"):
            client.send(bytes([byte]))
        assert client.answer().status == 200


def test_a_refusal_is_complete_at_once() -> None:
    """The server goes on reading from a refused client for a while, but the client need not wait for the end."""
    app = TinyApp()
    limits = Limits(linger_seconds=60)
    with RunningServer(lambda: app, limits=limits) as server, RawClient(server) as client:
        client.send(b"GET /" + b"a" * 9000)
        assert client.answer().status == 414
        assert client.rest() == b""


def test_requests_ahead_of_their_answers_are_bounded(narrow: RunningServer) -> None:
    """One request is answered and four may wait behind it; those are answered, the others close the connection."""
    with RawClient(narrow) as client:
        client.send(request("/") * 1000)
        assert client.rest().count(b"HTTP/1.1 200 OK") == 5


def test_garbage_is_answered_with_a_sentence(server: RunningServer) -> None:
    """What is no HTTP/1.1 (here: the beginning of TLS) is answered 400, and others are served."""
    with RawClient(server) as client, RawClient(server) as other:
        client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        answer = client.answer()
        assert answer.status == 400
        assert answer.body.startswith(b"This is not a proper HTTP/1.1 request: ")
        assert other.get().status == 200


def test_garbage_after_a_request_does_not_spoil_its_answer(server: RunningServer) -> None:
    """A body longer than its Content-Length: the request is answered as it stands, then the connection is closed."""
    with RawClient(server) as client:
        client.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{} and more")
        assert client.answer().body == b"{}"
        assert client.rest() == b""


def test_connect_is_refused(server: RunningServer) -> None:
    """CONNECT, which would turn the connection into a tunnel, is answered 405."""
    with RawClient(server) as client:
        client.send(b"CONNECT graph.facebook.com:443 HTTP/1.1\r\nhost: x\r\n\r\n")
        assert client.answer().status == 405


@pytest.mark.parametrize("apart", [0, 30, 120])
@pytest.mark.parametrize(
    "framing", [b"content-length: 5\r\n\r\nhello", b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]
)
def test_an_offered_upgrade_is_ignored_and_the_body_arrives(server: RunningServer, apart: int, framing: bytes) -> None:
    """Java's HttpClient offers HTTP/2 with its first request: the offer is ignored, the body is not lost.

    Sent whole, and with its last 30 or 120 bytes apart: between the two another client is served.
    """
    offer = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAA\r\n"
    whole = request("/", method=b"POST", headers=offer + framing).removesuffix(b"\r\n")
    with RawClient(server) as client, RawClient(server) as other:
        client.send(whole[: len(whole) - apart])
        assert other.get().status == 200
        client.send(whole[len(whole) - apart :])
        assert client.answer().body == b"hello"
        assert client.get().status == 200
