"""Deliveries in dialect meta: the configured URL's handshake, the signature, the patience, the retries (W2, W5)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mock_server.settings import Dialect, ServerSettings
from tests.stage.play import RECEIVER, USER, Play
from tests.stage.receiver import ERROR, OK, Post

pytestmark = pytest.mark.anyio

SECRET = b"sandbox-app-secret"
ALL = ["sent", "delivered", "read", "reply accept", "RINGING", "connect", "ACCEPTED", "terminate", "failed"]


@pytest.fixture
async def meta() -> AsyncIterator[Play]:
    """A sandbox in dialect meta, with one receiver."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect.META)) as play:
        yield play


async def handshakes(play: Play) -> list[Any]:
    entries = (await play.control("GET", "journal?kind=delivery"))["entries"]
    return [entry for entry in entries if entry["what"] == "handshake"]


async def test_a_configured_url_is_asked_first(meta: Play) -> None:
    """A configured URL gets the handshake with the app's verify token before its first webhook, and once (W2)."""
    await meta.request()
    await meta.act("allow_always")
    (get,) = meta.receiver.gets
    assert get.url.startswith(RECEIVER + "?hub.mode=subscribe&hub.challenge=")
    assert get.asked["hub.verify_token"] == "sandbox-verify-token"
    (entry,) = await handshakes(meta)
    assert entry["url"] == RECEIVER
    assert entry["attempt"]["sentence"] == "answered 200 with the challenge"
    assert meta.receiver.whats == ["sent", "delivered", "read", "reply accept"]


async def test_a_failed_handshake_stops_nothing(meta: Play) -> None:
    """A configured URL that answers the handshake wrongly is told of in the journal and gets its webhooks (W2)."""
    meta.receiver.door = lambda _: OK._replace(status=404, text="no such page")
    await meta.request()
    await meta.settle()
    (entry,) = await handshakes(meta)
    sentence = "the handshake failed: answered 404, expected 200 with the challenge"
    assert (entry["state"], entry["attempt"]["sentence"]) == ("dead", sentence)
    assert meta.receiver.whats == ["sent", "delivered"]


async def test_a_door_that_never_opens_is_waited_for_once_in_an_advance(meta: Play) -> None:
    """Within an advance a URL that did not answer the handshake in 2 s is not tried again (T2)."""
    await meta.control("POST", "clock", json={"freeze": True})
    await meta.set(status_delay=10)
    await meta.request()
    meta.receiver.silent = {RECEIVER}
    await meta.advance(11)
    assert (len(meta.receiver.gets), meta.receiver.posts, meta.receiver.timeouts) == (1, [], [2.0])


async def test_the_signature_is_over_the_bytes_that_were_sent(meta: Play) -> None:
    """The signature is HMAC-SHA256 over the raw body, which is the escaped-unicode form (W2, facts/meta 8)."""
    await meta.act("text", text="h\u00e9llo \U0001f44b na\u00efve")
    post = meta.receiver.posts[-1]
    over_bytes = hmac.new(SECRET, post.body, hashlib.sha256).hexdigest()
    assert post.headers["X-Hub-Signature-256"] == f"sha256={over_bytes}"
    again = json.dumps(json.loads(post.body), separators=(",", ":"), ensure_ascii=True).encode()
    assert hmac.new(SECRET, again, hashlib.sha256).hexdigest() == over_bytes
    assert b"h\\u00e9llo \\ud83d\\udc4b na\\u00efve" in post.body
    plain = json.dumps(json.loads(post.body), separators=(",", ":"), ensure_ascii=False).encode()
    assert hmac.new(SECRET, plain, hashlib.sha256).hexdigest() != over_bytes


async def test_twenty_seconds(meta: Play) -> None:
    """Meta waits 20 s for an answer, to the handshake too (facts/meta 8: FAQ; W5)."""
    await meta.act("text", text="hello")
    assert meta.receiver.timeouts == [20.0, 20.0]


