"""facts/gupshup 3.5: the `call_permission_reply` as Gupshup's pages print it.

Sources: Gupshup, Permanent Call Permissions for WhatsApp Voice (PERM); Guide to voice outbound (OUT); Meta for what
Gupshup leaves out. Version 2 has no such event.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts.wire import replies, reply, seen
from tests.stage.play import APP, RECEIVER, USER, Play

pytestmark = pytest.mark.anyio


async def inner(play: Play, action: str, **variants: str) -> Any:
    """The inner object of the user's answer to a request."""
    await play.set(variants=variants)
    await play.request()
    await play.act(action)
    return reply((await replies(play))[-1])


async def test_permanent(play: Play) -> None:
    """Row permanent (PERM): is_permanent, accept, user_action, and no expiry (facts/gupshup 3.5)."""
    assert await inner(play, "allow_always") == {
        "is_permanent": True, "response": "accept", "response_source": "user_action",
    }  # fmt: skip


async def test_permanent_as_in_the_guide(play: Play) -> None:
    """Row permanent (PERM), in the variant that prints the guide's samples: the same object (facts/gupshup 3.5, W4)."""
    assert await inner(play, "allow_always", reply="permanent-guide") == {
        "is_permanent": True, "response": "accept", "response_source": "user_action",
    }  # fmt: skip


async def test_temporary_as_in_the_guide(play: Play) -> None:
    """Row temporary (PERM): an expiry as a number of seconds and accept, nothing else (facts/gupshup 3.5)."""
    assert await inner(play, "allow_temporarily", reply="permanent-guide") == {
        "expiration_timestamp": 1_767_772_800, "response": "accept",
    }  # fmt: skip


async def test_temporary_in_the_default_shape(play: Play) -> None:
    """Row temporary, with what Meta's page adds to it, as every known parser reads it (facts/gupshup 3.5, W4)."""
    assert await inner(play, "allow_temporarily") == {
        "expiration_timestamp": 1_767_772_800, "response": "accept", "is_permanent": False,
        "response_source": "user_action",
    }  # fmt: skip


async def test_approve_as_in_the_outbound_guide(play: Play) -> None:
    """Row approve (OUT): APPROVE and expiration_time, the entry named after the number, bare contacts (3.5, W4)."""
    await inner(play, "allow_temporarily", reply="outbound-guide")
    await play.settle()
    body = play.receiver.posts[-1].json
    assert body["entry"][0]["id"] == "100000000000001"
    assert "gs_app_id" not in body
    value = body["entry"][0]["changes"][0]["value"]
    assert value["contacts"] == [{"wa_id": USER}]
    (message,) = value["messages"]
    assert {"from", "id"} & set(message) == set()
    assert reply(message) == {"response": "APPROVE", "expiration_time": "1767772800"}


async def test_reject(play: Play) -> None:
    """Row reject: Gupshup prints none; as at Meta: reject, user_action (facts/gupshup 3.5)."""
    assert await inner(play, "decline") == {"response": "reject", "response_source": "user_action"}


async def test_around_the_inner_object(play: Play) -> None:
    """PERM prints only the inner object; around it stands the generic envelope (facts/gupshup 3.5, 3.3)."""
    gs_id = (await play.request()).json()["messages"][0]["id"]
    await play.act("allow_always")
    (message,) = await replies(play)
    assert play.receiver.posts[-1].json["gs_app_id"] == APP
    assert (message["from"], message["timestamp"], message["type"]) == (USER, "1767168000", "interactive")
    assert message["context"]["gs_id"] == gs_id
    assert message["context"]["id"] == message["context"]["meta_msg_id"]
    assert message["context"]["id"].startswith("wamid.")


@pytest.mark.parametrize("mode", ["MESSAGE", "VOICE", "ALL"])
async def test_which_subscription(play: Play, mode: str) -> None:
    """OUT says MESSAGE, BSU says VOICE: a subscription with either gets it, once (facts/gupshup 3.5, W3)."""
    subscribed = {"url": f"{RECEIVER}/{mode}", "modes": mode, "tag": mode, "version": "3"}
    answer = await play.partner("POST", "subscription", data=subscribed)
    assert answer.status_code == 200, answer.text
    await play.act("allow_always")
    await play.settle()
    got = [post for post in play.receiver.posts if post.url == f"{RECEIVER}/{mode}"]
    assert [post.what for post in got if "messages" in post.value] == ["reply accept"]


async def test_without_bsuids(play: Play) -> None:
    """BSUID off: the event lacks user_id, username and from_user_id (facts/gupshup 3.5, A3)."""
    await play.set(bsuid="off")
    await inner(play, "allow_always")
    value = (await seen(play))[-1]
    assert value["contacts"] == [{"profile": {"name": "Sandbox User"}, "wa_id": USER}]
    assert "from_user_id" not in value["messages"][0]


async def test_not_in_version_2(play: Play) -> None:
    """Version 2: there is no such event; the subscription gets nothing (facts/gupshup 3.5, W1)."""
    subscribed = {"url": f"{RECEIVER}/v2", "modes": "ALL", "tag": "old", "version": "2"}
    assert (await play.partner("POST", "subscription", data=subscribed)).status_code == 200
    await play.act("allow_always")
    await play.settle()
    assert [post.what for post in play.receiver.posts if post.url == f"{RECEIVER}/v2"] in ([], ["set-callback"])
