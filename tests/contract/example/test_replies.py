"""The example and the permission reply: mistakes 1 to 8 and 22, 23 that it does not make."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.example.stage import BSUID, FIXTURES, NOW, USER, WACID, WAMID, WEEK, Stage, becomes

pytestmark = pytest.mark.anyio


async def test_a_permanent_grant_and_a_reject_need_no_expiration(stage: Stage) -> None:
    """Replies without an expiration are read: permanent is permanent, a reject ends it (mistakes 1 and 3)."""
    await stage.allows()
    assert await stage.state() == "permanent"
    await stage.rejects(at=1)
    assert await stage.state() == "none"


@pytest.mark.parametrize("mark", [{}, {"is_permanent": False}])
async def test_a_missing_end_is_a_week(stage: Stage, mark: dict[str, Any]) -> None:
    """An accept that neither has an end nor says that it is permanent is good for a week at most (mistake 2)."""
    await stage.hook(said({"response": "accept"} | mark))
    assert await stage.state() == "temporary"
    stage.now = NOW + WEEK
    assert await stage.state() == "none"


async def test_an_automatic_revocation_ends_the_permission(stage: Stage) -> None:
    """A reject is a reject, whoever caused it and without a context: no call goes out (mistakes 3 and 4)."""
    await stage.allows()
    await stage.rejects(at=1, automatic=True, context_id=None)
    assert await stage.call() == 403
    assert stage.providers.calls == []


@pytest.mark.parametrize("context", [None, WACID])
async def test_grants_need_no_request_of_ours(stage: Stage, context: str | None) -> None:
    """A grant from the profile has no context, a callback grant that of a call: both count (mistake 4)."""
    await stage.allows(context_id=context, expires_at=NOW + 60)
    assert await stage.state() == "temporary"
    assert await stage.call() == 202


@pytest.mark.parametrize("context", [None, WACID, "wamid.older"])
async def test_other_replies_leave_the_request_open(stage: Stage, context: str | None) -> None:
    """A reply that names no request, a call, or an older request does not answer the pending one (mistake 5)."""
    await stage.ask()
    await stage.happens(becomes("sent", wamid="wamid.1" if stage.dialect == "meta" else WAMID))
    await stage.allows(context_id=context)
    assert (await stage.believes())["request"] == "pending"


@pytest.mark.parametrize("status_first", [True, False])
@pytest.mark.parametrize("status_id", ["wamid", "uuid"])
async def test_the_wamid_of_a_reply_finds_gupshups_request(status_first: bool, status_id: str) -> None:
    """At Gupshup only status events say which wamid a request has; they may come after the reply (mistake 19)."""
    stage = Stage("gupshup")
    await stage.ask()
    if status_first:
        await stage.happens(becomes("sent"), status_id=status_id)
    await stage.allows(context_id=WAMID)
    if not status_first:
        assert (await stage.believes())["request"] == "pending"
        await stage.happens(becomes("delivered"), status_id=status_id)
    assert (await stage.believes())["request"] == "answered"


async def test_at_meta_the_answers_wamid_is_the_replys() -> None:
    """At Meta a reply names the id that the answer gave (facts/meta 2.1)."""
    stage = Stage("meta")
    await stage.ask()
    await stage.allows(context_id="wamid.1")
    assert (await stage.believes())["request"] == "answered"


async def test_users_without_a_number_are_kept_apart(stage: Stage) -> None:
    """Users who have only a BSUID have a record each, and are called by it (mistake 6)."""
    body = await stage.allows(wa_id="919800000001", username="one")
    mine = body["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"]
    assert await stage.call("", bsuid=mine) == 202
    assert await stage.call("", bsuid=BSUID) == 403
    assert [call["recipient"] for call in stage.providers.calls] == [mine]


async def test_number_and_bsuid_are_joined(stage: Stage) -> None:
    """What was known under a number and under a BSUID becomes one when a webhook has both (facts/meta 2.4)."""
    await stage.ask("+91 98000 00001")
    body = await stage.allows(wa_id="919800000001", username="one", at=1)
    bsuid = body["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"]
    assert await stage.state("919800000001") == "none"
    await stage.rejects(wa_id="919800000001", at=0)
    believed = await stage.believes("919800000001")
    assert believed == {"state": "permanent", "request": "pending"}
    assert await stage.believes("", bsuid=bsuid) == believed


async def test_the_same_reply_twice_is_one(stage: Stage) -> None:
    """A redelivered accept does not bring back what was revoked within the same second (mistake 7)."""
    accepted = await stage.allows()
    await stage.rejects()
    await stage.hook(accepted)
    assert await stage.state() == "none"


async def test_the_newest_reply_counts(stage: Stage) -> None:
    """Replies that overtake each other are put in order by their timestamp (facts/meta 8)."""
    await stage.rejects(at=2)
    await stage.allows(at=1)
    assert await stage.state() == "none"
    await stage.allows(at=3)
    assert await stage.state() == "permanent"


async def test_expiry_is_known_by_the_clock(stage: Stage) -> None:
    """No webhook tells that a permission has ended; at that very second no call goes out (P3, T6, mistake 8)."""
    await stage.allows(expires_at=NOW + 2)
    stage.now = NOW + 1.9
    assert await stage.call() == 202
    stage.now = NOW + 2
    assert await stage.call() == 403


@pytest.mark.parametrize("word", ["accept", "ACCEPT", "APPROVE", "Approve"])
async def test_the_case_of_a_response_does_not_matter(stage: Stage, word: str) -> None:
    """An accept and Gupshup's APPROVE say the same, however they are spelled (mistake 22)."""
    await stage.hook(said({"response": word, "is_permanent": True}))
    assert await stage.state() == "permanent"


