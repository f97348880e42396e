"""The server in a thread: starting, stopping, and what goes wrong with either."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import pytest

from mock_server.server import CannotListen, PortInUse, RunningServer, sockets, url_of
from tests.server.raw_client import RawClient, request
from tests.server.tiny_app import TinyApp


def test_it_answers_inside_and_the_port_is_free_afterwards() -> None:
    """Inside the `with` block the URL answers, with a port of its own; after it nobody listens there."""
    app = TinyApp()
    with RunningServer(lambda: app) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        with RawClient(server) as client:
            assert client.get().status == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port))


def test_the_application_is_told_first_and_shut_down_last() -> None:
    """An open event stream ends itself because `on_stop` comes before everything else; the lifespan's end is last."""
    app = TinyApp()
    with RunningServer(lambda: app, on_stop=app.on_stop) as server, RawClient(server) as client:
        client.send(request("/stream"))
        client.socket.recv(1)
        server.stop()
    assert app.said == ["startup", "on_stop", "stream: ended itself", "shutdown"]


def test_it_leaves_no_thread_behind() -> None:
    """Stopping returns when the server's thread has ended."""
    app = TinyApp()
    with RunningServer(lambda: app):
        assert "gupshup-mock" in [thread.name for thread in threading.enumerate()]
    assert "gupshup-mock" not in [thread.name for thread in threading.enumerate()]


def test_what_the_application_raises_in_its_startup_reaches_the_caller() -> None:
    """The very exception, not a traceback in the log and an exit code."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("no such schema")

    with pytest.raises(LookupError, match="no such schema"), RunningServer(lambda: broken):
        pass


def test_an_application_that_says_it_failed_is_quoted() -> None:
    """`lifespan.startup.failed` with a message becomes an error with that message."""

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "the store is locked"})

    with pytest.raises(RuntimeError, match="the store is locked"), RunningServer(lambda: failing):
        pass


def test_a_failing_shutdown_is_logged_and_does_not_spoil_the_stop(caplog: pytest.LogCaptureFixture) -> None:
    """An application that raises while it shuts down leaves a log record; stopping goes on."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise LookupError("cannot close")

    with RunningServer(lambda: app):
        pass
    assert [record.message for record in caplog.records] == ["The application did not shut down properly."]


def test_what_the_factory_raises_reaches_the_caller() -> None:
    """An application that cannot even be built raises where the server was to be started."""

    def factory() -> TinyApp:
        raise LookupError("no settings")

    with pytest.raises(LookupError, match="no settings"), RunningServer(factory):
        pass


def test_a_port_in_use_is_one_clear_sentence() -> None:
    """A second server on the same port raises PortInUse before its application has started."""
    first, second = TinyApp(), TinyApp()
    with RunningServer(lambda: first) as server:
        with pytest.raises(PortInUse) as refused, RunningServer(lambda: second, port=server.port):
            pass
        with RawClient(server) as client:
            assert client.get().status == 200
    assert refused.value.code == "port_in_use"
    assert refused.value.sentence == (
        f"Port {server.port} on 127.0.0.1 is in use. "
        "Stop what listens there, or take another with --port (0 picks a free one)."
    )
    assert second.said == []


def test_two_servers_that_start_at_once_cannot_share_a_port() -> None:
    """The port is taken from the moment of listening, not only when the first server serves."""
    listening = sockets.listen("127.0.0.1", 0)
    try:
        with pytest.raises(PortInUse):
            sockets.listen("127.0.0.1", sockets.port_of(listening))
    finally:
        sockets.close(listening)


def test_an_unknown_host_is_one_clear_sentence() -> None:
    """A host that is not this machine's raises CannotListen, which says which host."""
    app = TinyApp()
    with pytest.raises(CannotListen, match=r"^Cannot listen on 203\.0\.113\.1 port 0: "):
        RunningServer(lambda: app, host="203.0.113.1").start()


def test_ipv6() -> None:
    """An IPv6 address works as host, and its URL has brackets."""
    app = TinyApp()
    with RunningServer(lambda: app, host="::1") as server, RawClient(server) as client:
        assert server.url == f"http://[::1]:{server.port}"
        assert client.get().status == 200


def test_localhost_listens_on_each_of_its_addresses() -> None:
    """A client reaches `localhost` whichever of its addresses it tries first."""
    app = TinyApp()
    addresses = {address[0] for *_, address in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    with RunningServer(lambda: app, host="localhost") as server:
        for address in addresses:
            server.host = str(address)
            with RawClient(server) as client:
                assert client.get().status == 200


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8400"),
        ("localhost", "http://localhost:8400"),
        ("0.0.0.0", "http://127.0.0.1:8400"),
        ("::", "http://[::1]:8400"),
        ("fe80::1", "http://[fe80::1]:8400"),
    ],
)
def test_the_url_is_one_that_works_on_this_machine(host: str, url: str) -> None:
    """Where the server listens on every address, the URL has the loopback one."""
    assert url_of(host, 8400) == url


@pytest.mark.slow
def test_a_request_that_never_ends_does_not_hold_up_the_stop() -> None:
    """Open requests get three seconds; then they are cancelled and the server stops, within five in all."""
    app = TinyApp()
    with RunningServer(lambda: app) as server, RawClient(server) as client:
        client.send(request("/hold"))
        assert app.held.acquire(timeout=5)
        server.stop()
    assert app.said == ["startup", "shutdown"]


@pytest.mark.slow
def test_a_shutdown_that_never_ends_does_not_hold_up_the_stop(caplog: pytest.LogCaptureFixture) -> None:
    """The application's shutdown is given up in time for the server to stop within five seconds."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await asyncio.Event().wait()

    with RunningServer(lambda: app):
        pass
    assert "The application did not shut down properly." in [record.message for record in caplog.records]
