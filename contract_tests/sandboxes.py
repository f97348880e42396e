"""The sandbox of a run: one that runs already, or the kit's own in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import msgspec

from contract_tests.failure import CannotGoOn
from contract_tests.target.model import Where
from mock_server import ids
from mock_server.client import SandboxClient
from mock_server.errors import SandboxError

_READY_MADE: Final = "ready-made"
_CONTAINERS: Final = ("host.docker.internal", "host.containers.internal")  # how those on this machine name it


@contextmanager
def sandbox_of(where: Where, webhook_url: str) -> Iterator[SandboxClient]:
    """The sandbox that runs at `where.url`, or one in this process for as long as the context lasts."""
    if where.url:
        with SandboxClient(where.url, where.control_token or None) as client:
            _reached(client)
            yield client
        return
    with _own(where, webhook_url) as client:
        yield client


@contextmanager
def _own(where: Where, webhook_url: str) -> Iterator[SandboxClient]:
    from mock_server.http.app import Sandbox  # noqa: PLC0415  only where the kit runs the sandbox itself
    from mock_server.server import RunningServer  # noqa: PLC0415
    from mock_server.settings import ServerSettings  # noqa: PLC0415

    settings = ServerSettings(host=where.host, port=where.port, app_id=_READY_MADE, app_token=ids.new_secret("sk_"))
    if not settings.on_loopback:
        settings = msgspec.structs.replace(
            settings,
            control_token=where.control_token or None,
            allow_webhook_to=(httpx.URL(webhook_url).host,),
            allow_host=_CONTAINERS,
        )
    try:
        sandbox: Any = Sandbox(settings)  # Any: uvicorn's types for an application are not Starlette's
        server = RunningServer(lambda: sandbox, host=where.host, port=where.port, on_stop=sandbox.stop)
        server.start()
    except SandboxError as error:
        raise CannotGoOn(f"The sandbox of [sandbox] cannot be started: {error.sentence}") from None
    try:
        with SandboxClient(server.url, settings.control_token) as client:
            client.app(_READY_MADE).delete()  # the application may be configured with the ids that it has
            yield client
    finally:
        server.stop()


def _reached(client: SandboxClient) -> None:
    try:
        client.health()
        next(client.apps(), None)  # which needs the control token
    except SandboxError as error:
        raise CannotGoOn(f"The sandbox of [sandbox] cannot be used: {error.sentence}") from None
