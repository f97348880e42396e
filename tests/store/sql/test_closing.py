"""Nothing outlives the close of a store: no task, no connection."""

from __future__ import annotations

import asyncio
import gc
import warnings
from pathlib import Path
from typing import Any

import pytest

from mock_server.engine.state import Conversation
from mock_server.errors import Unavailable
from mock_server.store.protocol import Claim
from mock_server.store.rows import App, DeliveryState
from mock_server.store.sql.opening import sql_store
from mock_server.store.sql.store import SqlStore
from mock_server.store.work import Kept, Now
from tests.stage.conversation import an_app
from tests.stage.deliveries import a_delivery
from tests.stage.machine import START, ManualMachine
from tests.stage.stores import PARTNER

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return f"sqlite:///{tmp_path}/sandbox.db"


async def opened(url: str) -> SqlStore:
    store = sql_store(url, seed="seed", machine=ManualMachine(), partner=PARTNER)
    await store.open()
    return store


async def busy(store: SqlStore) -> list[asyncio.Task[Any]]:
    """Much is asked of it at once."""
    rows = [a_delivery(f"{n}", user=f"{n}", at=START) for n in range(40)]
    await store.add_deliveries("app", rows)
    claims = await store.claim("app", per_url=20)
    spawn = asyncio.get_running_loop().create_task
    asked: list[asyncio.Task[Any]] = [spawn(settled(store, claim)) for claim in claims]
    asked += [spawn(store.claim("app", per_url=64)) for _ in range(5)]
    asked += [spawn(store.work("app", f"9198{n:08d}", met)) for n in range(20)]
    asked += [spawn(store.app_of_token("sk_token")) for _ in range(20)]
    return asked


def met(app: App, user: Conversation, now: Now) -> Kept:
    return Kept(conversation=user)


async def settled(store: SqlStore, claim: Claim) -> bool:
    row = claim.delivery
    assert row.state is DeliveryState.WAITING
    return await store.settle("app", claim, row, ())


@pytest.mark.parametrize("turns", [0, 1, 3, 30])
async def test_whoever_waits_is_cut_off(url: str, turns: int) -> None:
    """Half of what goes on at the close is cut off before it; all of it has ended when the close has."""
    before = asyncio.all_tasks()
    store = await opened(url)
    await store.add_app(App(an_app()))
    asked = await busy(store)
    for _ in range(turns):
        await asyncio.sleep(0)
    for task in asked[::2]:
        task.cancel()
    await store.close()
    left = asyncio.all_tasks() - before - set(asked)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    expected = (asyncio.CancelledError, Unavailable)
    assert [error for error in answers if isinstance(error, BaseException) and not isinstance(error, expected)] == []
    assert left == set()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an unclosed connection says so when it is collected
        gc.collect()


async def test_what_was_claimed_and_cut_off_is_free(url: str) -> None:
    """What was claimed for nobody at the close is another start's at once, not only when a lease is over."""
    store = await opened(url)
    await store.add_app(App(an_app()))
    asked = await busy(store)
    for task in asked:
        task.cancel()
    await store.close()
    await asyncio.gather(*asked, return_exceptions=True)
    store = await opened(url)
    assert len(await store.claim("app", per_url=64)) == 40
    await store.close()
