"""Restrictions and changed settings: what is told, how long they last, what they forbid (C8, facts/meta 6.3, 6.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from mock_server.settings import Dialect, ServerSettings
from tests.http.shapes import meta_error
from tests.stage.play import APP, RECEIVER, USER, Play

pytestmark = pytest.mark.anyio

WEEK = 604_800


@pytest.fixture
async def meta() -> AsyncIterator[Play]:
    """A sandbox in dialect meta, its clock frozen, with one receiver."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect.META)) as play:
        await play.control("POST", "clock", json={"freeze": True})
        yield play


async def unix(play: Play) -> int:
    return int((await play.control("GET", "clock"))["unix"])


def bodies(play: Play) -> list[Any]:
    return [post.json for post in play.receiver.posts]


async def call(play: Play, to: str = USER) -> int:
    """The code that a call is refused with, 0 where it is let through."""
    answer = await play.http.post(f"/_sandbox/apps/{APP}/calls", json={"to": to})
    return int(answer.json().get("code", 0))


async def test_warning_and_restriction(meta: Play) -> None:
    """The violation first, then the restriction with its end 7 days on; both about the number (facts/meta 6.4)."""
    await meta.set(restriction="calling", restriction_warning=True)
    await meta.settle()
    now = await unix(meta)
    about = {"phone_number": "919000000001"}
    violation = {"violation_info": {"violation_type": "LOW_BUSINESS_INITIATED_CALLING_QUALITY"}}
    restriction = {"restriction_type": "RESTRICTED_BUSINESS_INITIATED_CALLING", "expiration": now + WEEK}
    said = [
        about | {"event": "ACCOUNT_VIOLATION"} | violation,
        about | {"event": "ACCOUNT_RESTRICTION", "restriction_info": [restriction]},
    ]
    assert bodies(meta) == [
        {
            "object": "whatsapp_business_account",
            "entry": [{"id": "200000000000001", "time": now, "changes": [{"field": "account_update", "value": value}]}],
        }
        for value in said
    ]


async def test_without_a_warning(meta: Play) -> None:
    """The warning comes only if it was asked for (C8)."""
    await meta.set(restriction="calling")
    await meta.settle()
    assert meta.receiver.whats == ["ACCOUNT_RESTRICTION"]


async def test_gupshup_says_it_too(play: Play) -> None:
    """Subscriptions of Gupshup with the mode ACCOUNT get it with the app's id at the root (facts/gupshup 3.3)."""
    await play.set(restriction="calling")
    await play.settle()
    assert play.receiver.whats == ["set-callback", "ACCOUNT_RESTRICTION"]
    assert play.receiver.posts[-1].json["gs_app_id"] == APP


async def test_seven_days(meta: Play) -> None:
    """Calls and requests are refused with 138014 for 7 days, not an instant longer; nobody is told of the end (C8)."""
    await meta.act("allow_always")
    await meta.set(restriction="calling")
    assert await call(meta) == 138014
    meta_error(await meta.request(to="919800000002"), 138014)
    await meta.advance(WEEK - 0.001)
    assert await call(meta) == 138014
    meta_error(await meta.request(to="919800000002"), 138014)
    meta.receiver.posts.clear()
    await meta.advance(0.001)
    assert (await meta.http.get(f"/_sandbox/apps/{APP}")).json()["restriction"] is None
    assert meta.receiver.posts == []
    assert (await meta.request(to="919800000002")).status_code == 200
    assert await call(meta) == 0


async def test_answers_stand_during_a_pause(meta: Play) -> None:
    """What users answer meanwhile arrives and holds when the pause is over (facts/meta 6.4; C8)."""
    await meta.request()
    await meta.request(to="919800000002")
    await meta.settle()
    await meta.set(restriction="calling")
    await meta.settle()
    meta.receiver.posts.clear()
    await meta.act("allow_always")
    await meta.act("decline", wa_id="919800000002")
    assert [what for what in meta.receiver.whats if what.startswith("reply")] == ["reply accept", "reply reject"]
    assert await call(meta) == 138014
    await meta.advance(WEEK)
    assert await call(meta) == 0
    assert await call(meta, "919800000002") == 138006


