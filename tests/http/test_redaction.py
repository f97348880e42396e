"""Secrets never reach the journal or the event stream, however they were sent (DESIGN Security, section 11)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.http import views
from mock_server.http.redaction import redacted, redacted_headers, redacted_path, redacted_url
from tests.stage.play import APP, REQUEST, TOKEN, Play

pytestmark = pytest.mark.anyio

LOGIN = "/partner/account/login"
SIP = json.dumps([{"user": "sip-user", "password": "sip-pass-1", "secret_key": "sip-key-1", "host": "sip.example"}])


async def logins(play: Play) -> list[str]:
    """The login in every way there is, right and wrong. Answers the tokens it gave."""
    email, secret = "partner@example.com", "sandbox-secret"
    fields = [{"password": secret}, {"secret": secret}, {"password": "guess-1"}, {"PASSWORD": "guess-2"}]
    answers = [await play.http.post(LOGIN, data={"email": email} | more) for more in fields]
    answers.append(await play.http.post(LOGIN, params={"email": email, "password": secret}))
    await play.http.post(LOGIN, json={"email": email, "password": secret})
    await play.http.post(LOGIN, files={"password": ("x", b"guess-3")})
    await play.http.post(LOGIN, content=b'{"password": "guess-4', headers={"Content-Type": "application/json"})
    await play.http.post(LOGIN, content=b"just guess-5", headers={"Content-Type": "text/plain"})
    return [answer.json()["token"] for answer in answers if answer.status_code == 200]


async def universal(play: Play) -> list[str]:
    """Universal tokens minted, used and revoked. Answers them."""
    right = {"email": "partner@example.com", "clientSecret": "sandbox-secret"}
    ut = (await play.http.post("/partner/1/auth/token", data=right | {"name": "ci"})).json()["token"]
    await play.http.post("/partner/1/auth/token", data=right | {"name": "x", "clientSecret": "guess-6"})
    headers = {"Authorization": f"Bearer {ut}"}
    uat = (await play.http.post(f"/partner/app/{APP}/token", data={"name": "w"}, headers=headers)).json()["token"]
    await play.http.get("/partner/1/auth/tokens", headers=headers)
    await play.http.post(f"/partner/app/{APP}/v3/message", json=REQUEST, headers={"Authorization": f"Bearer {uat}"})
    await play.http.post("/partner/1/auth/revoke", data={"token": ut}, headers=headers)
    return [ut, uat]


async def subscriptions(play: Play) -> None:
    """Headers and URLs that hold secrets, given, shown, changed and used."""
    form = {"modes": "MESSAGE", "version": "3"}
    flat, nested = {"X-Webhook-Secret": "hook-1"}, {"headers": {"Authorization": "Bearer hook-2"}}
    for number, meta in enumerate((flat, nested)):
        url = f"http://hook-user:hook-3@other.example/h?key=hook-4&n={number}"
        await play.partner(
            "POST", "subscription", data=form | {"tag": f"t{number}", "url": url, "meta": json.dumps(meta)}
        )
    listed = (await play.partner("GET", "subscription")).json()["subscriptions"]
    await play.partner("GET", f"subscription/{listed[-1]['id']}")
    changes = {"meta": '{"X-Webhook-Secret":"hook-5"}', "doCheck": "false"}
    await play.partner("PUT", f"subscription/{listed[-1]['id']}", data=changes)
    await play.partner("POST", "subscription", json={"meta": {"X-Webhook-Secret": "hook-6"}})


async def the_rest(play: Play, login: str) -> None:
    await play.http.get(f"/partner/app/{APP}/token", headers={"Authorization": login})
    await play.partner("POST", "v3/message", json=REQUEST, headers={"Authorization": f"Bearer {TOKEN}"})
    await play.partner("POST", "v3/message", json=REQUEST | {"access_token": "body-token-1"})
    await play.http.get("/v24.0/me", params={"access_token": "query-token-1"})
    await play.partner(
        "POST", f"voice?access_token=query-token-2&token={TOKEN}", data={"enable": "true", "metaData": SIP}
    )
    await play.act("allow_always")
    await play.settle()


GIVEN = [
    "sandbox-secret",
    TOKEN,
    "sandbox-app-secret",
    "sandbox-verify-token",
    *[f"guess-{n}" for n in range(1, 7)],
    *[f"hook-{n}" for n in range(1, 7)],
    "hook-user",
    *["sip-pass-1", "sip-key-1", "body-token-1", "query-token-1", "query-token-2"],
]


async def test_no_secret_of_any_kind_is_in_the_journal(play: Play) -> None:
    """After logins, tokens, subscriptions and voice settings, right and wrong, the app's journal and the stream of all
    events hold none of the secrets that were sent or given (section 11).
    """
    made = [*await logins(play), *await universal(play)]
    await subscriptions(play)
    await the_rest(play, made[0])
    journal = await play.control("GET", "journal?limit=1000")
    feed = await play.sandbox.services.store.feed(None, after=0, limit=1000)
    assert len(journal["entries"]) > 30
    assert len(feed.entries) > len(journal["entries"]) + 10
    written = json.dumps([journal, [views.entry(row) for row in feed.entries]])
    assert len(made) == 5
    assert [secret for secret in [*GIVEN, *made] if secret in written] == []


async def test_what_is_no_secret_stays_readable(play: Play) -> None:
    """Redaction takes the values and leaves the names: the journal still says what was asked (section 11)."""
    await play.partner(
        "POST", "subscription", data={"modes": "ALL", "tag": "t", "url": "http://o.example/?k=v", "meta": "{}"}
    )
    (entry,) = (await play.control("GET", "journal?kind=request"))["entries"]
    assert entry["body"] == "modes=ALL&tag=t&url=http%3A%2F%2Fo.example%2F%3Fk%3D[redacted]&meta=[redacted]"
    assert entry["answer"]["message"] == "version: is required"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            b'{"password":"a","n":[{"Client_Secret":5}]}',
            {"password": "[redacted]", "n": [{"Client_Secret": "[redacted]"}]},
        ),
        (b'{"token":{"token":"a"},"meta":["b"]}', {"token": "[redacted]", "meta": "[redacted]"}),
        (b'{"p\\u0061ssword":"a"}', {"password": "[redacted]"}),
    ],
)
def test_json_is_redacted_by_name(body: bytes, kept: Any) -> None:
    """Whatever comes under a secret's name is hidden: texts, numbers, objects, escaped names (section 11)."""
    assert json.loads(redacted(body, message=False)) == kept


