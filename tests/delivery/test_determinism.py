"""With a seed and a frozen clock every run tells the same story, to the byte (T4)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.settings import Dialect, ServerSettings
from tests.stage.play import RECEIVER, Play
from tests.stage.stores import examples
from tests.stage.stories import STEPS, USERS, Step, lanes

pytestmark = pytest.mark.anyio

Told = tuple[dict[str, Any], dict[str, list[int]]]
# Each conversation's own steps, and the order in which the conversations begin when they run together.
STORIES = st.tuples(st.lists(STEPS, min_size=1, max_size=30), st.permutations(USERS))


def settings_of(seed: str, dialect: Dialect = Dialect.GUPSHUP) -> ServerSettings:
    return ServerSettings(seed=seed, webhook=RECEIVER, freeze_at="2026-01-01T00:00:00Z", dialect=dialect)


async def one_after_the_other(steps: list[Step], seed: str = "seven") -> Told:
    async with Play(settings_of(seed)) as play:
        answers: dict[str, list[int]] = {user: [] for user in USERS}
        for step in steps:
            answers[step.user].append(await step.take(play))
            await play.settle()
        return lanes(play), answers


async def together(steps: list[Step], begin: list[str]) -> Told:
    """Every conversation as a client of its own, all at once."""
    async with Play(settings_of("seven")) as play:

        async def converse(user: str) -> list[int]:
            return [await step.take(play) for step in steps if step.user == user]

        answers = await asyncio.gather(*(converse(user) for user in begin))
        await play.settle()
        return lanes(play), dict(zip(begin, answers, strict=True))


@settings(max_examples=examples(20), deadline=None, derandomize=True)
@given(story=STORIES)
def test_conversations_do_not_mind_each_other(story: tuple[list[Step], list[str]]) -> None:
    """Each conversation's webhooks are byte-equal, whether the requests come one by one or all at once (T4)."""
    steps, begin = story
    alone, concurrent = asyncio.run(one_after_the_other(steps)), asyncio.run(together(steps, begin))
    assert concurrent == alone


@settings(max_examples=examples(10), deadline=None, derandomize=True)
@given(steps=st.lists(STEPS, min_size=1, max_size=30))
def test_two_runs_are_one(steps: list[Step]) -> None:
    """The same requests in a second run bring the same bytes (T4)."""
    assert asyncio.run(one_after_the_other(steps)) == asyncio.run(one_after_the_other(steps))


async def test_another_seed_is_another_story() -> None:
    """Another seed makes other ids and nothing else (T4)."""
    steps = [Step(USERS[0], "request"), Step(USERS[0], "allow_always")]
    one, other = await one_after_the_other(steps), await one_after_the_other(steps, seed="eight")
    assert one != other
    assert len(one[0][USERS[0]]) == len(other[0][USERS[0]]) == 5


@pytest.mark.parametrize("dialect", Dialect)
async def test_many_users_at_once(dialect: Dialect) -> None:
    """A hundred requests at the same time, in any order, bring each user the same webhooks (T4)."""
    users = [f"9198{n:08d}" for n in range(100)]

    async def run(order: list[str]) -> dict[str, list[bytes]]:
        async with Play(settings_of("seven", dialect)) as play:
            await asyncio.gather(*(play.request(to=user) for user in order))
            await play.settle()
            found: dict[str, list[bytes]] = {}
            for post in play.receiver.posts:
                if "contacts" in post.value:
                    found.setdefault(post.value["contacts"][0]["wa_id"], []).append(post.body)
            return found

    forth, back = await run(users), await run(list(reversed(users)))
    assert forth == back
    assert len(forth) == 100
    first = [json.loads(body)["entry"][0]["changes"][0]["value"]["statuses"][0]["status"] for body in forth[users[0]]]
    assert first == (["enqueued", "sent", "delivered"] if dialect is Dialect.GUPSHUP else ["sent", "delivered"])
