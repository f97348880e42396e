"""facts/gupshup 3.4: message status events, v3.

Sources: Gupshup's pages on incoming events (INEV), events (EVENTS), BSUIDs (BSU), passthrough (PASS) and set-callback
(SETCB), as mirrored to June 2026. Version 2 forms are not said: such subscriptions get nothing (W1).
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.facts.wire import seen, statuses
from tests.stage.play import USER, Play

pytestmark = pytest.mark.anyio

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


async def sent(play: Play, to: str = USER) -> str:
    """The id that the POST answers with."""
    answer = await play.request(to=to)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["messages"][0]["id"])


async def told(play: Play) -> list[tuple[str, str]]:
    return [(row["gs_id"], row["status"]) for row in await statuses(play)]


async def test_enqueued_sent_delivered_read(play: Play) -> None:
    """Values enqueued, sent, delivered, read: in order, each with the POST's id as gs_id (facts/gupshup 3.4)."""
    gs_id = await sent(play)
    await play.act("read")
    assert await told(play) == [(gs_id, word) for word in ("enqueued", "sent", "delivered", "read")]
    assert re.fullmatch(UUID, gs_id)


@pytest.mark.parametrize(
    ("reachability", "words", "code"),
    [("not_on_whatsapp", ["enqueued", "failed"], 1002), ("outdated_app", ["enqueued", "failed"], 131026)],
)
async def test_failed(play: Play, reachability: str, words: list[str], code: int) -> None:
    """Value failed: a number that is not on WhatsApp, an app that is too old (facts/gupshup 3.4, R6)."""
    await play.control("PATCH", f"users/{USER}", json={"reachability": reachability})
    await sent(play)
    rows = await statuses(play)
    assert [row["status"] for row in rows] == words
    assert rows[-1]["errors"][0]["code"] == code


async def test_no_deleted(play: Play) -> None:
    """Value deleted: Meta no longer sends it, and neither does the sandbox (facts/gupshup 3.4)."""
    await sent(play)
    await play.act("decline")
    assert "deleted" not in [word for _, word in await told(play)]


async def test_meaning_1_and_2_of_id_a_wamid(play: Play) -> None:
    """Meanings 1 and 2 of id (INEV, EVENTS): a wamid, beside gs_id, a UUID (facts/gupshup 3.4)."""
    gs_id = await sent(play)
    for row in await statuses(play):
        assert row["id"].startswith("wamid.")
        assert row["gs_id"] == gs_id
        assert "meta_msg_id" not in row


async def test_meaning_3_of_id_a_second_uuid(play: Play) -> None:
    """Meaning 3 of id (BSU, PASS, SETCB): a second UUID, and the wamid is meta_msg_id (facts/gupshup 3.4, W4)."""
    await play.set(variants={"status_id": "uuid"})
    gs_id = await sent(play)
    rows = await statuses(play)
    assert len({row["id"] for row in rows}) == 1
    for row in rows:
        assert re.fullmatch(UUID, row["id"])
        assert row["id"] != gs_id == row["gs_id"]
        assert row["meta_msg_id"].startswith("wamid.")


async def test_timestamps_are_texts_of_seconds(play: Play) -> None:
    """timestamp: a text of Unix seconds (facts/gupshup 3.4)."""
    await sent(play)
    assert [row["timestamp"] for row in await statuses(play)] == ["1767168000"] * 3


async def test_enqueued_with_a_number_of_milliseconds(play: Play) -> None:
    """Timestamp of the enqueued sample: a number of milliseconds, the others as ever (facts/gupshup 3.4, W4)."""
    await play.set(variants={"enqueued_timestamp": "ms"})
    await sent(play)
    stamps: list[Any] = [row["timestamp"] for row in await statuses(play)]
    assert stamps == [1_767_168_000_000, "1767168000", "1767168000"]


async def failed_row(play: Play, shape: str) -> Any:
    await play.set(variants={"failed": shape})
    await play.control("PATCH", f"users/{USER}", json={"reachability": "not_on_whatsapp"})
    await sent(play)
    return (await statuses(play))[-1]


async def test_failed_as_a_list_of_errors(play: Play) -> None:
    """failed, first shape (EVENTS): errors, a list with code, title and href (facts/gupshup 3.4)."""
    row = await failed_row(play, "errors")
    (error,) = row["errors"]
    assert (error["code"], set(error) >= {"code", "title", "href"}) == (1002, True)
    assert {"code", "reason"} & set(row) == set()


async def test_failed_flat(play: Play) -> None:
    """failed, second shape (INEV): code and reason flat in the status (facts/gupshup 3.4, W4)."""
    row = await failed_row(play, "flat")
    assert row["code"] == 1002
    assert isinstance(row["reason"], str)
    assert "errors" not in row


async def test_the_envelope(play: Play) -> None:
    """Statuses come under field messages, in an envelope with gs_app_id at its root (facts/gupshup 3.3, 3.4, W1)."""
    await sent(play)
    await seen(play)
    body = play.receiver.posts[-1].json
    assert body["gs_app_id"] == play.app
    assert body["object"] == "whatsapp_business_account"
    assert [change["field"] for change in body["entry"][0]["changes"]] == ["messages"]


async def test_conversation_and_pricing_are_left_out(play: Play) -> None:
    """Left out: conversation and pricing, which are optional; the sandbox knows no prices (facts/gupshup 3.4)."""
    await sent(play)
    assert [{"conversation", "pricing"} & set(row) for row in await statuses(play)] == [set()] * 3
