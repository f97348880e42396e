"""Connections that the sandbox closes on purpose, over real sockets (BEHAVIOUR section 9)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.server.raw_client import RawClient, request
from tests.stage.play import APP, REQUEST, TOKEN, USER
from tests.stage.watch import a_sandbox

FAULTS = f"/_sandbox/apps/{APP}/faults"
ASK = request(
    f"/partner/app/{APP}/v3/message",
    method=b"POST",
    body=json.dumps(REQUEST).encode(),
    headers=f"content-type: application/json\r\nauthorization: {TOKEN}\r\n".encode(),
).replace(b"host: x", b"host: 127.0.0.1")


@pytest.fixture
def server() -> Iterator[RunningServer]:
    sandbox = a_sandbox(ServerSettings(seed="faults"))
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as running:
        yield running


@pytest.fixture
def http(server: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=10) as client:
        yield client


def requests_accepted(http: httpx.Client) -> int:
    return len(http.get(f"/_sandbox/apps/{APP}/users/{USER}").json()["requests"])


def test_closed_before_the_answer(server: RunningServer, http: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    """Not one byte of the answer comes, the request has taken effect, and the server has nothing to complain of."""
    assert http.post(FAULTS, json={"fault": "close", "route": "v3/message"}).status_code == 201
    with RawClient(server) as client:
        client.send(ASK)
        assert client.rest() == b""
    assert requests_accepted(http) == 1
    assert caplog.records == []


def test_closed_in_the_middle_of_the_answer(
    server: RunningServer, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Status line, headers and half of the body come, then nothing; the request has taken effect."""
    assert http.post(FAULTS, json={"fault": "close", "route": "*", "when": "middle"}).status_code == 201
    with RawClient(server) as client:
        client.send(ASK)
        head, _, body = client.rest().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (
        f"content-length: {2 * len(body)}" in head.decode() or f"content-length: {2 * len(body) + 1}" in head.decode()
    )
    assert body.startswith(b'{"messages":')
    assert requests_accepted(http) == 1
    assert caplog.records == []


def test_a_client_sees_a_broken_connection(http: httpx.Client) -> None:
    """An HTTP client sees a protocol error, not an answer, and the next request is answered (section 9)."""
    for when in ("before", "middle"):
        http.post(FAULTS, json={"fault": "close", "route": "templates", "when": when})
    path, headers = f"/partner/app/{APP}/templates", {"Authorization": TOKEN}
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            http.get(path, headers=headers)
    assert http.get(path, headers=headers).status_code == 200


def test_a_delay_does_not_hold_up_the_end(server: RunningServer, http: httpx.Client) -> None:
    """Whoever waits for a late answer gets it when the sandbox stops (section 9)."""
    http.post(FAULTS, json={"fault": "delay", "route": "v3/message", "seconds": 3600})
    with RawClient(server) as client:
        client.send(ASK)
        assert any(requests_accepted(http) for _ in range(1000))
        server.stop()
        assert client.answer().status == 200
