"""`POST /apps/{app}/webhooks`: any webhook on purpose (INTERFACE, W2, W4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from mock_server import schemas
from tests.http.shapes import good, problem
from tests.stage.play import APP, RECEIVER, USER, Play
from tests.stage.receiver import Post

pytestmark = pytest.mark.anyio

URL = "http://elsewhere.example/hook"
UUID = "00000000-0000-4000-8000-000000000009"
REPLY = {"kind": "call_permission_reply", "wa_id": USER, "response": "accept"}


async def post(play: Play, **body: Any) -> httpx.Response:
    return await play.http.post(f"/_sandbox/apps/{APP}/webhooks", json=body)


async def send(play: Play, **body: Any) -> list[Post]:
    """What came of it at the receivers."""
    before = len(play.receiver.posts)
    ids = good(await post(play, **body), "webhook-send-answer", 202)["deliveries"]
    await play.settle()
    assert len(ids) == len(set(ids)) == len(play.receiver.posts) - before
    return play.receiver.posts[before:]


EVENTS: list[tuple[dict[str, Any], str]] = [
    (REPLY, "call_permission_reply"),
    (REPLY | {"is_permanent": True}, "call_permission_reply"),
    (REPLY | {"for_seconds": 5, "response_source": "automatic", "context_id": "wamid.X"}, "call_permission_reply"),
    (REPLY | {"response": "reject"}, "call_permission_reply"),
    ({"kind": "message_status", "wa_id": USER, "status": "enqueued"}, "message_status"),
    ({"kind": "message_status", "wa_id": USER, "status": "sent", "wamid": "wamid.X", "gs_id": UUID}, "message_status"),
    ({"kind": "message_status", "wa_id": USER, "status": "failed", "code": 131049}, "message_status"),
    ({"kind": "message", "wa_id": USER, "text": "Hello"}, "message"),
    ({"kind": "call_connect", "wa_id": USER}, "call_connect"),
    ({"kind": "call_connect", "wa_id": USER, "direction": "USER_INITIATED", "call_id": "wacid.X"}, "call_connect"),
    ({"kind": "call_status", "wa_id": USER, "status": "REJECTED"}, "call_status"),
    ({"kind": "call_terminate", "wa_id": USER, "duration": 18}, "call_terminate"),
    ({"kind": "call_terminate", "wa_id": USER, "status": "FAILED", "code": 138021}, "call_terminate"),
    ({"kind": "call_terminate", "wa_id": USER, "code": 138019}, "call_terminate"),
    ({"kind": "set_callback"}, "set_callback"),
    ({"kind": "account_update", "event": "ACCOUNT_VIOLATION"}, "account_update"),
    ({"kind": "account_update", "event": "ACCOUNT_RESTRICTION", "for_seconds": 60}, "account_update"),
]  # fmt: skip
SETTINGS = {"kind": "account_settings_update", "calling": {"status": "DISABLED"}}


# Meta has no enqueued status and no set-callback (R6, W1), Gupshup no changed settings.
SAID = [("gupshup", *row) for row in EVENTS] + [
    ("meta", event, name)
    for event, name in [*EVENTS, (SETTINGS, "account_settings_update")]
    if "enqueued" not in event.values() and name != "set_callback"
]


@pytest.mark.parametrize(("dialect", "event", "name"), SAID)
async def test_named_events_are_said_as_documented(play: Play, dialect: str, event: dict[str, Any], name: str) -> None:
    """A named event becomes a webhook that satisfies the published schema of its dialect (W4)."""
    await play.set(dialect=dialect)
    (sent,) = await send(play, event=event, to=URL)
    schemas.validate(f"webhook-{dialect}-{name}", sent.json)


async def test_a_named_event_changes_nobody(play: Play) -> None:
    """A webhook on purpose is words only: the user's permission stays as it was (INTERFACE)."""
    await send(play, event=REPLY)
    assert (await play.user())["permission"]["status"] == "no_permission"
    assert (await play.control("GET", "users"))["users"] == []


async def test_the_values_of_an_event(play: Play) -> None:
    """What is given is said: life, source, context; what is left out is made up (INTERFACE)."""
    values = {"for_seconds": 5, "response_source": "automatic", "context_id": "wamid.X"}
    (sent,) = await send(play, event=REPLY | values, to=URL)
    message = sent.value["messages"][0]
    assert message["interactive"]["call_permission_reply"] == {
        "response": "accept",
        "is_permanent": False,
        "expiration_timestamp": 1_767_168_005,
        "response_source": "automatic",
    }
    assert (message["from"], message["context"]["id"]) == (USER, "wamid.X")


