"""Webhooks that go wrong on purpose, all the way to the receiver (BEHAVIOUR section 9, W5, W6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mock_server.delivery.sender import Answer
from mock_server.settings import Dialect, ServerSettings
from mock_server.wire.webhooks import signature
from tests.stage.play import RECEIVER, USER, Play
from tests.stage.receiver import ERROR, OK, Post

pytestmark = pytest.mark.anyio

OTHER = "919812345679"


async def fault(play: Play, kind: str, webhook: str = "*", **fields: Any) -> None:
    await play.control("POST", "faults", json={"fault": kind, "webhook": webhook} | fields)


def arrived(play: Play) -> list[str]:
    """What arrived, but for the announcement of the URL."""
    return [what for what in play.receiver.whats if what != "set-callback"]


async def fired(play: Play) -> list[int]:
    return [row["fired"] for row in (await play.control("GET", "faults"))["faults"]]


async def asked(play: Play, to: str = USER) -> list[str]:
    """What came of a request: the statuses as they arrived."""
    before = len(arrived(play))
    await play.request(to=to)
    await play.settle()
    return arrived(play)[before:]


def failing(*whats: str) -> Callable[[Post], Answer]:
    return lambda post: ERROR if post.what in whats else OK


def changes(post: Post) -> list[Any]:
    found: list[Any] = post.json["entry"][0]["changes"]
    return found


async def test_a_dropped_webhook_never_arrives(play: Play) -> None:
    """A dropped webhook is dead with the reason, holds nobody, and can still be sent again by hand (W6)."""
    await fault(play, "drop", "message_status:sent")
    assert await asked(play) == ["enqueued", "delivered"]
    (dead,) = (await play.control("GET", "deliveries?state=dead"))["deliveries"]
    assert (dead["kind"], dead["attempts"]) == ("message_status:sent", 0)
    assert dead["last"]["sentence"] == "not_sent: dropped by fault 1"
    await play.control("POST", f"deliveries/{dead['id']}/redeliver")
    await play.settle()
    assert play.receiver.whats[-1] == "sent"


async def test_an_action_does_not_wait_for_what_was_dropped(play: Play) -> None:
    """A user's action answers although its webhook was dropped, and shows it as dead (INTERFACE)."""
    await fault(play, "drop", "call_permission_reply")
    (delivery,) = (await play.act("allow_always")).json()["deliveries"]
    assert (delivery["state"], play.receiver.posts) == ("dead", [])


async def test_calling_on_a_dropped_revocation_is_no_violation(play: Play) -> None:
    """Whoever was not told of a revoke calls in good faith: 138006, and no violation (section 11)."""
    await play.act("allow_always")
    await fault(play, "drop", "call_permission_reply")
    await play.act("revoke")
    refused = await play.http.post(f"/_sandbox/apps/{play.app}/calls", json={"to": USER})
    assert refused.json()["code"] == 138006
    assert (await play.control("GET", "violations"))["entries"] == []


async def test_a_duplicate_has_the_same_bytes(play: Play) -> None:
    """A duplicated webhook arrives twice, byte for byte, one behind the other (W6)."""
    await fault(play, "duplicate", "message_status:sent")
    assert await asked(play) == ["enqueued", "sent", "sent", "delivered"]
    first, second = (post for post in play.receiver.posts if post.what == "sent")
    assert (first.body, first.headers) == (second.body, second.headers)
    rows = (await play.control("GET", "deliveries?kind=message_status:sent"))["deliveries"]
    assert [row["duplicate"] for row in rows] == [False, True]


async def test_a_late_webhook_is_overtaken(play: Play) -> None:
    """A delayed webhook comes when the app's clock has moved on, in order; nobody waits for it (W5, T2)."""
    await fault(play, "delay", "message_status:sent", seconds=3600)
    assert await asked(play) == ["enqueued", "delivered"]
    assert (await play.advance(3599))["attempted"] == 0
    assert (await play.advance(1))["attempted"] == 1
    assert play.receiver.whats[-1] == "sent"


async def test_a_late_webhook_is_retried(play: Play) -> None:
    """What is delayed keeps the schedule of retries from its own due time (W5)."""
    await fault(play, "delay", "message_status:sent", seconds=60)
    await asked(play)
    play.receiver.script = failing("sent")
    for seconds, attempts in ((60, 1), (1, 2), (5, 3)):
        assert (await play.advance(seconds))["attempted"] == 1
        (row,) = (await play.control("GET", "deliveries?kind=message_status:sent"))["deliveries"]
        assert row["attempts"] == attempts


async def test_several_arrive_in_reverse_order(play: Play) -> None:
    """Webhooks of one user and one moment arrive the other way round; other users' in order (W5)."""
    await fault(play, "reorder", "message_status")
    assert await asked(play) == ["delivered", "sent", "enqueued"]
    assert await asked(play, OTHER) == ["enqueued", "sent", "delivered"]


async def test_one_alone_is_overtaken_by_the_next(play: Play) -> None:
    """A single webhook waits two seconds, so that the next one overtakes it (section 9)."""
    await fault(play, "reorder", "call_permission_reply")
    await play.act("allow_always", wait=False)
    await play.act("revoke")
    await play.advance(2)
    assert arrived(play) == ["reply reject", "reply accept"]


