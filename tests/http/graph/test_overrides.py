"""Callback URLs of a WABA or a number of their own, and which of them an event goes to (facts/meta 8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mock_server.settings import ServerSettings
from tests.http.graph.surface import META_APP, NUMBER, WABA, connect, graph, refused, send
from tests.http.shapes import good
from tests.stage.play import TOKEN, USER, Play
from tests.stage.receiver import OK

pytestmark = pytest.mark.anyio

OF_APP, OF_WABA, OF_NUMBER = "http://app.example/", "http://waba.example/", "http://number.example/"
TOKEN_OF_OURS = {"verify_token": "open sesame"}
RESTRICT = {"restriction": "calling", "restriction_warning": True}


@pytest.fixture
async def bare() -> AsyncIterator[Play]:
    """A sandbox without any subscription."""
    async with Play(ServerSettings(seed="stage")) as play:
        yield play


async def subscribe(play: Play, **changes: Any) -> httpx.Response:
    body = {"object": "whatsapp_business_account", "callback_url": OF_APP} | TOKEN_OF_OURS | changes
    return await graph(play, "POST", f"/{META_APP}/subscriptions", json=body)


async def put_on_waba(play: Play, url: str | None = OF_WABA, **changes: Any) -> httpx.Response:
    body = {} if url is None else {"override_callback_uri": url} | TOKEN_OF_OURS | changes
    return await graph(play, "POST", f"/{WABA}/subscribed_apps", json=body)


async def configure_number(play: Play, url: str = OF_NUMBER, **changes: Any) -> httpx.Response:
    wanted = {"override_callback_uri": url} | TOKEN_OF_OURS | changes
    return await graph(play, "POST", f"/{NUMBER}", json={"webhook_configuration": wanted})


async def configuration(play: Play) -> Any:
    answer = await graph(play, "GET", f"/{NUMBER}", params={"fields": "webhook_configuration"})
    return good(answer, "answer-number")["webhook_configuration"]


def got(play: Play) -> dict[str, list[str]]:
    """What came where since this was last asked."""
    found: dict[str, list[str]] = {}
    for post in play.receiver.posts:
        found.setdefault(post.url, []).append(post.what)
    play.receiver.posts.clear()
    return found


async def something_of_everything(play: Play) -> None:
    """A message, a call, a restriction, a changed setting."""
    await play.act("text", text="hello")
    await play.act("call")
    await play.set(**RESTRICT)
    await play.set(restriction=None, callback_permission_status="ENABLED")
    await play.set(callback_permission_status="DISABLED")
    await play.settle()


ACCOUNT = ["ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION", "settings", "settings"]


async def test_the_number_goes_before_the_waba_and_that_before_the_app(bare: Play) -> None:
    """Messages and calls go to the nearest URL, what is about the account to the app's (facts/meta 8)."""
    await subscribe(bare)
    await something_of_everything(bare)
    assert {url: sorted(whats) for url, whats in got(bare).items()} == {
        OF_APP: sorted(["message", "connect", *ACCOUNT])
    }
    await put_on_waba(bare)
    await bare.act("hang_up")
    await something_of_everything(bare)
    assert got(bare) == {OF_WABA: ["terminate", "message", "connect"], OF_APP: ACCOUNT}
    await configure_number(bare)
    await bare.act("hang_up")
    await something_of_everything(bare)
    assert got(bare) == {OF_NUMBER: ["terminate", "message", "connect"], OF_APP: ACCOUNT}


async def test_taking_overrides_away(bare: Play) -> None:
    """An empty URL, or the WABA without one, gives back what the next one has."""
    await subscribe(bare)
    await put_on_waba(bare)
    await configure_number(bare)
    good(await configure_number(bare, ""), "answer-success")
    await bare.act("text", text="hello")
    assert got(bare) == {OF_WABA: ["message"]}
    good(await put_on_waba(bare, None), "answer-success")
    await bare.act("text", text="hello")
    assert got(bare) == {OF_APP: ["message"]}


