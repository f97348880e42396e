"""Running the sandbox in the foreground: what can go wrong at the start, and the demo beside it."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Sequence
from typing import Any

import click

from mock_server.cli.options import No, WrongSettings
from mock_server.cli.server_log import ServerLog
from mock_server.errors import SandboxError
from mock_server.http.app import Sandbox
from mock_server.server import run
from mock_server.server.sockets import CannotListen, url_of
from mock_server.settings import ServerSettings


def serve(settings: ServerSettings, apps: Sequence[dict[str, Any]], *, demo: bool) -> None:
    """Serve until a signal.

    Raises WrongSettings (exit code 2) for settings that cannot be, No (exit code 1) when it cannot listen.
    """
    log = ServerLog(settings.log)
    sandbox: Any  # uvicorn's types for an application are not Starlette's
    try:
        on_entry = None if settings.log == "quiet" else log.entry  # nobody reads it: then it costs nothing
        sandbox = Sandbox(settings, apps=apps, on_entry=on_entry)
        if demo:
            sandbox.services.targets.check("127.0.0.1", "127.0.0.1")  # its receiver is there

        def ready(host: str, port: int) -> None:
            gc.enable()  # it was off for the start, which makes much and drops nothing
            log.ready(url_of(host, port), sandbox)
            if demo:
                log.hide("demo")
                threading.Thread(target=_play, args=(url_of(host, port), settings, log), daemon=True).start()

        run(sandbox, host=settings.host, port=settings.port, on_ready=ready, on_stop=sandbox.stop)
    except CannotListen as error:
        raise No(error, as_json=False) from error
    except SandboxError as error:
        raise WrongSettings(error.sentence) from error


def _play(url: str, settings: ServerSettings, log: ServerLog) -> None:
    from mock_server.cli.storytelling import JsonTeller, TextTeller
    from mock_server.client import SandboxClient
    from mock_server.demo.story import APP, play

    teller = JsonTeller() if settings.log == "json" else TextTeller(reads_along=sys.stdout.isatty())
    try:
        with SandboxClient(url, settings.control_token) as sandbox:
            play(sandbox, teller)
            log.show_again(APP, after=max(entry["id"] for entry in sandbox.app(APP).journal()))
        log.remark("The demo is over, and its app `demo` still there; the sandbox goes on serving.")
    except SandboxError as error:
        log.show_again(APP, after=0)
        click.echo(f"The demo ended early: {error.sentence}", err=True)