async def test_users_may_call_and_write_meanwhile(meta: Play) -> None:
    """Only what the business begins is paused: the user's own calls and texts come through (C8)."""
    await meta.set(restriction="calling")
    await meta.settle()
    meta.receiver.posts.clear()
    await meta.act("call")
    await meta.act("text", text="hello")
    assert meta.receiver.whats == ["connect", "message"]


async def test_again_begins_anew(meta: Play) -> None:
    """Setting the same restriction again sends it again and lets it last 7 days from then (C8)."""
    await meta.set(restriction="calling")
    await meta.advance(WEEK - 10)
    await meta.set(restriction="calling")
    await meta.settle()
    ends = [post.value["restriction_info"][0]["expiration"] for post in meta.receiver.posts]
    assert ends[1] - ends[0] == WEEK - 10
    await meta.act("allow_always")
    await meta.advance(WEEK - 1)
    assert await call(meta) == 138014


async def test_faults_strike_these_webhooks_too(meta: Play) -> None:
    """What is about the account can go wrong on purpose like any other webhook (section 9)."""
    await meta.control("POST", "faults", json={"fault": "drop", "webhook": "account_update"})
    await meta.set(restriction="calling", restriction_warning=True)
    await meta.settle()
    assert meta.receiver.whats == ["ACCOUNT_RESTRICTION"]


async def test_another_setting_does_not(meta: Play) -> None:
    """Whatever else is set while a restriction lasts, or after it has lifted, leaves it as it is (C8)."""
    await meta.set(restriction="calling")
    await meta.advance(WEEK - 10)
    await meta.set(name="another")
    await meta.advance(10)
    await meta.set(name="a third")
    await meta.act("allow_always")
    assert await call(meta) == 0
    assert meta.receiver.whats.count("ACCOUNT_RESTRICTION") == 1


async def test_lifting_by_script(meta: Play) -> None:
    """The script can lift it early; nobody is told (C8)."""
    await meta.act("allow_always")
    await meta.set(restriction="calling")
    await meta.settle()
    meta.receiver.posts.clear()
    await meta.set(restriction=None)
    await meta.settle()
    assert meta.receiver.posts == []
    assert await call(meta) == 0


async def test_a_reset_begins_anew_what_lasts(meta: Play) -> None:
    """A reset keeps the settings: a restriction that lasts begins anew, one that has lifted does not come back (S1)."""
    await meta.set(restriction="calling")
    await meta.control("POST", "reset")
    await meta.act("allow_always")
    assert await call(meta) == 138014
    await meta.advance(WEEK)
    assert await call(meta) == 0
    await meta.control("POST", "reset")
    await meta.act("allow_always")
    assert await call(meta) == 0


async def test_an_app_that_begins_restricted(meta: Play) -> None:
    """An app that is created with a restriction is free after 7 days like any other (C8)."""
    await meta.http.post("/_sandbox/apps", json={"id": "late", "restriction": "calling"})
    meta.app = "late"
    await meta.advance(WEEK)
    assert (await meta.http.get("/_sandbox/apps/late")).json()["restriction"] is None


async def test_blocked(meta: Play) -> None:
    """A number that is blocked sends nothing and calls nobody: 131031, on both surfaces, for as long as it is (C8)."""
    await meta.act("allow_always")
    await meta.set(restriction="blocked")
    await meta.settle()
    assert meta.receiver.whats == ["reply accept"]
    graph = {"Authorization": "Bearer sk_sandbox_0000000000000001"}
    text = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "hello"}}
    connect = {"messaging_product": "whatsapp", "to": USER, "action": "connect"}
    for _ in range(2):
        assert await call(meta) == 131031
        meta_error(await meta.request(to="919800000002"), 131031)
        meta_error(await meta.partner("POST", "v3/message", json=text), 131031)
        for path, body in (("messages", text), ("calls", connect)):
            answer = await meta.http.post(f"/100000000000001/{path}", json=body, headers=graph)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, 131031)
        await meta.advance(WEEK)
    await meta.set(restriction=None)
    assert await call(meta) == 0


