"""Several subscriptions of an app at once: each in its own words, with its own proof, in its own time (W1, W2, W5)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from mock_server.settings import ServerSettings
from tests.stage.play import REQUEST, USER, Play
from tests.stage.receiver import ERROR, OK, Post

pytestmark = pytest.mark.anyio

SHOP, CALLS, DESK = "http://shop.example/gupshup", "http://calls.example/meta", "http://desk.example/meta"
EACH: Final[list[dict[str, Any]]] = [
    {"url": SHOP, "modes": ["MESSAGE", "SENT"], "meta": {"X-Shop": "s3cret"}, "dialect": "gupshup"},
    {"url": CALLS, "fields": ["calls"], "dialect": "meta"},
    {"url": DESK, "dialect": "meta"},
]
APP_OF_THREE: Final = {"id": "three", "token": "sk_three_0000000001", "app_secret": "secret", "subscription": EACH}


@pytest.fixture
async def three() -> AsyncIterator[Play]:
    """A sandbox with an app that has three subscriptions, from the configuration."""
    async with Play(ServerSettings(seed="stage"), app="three", apps=[APP_OF_THREE]) as play:
        yield play


def at(play: Play, url: str) -> list[Post]:
    return [post for post in play.receiver.posts if post.url == url]


async def a_call(play: Play) -> None:
    await play.partner("POST", "v3/message", json=REQUEST, headers={"Authorization": "sk_three_0000000001"})
    await play.act("allow_always")
    await play.control("POST", "calls", json={"to": USER})
    await play.act("pick_up")
    await play.act("hang_up")
    await play.set(restriction="calling")
    await play.settle()


async def test_each_gets_what_it_wants(three: Play) -> None:
    """Modes choose in dialect gupshup, fields in dialect meta; each URL is announced in its own way (W1, W2, W3)."""
    await a_call(three)
    assert [post.what for post in at(three, SHOP)] == ["set-callback", "sent", "reply accept"]
    assert [post.what for post in at(three, CALLS)] == ["RINGING", "connect", "ACCEPTED", "terminate"]
    whats = [post.what for post in at(three, DESK)]
    whats.remove("ACCOUNT_RESTRICTION")  # about no user: in a lane of its own
    assert whats == ["sent", "delivered", "read", "reply accept", "RINGING", "connect", "ACCEPTED", "terminate"]
    assert sorted(get.url.partition("?")[0] for get in three.receiver.gets) == [CALLS, DESK]


async def test_each_in_its_own_words(three: Play) -> None:
    """Gupshup's envelope has gs_app_id and gs_id, Meta's has neither; both are about the same message (W1, W2)."""
    await a_call(three)
    shop, desk = (next(post for post in at(three, url) if post.what == "sent") for url in (SHOP, DESK))
    assert (shop.json["gs_app_id"], desk.json.get("gs_app_id")) == ("three", None)
    ours, theirs = shop.value["statuses"][0], desk.value["statuses"][0]
    assert ours["id"] == theirs["id"]
    assert ("gs_id" in ours, "gs_id" in theirs) == (True, False)


async def test_each_with_its_own_proof(three: Play) -> None:
    """Registered headers and no signature here, a signature and no registered headers there (W1, W2)."""
    await a_call(three)
    for post in at(three, SHOP):
        assert post.headers["X-Shop"] == "s3cret"
        assert "X-Hub-Signature-256" not in post.headers
    for post in at(three, DESK) + at(three, CALLS):
        right = hmac.new(b"secret", post.body, hashlib.sha256).hexdigest()
        assert post.headers["X-Hub-Signature-256"] == f"sha256={right}"
        assert "X-Shop" not in post.headers


async def test_each_in_its_own_time(three: Play) -> None:
    """One that fails is tried again by itself; the others have got everything and get nothing twice (W5)."""
    await three.control("POST", "clock", json={"freeze": True})
    three.receiver.script = lambda post: ERROR if post.url == DESK else OK
    await a_call(three)
    assert len(at(three, SHOP)) == 3
    assert len(at(three, CALLS)) == 4
    three.receiver.script = lambda _: OK
    await three.advance(1)
    assert (len(at(three, SHOP)), len(at(three, CALLS))) == (3, 4)
    rows = (await three.control("GET", "deliveries?limit=1000"))["deliveries"]
    assert {row["state"] for row in rows} == {"delivered"}
    assert {row["attempts"] for row in rows if row["url"] == CALLS} == {1}
    assert max(row["attempts"] for row in rows if row["url"] == DESK) == 2


async def test_each_with_its_own_patience(three: Play) -> None:
    """10 s for a receiver of Gupshup's, 20 s for one of Meta's (W5)."""
    await three.act("text", text="hello")
    assert sorted(three.receiver.timeouts) == [10.0, 10.0, 20.0, 20.0]
