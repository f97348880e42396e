"""What `serve` prints: the values to copy, that it is ready, and a line for whatever happens."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import quote

import click

from mock_server.cli.journal_lines import line
from mock_server.http.app import Sandbox
from mock_server.http.guard import UNSPECIFIED


class ServerLog:
    """`pretty` is for people, `json` one object a line; `quiet` says only that it is ready, and the values."""

    def __init__(self, style: Literal["pretty", "json", "quiet"]) -> None:
        self._style = style
        self._hidden: dict[str, float] = {}

    def ready(self, url: str, sandbox: Sandbox) -> None:
        """Requests are answered at `url`."""
        values = ready_made_values(url, sandbox)
        if self._style == "json":
            click.echo(json.dumps({"kind": "ready", "url": url, "values": values}))
            return
        click.echo("# For a .env file or a shell:")
        for name, value in values.items():
            click.echo(f"{name}={shlex.quote(value)}")
        for app in sandbox.further_apps:
            click.echo(f"# also app {app.get('id', '(made up)')} {app.get('name', '')}: gupshup-mock app list")
        click.echo(f"# The phone and the wire, for a browser: {page_of(url, sandbox)}")
        for hint in _hints(sandbox):
            click.echo(f"# {hint}")
        click.echo(f"\n{click.style('ready', fg='green', bold=True)} {url}")

    def entry(self, entry: dict[str, Any]) -> None:
        """Something happened."""
        if entry["id"] <= self._hidden.get(entry["app"], -1):
            return
        click.echo(json.dumps(entry, ensure_ascii=False) if self._style == "json" else line(entry))

    def remark(self, sentence: str) -> None:
        """Something worth knowing that no journal has."""
        click.echo(json.dumps({"kind": "note", "sentence": sentence}) if self._style == "json" else f"\n{sentence}")

    def hide(self, app_id: str) -> None:
        """Say nothing of this app."""
        self._hidden[app_id] = math.inf

    def show_again(self, app_id: str, *, after: int) -> None:
        """Say what happens in it behind this entry."""
        self._hidden[app_id] = after


def _hints(sandbox: Sandbox) -> Iterator[str]:
    """What a sandbox that other machines can reach does not do until it is told."""
    settings = sandbox.settings
    if settings.on_loopback:
        return
    if not settings.allow_host and settings.host in UNSPECIFIED:
        yield "It answers under localhost only: add --allow-host NAME for each name or address that others use."
    if not settings.allow_webhook_to:
        yield "It sends webhooks nowhere: add --allow-webhook-to HOST for the receivers that it may send to."


def page_of(url: str, sandbox: Sandbox) -> str:
    """Where the phone page is; the control token stands behind the `#`, which no browser sends."""
    token = sandbox.settings.control_token
    return f"{url}/_sandbox/phone" + (f"#token={quote(token, safe='')}" if token else "")


def ready_made_values(url: str, sandbox: Sandbox) -> dict[str, str]:
    """What an application and our own commands need to know, by the names of environment variables."""
    app, partner, control_token = sandbox.ready_made, sandbox.partner, sandbox.settings.control_token
    return {
        "GUPSHUP_BASE_URL": url,
        "GUPSHUP_APP_ID": app["id"],
        "GUPSHUP_APP_TOKEN": app["token"],
        "PARTNER_EMAIL": partner.email,
        "PARTNER_SECRET": partner.secret,
        "GRAPH_BASE_URL": url,
        "PHONE_NUMBER_ID": app["phone_number_id"],
        "WABA_ID": app["waba_id"],
        "META_APP_ID": app["meta_app_id"],
        "BUSINESS_NUMBER": app["business_number"],
        "APP_SECRET": app["app_secret"],
        "VERIFY_TOKEN": app["verify_token"],
        "GUPSHUP_MOCK_URL": url,
        "GUPSHUP_MOCK_APP": app["id"],
    } | ({"GUPSHUP_MOCK_CONTROL_TOKEN": control_token} if control_token else {})
