"""The application may close the connection."""

from __future__ import annotations

import pytest

from mock_server.server import RunningServer
from tests.server.raw_client import RawClient, request
from tests.server.tiny_app import TinyApp


def test_before_the_answer(server: RunningServer, caplog: pytest.LogCaptureFixture) -> None:
    """Hung up before the answer: the client reads nothing, and the server has nothing to complain of."""
    with RawClient(server) as client:
        client.send(request("/close-before"))
        assert client.rest() == b""
    assert caplog.records == []


def test_in_the_middle_of_the_answer(server: RunningServer, caplog: pytest.LogCaptureFixture) -> None:
    """Hung up in its middle: what was sent arrives, the rest does not, nothing is logged."""
    with RawClient(server) as client:
        client.send(request("/close-in-the-middle"))
        assert client.rest() == b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf "
    assert caplog.records == []


def test_what_the_application_does_afterwards_is_ignored(
    server: RunningServer, app: TinyApp, caplog: pytest.LogCaptureFixture
) -> None:
    """After hanging up the application sees a disconnect, and may go on answering into the void."""
    with RawClient(server) as client:
        client.send(request("/close-and-go-on", method=b"POST", body=b"{}"))
        assert client.rest() == b""
    assert app.held.acquire(timeout=5)
    assert app.said[-1] == "disconnect"
    assert caplog.records == []


def test_other_connections_are_not_touched(server: RunningServer) -> None:
    """Hanging up on one client leaves the others connected."""
    with RawClient(server) as other, RawClient(server) as client:
        assert other.get().status == 200
        client.send(request("/close-before"))
        assert client.rest() == b""
        assert other.get().status == 200