@pytest.mark.parametrize("body", [b'{"password":"a', b"password: a", b"\xff\xfe", b"[" * 5000])
def test_what_cannot_be_read_is_not_kept(body: bytes) -> None:
    """A body that is neither JSON nor a form could hide anything: nothing of it is kept (section 11)."""
    assert redacted(body, message=False) == b"[neither JSON nor a form: not kept]"


def test_messages_pass_as_they_are() -> None:
    """A message's bytes are kept unchanged, also when they are no JSON, so that the journal shows what was sent
    (section 11).
    """
    assert redacted(b'{ "to" : "919812345678"', message=True) == b'{ "to" : "919812345678"'


async def test_no_secret_of_a_header_is_in_the_journal(play: Play) -> None:
    """Whatever a header's name says to be a secret is hidden; how somebody authorises himself is not, nor the rest
    (section 11).
    """
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Cookie": "session=head-1",
        "apikey": "head-2",
        "X-Shop-Secret": "head-3",
        "access_token": "head-4",
        "X-Auth-User": "head-5",
        "Referer": "http://u:head-6@o.example/a?access_token=head-7",
        "X-Original-URI": "/a?token=head-8",
        "X-Request-Id": "seen",
    }
    await play.partner("POST", "v3/message", json=REQUEST, headers=headers)
    feed = await play.sandbox.services.store.feed(None, after=0, limit=100)
    kept = repr(feed.entries)
    assert [secret for secret in (TOKEN, *[f"head-{n}" for n in range(1, 9)]) if secret in kept] == []
    (entry,) = (await play.control("GET", "journal?kind=request"))["entries"]
    shown = entry["headers"]
    assert (shown["authorization"], shown["cookie"]) == ("Bearer [redacted]", "[redacted]")
    assert (shown["referer"], shown["x-original-uri"]) == ("http://o.example/a?access_token=[redacted]", "[redacted]")
    assert shown["x-request-id"] == "seen"


def test_a_header_hides_nothing_from_the_next() -> None:
    """A value with a line end, which no server lets through, shifts no name onto another's value; nor does a cut."""
    headers = [(b"x-a", b"1\nauthorization: mine"), (b"cookie", b"theirs"), (b"x-b", b"2")]
    assert redacted_headers(headers) == b"x-a: 1\nauthorization: mine\ncookie: [redacted]\nx-b: 2"


def test_queries_and_urls() -> None:
    """`access_token` in a query is hidden; of a webhook's URL the login and the query's values are (A4)."""
    assert redacted_path("/v24.0/1/messages", "access_token=a&n=1") == "/v24.0/1/messages?access_token=[redacted]&n=1"
    assert redacted_url("https://u:p@o.example:8/a/b?k=v#f") == "https://o.example:8/a/b?k=[redacted]"
    assert redacted_url("http://o.example/a") == "http://o.example/a"
