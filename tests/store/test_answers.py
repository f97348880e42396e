"""What a request causes waits for its answer."""

from __future__ import annotations

import asyncio

import pytest

from mock_server.store.answers import Answers

pytestmark = pytest.mark.anyio


async def test_an_answer_that_is_written_already_is_not_waited_for() -> None:
    """Whoever comes to wait after the answer's last byte goes on at once (W6)."""
    answers = Answers()
    first, second = answers.begin("app", "919812345678"), answers.begin("app", "919812345678")
    outstanding = answers.outstanding("app", "919812345678")
    assert outstanding == (first, second)
    second.written()
    first.written()
    async with asyncio.timeout(1):
        for unanswered in outstanding:
            await unanswered.wait()
    assert answers.outstanding("app", "919812345678") == ()


async def test_what_is_not_answered_is_waited_for() -> None:
    """Nothing goes on before the answer is written; other users and apps are none of its business (W6)."""
    answers = Answers()
    unanswered = answers.begin("app", "919812345678")
    waiting = asyncio.ensure_future(unanswered.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    assert answers.outstanding("app", "919812345679") == answers.outstanding("other", "919812345678") == ()
    unanswered.written()
    async with asyncio.timeout(1):
        await waiting
