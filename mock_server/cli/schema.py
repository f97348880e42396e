"""`gupshup-mock schema`: the JSON Schemas of everything that goes over the wire, and checking a file against one."""

from __future__ import annotations

import json
from typing import Any

import click

from mock_server import configuration, schemas
from mock_server.cli.group import Group
from mock_server.cli.options import json_option, saying_no
from mock_server.cli.printing import Output
from mock_server.errors import Malformed


@click.group(cls=Group, name="schema", examples=["gupshup-mock schema check config sandbox.toml"])
def command() -> None:
    """JSON Schemas, and checking a file against one.

    Of messages, answers, webhooks, the control API and the configuration file.
    """


@command.command("list", examples=["gupshup-mock schema list"])
@json_option
def list_schemas(as_json: bool) -> None:
    """List the names of all schemas."""
    Output(as_json).say(schemas.names(), "\n".join)


def _names(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in schemas.names() if name.startswith(incomplete)]


@command.command("show", examples=["gupshup-mock schema show message-interactive-call_permission_request"])
@click.argument("name", shell_complete=_names)
@json_option
def show(*, name: str, as_json: bool) -> None:
    """Print a schema."""
    with saying_no(as_json=as_json):
        Output(as_json=True).say(schemas.schema(name), str)


@command.command(
    "check",
    examples=["gupshup-mock schema check message request.json", "gupshup-mock schema check config sandbox.toml"],
)
@click.argument("name", shell_complete=_names)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@json_option
def check(*, name: str, file: str, as_json: bool) -> None:
    """Check a FILE against a schema; exit code 1 when it does not satisfy it.

    It is JSON, or TOML when its name ends so; - is JSON from stdin. With the schema `message` the one for the message's
    own type is picked first, as the sandbox does.
    """
    with saying_no(as_json=as_json):
        schemas.schema(name)  # whether there is one of this name
        value = _content(file)
        chosen = schemas.message_schema(value) if name == "message" else name
        schemas.validate(chosen, value)
    Output(as_json).say({"file": file, "schema": chosen}, lambda said: f"{said['file']} satisfies {chosen}.")


def _content(file: str) -> Any:
    read = configuration.json_of_toml if file.endswith(".toml") else json.loads
    try:
        with click.open_file(file, "rb") as stream:
            return read(stream.read())
    except (ValueError, RecursionError) as error:
        raise Malformed("content", f"{file} cannot be read: {error}") from None
