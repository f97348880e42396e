"""The journal: every request, answer, event and delivery, in order (section 11)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.store.rows import Remark
from tests.http.shapes import good, problem
from tests.stage.play import APP, REQUEST, USER, Play
from tests.stage.receiver import ERROR

pytestmark = pytest.mark.anyio

PATH = f"/_sandbox/apps/{APP}/journal"


async def read(play: Play, **query: Any) -> Any:
    return good(await play.http.get(PATH, params=query), "journal")


def what(entry: dict[str, Any]) -> str:
    """A line of the journal in a few words."""
    if entry["kind"] == "event":
        return " ".join(filter(None, ["event", entry["event"]["kind"], entry["event"].get("status")]))
    if entry["kind"] == "delivery":
        return f"delivery {entry['what']} {entry['attempt']['status']}"
    return f"{entry['kind']} {entry.get('status', '')}".strip()


async def test_everything_in_order(play: Play) -> None:
    """A request, its events, then their deliveries, each numbered, in the order in which they happened (section 11)."""
    await play.request()
    await play.act("allow_always")
    entries = (await read(play))["entries"]
    assert [entry["id"] for entry in entries] == list(range(1, len(entries) + 1))
    lines = [what(entry) for entry in entries]
    assert lines[:4] == [
        "request 200",
        "event message_status enqueued",
        "event message_status sent",
        "event message_status delivered",
    ]
    delivered = "delivery call_permission_reply accept permanent 200"
    assert lines.index("event call_permission_reply") < lines.index(delivered)
    assert sorted(line for line in lines if line.startswith("delivery")) == [
        "delivery call_permission_reply accept permanent 200",
        "delivery message_status delivered 200",
        "delivery message_status enqueued 200",
        "delivery message_status read 200",
        "delivery message_status sent 200",
        "delivery set_callback 200",
    ]


async def test_a_request_with_its_answer(play: Play) -> None:
    """A request is kept with method, route, path, body, status, answer and both times (section 11)."""
    await play.advance(3600)
    answer = (await play.request()).json()
    (entry,) = (await read(play, kind="request"))["entries"]
    del entry["id"], entry["seconds"]
    assert entry == {
        "app": APP,
        "at": "2025-12-31T09:00:00.000Z",
        "machine_at": "2025-12-31T08:00:00.000Z",
        "kind": "request",
        "wa_id": USER,
        "method": "POST",
        "route": "/partner/app/{app_id}/v3/message",
        "path": f"/partner/app/{APP}/v3/message",
        "status": 200,
        "headers": {
            "host": "127.0.0.1:8400",
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            "connection": "keep-alive",
            "user-agent": entry["headers"]["user-agent"],
            "authorization": "[redacted]",
            "content-length": entry["headers"]["content-length"],
            "content-type": "application/json",
        },
        "body": REQUEST,
        "answer": answer,
    }


async def test_refused_requests_are_there_too(play: Play) -> None:
    """What was refused is in the journal with its answer, also what could not be read (section 11)."""
    await play.request(to="nobody")
    headers = {"Content-Type": "application/json"}
    await play.partner("POST", "v3/message", content=b'{"to": "\\ud800 cut', headers=headers)
    entries = (await read(play, kind="request"))["entries"]
    assert [entry["status"] for entry in entries] == [400, 400]
    assert entries[1]["body"] == '{"to": "\\ud800 cut'


async def test_many_headers_are_cut(play: Play) -> None:
    """Of a request's headers the journal keeps a hundred, and 4 KiB of those (section 11: bounded)."""
    await play.partner("POST", "v3/message", json=REQUEST, headers={f"X-{n}": "v" for n in range(200)})
    await play.partner("POST", "v3/message", json=REQUEST, headers={"X-Long": "x" * 5000, "X-Last": "v"})
    many, long = [entry["headers"] for entry in (await read(play, kind="request"))["entries"]]
    assert len(many) == 100
    assert len(long["x-long"]) < 4096
    assert "x-last" not in long


async def test_a_header_that_came_twice(play: Play) -> None:
    """Its values stand in one, with a comma between them, as HTTP says (RFC 9110)."""
    headers = [("X-Trace", "one"), ("X-Trace", "two")]
    await play.http.post(f"/partner/app/{APP}/v3/message", json=REQUEST, headers=headers)
    (entry,) = (await read(play, kind="request"))["entries"]
    assert entry["headers"]["x-trace"] == "one, two"


async def test_long_bodies_are_cut(play: Play) -> None:
    """Of a long body the journal keeps the first 16 KiB (section 11: bounded)."""
    await play.request(filler="x" * 100_000)
    (entry,) = (await read(play, kind="request"))["entries"]
    assert len(entry["body"]) == 16 * 1024


@pytest.mark.parametrize(
    ("kind", "number"),
    [("request", 2), ("event", 4), ("violation", 1), ("advice", 0), ("clock", 1), ("note", 0), ("fault", 0)],
)
async def test_kinds(play: Play, kind: str, number: int) -> None:
    """`kind` chooses requests, events, deliveries, violations, advices, clock moves, notes or faults (INTERFACE)."""
    await play.request()
    await play.request()
    await play.act("text")
    await play.advance(1)
    entries = (await read(play, kind=kind))["entries"]
    expected = number + (1 if kind == "event" else 0)  # the text makes the user read what was delivered
    assert [entry["kind"] for entry in entries] == [kind] * expected


async def test_one_user_by_any_name(play: Play) -> None:
    """`wa_id` chooses one user, by number, with its signs, or by BSUID (INTERFACE)."""
    await play.act("text")
    await play.act("text", "919800000001")
    for name in (USER, "+91 98123 45678", "IN.37279139073376405991"):
        entries = (await read(play, wa_id=name, kind="event"))["entries"]
        assert [entry["wa_id"] for entry in entries] == [USER]


async def test_paging(play: Play) -> None:
    """The journal is paged by cursor, with and without a choice (INTERFACE)."""
    for number in range(5):
        await play.act("text", text=str(number))
    seen: list[str] = []
    page = await read(play, kind="event", limit=2)
    while True:
        seen += [entry["event"]["text"] for entry in page["entries"]]
        if page["next"] is None:
            break
        page = await read(play, kind="event", limit=2, after=page["next"])
    assert seen == ["0", "1", "2", "3", "4"]
    whole = await read(play)
    half = await read(play, limit=4)
    rest = await read(play, after=half["next"])
    assert half["entries"] + rest["entries"] == whole["entries"]


async def test_it_is_bounded_and_counts_what_it_lost(play: Play) -> None:
    """The oldest entries go first, and a reader is told how many are missing (section 11)."""
    await play.sandbox.services.store.record(APP, [Remark(str(n)) for n in range(10_005)])
    page = await read(play, limit=1)
    assert (page["entries"][0]["sentence"], page["dropped"]) == ("5", 5)
    assert (await read(play, limit=1, after=3))["dropped"] == 2
    assert (await read(play, limit=1, after=5))["dropped"] == 0


async def test_from_its_end(play: Play) -> None:
    """`last` gives the last entries, `before` those before them, page by page back to the first (INTERFACE)."""
    await play.sandbox.services.store.record(APP, [Remark(str(n)) for n in range(7)])
    page = await read(play, last=3)
    assert (numbers(page), page["previous"], page["next"], page["dropped"]) == (["4", "5", "6"], "5", None, 0)
    page = await read(play, last=3, before=page["previous"])
    assert (numbers(page), page["previous"]) == (["1", "2", "3"], "2")
    page = await read(play, last=3, before=page["previous"])
    assert (numbers(page), page["previous"]) == (["0"], None)
    assert numbers(await read(play, before=3)) == ["0", "1"]


async def test_from_its_end_with_a_choice(play: Play) -> None:
    """Of one kind or one user the last as well, however many others came since (INTERFACE)."""
    for number in range(3):
        await play.act("text", text=str(number))
    await play.sandbox.services.store.record(APP, [Remark(str(n)) for n in range(2000)])
    page = await read(play, kind="event", wa_id=USER, last=2)
    assert [entry["event"]["text"] for entry in page["entries"]] == ["1", "2"]
    page = await read(play, kind="event", wa_id=USER, last=2, before=page["previous"])
    assert ([entry["event"]["text"] for entry in page["entries"]], page["previous"]) == (["0"], None)
    assert len((await play.control("GET", "violations?last=5"))["entries"]) == 0


async def test_from_its_end_with_what_was_lost(play: Play) -> None:
    """From the end, too, the journal says how many are no longer kept (section 11)."""
    await play.sandbox.services.store.record(APP, [Remark(str(n)) for n in range(10_005)])
    page = await read(play, last=1)
    assert (numbers(page), page["dropped"]) == (["10004"], 5)
    assert (await read(play, last=10, before=8))["entries"][0]["sentence"] == "5"


@pytest.mark.parametrize("query", [{"last": 3, "after": 1}, {"before": 3, "limit": 1}, {"last": 0}, {"before": "x"}])
async def test_from_one_side_only(play: Play, query: dict[str, Any]) -> None:
    """From the end and from the beginning at once is refused by name, as is what is no number (INTERFACE)."""
    problem(await play.http.get(PATH, params=query), 400)


def numbers(page: Any) -> list[str]:
    return [entry["sentence"] for entry in page["entries"]]


async def test_silent_things_are_noted(play: Play) -> None:
    """What WhatsApp tells nobody the journal does: a permission that expired, a user who was nudged (P3, C5)."""
    await play.act("allow_temporarily", for_seconds=200)
    for _ in range(2):
        await play.control("POST", "calls", json={"to": USER})
        await play.act("reject_call")
    await play.advance(200)
    events = [
        entry["event"] for entry in (await read(play, kind="event"))["entries"] if entry["event"]["kind"] == "note"
    ]
    assert [event["sentence"] for event in events] == [
        "WhatsApp asks the user to reconsider the permission after 2 unanswered calls in a row.",
        "The temporary permission ended at 2025-12-31T08:03:20.000Z.",
    ]


async def test_failed_attempts_are_there(play: Play) -> None:
    """Every delivery attempt is in the journal with its outcome and the delivery's state after it (section 11)."""
    play.receiver.script = lambda _: ERROR
    await play.act("allow_always")
    await play.advance(1)
    attempts = [entry for entry in (await read(play, kind="delivery"))["entries"] if entry["what"] != "set_callback"]
    assert [(entry["attempt"]["number"], entry["attempt"]["status"], entry["state"]) for entry in attempts] == [
        (1, 500, "waiting"),
        (2, 500, "waiting"),
    ]


async def test_apps_have_journals_of_their_own(play: Play) -> None:
    """Nothing of one app is in the journal of another (INTERFACE)."""
    await play.http.post("/_sandbox/apps", json={"id": "second"})
    await play.act("text")
    assert (await play.http.get("/_sandbox/apps/second/journal")).json()["entries"] == []
