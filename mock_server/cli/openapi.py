"""`gupshup-mock openapi`: the OpenAPI document, of this version, without a running sandbox."""

from __future__ import annotations

from typing import Any

import click

from mock_server.cli.group import Command
from mock_server.cli.options import json_option
from mock_server.cli.printing import Output


@click.command(cls=Command, name="openapi", examples=["gupshup-mock openapi > openapi.json"])
@json_option
def command(as_json: bool) -> None:
    """Print the OpenAPI 3.1 document.

    It describes every surface and the webhooks.
    """
    from mock_server.client import SandboxClient
    from mock_server.http.app import Sandbox
    from mock_server.server import RunningServer
    from mock_server.settings import ServerSettings

    sandbox: Any = Sandbox(ServerSettings())  # Any: uvicorn's types for an application are not Starlette's
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server, SandboxClient(server.url) as client:
        Output(as_json=True).say(client.openapi(), str)
