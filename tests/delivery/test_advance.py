"""Moving a clock from due instant to due instant (T2)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mock_server.delivery.sender import Answer
from tests.stage.play import APP, Play
from tests.stage.receiver import ERROR, Post, ScriptedSender

pytestmark = pytest.mark.anyio

BEGIN = 1_767_168_000  # 2025-12-31T08:00:00Z, where the stage's time stands
DAY = 86_400
CLOCK = f"/_sandbox/apps/{APP}/clock"


class Application(ScriptedSender):
    """A receiver whose handler may use the sandbox itself."""

    def __init__(self) -> None:
        super().__init__()
        self.handler: Callable[[Post], Awaitable[Any]] | None = None
        self.said: list[Any] = []  # what the handler answered, for the test

    async def post(self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], timeout: float) -> Answer:
        answer = await super().post(url, body, headers, timeout)
        if self.handler is not None:
            self.said.append(await self.handler(self.posts[-1]))
        return answer


@pytest.fixture
async def application() -> Application:
    return Application()


@pytest.fixture
async def play(application: Application) -> AsyncIterator[Play]:
    """A sandbox whose receiver is an application with a handler; set-callback is behind us."""
    async with Play(receiver=application) as play:
        await play.request(to="919800000099")
        await play.settle()
        application.posts.clear()
        yield play


def stamps(play: Play) -> list[tuple[str, int]]:
    """What was sent, with the seconds since the beginning that its `timestamp` says."""
    found = []
    for post in play.receiver.posts:
        item = (post.value.get("statuses") or post.value.get("messages") or post.value["calls"])[0]
        found.append((post.what, int(item["timestamp"]) - BEGIN))
    return found


async def seconds_in(play: Play) -> float:
    """Seconds since the beginning on the app's clock."""
    now = (await play.control("GET", "clock"))["now"]
    return datetime.fromisoformat(now).astimezone(UTC).timestamp() - BEGIN


async def test_each_webhook_is_stamped_with_its_own_due_time(play: Play) -> None:
    """What falls due on the way happens in order, each at its own instant, before the call returns (T2, R6)."""
    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    answer = await play.advance(60)
    assert stamps(play) == [("enqueued", 0), ("sent", 10), ("delivered", 20)]
    assert answer["unix"] == BEGIN + 60
    assert (answer["fired"], answer["attempted"], answer["failed"]) == (2, 2, 0)


async def test_the_clock_stands_at_each_instant(play: Play, application: Application) -> None:
    """While a webhook is sent, the clock stands at the instant at which it fell due (T2)."""
    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    application.handler = lambda _: seconds_in(play)
    await play.advance(60)
    assert application.said == [10, 20]


async def test_users_in_due_order(play: Play) -> None:
    """What falls due for several users happens by (due, number of the user), each user in order (T2, T7)."""
    await play.control("POST", "clock", json={"freeze": True})
    await play.set(status_delay=10)
    for wa_id in ("919800000002", "919800000001"):
        await play.request(to=wa_id)
    await play.set(status_delay=5)
    await play.request(to="919800000003")
    await play.settle()
    play.receiver.posts.clear()
    await play.advance(60)
    sent = [(post.what, post.value["statuses"][0]["recipient_id"][-1]) for post in play.receiver.posts]
    assert [item for item in sent if item[1] == "3"] == [("sent", "3"), ("delivered", "3")]
    assert sent[0] == ("sent", "3")
    assert [item[1] for item in sent if item[0] == "sent"] == ["3", "1", "2"]


async def test_a_test_number_tells_its_story(play: Play) -> None:
    """A number that declines and accepts a minute later does so on the way, a minute later (T2, section 10)."""
    await play.request(to="919999000010")
    await play.advance(59)
    assert [what for what, _ in stamps(play)][-1] == "reply reject"
    await play.advance(1)
    assert stamps(play)[-1] == ("reply accept", 60)


async def test_an_expiry_is_on_the_way(play: Play) -> None:
    """Seven days later a temporary permission is gone, which counts as fired and sends nothing (T2, P3)."""
    await play.request()
    await play.act("allow_temporarily")
    play.receiver.posts.clear()
    answer = await play.advance(7 * DAY)
    assert (answer["fired"], answer["attempted"], play.receiver.posts) == (1, 0, [])
    assert (await play.user())["permission"]["status"] == "no_permission"


async def test_retries_are_on_the_way(play: Play) -> None:
    """A webhook that failed is tried at its own due times, and the answer counts what failed (T2, W5)."""
    play.receiver.script = lambda _: ERROR
    await play.control("POST", "clock", json={"freeze": True})
    await play.act("text", text="hello", wait=False)
    await play.settle()
    answer = await play.advance(600)
    rows = (await play.control("GET", "deliveries?kind=message"))["deliveries"]
    shown = await play.control("GET", f"deliveries/{rows[0]['id']}")
    at = [attempt["at"][11:19] for attempt in shown["attempts"]]
    assert at == ["08:00:00", "08:00:01", "08:00:06", "08:00:36", "08:02:36"]
    assert (answer["fired"], answer["attempted"], answer["failed"]) == (0, 4, 4)


async def test_real_time_is_not_added(play: Play, application: Application) -> None:
    """However long the receiver takes, the clock ends exactly where it was sent, and then runs on (T2)."""

    async def slow(_: Post) -> None:
        play.machine.move(seconds=1.5)

    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    application.handler = slow
    answer = await play.advance(3_600)
    assert (answer["unix"], answer["frozen"]) == (BEGIN + 3_600, False)
    application.handler = None
    play.machine.move(seconds=5)
    assert await seconds_in(play) == 3_605