TOLD: dict[str, tuple[dict[str, Any], int]] = {
    "calling": ({"calling": "DISABLED"}, 1),
    "callback permission": ({"callback_permission_status": "ENABLED"}, 1),
    "both at once": ({"calling": "DISABLED", "callback_permission_status": "ENABLED"}, 1),
    "the same again": ({"calling": "ENABLED", "callback_permission_status": "DISABLED"}, 0),
    "another": ({"name": "shop", "bsuid": "off"}, 0),
}


@pytest.mark.parametrize("name", TOLD)
async def test_changed_settings_are_told(meta: Play, name: str) -> None:
    """account_settings_update comes for the five settings that trigger it, once a change (facts/meta 6.3)."""
    changes, told = TOLD[name]
    await meta.set(**changes)
    await meta.settle()
    assert meta.receiver.whats == ["settings"] * told


async def test_what_is_told_of_settings(meta: Play) -> None:
    """The number and all its calling settings, as they are now (facts/meta 6.3)."""
    await meta.set(callback_permission_status="ENABLED")
    await meta.settle()
    (post,) = meta.receiver.posts
    assert post.json["entry"][0]["changes"][0]["field"] == "account_settings_update"
    assert post.value == {
        "messaging_product": "whatsapp",
        "timestamp": str(await unix(meta)),
        "type": "phone_number_settings",
        "phone_number_settings": {
            "phone_number_id": "100000000000001",
            "calling": {"status": "ENABLED", "callback_permission_status": "ENABLED"},
        },
    }


GRAPH: dict[str, tuple[dict[str, Any], int]] = {
    "icon": ({"call_icon_visibility": "DISABLE_ALL"}, 1),
    "icon as it is": ({"call_icon_visibility": "DEFAULT"}, 0),
    "sip": ({"sip": {"status": "ENABLED"}}, 1),
    "srtp": ({"srtp_key_exchange_protocol": "SDES"}, 1),
    "countries": ({"call_icons": {"restrict_to_user_countries": ["IN"]}}, 0),
}


@pytest.mark.parametrize("name", GRAPH)
async def test_changed_on_graph(meta: Play, name: str) -> None:
    """The business's own changes are told as well, others than those five are not (facts/meta 6.3)."""
    calling, told = GRAPH[name]
    headers = {"Authorization": "Bearer sk_sandbox_0000000000000001"}
    answer = await meta.http.post("/100000000000001/settings", json={"calling": calling}, headers=headers)
    assert answer.status_code == 200, answer.text
    await meta.settle()
    assert meta.receiver.whats == ["settings"] * told


async def test_changed_by_the_partner(meta: Play) -> None:
    """Voice switched off on the partner path is the same change (facts/gupshup 4.1)."""
    assert (await meta.partner("POST", "voice", data={"enable": "false"})).status_code == 200
    await meta.settle()
    calling = meta.receiver.posts[0].value["phone_number_settings"]["calling"]
    assert calling["status"] == "DISABLED"


async def test_gupshup_knows_no_settings_update(play: Play) -> None:
    """No page of Gupshup's has account_settings_update: its subscriptions do not get it; the journal tells of it."""
    await play.set(calling="DISABLED")
    await play.settle()
    assert play.receiver.posts == []
    entries = (await play.control("GET", "journal?kind=event"))["entries"]
    assert [entry["event"]["kind"] for entry in entries] == ["account_settings_update"]
    assert entries[0]["event"]["calling"]["status"] == "DISABLED"