async def test_an_override_gets_no_field_that_the_app_has_not(bare: Play) -> None:
    """An override changes where things go, not what the app is subscribed to."""
    await subscribe(bare, fields="messages")
    await put_on_waba(bare)
    await something_of_everything(bare)
    assert got(bare) == {OF_WABA: ["message"]}


async def test_an_override_alone(bare: Play) -> None:
    """Where the app has no URL of its own, an override gets messages and calls (facts/integrators 3.3)."""
    await configure_number(bare)
    await something_of_everything(bare)
    assert got(bare) == {OF_NUMBER: ["message", "connect"]}


async def test_configured_ones_are_no_part_of_it(play: Play) -> None:
    """A URL from the configuration gets everything, whatever was set through Graph (W2)."""
    await play.set(dialect="meta")
    await put_on_waba(play)
    await play.act("text", text="hello")
    assert sorted(got(play).values()) == [["message"], ["message"]]


async def test_off_the_waba(bare: Play) -> None:
    """An app that was taken off the WABA gets nothing more, until it is put on it again."""
    await subscribe(bare)
    await configure_number(bare)
    good(await graph(bare, "DELETE", f"/{WABA}/subscribed_apps"), "answer-success")
    assert good(await graph(bare, "GET", f"/{WABA}/subscribed_apps"), "answer-subscribed-apps") == {"data": []}
    await something_of_everything(bare)
    assert got(bare) == {}
    await put_on_waba(bare, None)
    await bare.act("text", text="hello")
    assert got(bare) == {OF_NUMBER: ["message"]}


async def test_what_is_listed(bare: Play) -> None:
    """The WABA lists the app with its override, the number each URL that is set."""
    await put_on_waba(bare)
    shown = good(await graph(bare, "GET", f"/{WABA}/subscribed_apps"), "answer-subscribed-apps")
    data = {"id": META_APP, "link": f"https://www.facebook.com/games/?app_id={META_APP}", "name": "sandbox"}
    assert shown == {"data": [{"whatsapp_business_api_data": data, "override_callback_uri": OF_WABA}]}
    assert await configuration(bare) == {"whatsapp_business_account": OF_WABA}
    await subscribe(bare)
    await configure_number(bare)
    assert await configuration(bare) == {
        "phone_number": OF_NUMBER,
        "whatsapp_business_account": OF_WABA,
        "application": OF_APP,
    }


async def test_the_number_itself(bare: Play) -> None:
    """Asked for no fields, a number says what it is called; fields that are unknown here are left out."""
    plain = {"id": NUMBER, "display_phone_number": "919000000001", "verified_name": "sandbox"}
    assert good(await graph(bare, "GET", f"/{NUMBER}"), "answer-number") == plain
    asked = {"fields": "verified_name,throughput"}
    assert good(await graph(bare, "GET", f"/{NUMBER}", params=asked), "answer-number") == {
        "id": NUMBER,
        "verified_name": "sandbox",
    }


async def test_every_url_is_shaken_hands_with(bare: Play) -> None:
    """Each override is asked with its own token; a wrong answer refuses it and keeps the one before (W2)."""
    await put_on_waba(bare, verify_token="of the waba")
    await configure_number(bare, verify_token="of the number")
    assert [get.asked["hub.verify_token"] for get in bare.receiver.gets] == ["of the waba", "of the number"]
    bare.receiver.door = lambda _: OK._replace(status=403)
    details = refused(await put_on_waba(bare, "http://other.example/"), 2200, 400)
    assert details.startswith("override_callback_uri: the handshake failed: answered 403")
    details = refused(await configure_number(bare, "http://other.example/"), 2200, 400)
    assert details.startswith("webhook_configuration.override_callback_uri: the handshake failed: answered 403")
    assert await configuration(bare) == {"phone_number": OF_NUMBER, "whatsapp_business_account": OF_WABA}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"override_callback_uri": "http://x/" + "a" * 192}, "override_callback_uri: must have at most 200 characters"),
        ({"override_callback_uri": "ftp://x"}, "override_callback_uri: must be an http or https URL"),
        ({"verify_token": ""}, "verify_token: must have at least 1 characters"),
    ],
)
async def test_wrong_overrides(bare: Play, changes: dict[str, str], sentence: str) -> None:
    """A URL of more than 200 characters, none at all, or no token to ask it with (facts/meta 8)."""
    body = {"override_callback_uri": OF_WABA} | TOKEN_OF_OURS | changes
    answer = await graph(bare, "POST", f"/{WABA}/subscribed_apps", json=body)
    assert refused(answer, 100, 400).startswith(sentence)
    answer = await graph(bare, "POST", f"/{NUMBER}", json={"webhook_configuration": body})
    assert refused(answer, 100, 400).startswith(f"webhook_configuration.{sentence}")
    assert bare.receiver.gets == []


