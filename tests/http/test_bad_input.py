"""Bad input never gives 5xx and never changes state (E3): one table over all routes.

The rows are in `malformed/`. Each is a request that is wrong in one way, with the status it gets and the words its
answer must hold: the wrong field by its literal name, or, where nothing can be read, what is the matter. On the control
API `field` names the field as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from mock_server import schemas
from tests.http.malformed import control, graph, partner, paths, unreadable
from tests.http.malformed.requests import Bad, C
from tests.stage.play import APP, TOKEN, Play

pytestmark = pytest.mark.anyio

TABLE = {
    f"{group}: {name}": bad
    for group, rows in {
        "unreadable": unreadable.UNREADABLE,
        "content type": unreadable.CONTENT_TYPE,
        "message": partner.MESSAGES,
        "form": partner.FORMS,
        "app": control.APPS,
        "action": control.ACTIONS,
        "delivery": control.DELIVERIES,
        "query": paths.QUERIES,
        "Graph unreadable": graph.UNREADABLE,
        "Graph message": graph.MESSAGES_ROWS,
        "Graph call": graph.CALLS_ROWS,
        "Graph settings": graph.SETTINGS_ROWS,
        "Graph path": graph.PATHS,
    }.items()
    for name, bad in rows.items()
}


async def state(play: Play) -> Any:
    """Everything but the journal."""
    saved = (await play.http.get("/_sandbox/snapshot")).json()
    for app in saved["apps"]:
        del app["journal"], app["journal_last"]
    del saved["feed_last"]
    return saved


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """For the whole module: its tests change nothing, so they share one sandbox."""
    return "asyncio"


@pytest.fixture(scope="module")
async def lived_in() -> AsyncIterator[tuple[Play, Any]]:
    """A sandbox with some of everything, so that there is something to change; and its state."""
    async with Play() as play:
        form = {"modes": "MESSAGE", "tag": "taken", "url": "http://other.example/", "version": "3"}
        await play.partner("POST", "subscription", data=form)
        await play.request()
        await play.act("allow_temporarily")
        await play.settle()
        yield play, await state(play)


def names(bad: Bad, body: Any) -> bool:
    """Whether the answer says what is wrong: the field by name, on the control API in `field` too."""
    if "type" in body and "detail" in body:
        schemas.validate("problem", body)
        if "field" in body:
            return bool(body["field"] == bad.says and body["detail"].startswith(f"{bad.says}: "))
        return bad.says in body["detail"]
    if "error" in body:
        schemas.validate("error-meta", body)
        return bad.says in body["error"]["error_data"]["details"]
    schemas.validate("error-gupshup", body)
    return bad.says in body["message"]


def test_the_table_is_long_enough() -> None:
    """At least 60 malformed requests over all routes (E3)."""
    assert len(TABLE) >= 60


@pytest.mark.parametrize("name", TABLE)
async def test_bad_input(lived_in: tuple[Play, Any], name: str) -> None:
    """A malformed request gets a clear error in its surface's shape that names what is wrong, changes nothing, and the
    journal that has it can be read (E3).
    """
    (play, before), bad = lived_in, TABLE[name]
    last = await play.sandbox.services.store.feed_end(APP)
    method, _, path = bad.where.partition(" ")
    headers = dict(bad.headers) | {"Authorization": TOKEN} | ({"Content-Type": bad.kind} if bad.kind else {})
    answer = await play.http.request(method, path, content=bad.body, headers=headers)
    assert answer.status_code == bad.status, answer.text
    assert names(bad, answer.json()), answer.text
    assert await state(play) == before
    assert (await play.http.get(f"{C}/journal?after={last}")).status_code == 200
