"""`gupshup-mock snapshot`: everything into a file, and back (S2)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from mock_server.cli.group import Group
from mock_server.cli.options import with_sandbox
from mock_server.cli.printing import Output

if TYPE_CHECKING:
    from mock_server.client import SandboxClient

_FOR_THE_OWNER_ONLY = 0o600


@click.group(
    cls=Group,
    name="snapshot",
    examples=["gupshup-mock snapshot save before.json", "gupshup-mock snapshot load before.json"],
)
def command() -> None:
    """Save the whole sandbox to a file, and load it again."""


@command.command("save", examples=["gupshup-mock snapshot save before.json"])
@with_sandbox
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def save(sandbox: SandboxClient, out: Output, *, file: Path) -> None:
    """Save every app, user, delivery and journal to FILE.

    Secrets are in it, so only its owner may read it (file mode 0600).
    """
    content = sandbox.save()
    try:
        _write(file, content)
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error
    out.say({"file": str(file), "bytes": len(content)}, lambda said: f"Saved {said['bytes']} bytes to {file}.")


@command.command("load", examples=["gupshup-mock snapshot load before.json"])
@with_sandbox
@click.argument("file", type=click.File("rb"))
def load(sandbox: SandboxClient, out: Output, *, file: IO[bytes]) -> None:
    """Replace everything in the sandbox by what FILE holds (- is stdin). The clocks stand where they stood then."""
    sandbox.load(file.read())
    apps = [app["id"] for app in sandbox.apps()]
    out.say({"apps": apps}, lambda said: f"Loaded {len(said['apps'])} apps.")


def _write(file: Path, content: bytes) -> None:
    """Whatever mode the file had before."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FOR_THE_OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as stream:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, _FOR_THE_OWNER_ONLY)
        stream.write(content)
