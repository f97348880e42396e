"""A flood of refused requests does not fill the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

import pytest

from mock_server.server import Limits, RunningServer
from mock_server.server.complaints import Complaints
from mock_server.server.refusals import not_http, too_many_pipelined
from tests.server.raw_client import RawClient
from tests.server.tiny_app import TinyApp

LOG = "uvicorn.error"


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [row.getMessage() for row in caplog.records if row.getMessage().startswith("Refused")]


def test_the_first_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """Of a hundred clients that speak no HTTP the log tells the first, and the others are only counted."""
    caplog.set_level(logging.WARNING, LOG)
    app = TinyApp()
    with RunningServer(lambda: app, on_stop=app.on_stop, limits=Limits(linger_seconds=0.1)) as server:
        for _ in range(100):
            with RawClient(server) as rude:
                rude.send(b"\x16\x03\x01\r\n\r\n")
                assert rude.answer().status == 400
    assert len(refusals(caplog)) == 1
    assert refusals(caplog)[0].startswith("Refused with 400: This is not a proper HTTP/1.1 request: ")


class Minutes:
    """An event loop whose time passes when it is told to."""

    def __init__(self) -> None:
        self._later: list[tuple[Callable[..., None], tuple[Any, ...]]] = []

    def call_later(self, seconds: float, call: Callable[..., None], *args: Any) -> None:
        assert seconds == 60
        self._later.append((call, args))

    def pass_one(self) -> None:
        later, self._later = self._later, []
        for call, args in later:
            call(*args)


def test_the_others_are_summed_up(caplog: pytest.LogCaptureFixture) -> None:
    """Once a minute the log tells how many more there were, with the last; after a minute without any, the next one."""
    caplog.set_level(logging.WARNING, LOG)
    complaints, minutes = Complaints(), Minutes()
    loop = cast(asyncio.AbstractEventLoop, minutes)
    for refused in (not_http("a"), not_http("b"), too_many_pipelined(Limits())):
        complaints.tell(refused, loop)
    minutes.pass_one()
    minutes.pass_one()
    complaints.tell(not_http("c"), loop)
    assert refusals(caplog) == [
        "Refused with 400: This is not a proper HTTP/1.1 request: a.",
        "Refused 2 more in the last 60 s; the last with 429: More than 64 requests were sent ahead of their answers.",
        "Refused with 400: This is not a proper HTTP/1.1 request: c.",
    ]
