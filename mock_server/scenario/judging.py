"""What was expected against what came: one list of differences decides and explains. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from mock_server.scenario.describing import shown
from mock_server.scenario.steps import Json, seconds
from mock_server.scenario.webhooks import Webhook, brief, found


def differences(expected: Json, webhook: Webhook) -> list[str]:
    """What is otherwise than expected, a line each; none when this is the webhook."""
    if webhook.kind != expected["kind"]:
        return [f"kind: expected {expected['kind']}, came {webhook.kind}"]
    lines = [_value(key, wanted, webhook.value) for key, wanted in expected.items() if key not in _SPECIAL]
    lines += [_absent(key, webhook.value) for key in expected.get("absent", ())]
    lines += [_expiry(expected["expires_in"], webhook.value)] if "expires_in" in expected else []
    lines += [] if webhook.answered else [f"it was not delivered: {webhook.outcome}"]
    return [line for line in lines if line]


def not_come(expected: Json, webhooks: Sequence[Webhook]) -> list[str]:
    """Why none of these is the expected one: the differences of the nearest, and what it is."""
    if not webhooks:
        return ["no further webhook came"]
    rivals = [webhook for webhook in webhooks if webhook.kind == expected["kind"]]
    if not rivals:
        came = ", ".join(dict.fromkeys(map(brief, webhooks)))
        return [f"no {expected['kind']} came; what came and no step has matched: {came}"]
    nearest = min(rivals, key=lambda webhook: len(differences(expected, webhook)))
    return [*differences(expected, nearest), f"in the nearest that came: {brief(nearest)} at {nearest.at}"]


def state_differences(expected: Json, user: Json, now: int) -> list[str]:
    """What is otherwise in the user's conversation; `user` and `now` (Unix seconds) as the control API shows them."""
    lines = []
    for name, wanted in expected.items():
        if name in {"wa_id", "expires_in"}:
            continue
        came = _STATE[name](user)
        if came != wanted:
            lines.append(f"{name}: expected {shown(wanted)}, is {shown(came)}")
    if "expires_in" in expected:
        expires = user["permission"]["expiration_timestamp"]
        left = None if expires is None else expires - now
        if left != seconds(expected["expires_in"]):
            is_now = "no expiry" if left is None else f"{left} s"
            lines.append(f"expires_in: expected {expected['expires_in']}, is {is_now}")
    return lines


def refusal_differences(expected: int | str | None, *, code: int | str, status: int, sentence: str) -> list[str]:
    """A refusal came. `expected` is a provider's code, an HTTP status, or a part of the sentence."""
    if expected is None:
        return [f"refused with {code}: {sentence}"]
    met = expected in {code, status} or (isinstance(expected, str) and expected.lower() in sentence.lower())
    return [] if met else [f"error: expected {expected}, came {code}: {sentence}"]


def _value(key: str, wanted: Any, value: Json) -> str:
    there = list(found(key, value))
    if any(_equal(wanted, one) for one in there):
        return ""
    if not there:
        return f"{key}: expected {shown(wanted)}, is not there"
    return f"{key}: expected {shown(wanted)}, came {' and '.join(dict.fromkeys(map(shown, there)))}"


def _absent(key: str, value: Json) -> str:
    there = list(found(key, value))
    return f"{key}: expected not to be there, came {shown(there[0])}" if there else ""


def _expiry(wanted: str, value: Json) -> str:
    """From the reply's own timestamp, whether the expiry is a number or a text."""
    expiries = [*found("expiration_timestamp", value), *found("expiration_time", value)]
    stamps = list(found("timestamp", value))
    if not expiries or not stamps:
        return f"expires_in: expected {wanted}, no expiry is there"
    lives = int(expiries[0]) - int(stamps[0])
    return "" if lives == seconds(wanted) else f"expires_in: expected {wanted}, came {lives} s"


def _equal(wanted: Any, came: Any) -> bool:
    """Equal in type, too: true is not 1, and "5" is not 5. An object need only have what is wanted of it."""
    if isinstance(wanted, dict):
        return isinstance(came, dict) and all(key in came and _equal(one, came[key]) for key, one in wanted.items())
    return isinstance(wanted, bool) == isinstance(came, bool) and bool(wanted == came)


def _newest(name: str, key: str) -> Callable[[Json], Any]:
    def look(user: Json) -> Any:
        return (user[name][-1][key] or "none") if user[name] else "none"

    return look


def _usage(name: str) -> Callable[[Json], Any]:
    return lambda user: next(limit["current_usage"] for limit in user["limits"] if limit["name"] == name)


_SPECIAL: Final = frozenset({"kind", "absent", "expires_in"})
_STATE: Final[dict[str, Callable[[Json], Any]]] = {
    "permission": lambda user: user["permission"]["status"],
    "request": _newest("requests", "state"),
    "answer": _newest("requests", "answer"),
    "answerable": lambda user: bool(user["requests"]) and user["requests"][-1]["answerable"],
    "requests_per_24h": _usage("requests_per_24h"),
    "requests_per_7d": _usage("requests_per_7d"),
    "connected_calls_per_24h": _usage("connected_calls_per_24h"),
    "unanswered": lambda user: user["streak"]["unanswered"],
    "nudged": lambda user: user["streak"]["nudged"],
    "call": _newest("calls", "state"),
    "service_window": lambda user: "open" if user["service_window"]["open"] else "closed",
    "reachability": lambda user: user["reachability"],
}
