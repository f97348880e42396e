"""Subscribing Meta's app to webhook fields: parameters, handshake, what is listed (W2, facts/integrators 3.3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.http.graph.surface import META_APP, NUMBER, connect, graph, refused, send, setting, state
from tests.http.shapes import good
from tests.stage.play import APP, RECEIVER, TOKEN, USER, Play
from tests.stage.receiver import OK
from tests.stage.sockets import Visit, listening
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.anyio

PATH = f"/v26.0/{META_APP}/subscriptions"
HOOK = "http://app.example/meta?shop=1"
WANTED: dict[str, Any] = {
    "object": "whatsapp_business_account",
    "callback_url": HOOK,
    "verify_token": "open sesame",
    "fields": "messages,calls",
}


async def subscribe(play: Play, **changes: Any) -> httpx.Response:
    """Parameters in JSON; a change to None leaves one out."""
    body = {name: value for name, value in (WANTED | changes).items() if value is not None}
    return await graph(play, "POST", PATH, json=body)


async def listed(play: Play) -> Any:
    answer = await graph(play, "GET", PATH)
    good(answer, "answer-subscriptions-meta")
    return answer.json()["data"]


def got(play: Play, url: str = HOOK) -> list[str]:
    return [post.what for post in play.receiver.posts if post.url == url]


@pytest.fixture
async def bare() -> AsyncIterator[Play]:
    """A sandbox without any subscription."""
    async with Play(ServerSettings(seed="stage")) as play:
        yield play


PLACES = {
    "query": {"params": WANTED},
    "form": {"data": WANTED},
    "json": {"json": WANTED | {"fields": ["messages", "calls"]}},
    "query and form": {
        "params": {"object": WANTED["object"], "fields": '["messages","calls"]'},
        "data": {"callback_url": HOOK, "verify_token": "open sesame"},
    },
}


@pytest.mark.parametrize("place", PLACES)
async def test_where_parameters_may_stand(bare: Play, place: str) -> None:
    """In the query, a form or JSON; fields as a comma list or a list (facts/integrators 3.3)."""
    good(await graph(bare, "POST", PATH, **PLACES[place]), "answer-success")
    assert await listed(bare) == [
        {
            "object": "whatsapp_business_account",
            "callback_url": HOOK,
            "active": True,
            "fields": [{"name": "messages", "version": "v26.0"}, {"name": "calls", "version": "v26.0"}],
        }
    ]


@pytest.mark.parametrize("token", [TOKEN, f"{META_APP}|sandbox-app-secret"])
@pytest.mark.parametrize("place", ["params", "data", "json"])
async def test_where_the_token_may_stand(bare: Play, place: str, token: str) -> None:
    """The access token may come with the other parameters; an app's id and secret are one too (A4)."""
    given: dict[str, Any] = {place: WANTED | {"access_token": token}}
    good(await bare.http.post(PATH, **given), "answer-success")
    for wrong in (WANTED | {"access_token": "another"}, WANTED):
        given = {place: wrong}
        refused(await bare.http.post(PATH, **given), 190, 401)


async def test_the_handshake(bare: Play) -> None:
    """The URL is asked with the token that was given, each time it is set, and told in the journal (facts/meta 8)."""
    await subscribe(bare)
    await subscribe(bare, verify_token="another")
    assert [get.asked["hub.verify_token"] for get in bare.receiver.gets] == ["open sesame", "another"]
    assert all(get.url.startswith(f"{HOOK}&hub.mode=subscribe&hub.challenge=") for get in bare.receiver.gets)
    entries = (await bare.control("GET", "journal?kind=delivery"))["entries"]
    assert [(entry["what"], entry["state"]) for entry in entries] == [("handshake", "delivered")] * 2
    assert "open sesame" not in (await bare.http.get(f"/_sandbox/apps/{APP}/journal")).text


async def test_a_refused_url(bare: Play) -> None:
    """A URL that answers wrongly is refused with 2200, and what was subscribed before stays (W2)."""
    await subscribe(bare, callback_url="http://before.example/")
    before = await state(bare)
    bare.receiver.door = lambda _: OK._replace(text="hello")
    details = refused(await subscribe(bare), 2200, 400)
    assert details.startswith("callback_url: the handshake failed: answered 200 with 'hello', expected the challenge ")
    assert await state(bare) == before


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "object": ({"object": "page"}, "object: must be"),
    "no object": ({"object": None}, "object: is required"),
    "no url": ({"callback_url": None}, "callback_url: is required"),
    "no scheme": ({"callback_url": "app.example"}, "callback_url: must be an http or https URL"),
    "no host": ({"callback_url": "http:///x"}, "callback_url: 'http:///x' is no URL"),
    "no token": ({"verify_token": None}, "verify_token: is required"),
    "fields": ({"fields": 7}, "fields: must be"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_wrong_parameters(bare: Play, name: str) -> None:
    """A wrong parameter is named in an error of Meta's, and nobody is asked for anything (E1, E3)."""
    changes, sentence = WRONG[name]
    assert refused(await subscribe(bare, **changes), 100, 400).startswith(sentence)
    assert bare.receiver.gets == []


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"{", b"\xff"])
async def test_no_parameters_at_all(bare: Play, body: bytes) -> None:
    """A body that is no object, or no JSON, is refused in Meta's shape (E3)."""
    refused(await graph(bare, "POST", PATH, content=body, headers={"content-type": "application/json"}), 100, 400)
    refused(await graph(bare, "POST", PATH, content=body, headers={"content-type": "text/plain"}), 100, 415)


