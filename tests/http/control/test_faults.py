"""Faults through the control API: set, list, clear, in the journal, at reset and in snapshots (section 9, S1, S2)."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server import schemas
from tests.http.shapes import good, problem
from tests.stage.play import APP, USER, Play

pytestmark = pytest.mark.anyio

PATH = f"/_sandbox/apps/{APP}/faults"


async def add(play: Play, **fault: Any) -> Any:
    return good(await play.http.post(PATH, json=fault), "fault", 201)


async def listed(play: Play) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = good(await play.http.get(PATH), "faults")["faults"]
    return rows


async def test_a_fault_is_set_and_listed(play: Play) -> None:
    """A new fault is answered and listed with what was left out, and with its counts (INTERFACE)."""
    assert await listed(play) == []
    made = await add(play, fault="status", route="v3/message", status=503, seed=7)
    assert made == {
        "id": 1,
        "fault": "status",
        "route": "v3/message",
        "status": 503,
        "processed": False,
        "times": 1,
        "probability": 1,
        "seed": 7,
        "considered": 0,
        "fired": 0,
        "left": 1,
    }
    assert await listed(play) == [made]


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        ({"fault": "status", "route": "*", "status": 502, "body": "<p>"}, {"body": "<p>", "status": 502}),
        ({"fault": "status", "route": "*", "status": 200, "body": {"a": [1]}}, {"body": {"a": [1]}}),
        ({"fault": "error", "route": "*", "code": 131056, "times": 3}, {"code": 131056, "left": 3}),
        ({"fault": "close", "route": "*"}, {"when": "before"}),
        ({"fault": "delay", "webhook": "*", "seconds": 86400, "times": None}, {"seconds": 86400, "left": None}),
        ({"fault": "reorder", "webhook": "message_status"}, {"webhook": "message_status", "seconds": 2}),
        ({"fault": "drop", "webhook": "*", "probability": 0.5, "times": 2.0}, {"probability": 0.5, "times": 2}),
    ],
)
async def test_each_fault_shows_its_own_fields(play: Play, fault: dict[str, Any], shown: dict[str, Any]) -> None:
    """A fault shows what it was given, and the defaults of its kind (section 9)."""
    made = await add(play, **fault)
    assert made | shown == made


@pytest.mark.parametrize(
    ("fault", "field", "sentence"),
    [
        ({"route": "*"}, "fault", "fault: is required"),
        ({"fault": "drop", "webhook": "*", "status": 500}, "status",
         "status: is not a known field; known are: fault, webhook, times, probability, seed"),
        ({"fault": "delay", "seconds": 1}, "route", "route: is required, or else webhook"),
        ({"fault": "delay", "route": "*", "seconds": 3601}, "seconds", "seconds: must be at most 3600"),
        ({"fault": "close", "route": "*", "when": "after"}, "when",
         'when: must be one of "before", "middle", not "after"'),
        ({"fault": "status", "route": "*", "status": 500, "body": "x" * 70_000}, "body",
         "body: must have at most 64 KiB"),
    ],
)  # fmt: skip
async def test_a_wrong_fault_is_refused_by_field(play: Play, fault: dict[str, Any], field: str, sentence: str) -> None:
    """What cannot be is refused with the field and what it takes; nothing is set (E4)."""
    refused = problem(await play.http.post(PATH, json=fault), 400)
    assert (refused["field"], refused["detail"]) == (field, sentence)
    assert await listed(play) == []


@pytest.mark.parametrize(
    "route", ["message", "/calls", "POST /partner", "GET", f"app/{APP}/v3", "/v23.0/100000000000001/calls", "*"]
)
async def test_a_route_that_can_be_struck(play: Play, route: str) -> None:
    """A route is a part of a route as it is listed, or of a path as this app asks it (section 9)."""
    assert (await add(play, fault="close", route=route))["route"] == route


@pytest.mark.parametrize("route", ["nothing/like/this", "messages/v3", "/_sandbox", "/v23.0/999/calls"])
async def test_a_route_that_never_can_be_struck(play: Play, route: str) -> None:
    """A part of no route is refused with examples, rather than waited for in vain (section 9)."""
    answer = await play.http.post(PATH, json={"fault": "close", "route": route})
    assert problem(answer, 400)["field"] == "route"
    assert "is in no 'METHOD /path'" in answer.json()["detail"]


async def test_clearing(play: Play) -> None:
    """DELETE clears one fault or all; one that is not there is 404."""
    for _ in range(3):
        await add(play, fault="close", route="*")
    assert (await play.http.delete(f"{PATH}/2")).status_code == 204
    assert [row["id"] for row in await listed(play)] == [1, 3]
    for unknown in ("2", "9" * 30, "x"):
        assert problem(await play.http.delete(f"{PATH}/{unknown}"), 404)["type"].endswith("unknown_fault")
    assert (await play.http.delete(PATH)).status_code == 204
    assert await listed(play) == []


async def test_too_many(play: Play) -> None:
    """At most 100 faults an app; then 409, until some are spent or cleared."""
    for _ in range(100):
        await add(play, fault="close", route="/calls")
    assert problem(await play.http.post(PATH, json={"fault": "close", "route": "*"}), 409)["type"].endswith("faults")


async def test_an_unknown_app_has_no_faults(play: Play) -> None:
    """404 for an app that does not exist."""
    for method in ("GET", "DELETE"):
        problem(await play.http.request(method, "/_sandbox/apps/nobody/faults"), 404)
    problem(await play.http.post("/_sandbox/apps/nobody/faults", json={"fault": "close", "route": "*"}), 404)


async def test_a_spent_fault_stays_listed(play: Play) -> None:
    """A fault that has fired as often as it should stays to be seen, and the journal has it (section 9)."""
    await add(play, fault="drop", webhook="call_permission_reply")
    await play.act("allow_always")
    (row,) = await listed(play)
    assert (row["considered"], row["fired"], row["left"]) == (1, 1, 0)
    (entry,) = (await play.control("GET", "journal?kind=fault"))["entries"]
    schemas.validate("journal-entry", entry)
    assert {name: entry[name] for name in ("kind", "wa_id", "fault_id", "fault")} == {
        "kind": "fault",
        "wa_id": USER,
        "fault_id": 1,
        "fault": "drop",
    }
    assert entry["sentence"].startswith("call_permission_reply to subscription ")


async def test_a_reset_drops_faults(play: Play) -> None:
    """After a reset nothing goes wrong any more (S1)."""
    await add(play, fault="status", route="*", status=500, times=None)
    assert (await play.request()).status_code == 500
    await play.control("POST", "reset")
    assert await listed(play) == []
    assert (await play.request()).status_code == 200


async def test_a_snapshot_keeps_faults(play: Play) -> None:
    """A snapshot holds faults with their counts and what they remember (S2)."""
    await add(play, fault="stale", webhook="call_permission_reply")
    await add(play, fault="status", route="v3/message", status=500, body={"a": 1}, times=2)
    await play.request()
    await play.act("allow_always")
    before = await listed(play)
    saved = (await play.http.get("/_sandbox/snapshot")).content
    async with Play() as other:
        loaded = await other.http.put("/_sandbox/snapshot", content=saved, headers={"content-type": "application/json"})
        assert loaded.status_code < 300
        assert await listed(other) == before
        await other.act("revoke")
        assert other.receiver.whats == ["reply reject", "reply accept"]
