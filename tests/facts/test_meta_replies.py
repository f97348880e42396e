"""facts/meta 2.2: the variants of the `call_permission_reply`, each caused by what an integrator and a user do.

Source: Meta, whatsapp/calling/user-call-permissions, section "Webhook sample scenarios", Jun 26 2026.
"""

from __future__ import annotations

import pytest

from tests.facts.wire import WEEK_LATER, call_statuses, calls, missed, replies, reply, seen
from tests.http.graph.surface import send
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

BSUID = "IN.37279139073376405991"


async def asked(meta: Play) -> str:
    """The wamid of a request to the user."""
    answer = await send(meta)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["messages"][0]["id"])


async def test_a_temporary_answering_a_request(meta: Play) -> None:
    """Row a: temporary, answering a request: its wamid, accept, not permanent, with an expiry (facts/meta 2.2 a)."""
    wamid = await asked(meta)
    await meta.act("allow_temporarily")
    (message,) = await replies(meta)
    assert message["context"] == {"from": USER, "id": wamid}
    assert reply(message) == {
        "response": "accept", "is_permanent": False, "expiration_timestamp": str(WEEK_LATER),
        "response_source": "user_action",
    }  # fmt: skip


async def test_b_permanent_answering_a_request(meta: Play) -> None:
    """Row b: permanent, answering a request: its wamid, and no expiry (facts/meta 2.2 b)."""
    wamid = await asked(meta)
    await meta.act("allow_always")
    (message,) = await replies(meta)
    assert message["context"]["id"] == wamid
    assert reply(message) == {"response": "accept", "is_permanent": True, "response_source": "user_action"}


async def test_c_permanent_from_the_profile(meta: Play) -> None:
    """Row c: permanent, from the business profile: no context, no expiry (facts/meta 2.2 c)."""
    await meta.act("allow_always")
    (message,) = await replies(meta)
    assert "context" not in message
    assert reply(message) == {"response": "accept", "is_permanent": True, "response_source": "user_action"}


async def test_d_declined_after_a_request(meta: Play) -> None:
    """Row d: declined after a request: its wamid, reject, neither is_permanent nor an expiry (facts/meta 2.2 d)."""
    wamid = await asked(meta)
    await meta.act("decline")
    (message,) = await replies(meta)
    assert message["context"]["id"] == wamid
    assert reply(message) == {"response": "reject", "response_source": "user_action"}


async def test_e_callback_grant(meta: Play) -> None:
    """Row e: the user called, callback setting on: the call's wacid, temporary, automatic (facts/meta 2.2 e)."""
    await meta.set(callback_permission_status="ENABLED")
    await meta.act("call")
    await meta.act("hang_up")
    (message,) = await replies(meta)
    (ended,) = await calls(meta, "terminate")
    assert ended["id"].startswith("wacid.")
    assert message["context"]["id"] == ended["id"]
    assert reply(message) == {
        "response": "accept", "is_permanent": False, "expiration_timestamp": str(WEEK_LATER),
        "response_source": "automatic",
    }  # fmt: skip


async def test_f_revoked_after_four_unanswered_calls(meta: Play) -> None:
    """Row f: four calls in a row unanswered: no context, reject, automatic, after the fourth terminate (2.2 f, C5)."""
    await meta.act("allow_always")
    await missed(meta, 4)
    first, last = await replies(meta)
    assert reply(first)["response"] == "accept"
    assert "context" not in last
    assert reply(last) == {"response": "reject", "response_source": "automatic"}
    assert len(await calls(meta, "terminate")) == len(await call_statuses(meta)) == 4
    *_, before_last, very_last = await seen(meta)
    assert before_last["calls"][0]["event"] == "terminate"
    assert very_last["messages"] == [last]


async def test_inferred_revoked_in_the_profile(meta: Play) -> None:
    """Inferred: revoked in the profile: reject by user_action without context; there is no revoke value (2.2, P4)."""
    await meta.act("allow_always")
    await meta.act("revoke")
    _, message = await replies(meta)
    assert "context" not in message
    assert reply(message) == {"response": "reject", "response_source": "user_action"}


async def test_inferred_temporary_from_the_profile(meta: Play) -> None:
    """Inferred: a temporary grant from the profile: like c, with an expiry and is_permanent false (2.2, P4)."""
    await meta.act("allow_temporarily")
    (message,) = await replies(meta)
    assert "context" not in message
    assert reply(message) == {
        "response": "accept", "is_permanent": False, "expiration_timestamp": str(WEEK_LATER),
        "response_source": "user_action",
    }  # fmt: skip


async def test_every_reply_names_the_user_and_itself(meta: Play) -> None:
    """All variants carry from, from_user_id, a wamid of their own and a timestamp (facts/meta 2.2, below the table)."""
    await asked(meta)
    for action in ("allow_temporarily", "decline", "allow_always", "revoke"):
        await meta.act(action)
        await meta.advance(1)
    said = await replies(meta)
    assert [message["timestamp"] for message in said] == ["1767168000", "1767168001", "1767168002", "1767168003"]
    assert {(message["from"], message["from_user_id"]) for message in said} == {(USER, BSUID)}
    assert len({message["id"] for message in said}) == 4
    assert all(message["id"].startswith("wamid.") for message in said)


async def test_expiry_is_silent(meta: Play) -> None:
    """No webhook when a temporary permission expires; the state query tells it (facts/meta 2.2, P3)."""
    await meta.act("allow_temporarily")
    await meta.advance(604_799)
    assert (await meta.user())["permission"]["status"] == "temporary"
    await meta.advance(1)
    assert (await meta.user())["permission"]["status"] == "no_permission"
    assert len(await replies(meta)) == 1
