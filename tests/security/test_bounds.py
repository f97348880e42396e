"""Nothing that clients can make more of grows without end (DESIGN, Security; W7). Bodies, depths and numbers are in
tests/http/malformed; heads, URLs and connections in tests/server; waiting and finished deliveries in
tests/store/test_bounds.py; journal, findings and the stream of all events in tests/store/test_journal.py; subscriptions
and their headers in tests/http/partner; faults in tests/http/control/test_faults.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.engine.state import Conversation
from tests.http.shapes import problem
from tests.stage.play import APP, Play

pytestmark = pytest.mark.anyio


@pytest.mark.slow
async def test_a_thousand_apps(play: Play) -> None:
    """There are at most 1 000 apps; one more is refused, and there is room again when one is deleted."""
    for number in range(999):
        assert (await play.http.post("/_sandbox/apps", json={"id": f"app-{number}"})).status_code == 201
    refused = await play.http.post("/_sandbox/apps", json={"id": "one-more"})
    assert problem(refused, 409)["detail"] == "There are 1000 apps, which is the bound; delete one first."
    await play.http.delete("/_sandbox/apps/app-0")
    assert (await play.http.post("/_sandbox/apps", json={"id": "one-more"})).status_code == 201


@pytest.mark.slow
@pytest.mark.memory_only("it puts two million into that store at once")
async def test_two_million_users(play: Play) -> None:
    """An app has at most 2 000 000 users; one more is refused, those that are there are served."""
    await play.act("text", text="hello")
    crowd: Any = play.sandbox.services.store
    conversations: dict[str, Conversation] = crowd._cells[APP].conversations
    conversations.update(dict.fromkeys(map(str, range(1_999_999)), next(iter(conversations.values()))))
    refused = await play.act("text", "919800000001", text="hello")
    assert problem(refused, 413)["detail"] == "This app has 2000000 users, which is the bound; reset it."
    assert (await play.act("text", text="hello")).status_code == 200
