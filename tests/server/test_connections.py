"""Many connections at once."""

from __future__ import annotations

import contextlib
import resource
import socket
from collections.abc import Iterator

import pytest

from mock_server.server import Limits, RunningServer
from tests.server.raw_client import RawClient, request
from tests.server.tiny_app import TinyApp


@contextlib.contextmanager
def idle_connections(server: RunningServer, number: int) -> Iterator[list[RawClient]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(RawClient(server)) for _ in range(number)]


def nothing_for(seconds: float, silent: RawClient) -> None:
    """Let this time pass: nothing comes on a connection that asked for nothing."""
    silent.socket.settimeout(seconds)
    with pytest.raises(TimeoutError):
        silent.socket.recv(1)


@pytest.fixture
def hundred() -> Iterator[RunningServer]:
    app = TinyApp()
    with RunningServer(lambda: app, limits=Limits(connections=100)) as running:
        yield running


def test_others_are_served_with_three_times_as_many_idle_connections_as_there_are_seats(hundred: RunningServer) -> None:
    """300 idle connections at a server of 100: a client that comes is answered, and the idle longest are closed."""
    with idle_connections(hundred, 300) as idle, RawClient(hundred) as client:
        assert client.get().status == 200
        for connection in idle[:201]:
            assert connection.rest() == b""
        assert not any(connection.is_closed() for connection in idle[201:])


@pytest.mark.slow
def test_others_are_served_with_2000_idle_connections() -> None:
    """With the default bounds 2 000 idle connections do not keep anybody out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    app = TinyApp()
    try:
        with RunningServer(lambda: app) as server, idle_connections(server, 2000), RawClient(server) as client:
            for _ in range(100):
                assert client.get().status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_request_in_progress_is_not_closed_to_make_room(narrow: RunningServer, narrow_app: TinyApp) -> None:
    """A client whose answer takes long gets it, although three times as many connections came as there are seats."""
    with RawClient(narrow) as patient:
        patient.send(request("/hold"))
        assert narrow_app.held.acquire(timeout=5)
        with idle_connections(narrow, 60):
            with RawClient(narrow) as client:
                assert client.get().status == 200
            assert not patient.is_closed()


def test_who_finds_everybody_busy_is_turned_away() -> None:
    """When each of the connections has a request in progress, a new one is closed at once."""
    app = TinyApp()
    running = RunningServer(lambda: app, on_stop=app.on_stop, limits=Limits(connections=3))
    with running as server, idle_connections(server, 3) as busy:
        for connection in busy:
            connection.send(request("/hold"))
            assert app.held.acquire(timeout=5)
        with RawClient(server) as late:
            assert late.rest() == b""
        assert not any(connection.is_closed() for connection in busy)


def test_who_does_not_read_its_answer_gives_way() -> None:
    """A client that asks for much and reads nothing cannot hold its seat against others."""
    app = TinyApp()
    with RunningServer(lambda: app, limits=Limits(connections=1)) as server, RawClient(server) as greedy:
        greedy.send(request("/large"))
        greedy.socket.recv(1)
        with RawClient(server) as client:
            assert client.get().status == 200
        assert len(greedy.rest()) < 64 << 20
    assert "large: sent" in app.said  # the application was not left waiting


def test_who_leaves_its_answer_lying_is_dropped() -> None:
    """A client that asks for much and reads nothing of it is closed when its time is over, though nobody wants its
    seat.
    """
    app = TinyApp()
    limits = Limits(unread_seconds=0.1)
    with RunningServer(lambda: app, limits=limits) as server, RawClient(server) as greedy, RawClient(server) as silent:
        greedy.send(request("/large"))
        greedy.socket.recv(1)
        nothing_for(0.4, silent)
        assert app.said[-1] == "large: sent"  # it was not left waiting either
        assert len(greedy.rest()) < 64 << 20


def test_who_reads_slowly_gets_all_of_it() -> None:
    """A client that reads a little at a time is not dropped, although the whole takes longer than its patience."""
    app = TinyApp()
    limits = Limits(unread_seconds=0.15)
    with RunningServer(lambda: app, limits=limits) as server, RawClient(server) as client, RawClient(server) as silent:
        client.send(request("/lump"))
        read = 0
        while read < 64 << 20:
            nothing_for(0.04, silent)
            piece = client.socket.recv(4 << 20, socket.MSG_WAITALL)
            assert piece, f"dropped after {read} bytes"
            read += len(piece)


def test_who_reads_again_is_not_closed_to_make_room() -> None:
    """A client that fell behind and caught up keeps its seat while its answer is not complete."""
    app = TinyApp()
    running = RunningServer(lambda: app, on_stop=app.on_stop, limits=Limits(connections=1))
    with running as server, RawClient(server) as client:
        client.send(request("/large-and-hold"))
        read = 0
        while read < 8 << 20:
            read += len(client.socket.recv(1 << 20))
        assert app.held.acquire(timeout=5)
        with RawClient(server) as late:
            assert late.rest() == b""
        assert not client.is_closed()


def test_who_was_served_and_stays_gives_way() -> None:
    """A kept-alive connection that had its answer is closed for a newcomer."""
    app = TinyApp()
    with RunningServer(lambda: app, limits=Limits(connections=1)) as server, RawClient(server) as first:
        assert first.get().status == 200
        with RawClient(server) as second:
            assert second.get().status == 200
        assert first.rest() == b""


def test_who_was_refused_gives_way() -> None:
    """A refused client that does not go away is closed for a newcomer."""
    app = TinyApp()
    limits = Limits(connections=1, linger_seconds=60)
    with RunningServer(lambda: app, limits=limits) as server, RawClient(server) as refused:
        refused.send(request("/", method=b"POST", headers=b"transfer-encoding: chunked\r\n") + b"zz\r\n")
        assert refused.answer().status == 400
        with RawClient(server) as client:
            assert client.get().status == 200


def test_who_has_begun_a_request_gives_way_after_the_silent() -> None:
    """Of two kept connections the one whose next request has begun stays, although it was quiet for longer."""
    app = TinyApp()
    with RunningServer(lambda: app, limits=Limits(connections=3)) as server, RawClient(server) as begun:
        assert begun.get().status == 200
        with RawClient(server) as silent, RawClient(server) as third:
            assert silent.get().status == 200
            begun.send(b"GET / HTTP/1.1\r\n")
            assert third.get().status == 200
            with RawClient(server) as newcomer:
                assert newcomer.get().status == 200
            assert silent.rest() == b""
            assert not begun.is_closed()


def test_a_connection_is_kept_for_the_next_request(server: RunningServer) -> None:
    """Ten requests one after the other need one connection."""
    with RawClient(server) as client:
        assert [client.get().status for _ in range(10)] == [200] * 10


def test_requests_sent_ahead_are_answered_in_order(server: RunningServer) -> None:
    """Pipelined requests get their answers in the order they were sent."""
    with RawClient(server) as client:
        client.send(b"".join(request("/", method=b"POST", body=b"%d" % number) for number in range(20)))
        assert [client.answer().body for _ in range(20)] == [b"%d" % number for number in range(20)]


def test_a_stream_ends_when_its_client_is_gone_even_with_a_request_behind_it(
    server: RunningServer, app: TinyApp
) -> None:
    """The application hears of the disconnect also when another request was queued on the connection."""
    with RawClient(server) as client:
        client.send(request("/stream") + request("/"))
        client.socket.recv(1)
    assert app.held.acquire(timeout=5)
    assert app.said[-1] == "stream: client gone"
