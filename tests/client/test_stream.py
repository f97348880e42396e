"""Everything as it happens, across reconnects."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.client import AppClient, Event, Refused, SandboxClient, Unreachable
from mock_server.client.stream import events_in
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.stage.watch import a_sandbox

ASHA = "919812345678"


def running(**settings: Any) -> RunningServer:
    sandbox: Any = a_sandbox(ServerSettings(seed="stream", **settings))
    return RunningServer(lambda: sandbox, port=settings.get("port", 0), on_stop=sandbox.stop)


def texts(app: AppClient, *said: str) -> None:
    for text in said:
        app.user(ASHA).text(text)


def test_nothing_is_missed_after_it_is_made(sandbox: SandboxClient, app: AppClient) -> None:
    """A stream is connected when it is made: what happens before it is read comes all the same."""
    texts(app, "before")
    with app.events() as stream:
        texts(app, "after")
        event = next(iter(stream))
    assert (event.kind, event.data["event"]["text"]) == ("event", "after")


def test_it_goes_on_behind_an_entry(app: AppClient) -> None:
    """`last_event_id` begins behind an entry of the journal."""
    texts(app, "one", "two")
    first = next(entry for entry in app.journal(kind="event"))
    with app.events(last_event_id=first["id"]) as stream:
        said = next(event.data["event"]["text"] for event in stream if event.kind == "event")
    assert said == "two"


def test_all_apps_in_one_stream(sandbox: SandboxClient, app: AppClient) -> None:
    """The sandbox's stream has the events of every app."""
    other = sandbox.app(sandbox.create_app()["id"])
    with sandbox.events() as stream:
        texts(app, "here")
        texts(other, "there")
        seen = (event.data for event in stream if event.kind == "event")
        assert [next(seen)["event"]["text"], next(seen)["event"]["text"]] == ["here", "there"]
    other.delete()


def test_reading_stops_and_goes_on(app: AppClient) -> None:
    """Leaving a loop over a stream and beginning another goes on behind the last event that was read."""
    with app.events() as stream:
        texts(app, "one", "two")
        seen = []
        for _ in range(2):
            seen.append(next(event.data["event"]["text"] for event in stream if event.kind == "event"))
    assert seen == ["one", "two"]


def test_it_is_connected_again_when_the_sandbox_comes_back() -> None:
    """When the sandbox goes away for a moment the stream goes on, and nothing is told twice."""
    with running() as first:
        client = SandboxClient(first.url)
        stream = client.app().events()
        events = iter(stream)
        texts(client.app(), "one")
        assert next(events).data["event"]["text"] == "one"
        snapshot = client.save()
    with running(port=first.port), client, stream:
        client.load(snapshot)
        texts(client.app(), "two")
        assert next(event.data["event"]["text"] for event in events if event.kind == "event") == "two"


@pytest.mark.slow
def test_it_gives_up_when_the_sandbox_stays_away() -> None:
    """When the sandbox stays away the stream ends with Unreachable instead of waiting for ever."""
    with running() as server:
        client = SandboxClient(server.url)
        events = iter(client.app().events())
    with pytest.raises(Unreachable), client:
        next(events)


def test_a_stream_of_an_unknown_app_is_refused(sandbox: SandboxClient) -> None:
    """A stream of an app that there is not is refused when it is made."""
    with pytest.raises(Refused):
        sandbox.app("nope").events()


def test_a_closed_stream_has_ended(app: AppClient) -> None:
    """Closing a stream ends the iteration."""
    stream = app.events()
    stream.close()
    assert list(stream) == []


def test_what_a_stream_says() -> None:
    """Comments are passed over; an id may come alone; `lost` and `reset` have none."""
    lines = [
        ": hello",
        "",
        "id: 7",
        "",
        "event: clock",
        "id: 8",
        'data: {"id":8}',
        "",
        "event: lost",
        'data: {"count":3}',
        "",
    ]
    assert list(events_in(lines)) == [
        (None, None),
        (7, None),
        (8, Event("clock", 8, {"id": 8})),
        (None, Event("lost", None, {"count": 3})),
    ]