async def test_two_hundred_characters(bare: Play) -> None:
    """200 characters are allowed (facts/meta 8)."""
    good(await put_on_waba(bare, "http://x/" + "a" * 191), "answer-success")


async def test_a_form_with_the_token_in_it(bare: Play) -> None:
    """A number's configuration may be a JSON text in a form, the access token beside it."""
    wanted = '{"override_callback_uri":"http://number.example/","verify_token":"open sesame"}'
    form = {"webhook_configuration": wanted, "access_token": TOKEN}
    good(await bare.http.post(f"/{NUMBER}", data=form), "answer-success")
    assert await configuration(bare) == {"phone_number": OF_NUMBER}


async def test_two_numbers_of_one_waba(bare: Play) -> None:
    """The WABA's URL is that of each of its numbers, a number's that of one; statuses go where messages go."""
    other = {"id": "other", "token": "sk_other_00000000002", "waba_id": WABA, "meta_app_id": META_APP}
    answer = await bare.http.post("/_sandbox/apps", json=other | {"graph_token": "both_numbers"})
    assert answer.status_code == 201, answer.text
    await bare.set(graph_token="both_numbers")
    headers = {"Authorization": "Bearer both_numbers"}
    body = {"override_callback_uri": OF_WABA} | TOKEN_OF_OURS
    good(await bare.http.post(f"/{WABA}/subscribed_apps", json=body, headers=headers), "answer-success")
    await configure_number(bare)
    assert len(bare.receiver.gets) == 2
    await send(bare)
    await bare.http.post(f"/_sandbox/apps/other/users/{USER}/actions", json={"action": "text", "text": "hello"})
    await bare.settle()
    assert got(bare) == {OF_NUMBER: ["sent", "delivered"], OF_WABA: ["message"]}


async def test_webhooks_on_purpose_go_there_too(bare: Play) -> None:
    """What is sent on purpose goes where such an event would go, unless a receiver is named (INTERFACE)."""
    await subscribe(bare)
    await put_on_waba(bare)
    for event in ({"kind": "message", "wa_id": USER, "text": "hello"}, {"kind": "account_settings_update"}):
        await bare.control("POST", "webhooks", json={"event": event})
    await bare.settle()
    assert got(bare) == {OF_WABA: ["message"], OF_APP: ["settings"]}


async def test_it_lives_in_snapshots(bare: Play) -> None:
    """What was set through Graph is kept with everything else (S1, S2)."""
    await subscribe(bare)
    await put_on_waba(bare)
    saved = (await bare.http.get("/_sandbox/snapshot")).content
    await graph(bare, "DELETE", f"/{WABA}/subscribed_apps")
    loaded = await bare.http.put("/_sandbox/snapshot", content=saved, headers={"content-type": "application/json"})
    assert loaded.status_code == 204
    await bare.control("POST", "reset")
    await bare.act("allow_always")
    await connect(bare)
    await bare.settle()
    assert got(bare) == {OF_WABA: ["reply accept", "RINGING"]}