async def test_a_user_by_bsuid(play: Play) -> None:
    """`wa_id` of a named event may be a BSUID (A3)."""
    (sent,) = await send(play, event=REPLY | {"wa_id": "IN.37279139073376405991"}, to=URL)
    assert sent.value["messages"][0]["from"] == USER


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (139999, "Something went wrong"),
        (131056, "(Business Account, Consumer Account) pair rate limit hit"),
        (131026, "Message undeliverable"),
    ],
)
async def test_a_failed_status_with_any_code(play: Play, code: int, title: str) -> None:
    """A failed status says the code it was given, known or not (INTERFACE)."""
    event = {"kind": "message_status", "wa_id": USER, "status": "failed", "code": code}
    (sent,) = await send(play, event=event, to=URL)
    error = sent.value["statuses"][0]["errors"][0]
    assert (error["code"], error["title"]) == (code, title)
    (flat,) = await send(play, event=event, to=URL, variants={"failed": "flat"})
    assert flat.value["statuses"][0]["code"] == code


async def test_a_call_that_failed(play: Play) -> None:
    """A terminate may be FAILED with a code beside the calls, in the case that the variant says (W4)."""
    event = {"kind": "call_terminate", "wa_id": USER, "status": "FAILED", "code": 138021}
    (sent,) = await send(play, event=event, to=URL, variants={"terminate_case": "title"})
    assert sent.value["calls"][0]["status"] == "Failed"
    assert sent.value["errors"][0]["code"] == 138021


@pytest.mark.parametrize(("status", "said"), [({}, "FAILED"), ({"status": "COMPLETED"}, "COMPLETED")])
async def test_a_call_that_failed_by_its_code(play: Play, status: dict[str, str], said: str) -> None:
    """A code alone makes a terminate FAILED; a status that is given stands (facts/meta 5.4)."""
    event = {"kind": "call_terminate", "wa_id": USER, "code": 138021} | status
    (sent,) = await send(play, event=event, to=URL)
    assert sent.value["calls"][0]["status"] == said
    assert sent.value["errors"][0]["code"] == 138021


ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Nov 2025": (
        {"event": "ACCOUNT_VIOLATION", "violation_type": "LOW_CALLING_QUALITY"},
        {"violation_info": {"violation_type": "LOW_CALLING_QUALITY"}},
    ),
    "Jan 2026": (
        {"event": "ACCOUNT_RESTRICTION"},
        {
            "restriction_info": [
                {"restriction_type": "RESTRICTED_BUSINESS_INITIATED_CALLING", "expiration": 1_767_168_000 + 604_800}
            ]
        },
    ),
    "low pick-up": (
        {
            "event": "ACCOUNT_RESTRICTION",
            "restriction_type": "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN",
            "for_seconds": None,
            "remediation": "Answer more calls.",
        },
        {
            "restriction_info": [
                {
                    "restriction_type": "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN",
                    "remediation": "Answer more calls.",
                }
            ]
        },
    ),
}


@pytest.mark.parametrize("name", ROWS)
async def test_account_updates_of_every_period(play: Play, name: str) -> None:
    """The violations and restrictions of each row of the table, with and without an end (facts/meta 6.4)."""
    given, said = ROWS[name]
    await play.set(dialect="meta")
    (sent,) = await send(play, event={"kind": "account_update"} | given, to=URL)
    assert sent.value == {"phone_number": "919000000001", "event": given["event"]} | said
    assert (await play.http.get(f"/_sandbox/apps/{APP}")).json()["restriction"] is None


async def test_an_sdp_of_ones_own(play: Play) -> None:
    """A connect carries the SDP it was given (INTERFACE)."""
    (sent,) = await send(play, event={"kind": "call_connect", "wa_id": USER, "sdp": "v=0 mine"}, to=URL)
    assert sent.value["calls"][0]["session"]["sdp"] == "v=0 mine"


@pytest.mark.parametrize(
    ("variants", "reply"),
    [
        ({"reply": "outbound-guide"}, {"response": "APPROVE", "expiration_time": "1767772800"}),
        (
            {"expiration": "string"},
            {
                "response": "accept",
                "is_permanent": False,
                "expiration_timestamp": "1767772800",
                "response_source": "user_action",
            },
        ),
        ({"reply": "permanent-guide"}, {"response": "accept", "expiration_timestamp": 1_767_772_800}),
    ],
)
async def test_variants_for_one_webhook(play: Play, variants: dict[str, str], reply: dict[str, Any]) -> None:
    """`variants` choose the shape of this webhook only (W4)."""
    (sent,) = await send(play, event=REPLY, to=URL, variants=variants)
    assert sent.value["messages"][0]["interactive"]["call_permission_reply"] == reply
    assert (await play.set())["variants"]["reply"] == "current"