async def test_a_frozen_clock_stays_frozen(play: Play) -> None:
    """A frozen clock that is advanced stands still again where it arrives (T1, T2)."""
    await play.control("POST", "clock", json={"freeze": True})
    answer = await play.advance(60)
    play.machine.move(seconds=5)
    assert answer["frozen"]
    assert await seconds_in(play) == 60


async def test_a_second_advance_is_refused(play: Play, application: Application) -> None:
    """A receiver that advances, freezes, resumes or resets from its handler gets 409, and the advance goes on (T2)."""

    async def meddle(_: Post) -> list[int]:
        asked = [{"advance_seconds": 1}, {"freeze": True}, {"resume": True}]
        answers = [await play.http.post(CLOCK, json=body) for body in asked]
        answers.append(await play.http.post(f"/_sandbox/apps/{APP}/reset"))
        return [answer.status_code for answer in answers]

    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    application.handler = meddle
    answer = await play.advance(60)
    assert application.said == [[409, 409, 409, 409]] * 2
    assert answer["unix"] == BEGIN + 60
    application.handler = None
    assert (await play.advance(1))["unix"] == BEGIN + 61


async def test_what_a_handler_causes_belongs_to_the_instant(play: Play, application: Application) -> None:
    """What the application does from its handler happens at that instant, and is sent before the call returns (T2)."""

    async def answer_by_text(post: Post) -> None:
        if post.what == "delivered":
            await play.act("text", text="seen", wait=False)

    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    application.handler = answer_by_text
    await play.advance(60)
    assert stamps(play) == [("enqueued", 0), ("sent", 10), ("delivered", 20), ("read", 20), ("message", 20)]


async def test_the_present_instant_counts(play: Play) -> None:
    """What falls due at the very end is done, what falls due a millisecond later is not (T2, T6)."""
    await play.set(status_delay=10)
    await play.request()
    await play.advance(9.999)
    assert [what for what, _ in stamps(play)] == ["enqueued"]
    await play.advance(0.001)
    assert stamps(play)[-1] == ("sent", 10)


async def test_nothing_to_do(play: Play) -> None:
    """An advance over nothing only moves the clock, and tells so in the journal (T2)."""
    answer = await play.advance(2.5)
    assert (answer["fired"], answer["attempted"], answer["failed"]) == (0, 0, 0)
    assert answer["now"] == "2025-12-31T08:00:02.500Z"
    assert answer["advancing_to"] is None
    last = (await play.control("GET", "journal?kind=clock"))["entries"][-1]
    assert "2.5 s further" in str(last)


async def test_it_is_shown_while_it_lasts(play: Play, application: Application) -> None:
    """While an advance is going on the clock says where to (T2)."""

    async def look(_: Post) -> str:
        return str((await play.control("GET", "clock"))["advancing_to"])

    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    application.handler = look
    await play.advance(60)
    assert application.said == ["2025-12-31T08:01:00.000Z"] * 2


async def test_paused_deliveries_stay(play: Play) -> None:
    """With deliveries paused the engine's work is done on the way, and what it causes waits (T2)."""
    await play.set(status_delay=10, deliveries="paused")
    await play.request()
    answer = await play.advance(60)
    assert (answer["fired"], answer["attempted"], play.receiver.posts) == (2, 0, [])
    await play.set(deliveries="on")
    await play.settle()
    assert stamps(play) == [("enqueued", 0), ("sent", 10), ("delivered", 20)]


async def test_the_end_of_all_calendars(play: Play) -> None:
    """No clock goes beyond the year 8999: 409, and it stands where it stood (E3)."""
    await play.control("POST", "clock", json={"freeze": True, "at": "8985-01-01T00:00:00Z"})
    await play.control("POST", "clock", json={"resume": True})
    await play.advance(3_650 * DAY)
    before = await play.control("GET", "clock")
    answer = await play.http.post(CLOCK, json={"advance_seconds": 3_650 * DAY})
    assert answer.status_code == 409
    assert await play.control("GET", "clock") == before


async def test_a_load_ends_an_advance(play: Play, application: Application) -> None:
    """A snapshot that is loaded meanwhile wins: the advance gets 409, and the loaded clock goes its way (T2, S2)."""
    saved = (await play.http.get("/_sandbox/snapshot")).content

    async def load(_: Post) -> int:
        headers = {"content-type": "application/json"}
        return (await play.http.put("/_sandbox/snapshot", content=saved, headers=headers)).status_code

    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    application.handler = load
    answer = await play.http.post(CLOCK, json={"advance_seconds": 60})
    application.handler = None
    assert (answer.status_code, application.said) == (409, [204])
    play.machine.move(seconds=7)
    assert await seconds_in(play) == 7
    assert (await play.advance(1))["unix"] == BEGIN + 8


async def test_a_deletion_ends_an_advance(play: Play, application: Application) -> None:
    """An app that is deleted meanwhile ends its advance with 404 (T2)."""

    async def delete(_: Post) -> int:
        return (await play.http.delete(f"/_sandbox/apps/{APP}")).status_code

    await play.set(status_delay=10)
    await play.request()
    await play.settle()
    application.handler = delete
    assert (await play.http.post(CLOCK, json={"advance_seconds": 60})).status_code == 404
