"""The command line as the tests have it."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from mock_server.cli.main import cli


class CommandLine:
    """`gupshup-mock` as a person at a terminal without colours has it."""

    def __init__(self, url: str, receiver: str) -> None:
        self.url = url
        self.receiver = receiver

    def run(self, *words: str, stdin: str | None = None, env: dict[str, str] | None = None) -> Result:
        environment = {"GUPSHUP_MOCK_URL": self.url} | (env or {})
        return CliRunner().invoke(cli, list(words), input=stdin, env=environment, prog_name="gupshup-mock")

    def done(self, *words: str, stdin: str | None = None) -> str:
        """What it printed, with RECEIVER for the receiver's URL; fails unless it ended with 0."""
        result = self.run(*words, stdin=stdin)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout.replace(self.receiver, "RECEIVER")

    def refused(self, *words: str) -> str:
        """What it printed to say no; fails unless it ended with 1 and without an answer."""
        result = self.run(*words)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        return result.stderr

    def misused(self, *words: str) -> str:
        """The last line of what it printed; fails unless it ended with 2."""
        result = self.run(*words)
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        return result.stderr.splitlines()[-1]

    def json(self, *words: str, stdin: str | None = None) -> Any:
        """What it printed with `--json`."""
        return json.loads(self.done(*words, "--json", stdin=stdin))
