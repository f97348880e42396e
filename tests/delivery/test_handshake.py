"""Meta's handshake against real receivers on loopback: who is accepted, and what is said about the others (W2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from mock_server.clock import MachineTime
from mock_server.delivery import handshake
from mock_server.delivery.sender import ANSWER_BOUND, HttpSender
from mock_server.delivery.targets import Targets
from mock_server.store.rows import App, DeliveryState, Tried
from tests.stage.conversation import an_app
from tests.stage.machine import START
from tests.stage.sockets import Handler, Visit, listening

pytestmark = pytest.mark.anyio

TOKEN = "open sesame & more?"


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    sender = HttpSender(machine=MachineTime(), targets=Targets(None))
    yield sender
    await sender.close()


async def shaken(sender: HttpSender, handler: Handler, *, path: str = "/webhooks", timeout: float = 5) -> Tried:
    """What comes of a handshake with such a receiver."""
    async with listening(handler) as url:
        return await handshake.shake(
            sender, App(an_app()), url=url + path, verify_token=TOKEN, seed="seed", at=START, timeout=timeout
        )


class Door:
    """A receiver that keeps what it was asked, and says `status` and the challenge between `before` and `after`."""

    def __init__(self, status: int = 200, before: str = "", after: str = "", headers: str = "") -> None:
        self.lines: list[str] = []
        self.heads: list[dict[str, str]] = []
        self._status, self._before, self._after, self._headers = status, before, after, headers

    @property
    def asked(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.lines[-1].split(" ")[1]).query)

    async def visit(self, visit: Visit) -> None:
        line, head, body = await visit.request()
        assert body == b""
        self.lines.append(line)
        self.heads.append(head)
        said = f"{self._before}{self.asked['hub.challenge'][-1]}{self._after}"
        head_out = f"HTTP/1.1 {self._status} Anything\r\nContent-Length: {len(said)}\r\n{self._headers}\r\n"
        await visit.say((head_out + said).encode())


async def test_what_is_asked(sender: HttpSender) -> None:
    """A GET with hub.mode, hub.challenge and hub.verify_token; the challenge is a number (facts/meta 8)."""
    door = Door()
    tried = await shaken(sender, door.visit)
    assert tried.state is DeliveryState.DELIVERED
    assert tried.attempt.sentence == "answered 200 with the challenge"
    assert door.lines[0].startswith("GET /webhooks?hub.mode=subscribe&hub.challenge=")
    assert door.asked["hub.mode"] == ["subscribe"]
    assert door.asked["hub.verify_token"] == ["open sesame & more?"]
    (challenge,) = door.asked["hub.challenge"]
    assert challenge.isdigit()
    assert len(str(int(challenge))) == 10
    assert door.heads[0]["user-agent"] == "gupshup-mock"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/hook?shop=a%2Fb", "/hook?shop=a%2Fb&hub.mode=subscribe&"),
        ("/hook?", "/hook?hub.mode=subscribe&"),
        ("/hook%20s/../x", "/hook%20s/../x?hub.mode=subscribe&"),
        ("/hook?x=1#top", "/hook?x=1&hub.mode=subscribe&"),
    ],
)
async def test_the_url_is_otherwise_unchanged(sender: HttpSender, path: str, asked: str) -> None:
    """The three parameters come after those that the URL has; the rest of it is sent as it was given (W5)."""
    door = Door()
    assert (await shaken(sender, door.visit, path=path)).state is DeliveryState.DELIVERED
    assert door.lines[0].removeprefix("GET ").startswith(asked)


@pytest.mark.parametrize(
    ("door", "sentence"),
    [
        (Door(status=403), "the handshake failed: answered 403, expected 200 with the challenge"),
        (Door(status=201), "the handshake failed: answered 201, expected 200 with the challenge"),
        (Door(before='"', after='"'), "and nothing else"),
        (Door(after="\n"), "and nothing else"),
    ],
    ids=["403", "201", "as JSON text", "with a newline"],
)
async def test_a_wrong_answer(sender: HttpSender, door: Door, sentence: str) -> None:
    """Any status but 200, and any body but the challenge, is no; the sentence says what was seen (facts/meta 8)."""
    tried = await shaken(sender, door.visit)
    assert tried.state is DeliveryState.DEAD
    assert tried.attempt.sentence.endswith(sentence)


async def test_another_body(sender: HttpSender) -> None:
    """A receiver that says OK to everything has not read the challenge (facts/meta 8)."""

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    tried = await shaken(sender, handler)
    assert tried.attempt.sentence.startswith("the handshake failed: answered 200 with 'ok', expected the challenge ")


async def test_a_redirect_is_not_followed(sender: HttpSender) -> None:
    """A redirect is a refusal, and what it points to is not asked (W5)."""
    elsewhere = Door()
    async with listening(elsewhere.visit) as url:
        tried = await shaken(sender, Door(status=302, headers=f"Location: {url}/\r\n").visit)
    assert tried.attempt.sentence.endswith("expected 200 with the challenge; redirects are not followed")
    assert elsewhere.lines == []


async def test_a_slow_one(sender: HttpSender) -> None:
    """Who does not answer in time is refused, with a sentence that says so (W5)."""

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.reader.read()

    tried = await shaken(sender, handler, timeout=0.05)
    assert (tried.attempt.outcome, tried.state) == ("timed_out", DeliveryState.DEAD)
    assert tried.attempt.sentence == "the handshake failed: the receiver did not answer within 0.05 s"


async def test_an_endless_answer(sender: HttpSender) -> None:
    """An answer is read to its bound and no further (W5)."""

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.say(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (2 * ANSWER_BOUND))

    tried = await shaken(sender, handler)
    assert (tried.attempt.outcome, len(tried.attempt.answer)) == ("answered", 500)


async def test_a_long_right_answer_is_whole() -> None:
    """The whole answer is compared, not what is shown of it: a challenge with 600 blanks after it is wrong."""
    sender = HttpSender(machine=MachineTime(), targets=Targets(None))
    tried = await shaken(sender, Door(after=" " * 600).visit)
    await sender.close()
    assert tried.state is DeliveryState.DEAD


async def test_where_it_may_go() -> None:
    """A handshake goes nowhere where a webhook would not go (DESIGN, Security)."""
    strict = HttpSender(machine=MachineTime(), targets=Targets(("*.example.com",)))
    tried = await shaken(strict, Door().visit)
    await strict.close()
    assert tried.attempt.outcome == "refused"
    assert "is not allowed; start the sandbox with --allow-webhook-to 127.0.0.1" in tried.attempt.sentence


async def test_the_challenge_is_made_from_the_seed(sender: HttpSender) -> None:
    """The same seed asks the same, another seed, URL or instant something else (T4)."""
    door, app = Door(), App(an_app())
    async with listening(door.visit) as url:
        for seed, path, at in [("a", "/x", 1), ("a", "/x", 1), ("b", "/x", 1), ("a", "/y", 1), ("a", "/x", 2)]:
            await handshake.shake(sender, app, url=url + path, verify_token="t", seed=seed, at=at, timeout=5)
    challenges = [parse_qs(urlsplit(line.split(" ")[1]).query)["hub.challenge"][0] for line in door.lines]
    assert challenges[0] == challenges[1]
    assert len(set(challenges)) == 4
