"""What a client may do with a body. Its size and its time are the application's to bound; its framing is not."""

from __future__ import annotations

from mock_server.server import RunningServer
from tests.server.raw_client import RawClient, request
from tests.server.tiny_app import TinyApp

CHUNKED = b"transfer-encoding: chunked\r\n"


def test_half_a_body_does_not_keep_others_waiting(server: RunningServer) -> None:
    """While one client never completes its body, others are served."""
    with RawClient(server) as slow, RawClient(server) as other:
        slow.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf ")
        assert other.get().status == 200
        slow.send(b"body.")
        assert slow.answer().body == b"half body."


def test_a_large_body_in_many_pieces_arrives_whole(server: RunningServer) -> None:
    """One mebibyte in 1 000 chunks reaches the application byte for byte."""
    piece = b"0123456789abcdef" * 64
    with RawClient(server) as client:
        client.send(request("/", method=b"POST", headers=CHUNKED))
        client.send((b"400\r\n" + piece + b"\r\n") * 1000 + b"0\r\n\r\n")
        assert client.answer().body == piece * 1000


def test_trailers_do_not_become_headers(server: RunningServer) -> None:
    """A trailer cannot add a header to a request that the application is already working on."""
    with RawClient(server) as client:
        client.send(request("/headers", method=b"POST", headers=CHUNKED))
        client.send(b"2\r\n{}\r\n0\r\nauthorization: sneaked\r\n\r\n")
        assert client.answer().body == b"host,transfer-encoding"


def test_endless_trailers_are_refused(server: RunningServer) -> None:
    """More than 64 KiB of trailers are answered 400."""
    with RawClient(server) as client:
        client.send(request("/", method=b"POST", headers=CHUNKED) + b"2\r\n{}\r\n0\r\n")
        client.send(b"x-long: " + b"a" * 400_000)
        answer = client.answer()
        assert answer.status == 400
        assert answer.body == b"More than 65536 bytes of chunk extensions or trailers."


def test_an_endless_chunk_extension_is_refused(server: RunningServer) -> None:
    """More than 64 KiB that are no data between two chunks are answered 400."""
    with RawClient(server) as client:
        client.send(request("/", method=b"POST", headers=CHUNKED) + b"2;x=" + b"a" * 400_000)
        assert client.answer().status == 400


def test_a_broken_chunk_ends_the_request(server: RunningServer, app: TinyApp) -> None:
    """A chunk that cannot be read is answered 400, and the application sees a disconnect instead of waiting on."""
    with RawClient(server) as client:
        client.send(request("/until-disconnect", method=b"POST", headers=CHUNKED) + b"2\r\n{}\r\nzz\r\n")
        assert client.answer().status == 400
    assert app.held.acquire(timeout=5)
    assert app.said[-1] == "disconnect"


def test_a_broken_chunk_after_the_answer_began_only_closes(server: RunningServer) -> None:
    """Nothing is written into an answer that is under way: the connection is closed in its middle."""
    with RawClient(server) as client:
        client.send(request("/stream", method=b"POST", headers=CHUNKED))
        begun = client.socket.recv(1)
        client.send(b"zz\r\n")
        assert begun + client.rest() == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nevent\n\r\n"


def test_the_rest_of_a_body_after_an_early_answer_is_thrown_away(server: RunningServer) -> None:
    """An answer given before the body was read reaches the client, and the connection can be used again."""
    with RawClient(server) as client:
        client.send(b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 4000000\r\n\r\n" + b"a" * 100)
        assert client.answer().body == b"early"
        client.send(b"a" * 3_999_900)
        assert client.get().status == 200


def test_a_body_that_goes_on_after_its_answer_is_bounded_in_time(narrow: RunningServer) -> None:
    """What comes of a body after its answer is read for the time of a head, then the connection is closed."""
    with RawClient(narrow) as client:
        client.send(b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 4000000\r\n\r\n" + b"a" * 100)
        assert client.answer().body == b"early"
        client.send(b"a" * 100)
        assert client.rest() == b""


def test_half_a_chunk_after_the_answer_is_not_taken_for_half_a_head(narrow: RunningServer) -> None:
    """The rest of a chunked body after its answer: closed in time as well, without a second answer."""
    with RawClient(narrow) as client:
        client.send(request("/early", method=b"POST", headers=CHUNKED))
        assert client.answer().body == b"early"
        client.send(b"40")
        assert client.rest() == b""