@pytest.mark.parametrize("end", [NOW + 60, str(NOW + 60), (NOW + 60) * 1000, str((NOW + 60) * 1000)])
@pytest.mark.parametrize("key", ["expiration_timestamp", "expiration_time"])
async def test_every_form_of_an_end_is_the_same_moment(stage: Stage, key: str, end: int | str) -> None:
    """Number or string, seconds or milliseconds, under either name (mistake 23)."""
    await stage.hook(said({"response": "accept", key: end}))
    assert await stage.state() == "temporary"
    stage.now = NOW + 60
    assert await stage.state() == "none"


VARIANTS = [
    {"expiration": "int"},
    {"expiration": "string"},
    {"reply": "2025"},
    {"reply": "permanent-guide"},
    {"reply": "outbound-guide"},
    {"context_from": "business"},
    {"context_from": "phone_number_id"},
    {"contacts": "trimmed"},
    {"contacts": "absent"},
    {"bsuid": "off"},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: "-".join(*variant.items()))
async def test_every_shape_says_the_same(stage: Stage, variant: dict[str, str]) -> None:
    """In every variant a temporary grant is one, and a reject behind it ends it (W4)."""
    await stage.allows(expires_at=NOW + 60, **variant)
    assert await stage.state() == "temporary"
    await stage.rejects(at=1, **variant)
    assert await stage.state() == "none"


DOCUMENTED = sorted(FIXTURES.glob("webhook-*-call_permission_reply/valid/*.json"))


@pytest.mark.parametrize("file", DOCUMENTED, ids=lambda file: f"{file.parts[-3][8:12]}-{file.stem}")
async def test_every_documented_body_is_read(file: Any) -> None:
    """Each printed and each inferred reply changes what is believed about its user (P4, W4)."""
    stage = Stage(file.parts[-3].split("-")[1])
    body = json.loads(file.read_text())
    stage.now = 1_700_000_000.0
    message = body["entry"][0]["changes"][0]["value"]["messages"][-1]
    reply = message["interactive"]["call_permission_reply"]
    await stage.hook(body)
    contact = (body["entry"][0]["changes"][0]["value"].get("contacts") or [{}])[0]
    user = message.get("from") or contact.get("wa_id") or ""
    state = await stage.state(user, bsuid=message.get("from_user_id") or contact.get("user_id") or "")
    expected = "permanent" if reply.get("is_permanent") else "temporary"
    assert state == ("none" if reply["response"].lower() == "reject" else expected)


def said(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply of our user in the usual envelope, at NOW."""
    message = {"from": USER, "id": "wamid.made", "timestamp": str(NOW), "type": "interactive"}
    message["interactive"] = {"type": "call_permission_reply", "call_permission_reply": reply}  # type: ignore[assignment]
    value = {"metadata": {"phone_number_id": "100000000000001"}, "messages": [message]}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }
