"""`/apps/{app}/clock` (T1-T3, INTERFACE)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.http.shapes import good, problem
from tests.http.waiting import until
from tests.stage.play import APP, RECEIVER, USER, Play
from tests.stage.receiver import ERROR

pytestmark = pytest.mark.anyio

PATH = f"/_sandbox/apps/{APP}/clock"


async def turn(play: Play, **body: Any) -> Any:
    return good(await play.http.post(PATH, json=body), "clock-answer")


async def test_it_runs_with_the_machine(play: Play) -> None:
    """At the start the clock is the machine's and runs with it (T1)."""
    play.machine.move(seconds=1.5)
    assert good(await play.http.get(PATH), "clock") == {
        "now": "2025-12-31T08:00:01.500Z",
        "unix": 1_767_168_001,
        "frozen": False,
        "offset_seconds": 0,
        "advancing_to": None,
    }


async def test_advance_says_where_it_is_and_what_it_did(play: Play) -> None:
    """An advance answers with the new time and the numbers fired, attempted and failed (T2)."""
    await play.set(status_delay=10)
    await play.request()
    await play.act("allow_temporarily", for_seconds=60)
    said = await turn(play, advance_seconds=604_800)
    assert (said["now"], said["offset_seconds"], said["frozen"]) == ("2026-01-07T08:00:00.000Z", 604_800, False)
    assert (said["fired"], said["attempted"], said["failed"]) == (3, 2, 0)
    assert play.receiver.whats == ["set-callback", "enqueued", "reply accept", "sent", "delivered"]


async def test_failures_are_counted(play: Play) -> None:
    """Attempts that fail on the way are counted among those made (T2, W5)."""
    play.receiver.script = lambda _: ERROR
    await play.act("allow_always")
    said = await turn(play, advance_seconds=6)
    assert (said["attempted"], said["failed"]) == (2, 2)


async def test_everything_has_happened_when_it_answers(play: Play) -> None:
    """What falls due on the way happens in order, each at its own due time, before the call returns (T2)."""
    await play.set(status_delay=10)
    await play.request()
    await turn(play, advance_seconds=15)
    assert play.receiver.whats[1:] == ["enqueued", "sent"]
    assert play.receiver.posts[-1].value["statuses"][0]["timestamp"] == "1767168010"


async def test_a_fraction_of_a_second(play: Play) -> None:
    """Seconds may have a fraction, to the millisecond (T2)."""
    assert (await turn(play, advance_seconds=0.001))["now"] == "2025-12-31T08:00:00.001Z"
    assert (await turn(play, advance_seconds=0))["now"] == "2025-12-31T08:00:00.001Z"


async def test_frozen_it_stands(play: Play) -> None:
    """Frozen, the clock stands whatever the machine does; an advance moves it and leaves it frozen; resumed it runs
    on from there (T1).
    """
    assert (await turn(play, freeze=True))["frozen"] is True
    play.machine.move(seconds=100)
    assert (await turn(play, advance_seconds=5))["now"] == "2025-12-31T08:00:05.000Z"
    play.machine.move(seconds=100)
    said = await turn(play, resume=True)
    assert (said["now"], said["frozen"], said["offset_seconds"]) == ("2025-12-31T08:00:05.000Z", False, -195)
    play.machine.move(seconds=1)
    assert (await play.control("GET", "clock"))["now"] == "2025-12-31T08:00:06.000Z"


async def test_freezing_at_a_later_instant(play: Play) -> None:
    """`at` freezes the clock at a later instant, in any zone; without a later one it is 409 (T2: never back)."""
    said = await turn(play, freeze=True, at="2026-01-01T05:30:00+05:30")
    assert said["now"] == "2026-01-01T00:00:00.000Z"
    answer = await play.http.post(PATH, json={"freeze": True, "at": "2025-12-31T23:59:59Z"})
    assert problem(answer, 409)["detail"] == (
        "The clock never goes back: it is 2026-01-01T00:00:00.000Z in this app, later than 2025-12-31T23:59:59.000Z."
    )


async def test_no_clock_runs_past_the_year_8999(play: Play) -> None:
    """An advance beyond what dates can say is refused, and the clock stays where it was (E3)."""
    await play.control("POST", "clock", json={"freeze": True, "at": "8999-12-31T00:00:00Z"})
    answer = await play.http.post(PATH, json={"advance_seconds": 315_360_000})
    assert problem(answer, 409)["detail"].startswith("No clock goes past 9000-01-01T00:00:00.000Z")
    assert (await play.control("GET", "clock"))["now"] == "8999-12-31T00:00:00.000Z"


async def test_apps_have_clocks_of_their_own(play: Play) -> None:
    """Moving the clock of one app moves no other (T1)."""
    await play.http.post("/_sandbox/apps", json={"id": "second"})
    await turn(play, advance_seconds=3600)
    assert (await play.http.get("/_sandbox/apps/second/clock")).json()["now"] == "2025-12-31T08:00:00.000Z"


async def test_first_attempts_go_out_with_the_clock_frozen(play: Play) -> None:
    """Frozen, first attempts still go out at once; retries wait for the clock (T3)."""
    await turn(play, freeze=True)
    play.receiver.script = lambda _: ERROR
    await play.act("allow_always")
    play.machine.move(seconds=3600)
    await play.settle()
    assert len([post for post in play.receiver.posts if post.what == "reply accept"]) == 1
    await turn(play, advance_seconds=1)
    assert len([post for post in play.receiver.posts if post.what == "reply accept"]) == 2


@pytest.mark.parametrize("body", [{"advance_seconds": 1}, {"freeze": True}, {"resume": True}])
async def test_one_advance_at_a_time(play: Play, body: dict[str, Any]) -> None:
    """While an advance is going on the clock can be looked at and not turned: 409 (T2)."""
    await play.set(status_delay=5)
    await play.request()
    await play.settle()
    play.receiver.held = asyncio.Event()
    advance = asyncio.create_task(play.advance(60))
    await until(lambda: play.receiver.whats[-1] == "sent")
    shown = good(await play.http.get(PATH), "clock")
    answer = await play.http.post(PATH, json=body)
    play.receiver.held.set()
    assert (await advance)["now"] == "2025-12-31T08:01:00.000Z"
    assert (shown["now"], shown["advancing_to"]) == ("2025-12-31T08:00:05.000Z", "2025-12-31T08:01:00.000Z")
    assert problem(answer, 409)["detail"] == (
        "An advance of this app's clock is going on; wait for its answer, then try again."
    )


async def test_a_receiver_that_never_answers_does_not_hold_it(play: Play) -> None:
    """After one time-out at a URL further attempts within the advance are `not_sent` (T2)."""
    play.receiver.silent.add(RECEIVER)
    await play.act("allow_always", wait=False)
    await play.settle()
    said = await turn(play, advance_seconds=7 * 86_400)
    (row,) = (await play.control("GET", f"deliveries?wa_id={USER}"))["deliveries"]
    shown = await play.control("GET", f"deliveries/{row['id']}")
    assert (shown["state"], said["failed"]) == ("dead", said["attempted"])
    assert "not_sent: receiver did not answer" in [attempt["sentence"] for attempt in shown["attempts"]]
    assert shown["attempts"][-1]["outcome"] == "timed_out"


async def test_the_journal_says_that_the_clock_was_moved(play: Play) -> None:
    """Every turn of the clock is in the journal (section 11)."""
    await turn(play, advance_seconds=604_800)
    await turn(play, freeze=True)
    entries = (await play.control("GET", "journal?kind=clock"))["entries"]
    assert [entry["sentence"] for entry in entries] == [
        "The clock is 604800 s further; it is 2026-01-07T08:00:00.000Z.",
        "The clock is frozen; it is 2026-01-07T08:00:00.000Z.",
    ]
