"""`meta`: headers that a subscription asks for with every webhook (W1, facts/gupshup 3.1)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.http.shapes import good, gupshup_error
from tests.stage.play import RECEIVER, Play

pytestmark = pytest.mark.anyio

URL = "http://other.example/hooks"
FORM = {"modes": "MESSAGE", "tag": "mine", "url": URL, "version": "3"}


async def post(play: Play, meta: str) -> httpx.Response:
    return await play.partner("POST", "subscription", data=FORM | {"meta": meta})


async def sent_with(play: Play) -> dict[str, str]:
    await play.settle()
    return [post_.headers for post_ in play.receiver.posts if post_.url == URL][-1]


@pytest.mark.parametrize(
    "meta",
    [
        {"X-Webhook-Secret": "s3cret", "Authorization": "Bearer abc"},
        {"headers": {"X-Webhook-Secret": "s3cret", "Authorization": "Bearer abc"}},
    ],
    ids=["flat", "nested"],
)
async def test_flat_and_nested_become_headers(play: Play, meta: Any) -> None:
    """`meta` flat and nested under `headers` are both understood; the answer repeats the text as it was given (W1)."""
    row = good(await post(play, json.dumps(meta)), "answer-subscription")["subscription"]
    assert row["meta"] == json.dumps(meta)
    headers = await sent_with(play)
    assert (headers["X-Webhook-Secret"], headers["Authorization"]) == ("s3cret", "Bearer abc")
    await play.act("allow_always")
    assert (await sent_with(play))["X-Webhook-Secret"] == "s3cret"
    others = [post_.headers for post_ in play.receiver.posts if post_.url == RECEIVER]
    assert all("X-Webhook-Secret" not in headers for headers in others)


async def test_an_update_replaces_the_headers(play: Play) -> None:
    """A new `meta` replaces the old headers, an empty one takes them away, none leaves them (W1)."""
    row = good(await post(play, '{"X-Old":"1"}'), "answer-subscription")["subscription"]
    path = f"subscription/{row['id']}"
    for fields, expected in (
        ({"tag": "again"}, {"X-Old"}),
        ({"meta": '{"X-New":"2"}'}, {"X-New"}),
        ({"meta": ""}, set()),
    ):
        good(await play.partner("PUT", path, data=fields), "answer-subscription")
        await play.act("text")
        assert (await sent_with(play)).keys() & {"X-Old", "X-New"} == expected


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "host",
        "Content-Length",
        "Content-Type",
        "content-encoding",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "Proxy-Authorization",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "X Space",
        "X:Colon",
        "",
        "X-Ünicode",
        "X-Line\nBreak",
    ],
)
async def test_header_names_that_are_refused(play: Play, name: str) -> None:
    """Hop-by-hop names, `Host`, `Content-*` and names that are none: 400 naming `meta` (W1)."""
    message = gupshup_error(await post(play, json.dumps({name: "x"})), 400)
    assert message.startswith("meta: names the header ")
    assert len((await play.partner("GET", "subscription")).json()["subscriptions"]) == 1


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "tab\t", "nul\u0001", "é"])
async def test_header_values_that_are_refused(play: Play, value: str) -> None:
    """A value with control characters or beyond ASCII: 400 naming `meta` (W1)."""
    message = gupshup_error(await post(play, json.dumps({"X-Name": value})), 400)
    assert message == "meta: gives 'X-Name' a value with characters that no header can have"


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ("not json", "meta: is not a JSON text of an object"),
        ("[]", "meta: must be an object of header names and texts"),
        ('{"X-A":1}', "meta: must be an object of header names and texts"),
        ('{"X-A":"1","X-A":"2"}', "meta: is not a JSON text of an object"),
        (json.dumps({f"X-{n}": "1" for n in range(21)}), "meta: has more than 20 headers"),
        (json.dumps({"X-A": "x" * 8192}), "meta: must have at most 8192 characters"),
    ],
    ids=["no JSON", "a list", "a number", "a duplicate", "21 headers", "over 8 KiB"],
)
async def test_meta_that_is_none(play: Play, meta: str, message: str) -> None:
    """`meta` is the JSON text of an object of at most 20 headers and 8 KiB (W1)."""
    assert gupshup_error(await post(play, meta), 400) == message


async def test_twenty_headers_are_taken(play: Play) -> None:
    """20 headers are within the bound (W1)."""
    good(await post(play, json.dumps({f"X-{n}": "1" for n in range(20)})), "answer-subscription")
    assert len((await sent_with(play)).keys() & {f"X-{n}" for n in range(20)}) == 20
