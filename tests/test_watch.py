"""The watch over webhooks (tests/stage/watch.py): it sees what is wrong, and no sandbox of a test is without it."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest

from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from mock_server.store.protocol import Store
from mock_server.store.rows import App
from mock_server.store.work import Kept, Now
from tests.stage.play import APP, RECEIVER, Play
from tests.stage.receiver import ScriptedSender
from tests.stage.watch import Ledger, a_sandbox, look_at_served

TESTS = Path(__file__).parent


async def break_its_number(store: Store) -> None:
    """Give the ready-made app a number that no schema allows, past every check."""

    def broken(app: App, _: Now) -> Kept:
        return Kept(
            app=msgspec.structs.replace(app, settings=msgspec.structs.replace(app.settings, business_number="x"))
        )

    await store.change_app(APP, broken)


@pytest.mark.anyio
async def test_a_wrong_webhook_is_found() -> None:
    """A webhook with one field that its schema refuses is found, whatever the test was about."""
    ledger = Ledger()
    async with Play(ledger=ledger) as play:
        await play.request()
        await play.settle()
        assert (ledger.wrong, ledger.looked_at) == ([], 4)  # set-callback, enqueued, sent, delivered
        await break_its_number(play.sandbox.services.store)
        await play.act("allow_always")
    assert len(ledger.wrong) == 2
    assert "gupshup message_status: " in ledger.wrong[0]
    assert "display_phone_number: must be" in ledger.wrong[0]
    assert "gupshup call_permission_reply: " in ledger.wrong[1]


@pytest.mark.anyio
async def test_what_is_sent_on_purpose_may_be_wrong() -> None:
    """A body without an event behind it is nobody's claim: it is not looked at."""
    ledger = Ledger()
    async with Play(ledger=ledger) as play:
        await play.control("POST", "webhooks", json={"body": {"nothing": "like a webhook"}})
        await play.settle()
        assert [post.json for post in play.receiver.posts] == [{"nothing": "like a webhook"}]
    assert (ledger.wrong, ledger.looked_at) == ([], 0)


@pytest.mark.memory_only("it reaches into the store from another thread")
def test_a_wrong_webhook_of_another_process_is_found() -> None:
    """What a sandbox out of reach has said is found through its control API."""
    here, there = Ledger(), Ledger()
    sandbox = a_sandbox(ServerSettings(webhook=RECEIVER), ledger=there, sender=ScriptedSender())
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server:
        asyncio.run(break_its_number(sandbox.services.store))
        acts = f"{server.url}/_sandbox/apps/{APP}/users/919812345678/actions"
        assert httpx.post(acts, json={"action": "allow_always"}).status_code == 200
        look_at_served(server.url, ledger=here)
    assert [line.partition(":")[0] for line in here.wrong] == ["gupshup call_permission_reply"]
    assert len(there.wrong) == 1


def test_the_watch_is_on_for_every_test() -> None:
    """Only the stage makes sandboxes and couriers, so that none escapes the watch."""
    found = [
        f"{file.relative_to(TESTS)}:{node.lineno}"
        for file in TESTS.rglob("*.py")
        if file.relative_to(TESTS).parts[0] not in {"stage", "benchmarks"}
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Sandbox", "Courier"}
    ]
    assert found == []
