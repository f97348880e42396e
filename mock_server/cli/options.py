"""What commands have in common: the options of every client command, and how a no is said."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeVar

import click

from mock_server.cli.printing import Output
from mock_server.errors import SandboxError

_Command = Callable[..., None]
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

option = functools.partial(click.option, show_envvar=True)


class No(click.ClickException):
    """The answer is no: exit code 1, with the sentence, and with `--json` all that is known about it."""

    def __init__(self, error: SandboxError, *, as_json: bool) -> None:
        super().__init__(f"{error.code}: {error}" if isinstance(error.code, int) else str(error))
        self._json: dict[str, Any] | None = None
        if as_json:
            said = {name: getattr(error, name, None) for name in ("status", "code", "sentence", "field", "path")}
            self._json = {name: value for name, value in said.items() if value is not None}

    def show(self, file: IO[Any] | None = None) -> None:
        """On stderr, so that what is on stdout is only ever an answer."""
        if self._json is not None:
            click.echo(json.dumps({"error": self._json}, ensure_ascii=False), file=file, err=True)
        else:
            super().show(file)


class WrongSettings(click.ClickException):
    """Settings that cannot be: exit code 2 and one line."""

    exit_code = 2


@contextmanager
def saying_no(*, as_json: bool) -> Iterator[None]:
    """Turn what the sandbox refuses into exit code 1."""
    try:
        yield
    except SandboxError as error:
        raise No(error, as_json=as_json) from error


def json_option(command: _Decorated) -> _Decorated:
    """`--json`, on everything that prints."""
    return option("--json", "as_json", is_flag=True, envvar="GUPSHUP_MOCK_JSON", help="Print JSON, for programs.")(
        command
    )


def with_app(command: _Command) -> _Command:
    """A client command about one app: it gets an AppClient and an Output before its own parameters."""

    @connection_options
    @option(
        "--app",
        "app_id",
        default="00000000-0000-4000-8000-000000000001",
        envvar="GUPSHUP_MOCK_APP",
        show_default="the ready-made app",
        metavar="ID",
        help="The app.",
    )
    @functools.wraps(command)
    def with_client(*, url: str, control_token: str | None, app_id: str, as_json: bool, **given: Any) -> None:
        from mock_server.client import SandboxClient

        with saying_no(as_json=as_json), SandboxClient(url, control_token) as sandbox:
            command(sandbox.app(app_id), Output(as_json), **given)

    return with_client


def with_sandbox(command: _Command) -> _Command:
    """A client command about the whole sandbox: it gets a SandboxClient and an Output before its own parameters."""

    @connection_options
    @functools.wraps(command)
    def with_client(*, url: str, control_token: str | None, as_json: bool, **given: Any) -> None:
        from mock_server.client import SandboxClient

        with saying_no(as_json=as_json), SandboxClient(url, control_token) as sandbox:
            command(sandbox, Output(as_json), **given)

    return with_client


def http_url(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """The callback of an option that is a URL; raises BadParameter for what is none."""
    if value is not None and not value.startswith(("http://", "https://")):
        raise click.BadParameter(f"{value!r} must begin with http:// or https://", param=parameter)
    return value


def connection_options(command: _Decorated) -> _Decorated:
    """`--url`, `--control-token` and `--json`: for a command that does more than ask one sandbox."""
    url = option(
        "--url",
        default="http://127.0.0.1:8400",
        envvar="GUPSHUP_MOCK_URL",
        callback=http_url,
        show_default=True,
        help="Where the sandbox is.",
    )
    control_token = option(
        "--control-token",
        envvar="GUPSHUP_MOCK_CONTROL_TOKEN",
        metavar="TOKEN",
        help="What the sandbox was given as its control token, if it was.",
    )
    return url(control_token(json_option(command)))
