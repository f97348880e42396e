"""Secrets that came in by side doors: URLs in answers, sentences about what is wrong, what a receiver made us say.

What is plainly named a secret is in tests/http/test_redaction.py; here is the rest (DESIGN, Security; section 11).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mock_server.cli.journal_lines import line
from mock_server.clock import MachineTime
from mock_server.delivery.sender import HttpSender
from mock_server.delivery.targets import Targets
from mock_server.http import views
from mock_server.http.redaction import hidden, redacted_url
from tests.stage.play import APP, TOKEN, Play
from tests.stage.sockets import Visit, listening

pytestmark = pytest.mark.anyio

NUMBER, WABA, META_APP = "100000000000001", "200000000000001", "300000000000001"
URL = "https://user:s3cret-1@hooks.example/path?key=s3cret-2&n=s3cret-3"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def shown(play: Play) -> AsyncIterator[Play]:
    """At the end nothing that begins with `s3cret` may be in the journal, in the stream of events or in the log."""
    yield play
    journal = await play.control("GET", "journal?limit=1000")
    feed = await play.sandbox.services.store.feed(None, after=0, limit=1000)
    entries = [views.entry(row) for row in feed.entries]
    assert len(entries) >= 1
    written = json.dumps([journal, entries]) + "".join(line(entry) for entry in entries)
    assert [written[place - 80 : place + 40] for place in _places(written, "s3cret")] == []


def _places(text: str, word: str) -> list[int]:
    return [place for place in range(len(text)) if text.startswith(word, place)]


async def graph(play: Play, method: str, path: str, **more: Any) -> httpx.Response:
    return await play.http.request(method, f"/v24.0/{path}", headers=BEARER, **more)


async def test_callback_urls_of_graph(shown: Play) -> None:
    """The URLs of overrides and subscriptions are hidden where they are set, and where they are asked for."""
    override = {"override_callback_uri": URL, "verify_token": "s3cret-4"}
    meta = {"object": "whatsapp_business_account", "callback_url": URL, "verify_token": "s3cret-5", "fields": "calls"}
    answers = [
        await graph(shown, "POST", NUMBER, json={"webhook_configuration": override}),
        await graph(shown, "POST", f"{WABA}/subscribed_apps", json=override),
        await graph(shown, "POST", f"{META_APP}/subscriptions", json=meta),
        await graph(shown, "POST", f"{META_APP}/subscriptions", params=meta),
        await graph(shown, "POST", f"{META_APP}/subscriptions", data=meta),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    asked = [
        await graph(shown, "GET", NUMBER, params={"fields": "webhook_configuration"}),
        await graph(shown, "GET", f"{WABA}/subscribed_apps"),
        await graph(shown, "GET", f"{META_APP}/subscriptions"),
    ]
    assert all("s3cret-2" in answer.text for answer in asked)  # who asks with a token gets them


@pytest.mark.parametrize(
    "url",
    [
        "ftp://user:s3cret@hooks.example/?key=s3cret",
        "http:/user:s3cret@hooks.example?s3cret",
        "//user:s3cret@hooks.example/?s3cret",
        "http://[::1?key=s3cret",
        "http://user:s3cret@hooks.example:99999/#s3cret",
        "https://user:s3cret@ hooks.example/",
    ],
)
async def test_urls_that_are_none(shown: Play, url: str) -> None:
    """What was refused as a URL is hidden as one: in what was sent, and in the sentence that refused it."""
    form = {"modes": "ALL", "tag": "t", "version": "3", "url": url}
    override = {"override_callback_uri": url, "verify_token": "x" * 10}
    meta = {"object": "whatsapp_business_account", "callback_url": url, "verify_token": "x" * 10, "fields": "calls"}
    answers = [
        await shown.partner("POST", "subscription", data=form),
        await graph(shown, "POST", NUMBER, json={"webhook_configuration": override}),
        await graph(shown, "POST", f"{META_APP}/subscriptions", json=meta),
    ]
    assert [answer.status_code for answer in answers] == [400] * 3


@pytest.mark.parametrize("value", [53, ["s3cret"], {"a": "s3cret"}, True])
async def test_sentences_about_secrets(shown: Play, value: Any) -> None:
    """Whoever sends a secret of the wrong type is told so without it."""
    meta = {"object": "whatsapp_business_account", "callback_url": "http://hooks.example/", "fields": "calls"}
    answer = await graph(shown, "POST", f"{META_APP}/subscriptions", json=meta | {"verify_token": value})
    assert answer.status_code == 400
    assert answer.json()["error"]["error_data"]["details"] == "verify_token: must be a string"


async def test_tokens_in_the_path(shown: Play) -> None:
    """A token where a path has an id is nobody's token; what a path says under a secret's name is hidden."""
    await shown.http.get(f"/partner/app/{APP}/token?access_token=s3cret&token=s3cret&verify_token=s3cret")
    await shown.http.get("/v24.0/oauth/access_token", params={"client_id": META_APP, "client_secret": "s3cret"})


NONSENSE = [
    b"garbage\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: /?key=other\r\nContent-Length: 0\r\n\r\n",
    b"",
]


@pytest.mark.parametrize("said", NONSENSE)
async def test_what_a_receiver_makes_us_say(said: bytes) -> None:
    """However a receiver answers, the sentence of the attempt does not hold its URL."""

    async def handler(visit: Visit) -> None:
        await visit.request()
        await visit.say(said)

    async with listening(handler) as url:
        sender = HttpSender(machine=MachineTime(), targets=Targets(None))
        answer = await sender.post(url.replace("//", "//user:s3cret@") + "/?key=s3cret", b"{}", (), 5)
        await sender.close()
    assert "s3cret" not in answer.sentence


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://hooks.example/a?c2VjcmV0", "http://hooks.example/a?[redacted]"),
        ("http://hooks.example/a?c2VjcmV0=", "http://hooks.example/a?[redacted]"),
        ("http://hooks.example/a?k=v&k2=v2", "http://hooks.example/a?k=[redacted]&k2=[redacted]"),
        ("https://u:p@hooks.example:8/a#f", "https://hooks.example:8/a"),
        ("http:/u:p@hooks.example", "[redacted]"),
        ("http://[::1", "[redacted]"),
    ],
)
def test_what_is_left_of_a_url(url: str, shown: str) -> None:
    """Of a URL host and path stay, of its query the names, unless a name may be what is secret."""
    assert redacted_url(url) == shown


def test_urls_are_known_by_their_looks() -> None:
    """A URL is hidden under whatever name it comes, in lists too; other texts stay as they are."""
    given = {"phone_number": URL, "list": [URL, "no URL? yes"], "text": "see http://hooks.example/?k=v", "n": 5}
    assert hidden(given) == {
        "phone_number": "https://hooks.example/path?key=[redacted]&n=[redacted]",
        "list": ["https://hooks.example/path?key=[redacted]&n=[redacted]", "no URL? yes"],
        "text": "see http://hooks.example/?k=v",
        "n": 5,
    }
