"""A journal entry as one readable line: for `serve`, `events` and `journal`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from mock_server.cli.printing import plain

Json = dict[str, Any]

_KIND_WIDTH: Final = 9


def line(entry: Json) -> str:
    """Time in the app, kind, and what happened. Coloured: `click.echo` takes that away where there is no terminal."""
    kind = entry["kind"]
    colour = _COLOURS.get(kind, _no_colour)(entry)
    text = plain(_SAID.get(kind, _remark)(entry))
    when = str(entry["at"])[:19].replace("T", " ") if "at" in entry else ""
    return f"{when:<19}  {click.style(f'{kind:<{_KIND_WIDTH}}  {text}', fg=colour)}"


def _request(entry: Json) -> str:
    about = f" {entry['wa_id']}" if entry.get("wa_id") else ""
    return f"{entry['method']} {entry['path']}{about} -> {entry['status']}{_refusal(entry['answer'])}"


def _refusal(answer: Any) -> str:
    """What an answer says that is an error, in whichever shape (E1, E2)."""
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    if isinstance(error, dict):
        return f" {error.get('message')}: {error.get('error_data', {}).get('details', '')}"
    if answer.get("status") == "error":
        return f" {answer.get('message')}"
    return f" ({answer['code']}) {answer['reason']}" if "reason" in answer and "code" in answer else ""


def _event(entry: Json) -> str:
    event = entry["event"]
    if "sentence" in event:  # what WhatsApp tells nobody: an expiry, a nudge
        return f"{event['wa_id']}: {event['sentence']}"
    about = f" {event['wa_id']}" if event.get("wa_id") else ""
    details = [str(event[name]) for name in ("status", "response", "text", "event", "subject") if event.get(name)]
    if event.get("response") == "accept":
        details.append("permanent" if event.get("is_permanent") else f"until {event.get('expires_at')}")
    if event.get("automatic"):
        details.append("automatic")
    if event.get("code"):
        details.append(f"failed with {event['code']}")
    return " ".join([event["kind"] + about, *details])


def _delivery(entry: Json) -> str:
    attempt, about = entry["attempt"], f" {entry['wa_id']}" if entry.get("wa_id") else ""
    took = f" in {attempt['seconds'] * 1000:.0f} ms" if attempt["outcome"] == "answered" else ""
    left = {"delivered": "", "waiting": f" (attempt {attempt['number']}; will be tried again)"}
    end = left.get(entry["state"], f" ({entry['state']} after {attempt['number']} attempts)")
    return f"{entry['what']}{about} -> {entry['url']} {attempt['sentence']}{took}{end}"


def _finding(entry: Json) -> str:
    about = f" {entry['wa_id']}" if entry.get("wa_id") else ""
    return f"{entry['rule']}{about}: {entry['seen']}. Expected: {entry['expected']} ({entry['source']})"


def _fault(entry: Json) -> str:
    about = f" {entry['wa_id']}" if entry.get("wa_id") else ""
    return f"{entry['fault']} (fault {entry['fault_id']}){about}: {entry['sentence']}"


def _remark(entry: Json) -> str:
    if "count" in entry:
        return f"{entry['count']} entries are no longer kept"
    return str(entry.get("sentence", ""))


def _no_colour(_: Json) -> str | None:
    return None


def _colour_of_request(entry: Json) -> str:
    return "green" if entry["status"] < 400 else "yellow"


def _colour_of_delivery(entry: Json) -> str:
    return {"delivered": "cyan", "waiting": "yellow"}.get(entry["state"], "red")


_SAID: Final[dict[str, Callable[[Json], str]]] = {
    "request": _request,
    "event": _event,
    "delivery": _delivery,
    "violation": _finding,
    "advice": _finding,
    "fault": _fault,
}
_COLOURS: Final[dict[str, Callable[[Json], str | None]]] = {
    "request": _colour_of_request,
    "delivery": _colour_of_delivery,
    "violation": lambda _: "red",
    "advice": lambda _: "yellow",
    "fault": lambda _: "magenta",
    "lost": lambda _: "red",
}
