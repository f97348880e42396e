"""`gupshup-mock serve`: the sandbox in the foreground."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import click

from mock_server.cli.group import Command
from mock_server.cli.options import WrongSettings, option

_EXAMPLES = [
    "gupshup-mock serve",
    "gupshup-mock serve --webhook http://127.0.0.1:9000/webhooks --rules wolkvox",
    "gupshup-mock serve --config sandbox.toml --port 0 --log json",
]


@click.command(cls=Command, name="serve", examples=_EXAMPLES)
@option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings and apps (TOML); options win over it."
)
@option("--host", show_default="127.0.0.1", help="The address to listen on.")
@option("--port", type=click.IntRange(0, 65535), show_default="8400", help="0 picks a free one.")
@option("--webhook", metavar="URL", help="Where the ready-made app's webhooks go, all of them.")
@option("--dialect", type=click.Choice(["gupshup", "meta"]), show_default="gupshup", help="In whose words they are.")
@option(
    "--rules",
    type=click.Choice(["gupshup", "wolkvox", "meta", "meta-test-number"]),
    show_default="gupshup",
    help="The limits of the ready-made app.",
)
@option("--app-id", metavar="ID", help="Its id, instead of the documented one.")
@option("--app-token", metavar="TOKEN", help="Its token, instead of the documented one.")
@option(
    "--store",
    metavar="URL",
    show_default="memory",
    help="Where everything is kept: memory (till it ends), sqlite:///FILE, or postgresql://USER@HOST/DATABASE, which "
    "several processes can share.",
)
@option(
    "--control-token",
    envvar="GUPSHUP_MOCK_CONTROL_TOKEN",
    metavar="TOKEN",
    help="What the control API asks for. Required when other machines can reach --host.",
)
@option("--seed", metavar="TEXT", show_default="random", help="The same seed makes the same ids.")
@option("--freeze-at", metavar="INSTANT", help="Start with every clock standing, as at 2026-12-24T18:00:00Z.")
@option("--rate-limits/--no-rate-limits", default=None, show_default="no", help="Enforce the providers' rates.")
@option("--allow-host", multiple=True, metavar="NAME", help="A host name to answer to; may be repeated.")
@option(
    "--allow-webhook-to",
    multiple=True,
    metavar="PATTERN",
    show_default="on loopback, anywhere; else nowhere",
    help="Where webhooks may go: *.example.com, 10.0.0.0/8, a name; may be repeated.",
)
@option(
    "--published-secrets/--no-published-secrets",
    default=None,
    show_default="no",
    help="Keep the documented secrets although other machines can reach --host.",
)
@option("--demo", is_flag=True, help="Play the demo once, in an app of its own, when it serves.")
@option("--log", type=click.Choice(["pretty", "json", "quiet"]), show_default="pretty", help="What is printed.")
def command(*, config: Path | None, demo: bool, **options: Any) -> None:
    """Start the sandbox and serve until Ctrl-C or SIGTERM.

    It prints the ready-made app's values, says `ready` when it answers, and then one line for each request, event and
    delivery attempt.
    """
    gc.disable()  # until it serves: looking for garbage among modules that stay makes a start 20 ms longer
    try:
        _serve(config, options, demo=demo)
    finally:
        gc.enable()


def _serve(config: Path | None, options: dict[str, Any], *, demo: bool) -> None:
    from mock_server import configuration
    from mock_server.cli.serving import serve
    from mock_server.errors import SandboxError, SchemaError

    try:
        file = configuration.read(config) if config is not None else configuration.Configuration({}, ())
        settings = configuration.server_settings(file.server, options)
    except SchemaError as error:
        raise WrongSettings(f"--{error.path.replace('_', '-')} {error.sentence}.") from error
    except SandboxError as error:
        raise WrongSettings(error.sentence) from error
    serve(settings, file.apps, demo=demo)