@pytest.mark.parametrize(("window", "attempts"), [("7d", 14), ("36h", 9)])
async def test_the_retry_window(meta: Play, window: str, attempts: int) -> None:
    """Retries end after 7 days or, as another page of Meta has it, after 36 hours (facts/meta 8; W4, W5)."""
    await meta.set(variants={"retry_window": window})
    await meta.control("POST", "clock", json={"freeze": True})
    meta.receiver.script = lambda _: ERROR
    await meta.act("text", text="hello", wait=False)
    await meta.advance(8 * 86_400)
    (row,) = (await meta.control("GET", f"deliveries?wa_id={USER}"))["deliveries"]
    assert (row["state"], row["attempts"]) == ("dead", attempts)
    assert len({post.body for post in meta.receiver.posts}) == 1


async def test_a_username_user(meta: Play) -> None:
    """Of a user with a username Meta says the BSUID and no number, in messages, replies and statuses (A3)."""
    await meta.control("PATCH", f"users/{USER}", json={"username": "asha.rao"})
    bsuid = (await meta.user())["bsuid"]
    await meta.request()
    await meta.act("allow_always")
    assert all(USER.encode() not in post.body for post in meta.receiver.posts)
    sent, reply = meta.receiver.posts[0].value, meta.receiver.posts[-1].value
    assert sent["statuses"][0]["recipient_user_id"] == bsuid
    assert reply["messages"][0]["from_user_id"] == bsuid
    assert reply["contacts"] == [{"profile": {"name": "Sandbox User", "username": "asha.rao"}, "user_id": bsuid}]


async def test_bsuid_fields_both_ways(meta: Play) -> None:
    """BSUIDs stand beside the numbers, and are gone when the app has them off (A3)."""
    await meta.act("text", text="with")
    await meta.set(bsuid="off")
    await meta.act("text", text="without")
    with_, without = (post.value for post in meta.receiver.posts)
    bsuid = (await meta.user())["bsuid"]
    assert (with_["contacts"][0]["user_id"], with_["messages"][0]["from_user_id"]) == (bsuid, bsuid)
    assert (with_["contacts"][0]["wa_id"], with_["messages"][0]["from"]) == (USER, USER)
    assert bsuid not in json.dumps(without)
    assert without["messages"][0]["from"] == USER


# What each shape changes in Meta's own words; three of them are about what only Gupshup sends, or are the default.
VARIANTS: dict[tuple[str, str], list[str]] = {
    ("expiration", "int"): ["reply accept"],
    ("expiration", "string"): [],
    ("reply", "2025"): ["reply accept"],
    ("reply", "permanent-guide"): ["reply accept"],
    ("reply", "outbound-guide"): ["reply APPROVE"],
    ("context_from", "business"): ["reply accept"],
    ("context_from", "phone_number_id"): ["reply accept"],
    ("status_id", "uuid"): [],
    ("failed", "flat"): [],
    ("contacts", "trimmed"): ALL,
    ("contacts", "absent"): ALL,
    ("terminate_case", "title"): ["terminate"],
    ("terminate_case", "list"): ["terminate"],
    ("enqueued_timestamp", "ms"): [],
}


async def every_kind(**variants: str) -> list[Post]:
    """One webhook of each kind that a conversation has, in these shapes."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect.META)) as play:
        await play.set(variants=variants)
        await play.request()
        await play.act("allow_temporarily")
        await play.control("POST", "calls", json={"to": USER})
        await play.act("pick_up")
        await play.act("hang_up")
        await play.control("PATCH", "users/919800000009", json={"reachability": "outdated_app"})
        await play.request(to="919800000009")
        await play.settle()
        return play.receiver.posts


@pytest.mark.parametrize(("name", "value"), VARIANTS, ids="-".join)
async def test_every_variant_arrives(name: str, value: str) -> None:
    """Each named shape goes out signed, and changes what it is about and nothing else (W4, facts/integrators 2)."""
    usual, posts = await every_kind(), await every_kind(**{name: value})
    assert [post.what for post in usual] == ALL
    changed = [post.what for post, before in zip(posts, usual, strict=True) if post.body != before.body]
    assert changed == VARIANTS[name, value]
    for post in posts:
        proof = hmac.new(SECRET, post.body, hashlib.sha256).hexdigest()
        assert post.headers["X-Hub-Signature-256"] == f"sha256={proof}"
