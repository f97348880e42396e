"""What a step is, in a line for a reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_server.scenario.steps import Json, Step

_BUSINESS: Final = {
    "request": "the business asks {to} for permission",
    "request_template": "the business asks {to} for permission with a template",
    "call": "the business calls {to}",
    "hang_up": "the business hangs up on {to}",
    "accept": "the business takes the call of {to}",
    "reject": "the business rejects the call of {to}",
    "text": "the business writes to {to}",
}
_USER: Final = {
    "allow_always": "allows calls always",
    "allow_temporarily": "allows calls temporarily",
    "decline": "declines",
    "revoke": "takes the permission back",
    "read": "reads what came",
    "text": "writes to the business",
    "call": "calls the business",
    "pick_up": "picks up",
    "reject_call": "rejects the call",
    "hang_up": "hangs up",
}
_CLOCK: Final = {"freeze": "the clock stands", "resume": "the clock runs"}


def describe(step: Step) -> str:
    """One line: who does what, or what is expected."""
    said = _DESCRIBERS[step.kind](step)
    error = step.given.get("expect_error")
    refused = f", and is refused: {error}" if error is not None else ""
    number = f" [{step.given['from']}]" if "from" in step.given else ""
    return f"{said}{refused}{number}"


def values(given: Mapping[str, Any]) -> str:
    """`response "accept", is_permanent true, without expiration_timestamp`."""
    said = [f"{key} {shown(value)}" for key, value in given.items() if key not in {"kind", "absent"}]
    said += [f"without {key}" for key in given.get("absent", ())]
    return ", ".join(said)


def webhook(expected: Mapping[str, Any]) -> str:
    """`message_status status "sent"`."""
    return f"{expected['kind']} {values(expected)}".rstrip()


def shown(value: Any) -> str:
    """A value as JSON writes it, so that a number and its text look different."""
    return json.dumps(value, ensure_ascii=False)


def _business(step: Step) -> str:
    return _BUSINESS[step.given["business"]].format(to=step.given["to"])


def _user(step: Step) -> str:
    given = step.given
    said = f"{given['wa_id']} {_USER[given['user']]}"
    if "for_seconds" in given:
        said += f" for {given['for_seconds']:g} s"
    if "request_id" in given:
        said += f", answering {given['request_id']}"
    return said + (" from the business profile" if given.get("from_profile") else "")


def _assigned(settings: Json) -> str:
    return ", ".join(
        f"{name} = {value if isinstance(value, str) else shown(value)}" for name, value in settings.items()
    )


def _fault(step: Step) -> str:
    fault: Json = dict(step.given["fault"])
    name = fault.pop("fault")
    return f"fault {name}: {_assigned(fault)}" if fault else f"fault {name}"


def _state(step: Step) -> str:
    expected = dict(step.given["expect_state"])
    return f"state of {expected.pop('wa_id')}: {_assigned(expected)}"


_DESCRIBERS: Final[dict[str, Callable[[Step], str]]] = {
    "business": _business,
    "user": _user,
    "set_user": lambda step: f"{step.given['wa_id']} is now {_assigned(step.given['set_user'])}",
    "clock": lambda step: _CLOCK.get(step.given["clock"], f"{step.given['clock']} pass"),
    "app": lambda step: f"the app is set to {_assigned(step.given['app'])}",
    "fault": _fault,
    "expect_webhook": lambda step: f"webhook {webhook(step.given['expect_webhook'])}",
    "expect_webhooks": lambda step: f"webhooks in order: {'; '.join(map(webhook, step.given['expect_webhooks']))}",
    "expect_no_webhook": lambda step: f"no webhook {webhook(step.given['expect_no_webhook'])}",
    "expect_state": _state,
    "repeat": lambda step: f"{step.given['repeat']} times: {'; '.join(map(describe, step.steps))}",
}