async def test_fields_choose(bare: Play) -> None:
    """Only the fields that were subscribed come: here messages and their statuses, no calls (facts/meta 9)."""
    await subscribe(bare, fields="messages")
    await send(bare)
    await bare.act("allow_always")
    await connect(bare)
    await bare.act("pick_up")
    await bare.settle()
    assert got(bare) == ["sent", "delivered", "read", "reply accept"]


async def test_calls_alone(bare: Play) -> None:
    """Subscribed to calls, a URL gets calls and none of the replies that allow them (facts/meta 5)."""
    await subscribe(bare, fields=["calls"])
    await bare.act("allow_always")
    await connect(bare)
    await bare.act("pick_up")
    await bare.settle()
    assert got(bare) == ["RINGING", "connect", "ACCEPTED"]


async def test_fields_that_the_sandbox_knows_nothing_of(bare: Play) -> None:
    """Other fields of Meta's are kept and listed; the journal says that there are no such events here."""
    await subscribe(bare, fields="message_template_status_update,flows")
    assert [field["name"] for field in (await listed(bare))[0]["fields"]] == ["message_template_status_update", "flows"]
    await bare.act("text", text="hello")
    assert got(bare) == []
    notes = (await bare.control("GET", "journal?kind=note"))["entries"]
    assert "Subscribed to message_template_status_update, flows, of which" in notes[0]["sentence"]


async def test_again_is_instead(bare: Play) -> None:
    """There is one subscription of an app: another URL takes the place of the first (facts/meta 8)."""
    await subscribe(bare)
    await subscribe(bare, callback_url="http://new.example/")
    await bare.act("text", text="hello")
    assert (got(bare), got(bare, "http://new.example/")) == ([], ["message"])


async def test_removing(bare: Play) -> None:
    """Fields can be taken away one by one, or everything at once."""
    await subscribe(bare)
    good(await graph(bare, "DELETE", PATH, params={"fields": "calls"}), "answer-success")
    assert [field["name"] for field in (await listed(bare))[0]["fields"]] == ["messages"]
    good(await graph(bare, "DELETE", PATH), "answer-success")
    assert await listed(bare) == []
    await bare.act("text", text="hello")
    assert got(bare) == []


async def test_gupshup_knows_nothing_of_it(play: Play) -> None:
    """What is set through Graph is not among Gupshup's subscriptions, is not counted, and outlives their removal."""
    await subscribe(play)
    shown = (await play.partner("GET", "subscription")).json()["subscriptions"]
    assert [row["url"] for row in shown] == [RECEIVER]
    await play.partner("DELETE", "subscription")
    assert len(await listed(play)) == 1


async def test_calling_can_be_enabled_once_somebody_listens(bare: Play) -> None:
    """138018 until an app is subscribed to calls (facts/meta 6.1)."""
    await setting(calling="DISABLED")(bare)
    settings = f"/{NUMBER}/settings"
    body = {"calling": {"status": "ENABLED"}}
    refused(await graph(bare, "POST", settings, json=body), 138018, 400)
    await subscribe(bare, fields="messages")
    refused(await graph(bare, "POST", settings, json=body), 138018, 400)
    await subscribe(bare)
    good(await graph(bare, "POST", settings, json=body), "answer-success")


class Application:
    """An integrator's application over real sockets: the handshake with its token, and the webhooks it got."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.came = asyncio.Event()

    async def visit(self, visit: Visit) -> None:
        line, _, body = await visit.request()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(line.split(" ")[1]).query).items()}
        if line.startswith("GET "):
            right = (asked["hub.mode"], asked["hub.verify_token"]) == ("subscribe", "open sesame")
            said = asked["hub.challenge"] if right else ""
            await visit.say(f"HTTP/1.1 {200 if right else 403} X\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode())
            return
        self.bodies.append(body)
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        self.came.set()


@asynccontextmanager
async def running() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a sandbox that is served by a thread of its own."""
    sandbox = a_sandbox(ServerSettings())
    server = RunningServer(lambda: sandbox, on_stop=sandbox.stop)
    await asyncio.to_thread(server.start)
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
            yield http
    finally:
        await asyncio.to_thread(server.stop)


async def test_registration_at_start() -> None:
    """A token by client credentials, the subscription in the query, the handshake, then webhooks: over real sockets."""
    application = Application()
    async with listening(application.visit) as url, running() as http:
        credentials = {"client_id": META_APP, "client_secret": "sandbox-app-secret", "grant_type": "client_credentials"}
        token = (await http.get("/v26.0/oauth/access_token", params=credentials)).json()["access_token"]
        wanted = WANTED | {"callback_url": f"{url}/hook", "access_token": token}
        refused(await http.post(PATH, params=wanted | {"verify_token": "wrong"}), 2200, 400)
        answer = await http.post(PATH, params=wanted)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        await http.post(f"/_sandbox/apps/{APP}/users/{USER}/actions", json={"action": "text", "text": "hello"})
        async with asyncio.timeout(10):
            await application.came.wait()
    assert len(application.bodies) == 1
    assert b'"body":"hello"' in application.bodies[0]
