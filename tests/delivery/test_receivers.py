"""The real sender against real receivers on loopback (W5)."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator

import pytest

from mock_server.clock import MachineTime
from mock_server.delivery.sender import Answer, HttpSender
from mock_server.delivery.targets import Targets
from tests.stage.sockets import Handler, Visit, listening

pytestmark = pytest.mark.anyio

HEADERS = (("Content-Type", "application/json"), ("User-Agent", "gupshup-mock"), ("X-Secret", "s3"))
BODY = b'{"name":"\\u00e9"}'


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    sender = HttpSender(machine=MachineTime(), targets=Targets(None))
    yield sender
    await sender.close()


def saying(text: bytes) -> Handler:
    """A receiver that reads the request, says this, and hangs up."""

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.say(text)

    return handler


async def sent(sender: HttpSender, handler: Handler, *, timeout: float = 5, path: str = "/webhooks") -> Answer:
    """What comes of one webhook to such a receiver."""
    async with listening(handler) as url:
        return await sender.post(url + path, BODY, HEADERS, timeout)


async def test_it_arrives(sender: HttpSender) -> None:
    """A webhook is a POST with the bytes and headers it was rendered with, and asks for nothing compressed (W5)."""
    seen = []

    async def handler(visit: Visit) -> None:
        seen.append(await visit.request())
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    answer = await sent(sender, handler)
    assert (answer.outcome, answer.status, answer.text, answer.sentence) == ("answered", 200, "ok", "answered 200")
    line, headers, body = seen[0]
    assert (line, body) == ("POST /webhooks HTTP/1.1", BODY)
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "gupshup-mock"
    assert headers["x-secret"] == "s3"
    assert headers["content-length"] == "17"
    assert "accept-encoding" not in headers
    assert "transfer-encoding" not in headers


@pytest.mark.parametrize("status", [204, 299, 404, 500])
async def test_its_status_is_told(sender: HttpSender, status: int) -> None:
    """Whatever the receiver answers is what the attempt shows (W5)."""
    text = f"HTTP/1.1 {status} Anything\r\nContent-Length: 0\r\n\r\n".encode()
    assert (await sent(sender, saying(text))).status == status


async def test_down(sender: HttpSender) -> None:
    """A receiver that does not run is told from one that does not answer (W5)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = await sender.post(f"http://127.0.0.1:{port}/", BODY, HEADERS, 5)
    assert (answer.outcome, answer.status, answer.sentence) == ("refused", None, "no connection: Connection refused")


async def test_no_such_host(sender: HttpSender) -> None:
    """A host name that nobody knows is a refused attempt, not an error of ours (W5)."""
    answer = await sender.post("http://receiver.invalid/", BODY, HEADERS, 5)
    assert (answer.outcome, answer.status) == ("refused", None)
    assert answer.sentence.startswith("no connection: ")


async def test_slow(sender: HttpSender) -> None:
    """A receiver that takes too long is given up after the time it has (W5)."""

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.reader.read()

    answer = await sent(sender, handler, timeout=0.05)
    assert (answer.outcome, answer.status) == ("timed_out", None)
    assert answer.sentence == "the receiver did not answer within 0.05 s"
    assert 0.05 <= answer.seconds < 2


async def test_slow_in_the_middle(sender: HttpSender) -> None:
    """The time covers the whole answer: a body that does not end is too slow as well (W5)."""

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await visit.reader.read()

    assert (await sent(sender, handler, timeout=0.05)).outcome == "timed_out"


async def test_a_redirect_is_not_followed(sender: HttpSender) -> None:
    """A redirect is a failed attempt, and what it points to gets nothing (W5)."""
    elsewhere = []

    async def other(visit: Visit) -> None:
        elsewhere.append(await visit.request())

    async with listening(other) as url:
        for status in (301, 302, 303, 307, 308):
            text = f"HTTP/1.1 {status} Moved\r\nLocation: {url}/\r\nContent-Length: 0\r\n\r\n".encode()
            assert (await sent(sender, saying(text))).status == status
    assert elsewhere == []


@pytest.mark.parametrize(
    "text", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha"]
)
async def test_half_an_answer(sender: HttpSender, text: bytes) -> None:
    """A receiver that hangs up before or within its answer has not answered (W5)."""
    answer = await sent(sender, saying(text))
    assert (answer.outcome, answer.status) == ("closed", None)


async def test_closes_at_once(sender: HttpSender) -> None:
    """A receiver that hangs up without reading is a failed attempt (W5)."""

    async def handler(visit: Visit) -> None:
        visit.reset()

    assert (await sent(sender, handler)).outcome == "closed"


async def test_nonsense(sender: HttpSender) -> None:
    """What is no HTTP is no usable answer (W5)."""
    answer = await sent(sender, saying(b"SSH-2.0-OpenSSH_9.6\r\n"))
    assert (answer.outcome, answer.status) == ("closed", None)
    assert answer.sentence.startswith("no usable answer: ")
    assert len(answer.sentence) <= 200


