"""`gupshup-mock verify`: the contract tests against an application. It builds a call of pytest, and that is all."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import click

from mock_server.cli.group import Command
from mock_server.cli.options import WrongSettings

_EXAMPLES: Final = [
    "gupshup-mock verify target.toml",
    "gupshup-mock verify target.toml -k receiver -x --junitxml contract.xml",
    "gupshup-mock verify target.toml --html contract.html --self-contained-html",
]
# Pytest's exit codes, and 6 of contract_tests.summary. Any other (failed, interrupted, nothing collected, an error
# inside) means that the contract was not verified.
_CODES: Final = {0: 0, 4: 2, 6: 3}
_APART: Final = 0.3  # seconds between Ctrl-C and what is then sent to pytest


@click.command(
    cls=Command,
    name="verify",
    examples=_EXAMPLES,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("target", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TARGET.toml")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, *, target: Path, pytest_arguments: tuple[str, ...]) -> None:
    """Run the contract tests against an application, and say what of WhatsApp's contract it does not keep.

    TARGET.toml says where it listens and how it is made to act; what stands behind it is pytest's (-k, -x, -v,
    --junitxml FILE, --html FILE).

    Exit codes: 0 all that was checked is kept; 1 something failed, nothing was checked, or the run was stopped; 2 the
    target file or an option cannot be used; 3 the application could not be started or reached.
    """
    if {"--help", "-h"} & set(pytest_arguments):
        click.echo(ctx.get_help())
        ctx.exit()
    ctx.exit(_CODES.get(_ended(_call(target, pytest_arguments)), 1))


def _ended(call: list[str]) -> int:
    """The exit code of a process that is told to stop when this one is, and is waited for: it has much to stop."""
    import signal
    import subprocess
    import threading

    with subprocess.Popen(call, env=_environment()) as process:

        def stop(number: int, frame: object) -> None:
            """A terminal's Ctrl-C reaches pytest, too. Of two signals at once its waiting thread may notice neither."""
            if number == signal.SIGINT:
                threading.Event().wait(_APART)
            process.terminate()

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _call(target: Path, pytest_arguments: tuple[str, ...]) -> list[str]:
    """The kit is run where it is installed, with its own configuration: nobody else's conftest or package gets in."""
    kit = _kit()
    return [
        sys.executable,
        "-P",  # the present folder, which may have a `contract_tests` of its own, is not searched
        "-m",
        "pytest",
        "-c",
        str(kit / "pytest.ini"),
        "--rootdir",
        str(kit),
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
        "-p",
        "mock_server.pytest_plugin",
        "--gupshup-target",
        str(target),
        str(kit),  # before what may be an option without its value, which would take it for that
        *pytest_arguments,
    ]


def _environment() -> dict[str, str]:
    """Ours, and where this package lies, when it is run from a checkout that is not installed."""
    home = Path(__file__).resolve().parents[2]
    if home.name in {"site-packages", "dist-packages"}:
        return dict(os.environ)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(home), *([known] if known else [])])}


def _kit() -> Path:
    from importlib.util import find_spec

    if find_spec("pytest") is None:
        sentence = "The contract tests need pytest, which is not installed: pip install 'gupshup-mock[contract]'."
        raise WrongSettings(sentence)
    kit = Path(__file__).resolve().parents[2] / "contract_tests"
    if not (kit / "pytest.ini").is_file():
        raise WrongSettings(f"The contract tests are not beside this package: {kit} is missing.")
    return kit
