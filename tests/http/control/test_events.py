"""`GET /_sandbox/events`: everything as it happens, through a real server (INTERFACE). No read waits over 5 s."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_server import schemas
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from mock_server.store.rows import Remark
from tests.stage.play import APP
from tests.stage.watch import a_sandbox

APPS = "/_sandbox/apps"


class Backstage:
    """A sandbox with one more door: `POST /backstage/APP/N` writes N remarks into the journal of APP."""

    def __init__(self) -> None:
        self.sandbox = a_sandbox(ServerSettings(seed="stage"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/backstage/"):
            await self.sandbox(scope, receive, send)
            return
        _, _, app, count = scope["path"].split("/")
        await self.sandbox.services.store.record(app, [Remark(str(n)) for n in range(int(count))])
        await Response(status_code=204)(scope, receive, send)


class Event(NamedTuple):
    kind: str
    id: int | None
    data: Any


class House:
    """A running server and a client."""

    def __init__(self, running: RunningServer) -> None:
        self.running = running
        self.http = httpx.Client(base_url=running.url, timeout=5)

    def act(self, text: str, app: str) -> None:
        path = f"{APPS}/{app}/users/919812345678/actions"
        assert self.http.post(path, json={"action": "text", "text": text}).status_code == 200

    def app(self) -> str:
        """A new app of its own, so that a test finds an empty journal."""
        return str(self.http.post(APPS, json={}).json()["id"])

    @contextmanager
    def stream(self, app: str | None, after: int | None = None) -> Iterator[Iterator[Event]]:
        """What comes, from the moment at which the stream is open."""
        query = {"app": app} if app else {}
        headers = {"Last-Event-ID": str(after)} if after is not None else {}
        with self.http.stream("GET", "/_sandbox/events", params=query, headers=headers) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            lines = answer.iter_lines()
            assert next(lines) == ": gupshup-mock"
            yield events(lines)


def events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, text = line.partition(": ")
            fields[name] = text
        elif fields:
            yield Event(fields["event"], int(fields["id"]) if "id" in fields else None, json.loads(fields["data"]))
            fields = {}


@contextmanager
def opened() -> Iterator[House]:
    backstage = Backstage()
    with RunningServer(lambda: backstage, on_stop=backstage.sandbox.stop) as running:
        house = House(running)
        yield house
        house.http.close()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One server for all tests that leave it standing."""
    with opened() as house:
        yield house


@pytest.fixture
def own_house() -> Iterator[House]:
    """A server that a test may pull down."""
    with opened() as house:
        yield house


@pytest.fixture
def app(house: House) -> str:
    """An app that nobody else has to do with."""
    return str(house.http.post(APPS, json={}).json()["id"])


def texts(stream: Iterator[Event], count: int) -> list[str]:
    """The texts of the next messages."""
    return [next(stream).data["event"]["text"] for _ in range(count)]


def test_entries_come_as_they_happen(house: House, app: str) -> None:
    """An event is a journal entry under its own number, its kind as `event:` (INTERFACE)."""
    with house.stream(app) as stream:
        house.act("Hello", app)
        event = next(stream)
    (entry,) = house.http.get(f"{APPS}/{app}/journal").json()["entries"]
    assert event == Event("event", entry["id"], entry)
    schemas.validate("journal-entry", event.data)


def test_a_stream_begins_with_what_comes_next(house: House, app: str) -> None:
    """Without an id to go on from, what happened before is not told (INTERFACE)."""
    house.act("before", app)
    with house.stream(app) as stream:
        house.act("after", app)
        assert texts(stream, 1) == ["after"]


def test_resuming_by_the_last_event_id(house: House, app: str) -> None:
    """With `Last-Event-ID` the stream goes on exactly behind it: nothing is lost, nothing comes twice (INTERFACE)."""
    with house.stream(app) as stream:
        house.act("one", app)
        last = next(stream).id
    house.act("two", app)
    house.act("three", app)
    with house.stream(app, after=last) as stream:
        house.act("four", app)
        assert texts(stream, 3) == ["two", "three", "four"]
    with house.stream(app, after=0) as stream:
        assert texts(stream, 1) == ["one"]


def test_one_app_or_all(house: House, app: str) -> None:
    """`?app=` shows one app; without it the stream shows all, each entry with its app (INTERFACE)."""
    second = house.app()
    with house.stream(second) as of_second, house.stream(None) as of_all:
        house.act("first", app)
        house.act("second", second)
        assert texts(of_second, 1) == ["second"]
        assert [next(of_all).data["app"] for _ in range(2)] == [app, second]


def test_resuming_the_stream_of_all(house: House, app: str) -> None:
    """The stream of all apps has numbers of its own to go on from (INTERFACE)."""
    second = house.app()
    with house.stream(None) as stream:
        house.act("one", app)
        last = next(stream).id
    house.act("two", second)
    house.act("three", app)
    with house.stream(None, after=last) as stream:
        assert texts(stream, 2) == ["two", "three"]