async def test_a_failed_head_still_holds_its_lane(play: Play) -> None:
    """Faults leave the rule of lanes alone: a reversed lane waits for its head as any other does (W5)."""
    await fault(play, "reorder", "message_status")
    play.receiver.script = failing("delivered")
    assert await asked(play) == ["delivered"]
    play.receiver.script = failing()
    await play.advance(1)
    assert arrived(play) == ["delivered", "delivered", "sent", "enqueued"]


async def test_several_in_one_post(play: Play) -> None:
    """Webhooks of one user and one moment come as changes of one entry; all of them are known to be delivered (W5)."""
    await play.request()
    await play.settle()
    await fault(play, "batch")
    await play.act("allow_always")
    last = play.receiver.posts[-1]
    assert [change["field"] for change in changes(last)] == ["messages", "messages"]
    read, reply = (change["value"] for change in changes(last))
    assert read["statuses"][0]["status"] == "read"
    assert reply["messages"][0]["interactive"]["call_permission_reply"]["response"] == "accept"
    asked_again = await play.request()
    assert asked_again.json()["error"]["code"] == 138017
    (found,) = (await play.control("GET", "violations"))["entries"]
    assert found["rule"] == "R3"  # the accept inside the batch counts as known


async def test_one_alone_is_no_batch(play: Play) -> None:
    """A single webhook is sent as it is and the fault waits for several (section 9)."""
    await fault(play, "batch")
    await play.act("allow_always")
    assert len(changes(play.receiver.posts[-1])) == 1
    assert await fired(play) == [0]


async def test_a_wrong_signature_on_meta() -> None:
    """On meta the signature is wrong, also when it is tried again; the next webhook is signed right (W2, W6)."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect.META)) as play:
        await fault(play, "break_signature", "call_permission_reply")
        play.receiver.script = failing("reply accept")
        await play.act("allow_always")
        await play.advance(1)
        await play.act("text", wa_id=OTHER, text="Hello")
        secret = (await play.http.get(f"/_sandbox/apps/{play.app}")).json()["app_secret"]
        right = [post.headers["X-Hub-Signature-256"] == signature(post.body, secret) for post in play.receiver.posts]
        assert list(zip(play.receiver.whats, right, strict=True))[:3] == [
            ("reply accept", False),
            ("reply accept", False),
            ("message", True),
        ]


async def test_a_wrong_header_on_gupshup(play: Play) -> None:
    """On gupshup the registered header is wrong; without one the fault has nothing to break (W1, section 9)."""
    await fault(play, "break_signature", "message")
    await play.act("text", text="unsigned")
    assert await fired(play) == [0]
    meta = json.dumps({"headers": {"X-Secret": "s3"}})
    form = {"modes": "ALL", "tag": "t", "url": "http://other.example/", "version": "3", "meta": meta}
    assert (await play.partner("POST", "subscription", data=form)).status_code < 300
    await play.act("text", text="signed")
    sent = [post.headers.get("X-Secret") for post in play.receiver.posts if post.what == "message"]
    assert sent.count("wrong") == 1
    assert await fired(play) == [1]


async def test_a_stale_copy_follows(play: Play) -> None:
    """An old grant comes once more behind the revocation: whoever goes by arrival thinks it stands (section 9)."""
    await fault(play, "stale", "call_permission_reply")
    await play.act("allow_always")
    await play.act("allow_always", wa_id=OTHER)
    await play.act("revoke")
    assert arrived(play) == ["reply accept", "reply accept", "reply reject", "reply accept"]
    accept, stale = play.receiver.posts[1], play.receiver.posts[-1]
    assert accept.body == stale.body
    assert (await play.user())["permission"]["status"] == "no_permission"


async def test_webhooks_about_the_account_are_struck_too() -> None:
    """A webhook about no user goes wrong like any other (C8, section 9)."""
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=Dialect.META)) as play:
        await fault(play, "drop", "account_update")
        await play.set(restriction="calling", restriction_warning=True)
        await play.settle()
        rows = (await play.control("GET", "deliveries?kind=account_update"))["deliveries"]
        assert [row["state"] for row in rows] == ["dead", "delivered"]
        (entry,) = (await play.control("GET", "journal?kind=fault"))["entries"]
        assert "wa_id" not in entry


async def test_by_chance_and_seed() -> None:
    """With a seed two runs drop, duplicate and reorder the same webhooks, to the byte (T4, section 9)."""
    runs = []
    for _ in range(2):
        frozen = ServerSettings(seed="seven", webhook=RECEIVER, freeze_at="2026-01-01T00:00:00Z")
        async with Play(frozen) as play:
            await fault(play, "drop", times=None, probability=0.3)
            await fault(play, "duplicate", times=None, probability=0.3)
            await fault(play, "reorder", times=None, probability=0.3)
            for user in (USER, OTHER):
                await asked(play, user)
                await play.act("allow_always", wa_id=user)
            await play.advance(10)
            runs.append([post.body for post in play.receiver.posts])
            assert all(await fired(play))
    assert runs[0] == runs[1]
