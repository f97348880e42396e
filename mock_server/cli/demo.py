"""`gupshup-mock demo`: the whole story in ten seconds."""

from __future__ import annotations

import sys
from typing import Any

import click

from mock_server.cli.group import Command
from mock_server.cli.options import json_option, saying_no
from mock_server.cli.storytelling import JsonTeller, TextTeller


@click.command(cls=Command, name="demo", examples=["gupshup-mock demo"])
@json_option
def command(*, as_json: bool) -> None:
    """See the whole story in ten seconds.

    Ask, allow, webhook, limit, a week later.

    It starts a sandbox and a small webhook receiver, has a business and two users act, checks everything that it
    prints, and ends by itself: exit code 1 when something is not as it should be.
    """
    from mock_server.client import SandboxClient
    from mock_server.demo.story import play
    from mock_server.http.app import Sandbox
    from mock_server.server import RunningServer
    from mock_server.settings import ServerSettings

    teller = JsonTeller() if as_json else TextTeller(reads_along=sys.stdout.isatty())
    sandbox: Any = Sandbox(ServerSettings())  # Any: uvicorn's types for an application are not Starlette's
    with (
        saying_no(as_json=as_json),
        RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server,
        SandboxClient(server.url) as client,
    ):
        play(client, teller)
    if not as_json:
        click.echo("\nAll as it should be. Now yours: gupshup-mock serve --webhook http://127.0.0.1:9000/webhooks")