async def test_an_endless_answer(sender: HttpSender) -> None:
    """Of an answer without end 64 KiB are read, 500 characters kept, and the connection is closed (W5)."""
    over = asyncio.Event()

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                await visit.say(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        finally:
            over.set()

    async with asyncio.timeout(5), listening(handler) as url:
        answer = await sender.post(url, BODY, HEADERS, 5)
        await over.wait()
    assert (answer.outcome, answer.status, answer.text) == ("answered", 200, "x" * 500)


async def test_compressed_answers_stay_compressed(sender: HttpSender) -> None:
    """An answer is never decompressed: a small one cannot become a large one (W5)."""
    bomb = gzip.compress(b"x" * 50_000_000)
    assert len(bomb) < 65_536
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    answer = await sent(sender, saying(head + bomb))
    assert answer.status == 200
    assert "xxx" not in answer.text
    assert len(answer.text) <= 500


async def test_what_is_no_text(sender: HttpSender) -> None:
    """An answer in no known encoding is shown with marks in place of what cannot be read."""
    assert (await sent(sender, saying(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\xffb"))).text == "a�b"


@pytest.mark.parametrize(
    "path",
    [
        "/hook?token=a%2Fb%20c&x=%e9&empty=&y",
        "/a%2Fb/%7Euser/caf%C3%A9;v=1,2",
        "/a//b/../c/./d",
        "/?q=a+b&url=http://x/?y",
        "/%zz",
        "",
    ],
)
async def test_the_url_is_sent_unchanged(sender: HttpSender, path: str) -> None:
    """Odd escapes, doubled slashes and queries reach the receiver as they were subscribed (W5)."""
    seen = []

    async def handler(visit: Visit) -> None:
        seen.append((await visit.request())[0])
        await visit.say(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert (await sent(sender, handler, path=path)).status == 204
    assert seen == [f"POST {path or '/'} HTTP/1.1"]


async def test_connections_are_kept(sender: HttpSender) -> None:
    """Several webhooks in a row use one connection, where the receiver keeps it."""
    connections = []

    async def handler(visit: Visit) -> None:
        connections.append(visit)
        while True:
            await visit.request()
            await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with listening(handler) as url:
        answers = [await sender.post(url, BODY, HEADERS, 5) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len(connections) == 1


async def test_cookies_are_not_kept(sender: HttpSender) -> None:
    """A receiver's cookie does not come back with the next webhook: every attempt has the same headers (W6)."""
    seen = []

    async def handler(visit: Visit) -> None:
        while True:
            seen.append((await visit.request())[1])
            await visit.say(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")

    async with listening(handler) as url:
        named = url.replace("127.0.0.1", "localhost")  # cookies go with names, not with addresses
        await sender.post(named, BODY, HEADERS, 5)
        await sender.post(named, BODY, HEADERS, 5)
    assert seen[0] == seen[1]
    assert "cookie" not in seen[1]


async def test_a_kept_connection_that_is_closed(sender: HttpSender) -> None:
    """A receiver that hangs up after each answer without saying so gets every webhook at its first attempt (W5)."""
    seen = []

    async def handler(visit: Visit) -> None:
        await visit.request()
        seen.append(visit)
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with listening(handler) as url:
        answers = [await sender.post(url, BODY, HEADERS, 5) for _ in range(20)]
    assert [answer.status for answer in answers] == [200] * 20
    assert len(seen) == 20


async def test_a_receiver_that_hangs_up_at_the_second(sender: HttpSender) -> None:
    """A receiver that always hangs up on a webhook fails it, kept connection or not (W5)."""

    async def handler(visit: Visit) -> None:
        line, _, _ = await visit.request()
        while "good" in line:
            await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            line, _, _ = await visit.request()

    async with listening(handler) as url:
        outcomes = [(await sender.post(url + path, BODY, HEADERS, 5)).outcome for path in ("/good", "/bad", "/good")]
    assert outcomes == ["answered", "closed", "answered"]


async def test_a_restarted_receiver(sender: HttpSender) -> None:
    """A receiver that was restarted on its port is reached again, kept connection or not (W5)."""
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    async def keeps(visit: Visit) -> None:
        while True:
            await visit.request()
            await visit.say(ok)

    async with listening(keeps) as url:
        assert (await sender.post(url, BODY, HEADERS, 5)).status == 200
        port = int(url.rpartition(":")[2])
    assert (await sender.post(url, BODY, HEADERS, 5)).outcome == "refused"
    async with listening(keeps, port=port):
        assert (await sender.post(url, BODY, HEADERS, 5)).status == 200


async def test_many_at_once(sender: HttpSender) -> None:
    """A slow receiver does not hold another one up."""

    async def never(visit: Visit) -> None:
        await visit.reader.read()

    async with listening(never) as slow, listening(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as quick:
        waiting = [asyncio.create_task(sender.post(slow, BODY, HEADERS, 0.2)) for _ in range(64)]
        assert (await sender.post(quick, BODY, HEADERS, 5)).status == 200
        assert [(await task).outcome for task in waiting] == ["timed_out"] * 64


async def test_no_proxy(sender: HttpSender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is not used: the target that was checked is the one that is reached."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    assert (await sent(sender, saying(b"HTTP/1.1 204 No Content\r\n\r\n"))).status == 204
