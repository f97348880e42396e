"""Whole stories in every shape that a webhook can have: each body satisfies its schema (W3, W4, A3)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from mock_server.settings import Dialect, ServerSettings
from tests.stage.play import RECEIVER, Play
from tests.stage.stories import everything
from tests.stage.watch import LEDGER

pytestmark = pytest.mark.anyio

SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "expiration": ("int", "string"),
    "reply": ("2025", "permanent-guide", "outbound-guide"),
    "context_from": ("business", "phone_number_id"),
    "status_id": ("uuid",),
    "failed": ("flat",),
    "contacts": ("trimmed", "absent"),
    "terminate_case": ("title", "list"),
    "enqueued_timestamp": ("ms",),
}
COMBINED: Final = [{}, *({name: value} for name, values in SHAPES.items() for value in values)]


async def story(dialect: Dialect, settings: dict[str, Any]) -> set[str]:
    """Play it; the kinds of webhooks that were seen. What is wrong with one fails the test by itself."""
    before = LEDGER.looked_at
    async with Play(ServerSettings(seed="stage", webhook=RECEIVER, dialect=dialect)) as play:
        await play.set(callback_permission_status="ENABLED", **settings)
        await everything(play)
        await play.settle()
        rows = (await play.control("GET", "deliveries?limit=1000"))["deliveries"]
    assert LEDGER.looked_at - before == len(rows)
    return {row["kind"].partition(":")[0] for row in rows}


KINDS: Final = {"message_status", "call_permission_reply", "message", "call_connect", "call_status", "call_terminate"}


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("variants", COMBINED, ids=lambda variants: "-".join([*variants, *variants.values()]) or "none")
async def test_every_variant(dialect: Dialect, variants: dict[str, str]) -> None:
    """Every webhook of a long story satisfies its schema, in both dialects, one variant at a time (W4)."""
    assert await story(dialect, {"variants": variants}) >= KINDS


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("contacts", ["full", "trimmed", "absent"])
async def test_without_business_scoped_ids(dialect: Dialect, contacts: str) -> None:
    """So it does where webhooks carry no BSUIDs, of users with a username and of unknown ones too (A3)."""
    settings = {"bsuid": "off", "variants": {"contacts": contacts}}
    assert await story(dialect, settings) >= KINDS
