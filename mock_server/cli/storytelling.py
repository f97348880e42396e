"""How the demo is told: in lines for people, or in JSON for programs."""

from __future__ import annotations

import json
import threading

import click

PAUSE_SECONDS = 0.3  # before each step, where somebody reads along


class TextTeller:
    """Numbered steps with what one sees beneath. With `reads_along` it is slow enough to follow."""

    def __init__(self, *, reads_along: bool) -> None:
        self._pause = PAUSE_SECONDS if reads_along else 0.0
        self._steps = 0

    def step(self, what: str) -> None:  # the protocol of `mock_server.demo.story.Teller`
        if self._pause:
            threading.Event().wait(self._pause)
        self._steps += 1
        click.echo(f"{self._steps:>2}  {click.style(what, bold=True)}")

    def shows(self, evidence: str, *, holds: bool) -> None:
        mark = click.style("ok", fg="green") if holds else click.style("NOT SO", fg="red")
        click.echo(f"      {mark}  {evidence}")


class JsonTeller:
    """One object a line."""

    def step(self, what: str) -> None:
        click.echo(json.dumps({"kind": "step", "what": what}, ensure_ascii=False))

    def shows(self, evidence: str, *, holds: bool) -> None:
        click.echo(json.dumps({"kind": "evidence", "evidence": evidence, "holds": holds}, ensure_ascii=False))
