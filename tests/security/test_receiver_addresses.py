"""Where webhooks must not go, however the address is written and whoever answers for the name (DESIGN, Security)."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from mock_server.clock import MachineTime
from mock_server.delivery.sender import Answer, HttpSender
from mock_server.delivery.targets import Targets
from mock_server.errors import Forbidden
from mock_server.settings import ServerSettings
from tests.stage.sockets import Visit, listening
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

NEVER = {
    "AWS, Google, Azure, Oracle": "169.254.169.254",
    "AWS, containers": "169.254.170.2",
    "Scaleway": "169.254.42.42",
    "Alibaba": "100.100.100.200",
    "Azure's agent": "168.63.129.16",
    "AWS over IPv6": "fd00:ec2::254",
    "AWS, containers over IPv6": "fd00:ec2::23",
    "Google over IPv6": "fd20:ce::254",
    "Oracle over IPv6": "fd00:c1::a9fe:a9fe",
    "Scaleway over IPv6": "fd00:42::42",
    "link-local": "fe80::a9fe:a9fe",
    "link-local on an interface": "fe80::1%eth0",
    "IPv4 mapped": "::ffff:169.254.169.254",
    "IPv4 mapped, in hexadecimal": "::ffff:a9fe:a9fe",
    "mapped, not link-local": "::ffff:100.100.100.200",
    "IPv4 compatible": "::169.254.169.254",
    "translated (NAT64)": "64:ff9b::169.254.169.254",
    "6to4": "2002:a9fe:a9fe::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:5601:5601",
}


@pytest.mark.parametrize("name", NEVER)
@pytest.mark.parametrize(
    "patterns", [None, ("*",), ("0.0.0.0/0", "::/0"), ("metadata.example",)], ids=["any", "star", "networks", "name"]
)
def test_a_cloud_s_own_addresses_are_never_reached(name: str, patterns: tuple[str, ...] | None) -> None:
    """Link-local and metadata addresses are refused under any name, any pattern and in any disguise."""
    with pytest.raises(Forbidden, match="webhooks never go there"):
        Targets(patterns).check("metadata.example", NEVER[name])


OWN = ["127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "64:ff9b::127.0.0.1"]


@pytest.mark.parametrize("address", OWN)
@pytest.mark.parametrize("pattern", ["*", "*.example", "hooks.example"])
def test_a_name_does_not_open_this_machine(address: str, pattern: str) -> None:
    """Who answers for an allowed name cannot make it this machine: its addresses are allowed as addresses."""
    with pytest.raises(Forbidden, match=r"start the sandbox with --allow-webhook-to [0-9a-f:.]+\.$"):
        Targets((pattern,)).check("hooks.example", address)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "hooks.localhost", "127.0.0.1"])
def test_its_own_names_open_this_machine(host: str) -> None:
    """A name that is this machine's by definition opens it, and an address opens itself."""
    Targets((host,)).check(host, "127.0.0.1")


@pytest.mark.parametrize("host", ["evillocalhost", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_what_only_looks_like_its_own_name_does_not(host: str) -> None:
    """A name that only contains this machine's is anybody's."""
    with pytest.raises(Forbidden):
        Targets(("*",)).check(host, "127.0.0.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("::ffff:10.1.2.3", "10.0.0.0/8"),
    ],
)
def test_an_address_is_allowed_as_what_it_comes_to(address: str, network: str) -> None:
    """Patterns are held against the address that is connected to, not against how it was written."""
    Targets((network,)).check("hooks.example", address)
    with pytest.raises(Forbidden):
        Targets(("192.0.2.0/24",)).check("hooks.example", address)


class Names(AbstractResolver):
    """Somebody else's name server: each time another answer, the last one again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=_family(address), proto=0, flags=0)
            for address in answer
        ]

    async def close(self) -> None:
        pass


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[list[str], int]]:
    """The hosts that a receiver on 127.0.0.1 was asked for, and its port. It hangs up after each answer."""
    asked: list[str] = []

    async def handler(visit: Visit) -> None:
        asked.append((await visit.request())[1]["host"])
        await visit.say(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    async with listening(handler) as url:
        yield asked, int(url.rpartition(":")[2])


async def post(names: Names, port: int, *patterns: str, times: int = 1) -> list[Answer]:
    sender = HttpSender(machine=MachineTime(), targets=Targets(patterns), resolver=names)
    try:
        return [await sender.post(f"http://hooks.example:{port}/", b"{}", (), 5) for _ in range(times)]
    finally:
        await sender.close()


async def test_what_was_checked_is_what_is_connected_to(receiver: tuple[list[str], int]) -> None:
    """A name is resolved once: a second, other answer for it, after the check, is never asked for."""
    asked, port = receiver
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    (answer,) = await post(names, port, "127.0.0.0/8")
    assert (answer.status, names.asked, len(asked)) == (204, 1, 1)


async def test_a_name_that_is_rebound_is_refused(receiver: tuple[list[str], int]) -> None:
    """A name that was somewhere allowed when it was subscribed, and is this machine when a webhook is due, is refused
    before a connection is made.
    """
    asked, port = receiver
    (answer,) = await post(Names(["127.0.0.1"]), port, "*.example", "hooks.example")
    assert (answer.outcome, answer.status, asked) == ("refused", None, [])
    assert answer.sentence == (
        "hooks.example (127.0.0.1) is not allowed; start the sandbox with --allow-webhook-to 127.0.0.1."
    )


@pytest.mark.parametrize("bad", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"])
async def test_one_bad_address_among_good_ones_is_left_out(receiver: tuple[list[str], int], bad: str) -> None:
    """Of several addresses of a name each is checked: the allowed one is used, the other is not connected to."""
    asked, port = receiver
    (answer,) = await post(Names([bad, "127.0.0.1"]), port, "127.0.0.1")
    assert (answer.status, len(asked)) == (204, 1)
    (alone,) = await post(Names([bad]), port, "127.0.0.1", "*")
    assert (alone.outcome, len(asked)) == ("refused", 1)


SPELLINGS = {
    "decimal": "2130706433",
    "octal": "0177.0.0.1",
    "octal, all": "017700000001",
    "hexadecimal": "0x7f.0.0.1",
    "hexadecimal, all": "0x7f000001",
    "short": "127.1",
    "zero": "0",
    "none": "0.0.0.0",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped, in hexadecimal": "[::ffff:7f00:1]",
    "a dot at the end": "127.0.0.1.",
    "full width": "%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1",
    "a login before it": "10.1.2.3@127.0.0.1",
    "a name of it": "localhost",
    "a name below it": "a.localhost",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_an_address_in_disguise_is_refused(receiver: tuple[list[str], int], spelling: str) -> None:
    """However this machine's address is written in a URL, it is not reached where only others are allowed."""
    asked, port = receiver
    sender = HttpSender(machine=MachineTime(), targets=Targets(("10.0.0.0/8", "*.example", "10.1.2.3*")))
    try:
        answer = await sender.post(f"http://{SPELLINGS[spelling]}:{port}/", b"{}", (), 5)
    finally:
        await sender.close()
    assert (answer.status, asked) == (None, [])


OFF_LOOPBACK: dict[str, Any] = {"host": "192.0.2.7", "control_token": "only-for-us"}


@pytest.mark.parametrize(
    ("settings", "reached"),
    [
        (OFF_LOOPBACK, False),
        (OFF_LOOPBACK | {"allow_webhook_to": ("hooks.example",)}, False),
        (OFF_LOOPBACK | {"allow_webhook_to": ("127.0.0.1",)}, True),
        ({}, True),
        ({"allow_webhook_to": ("10.0.0.0/8",)}, False),
    ],
)
async def test_off_loopback_webhooks_go_nowhere_unless_allowed(
    receiver: tuple[list[str], int], settings: dict[str, Any], reached: bool
) -> None:
    """Where other machines can reach the sandbox, it connects to what `--allow-webhook-to` names and nothing else; on
    loopback to anything, unless the option is given.
    """
    asked, port = receiver
    sandbox = a_sandbox(ServerSettings(webhook=f"http://127.0.0.1:{port}/", **settings))
    await sandbox.start()
    try:
        app = (await sandbox.services.store.apps())[0]
        tried = await sandbox.services.courier.try_once(app, app.subscriptions[0], 0)
    finally:
        await sandbox.aclose()
    assert (tried.attempts[0].status == 204, len(asked)) == (reached, int(reached))