def test_an_id_that_is_too_old(house: House, app: str) -> None:
    """Too old an id: one `lost` event with the count, then what is still there (INTERFACE)."""
    house.http.post(f"/backstage/{app}/10005")
    with house.stream(app, after=2) as stream:
        assert next(stream) == Event("lost", None, {"count": 3})
        first = next(stream)
        assert (first.kind, first.id, first.data["sentence"]) == ("note", 6, "5")


def test_a_loaded_snapshot_is_a_reset(own_house: House) -> None:
    """After a snapshot was loaded an open stream gets `reset` and goes on with what happens then; what the snapshot's
    journal holds is not told again (S2, DESIGN).
    """
    own_house.act("kept", APP)
    snapshot = own_house.http.get("/_sandbox/snapshot").content
    with own_house.stream(APP) as of_app, own_house.stream(None) as of_all:
        own_house.act("before", APP)
        assert (texts(of_app, 1), texts(of_all, 1)) == (["before"], ["before"])
        own_house.http.put("/_sandbox/snapshot", content=snapshot, headers={"Content-Type": "application/json"})
        for stream in (of_app, of_all):
            assert next(stream) == Event("reset", None, {})
        own_house.act("after", APP)
        assert (texts(of_app, 1), texts(of_all, 1)) == (["after"], ["after"])


def test_an_id_of_another_life(house: House, app: str) -> None:
    """An id beyond the end belongs to a store that is gone: `reset`, then what happens (S2)."""
    house.act("before", app)
    with house.stream(app, after=4711) as stream:
        assert next(stream) == Event("reset", None, {})
        house.act("after", app)
        assert texts(stream, 1) == ["after"]


def test_a_reset_of_an_app_is_told(house: House, app: str) -> None:
    """Who follows an app that is reset gets `reset` with its id, and goes on: what the journal says about it has the
    next number, nothing is told twice (S1, DESIGN).
    """
    with house.stream(app) as stream:
        house.act("before", app)
        before = next(stream).id
        house.http.post(f"{APPS}/{app}/reset")
        assert next(stream) == Event("reset", None, {"app": app})
        note = next(stream)
        assert (note.kind, note.data["sentence"]) == ("note", "The app was reset.")
        house.act("after", app)
        after = next(stream)
        assert before is not None
        assert (note.id, after.id, after.data["event"]["text"]) == (before + 1, before + 2, "after")


def test_a_reset_of_an_app_is_told_to_who_follows_all(house: House, app: str) -> None:
    """In the stream of all apps `reset` says which app it was; what is known of the others stays good (S1)."""
    other = house.app()
    with house.stream(None) as stream:
        house.http.post(f"{APPS}/{app}/reset")
        assert [next(stream).kind, next(stream).data["app"]] == ["reset", app]
        house.act("untouched", other)
        assert texts(stream, 1) == ["untouched"]
    with house.stream(other) as stream:
        house.http.post(f"{APPS}/{app}/reset")
        house.act("untouched", other)
        assert texts(stream, 1) == ["untouched"]


def test_a_reset_while_nobody_listened(house: House, app: str) -> None:
    """Who comes back with the last id after a reset is told of it, and misses nothing: what went was void (S1)."""
    house.act("one", app)
    house.act("two", app)
    house.http.post(f"{APPS}/{app}/reset")
    with house.stream(app, after=1) as stream:
        assert [next(stream).kind, next(stream).id] == ["reset", 3]


def test_it_ends_when_the_app_is_deleted(house: House, app: str) -> None:
    """The stream of an app that is deleted ends (INTERFACE)."""
    with house.stream(app) as stream:
        house.act("Hello", app)
        texts(stream, 1)
        house.http.delete(f"{APPS}/{app}")
        assert list(stream) == []


def test_it_ends_when_the_sandbox_stops(own_house: House) -> None:
    """Open streams end when the sandbox stops, so that the server is gone within 5 s (INTERFACE)."""
    with own_house.stream(APP) as of_app, own_house.stream(None) as of_all:
        own_house.act("Hello", APP)
        texts(of_app, 1), texts(of_all, 1)
        stopping = threading.Thread(target=own_house.running.stop)
        stopping.start()
        assert (list(of_app), list(of_all)) == ([], [])
        stopping.join(5)
        assert not stopping.is_alive()


def test_other_requests_are_served_beside_open_streams(house: House, app: str) -> None:
    """Twenty open streams keep nobody waiting, and each of them gets everything (INTERFACE)."""
    opened = [house.stream(app) for _ in range(20)]
    streams = [stream.__enter__() for stream in opened]
    house.act("Hello", app)
    assert [texts(stream, 1) for stream in streams] == [["Hello"]] * 20
    for stream in opened:
        stream.__exit__(None, None, None)