async def test_any_body(play: Play) -> None:
    """`body` is sent as JSON in the escaped-unicode form, whatever is in it (INTERFACE, W2)."""
    (sent,) = await send(play, body={"say": "é", "nested": [1, None]}, to=URL)
    assert sent.body == b'{"say":"\\u00e9","nested":[1,null]}'


@pytest.mark.parametrize("raw", [b"", b"not json", b"\xff\xfe\x00", b'{"a":"\\ud800"}', b'"text"'])
async def test_any_bytes(play: Play, raw: bytes) -> None:
    """`raw_base64` is sent byte for byte, and shown so that nothing is lost (INTERFACE)."""
    (sent,) = await send(play, raw_base64=base64.b64encode(raw).decode(), to=URL)
    assert sent.body == raw
    (row,) = (await play.control("GET", "deliveries?kind=sent"))["deliveries"]
    shown = good(await play.http.get(f"/_sandbox/apps/{APP}/deliveries/{row['id']}"), "delivery")
    assert base64.b64decode(shown["raw_base64"]) == raw


async def test_to_a_subscription_by_id_or_url(play: Play) -> None:
    """`to` is a subscription of the app, by id or URL, or any other URL; without it go all that want it
    (INTERFACE).
    """
    form = {"modes": "READ", "tag": "mine", "url": URL, "version": "3"}
    made = (await play.partner("POST", "subscription", data=form)).json()["subscription"]
    await play.settle()
    assert [post_.url for post_ in await send(play, event=REPLY)] == [RECEIVER]
    assert [post_.url for post_ in await send(play, event=REPLY, to=made["id"])] == [URL]
    assert [post_.url for post_ in await send(play, event=REPLY, to=RECEIVER)] == [RECEIVER]
    assert sorted(post_.url for post_ in await send(play, body={})) == [URL, RECEIVER]


async def test_nobody_wants_it(play: Play) -> None:
    """Where no subscription would get it, the answer is 409 and says what to do (E4)."""
    await play.partner("DELETE", "subscription")
    assert problem(await post(play, event=REPLY), 409)["detail"] == (
        "No subscription of this app wants it; subscribe one, or say `to` (a URL)."
    )


def proof(post_: Post) -> str:
    return "sha256=" + hmac.new(b"sandbox-app-secret", post_.body, hashlib.sha256).hexdigest()


async def test_signatures_of_meta(play: Play) -> None:
    """Right, wrong, missing, or over other bytes of the same JSON (W2)."""
    await play.set(dialect="meta")
    (right,) = await send(play, event=REPLY, to=URL)
    assert right.headers["X-Hub-Signature-256"] == proof(right)
    (wrong,) = await send(play, event=REPLY, to=URL, signature="wrong")
    assert wrong.headers["X-Hub-Signature-256"].startswith("sha256=")
    assert wrong.headers["X-Hub-Signature-256"] != proof(wrong)
    (missing,) = await send(play, event=REPLY, to=URL, signature="missing")
    assert "X-Hub-Signature-256" not in missing.headers
    (other,) = await send(play, event=REPLY, to=URL, signature="reserialised")
    spaced = Post(URL, json.dumps(other.json, indent=1, ensure_ascii=False).encode(), {})
    assert other.headers["X-Hub-Signature-256"] == proof(spaced) != proof(other)


@pytest.mark.parametrize(
    ("signature", "header"), [("right", "s3cret"), ("wrong", "wrong"), ("missing", None), ("reserialised", "s3cret")]
)
async def test_gupshups_headers(play: Play, signature: str, header: str | None) -> None:
    """Gupshup signs nothing: what proves the sender is the header from `meta`, right, wrong or missing (W1)."""
    form = {"modes": "MESSAGE", "tag": "mine", "url": URL, "version": "3", "meta": '{"X-Secret":"s3cret"}'}
    await play.partner("POST", "subscription", data=form)
    await play.settle()
    (sent,) = await send(play, event=REPLY, to=URL, signature=signature)
    assert sent.headers.get("X-Secret") == header


async def test_whole_numbers_may_be_written_with_a_point(play: Play) -> None:
    """In JSON Schema 2.0 is an integer: it counts, and is said, as 2 (E3)."""
    event = {"kind": "call_terminate", "wa_id": USER, "duration": 18.0, "code": 138021.0}
    one, two = await send(play, event=event, to=URL, repeat=2.0)
    assert one.body == two.body
    call = one.value["calls"][0]
    assert (call["duration"], call["end_time"]) == (18, "1767168000")
    assert b"138021.0" not in one.body


async def test_repeat_sends_the_same_bytes(play: Play) -> None:
    """`repeat` sends it that often, byte for byte the same, each copy a delivery of its own (INTERFACE)."""
    sent = await send(play, event=REPLY, to=URL, repeat=50)
    assert len(sent) == 50
    assert len({post_.body for post_ in sent}) == 1
