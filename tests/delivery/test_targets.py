"""Where webhooks may go: checked on the address that a name leads to, when connecting (DESIGN, Security)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mock_server.clock import MachineTime
from mock_server.delivery.sender import Answer, HttpSender
from mock_server.delivery.targets import Targets, check_url
from mock_server.errors import Forbidden, Malformed
from tests.stage.sockets import Visit, listening

pytestmark = pytest.mark.anyio

LINK_LOCAL = ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254"]


@pytest.mark.parametrize("address", LINK_LOCAL)
@pytest.mark.parametrize("patterns", [None, ("*",), ("0.0.0.0/0", "::/0")], ids=["any", "star", "all networks"])
def test_link_local_is_always_refused(address: str, patterns: tuple[str, ...] | None) -> None:
    """No pattern allows a link-local address, under whatever name (DESIGN, Security)."""
    with pytest.raises(Forbidden, match="link-local"):
        Targets(patterns).check("metadata.example.com", address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "203.0.113.7", "2001:db8::7"])
def test_on_loopback_anything_else_goes(address: str) -> None:
    """Without patterns, which is on loopback only, webhooks go anywhere but link-local (DESIGN, Security)."""
    Targets(None).check("anything.example", address)


ALLOWED = [
    ("receiver", "receiver", "172.18.0.3"),
    ("RECEIVER", "Receiver", "172.18.0.3"),
    ("*.example.com", "hooks.example.com", "203.0.113.7"),
    ("10.0.0.0/8", "inside.example", "10.255.0.1"),
    ("10.1.2.3", "10.1.2.3", "10.1.2.3"),
    ("10.1.2.3/8", "inside.example", "10.9.9.9"),
    ("::1", "ip6-localhost", "::1"),
    ("2001:db8::/32", "six.example", "2001:db8:1::7"),
    ("127.0.0.0/8", "mapped.example", "::ffff:127.0.0.1"),
]
NOT_ALLOWED = [
    ("*.example.com", "example.com", "203.0.113.7"),
    ("*.example.com", "hooks.example.com.evil.net", "203.0.113.7"),
    ("receiver", "receiver2", "172.18.0.3"),
    ("10.0.0.0/8", "10.0.0.1.evil.net", "203.0.113.7"),
    ("10.0.0.0/8", "outside.example", "11.0.0.1"),
    ("10.0.0.0/8", "six.example", "2001:db8::7"),
    ("::1", "localhost", "127.0.0.1"),
    ("2001:db8::/32", "six.example", "2001:db9::1"),
]


@pytest.mark.parametrize(("pattern", "host", "address"), ALLOWED)
def test_what_matches_is_allowed(pattern: str, host: str, address: str) -> None:
    """A pattern is a host name with stars, an address, or a network; one that matches is enough (DESIGN, Security)."""
    Targets(("nothing.example", pattern)).check(host, address)


@pytest.mark.parametrize(("pattern", "host", "address"), NOT_ALLOWED)
def test_what_does_not_match_is_refused(pattern: str, host: str, address: str) -> None:
    """A name that only looks like the pattern, or an address outside of it, is refused, saying how to allow it."""
    with pytest.raises(Forbidden) as refused:
        Targets((pattern,)).check(host, address)
    assert refused.value.sentence == (
        f"{host} ({address}) is not allowed; start the sandbox with --allow-webhook-to {host}."
    )


def test_nothing_is_allowed_without_a_pattern() -> None:
    """Off loopback, without any pattern, webhooks go nowhere (DESIGN, Security)."""
    with pytest.raises(Forbidden):
        Targets(()).check("localhost", "127.0.0.1")


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[list[str], str]]:
    """What a receiver on 127.0.0.1 was asked, and its port."""
    asked: list[str] = []

    async def handler(visit: Visit) -> None:
        asked.append((await visit.request())[1]["host"])
        await visit.say(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with listening(handler) as url:
        yield asked, url.rpartition(":")[2]


async def post(url: str, *patterns: str) -> Answer:
    sender = HttpSender(machine=MachineTime(), targets=Targets(patterns))
    try:
        return await sender.post(url, b"{}", (), 5)
    finally:
        await sender.close()


@pytest.mark.parametrize("pattern", ["localhost", "127.0.0.1", "127.0.0.0/8", "local*"])
async def test_a_name_is_checked_with_its_address(receiver: tuple[list[str], str], pattern: str) -> None:
    """`localhost` is reached when the name or the address that it leads to is allowed (DESIGN, Security)."""
    asked, port = receiver
    assert (await post(f"http://localhost:{port}/", pattern)).status == 204
    assert asked == [f"localhost:{port}"]


@pytest.mark.parametrize("pattern", ["10.0.0.0/8", "receiver", "*.localhost"])
async def test_a_name_that_leads_elsewhere_is_refused(receiver: tuple[list[str], str], pattern: str) -> None:
    """A name that leads to an address outside of what is allowed is not connected to, and the log says why."""
    asked, port = receiver
    answer = await post(f"http://localhost:{port}/", pattern)
    assert (answer.outcome, answer.status) == ("refused", None)
    assert "is not allowed; start the sandbox with --allow-webhook-to localhost." in answer.sentence
    assert asked == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "http://[::ffff:127.0.0.1]:{}/", "http://2130706433:{}/"])
async def test_an_address_in_disguise_is_refused(receiver: tuple[list[str], str], url: str) -> None:
    """However an address is written, it is checked as what it is (DESIGN, Security)."""
    asked, port = receiver
    answer = await post(url.format(port), "10.0.0.0/8")
    assert answer.status is None
    assert asked == []


async def test_link_local_is_not_connected_to() -> None:
    """The metadata address of clouds is refused before any packet is sent (DESIGN, Security)."""
    answer = await post("http://169.254.169.254/latest/meta-data/", "*")
    assert (answer.outcome, answer.sentence) == (
        "refused",
        "169.254.169.254 is the link-local address 169.254.169.254; webhooks never go there.",
    )


async def test_ipv6() -> None:
    """A receiver on ::1 is reached where ::1 is allowed, and not where it is not (DESIGN, Security)."""
    asked: list[str] = []

    async def handler(visit: Visit) -> None:
        asked.append((await visit.request())[0])
        await visit.say(b"HTTP/1.1 204 No Content\r\n\r\n")

    try:
        receiver = listening(handler, host="::1")
        async with receiver as url:
            assert (await post(url, "127.0.0.1")).outcome == "refused"
            assert (await post(url, "::1")).status == 204
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert asked == ["POST / HTTP/1.1"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "receiver.example/hook",
        "ftp://receiver.example/",
        "http://",
        "http:///path",
        "http://receiver.example:0/",
        "http://receiver.example:99999/",
        "http://receiver.example:port/",
        "http://[::1/",
        "http://receiver.example/a b",
        "http://receiver.example/\n",
        "http://receiver.example/é",
        "http://receiver.example/" + "x" * 2048,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_url(url: str) -> None:
    """What no webhook can go to is refused when it is set (W1)."""
    with pytest.raises(Malformed) as refused:
        check_url(url)
    assert "is no URL that a webhook can go to; give http:// or https:// with a host." in refused.value.sentence


@pytest.mark.parametrize("url", ["http://localhost:5000", "https://user:pass@x.example/h?k=v#f", "HTTP://[::1]:80/"])
def test_a_url_stays_as_it_is(url: str) -> None:
    """A usable URL is kept to the letter (W5)."""
    assert check_url(url) == url
