"""What an integrator sees of a webhook, and how one goes about a call."""

from __future__ import annotations

from typing import Any, Final

import httpx

from tests.http.graph.surface import connect
from tests.stage.play import USER, Play

AT: Final = 1_767_168_000  # Unix seconds at which the stage's clocks stand
WEEK_LATER: Final = 1_767_772_800


async def seen(play: Play) -> list[Any]:
    """The value of every change that the receiver got, set-callback left out."""
    await play.settle()
    values = [change["value"] for post in play.receiver.posts for change in post.json["entry"][0]["changes"]]
    return [value for value in values if value.get("statuses", [{}])[0].get("type") != "set-callback"]


async def statuses(play: Play) -> list[Any]:
    """Every status of a message, in order."""
    return [row for value in await seen(play) for row in value.get("statuses", []) if row.get("type") != "call"]


async def call_statuses(play: Play) -> list[Any]:
    """Every status of a call, in order."""
    return [row for value in await seen(play) for row in value.get("statuses", []) if row.get("type") == "call"]


async def calls(play: Play, event: str) -> list[Any]:
    """The call of every webhook of this event, in order."""
    return [row for value in await seen(play) for row in value.get("calls", []) if row["event"] == event]


async def replies(play: Play) -> list[Any]:
    """The message of every permission reply, in order."""
    messages = [row for value in await seen(play) for row in value.get("messages", [])]
    return [row for row in messages if row["type"] == "interactive"]


def reply(message: Any) -> Any:
    """The inner object of a permission reply."""
    assert message["interactive"]["type"] == "call_permission_reply"
    return message["interactive"]["call_permission_reply"]


async def started(play: Play, to: str = USER, **changes: Any) -> str:
    """The id of a call of the business, which the user has allowed."""
    await play.act("allow_always", to)
    return call_id(await connect(play, to=to, **changes))


def call_id(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["calls"][0]["id"])


async def missed(play: Play, times: int, to: str = USER) -> None:
    """So many calls that nobody takes."""
    for _ in range(times):
        call_id(await connect(play, to=to))
        await play.advance(60)
