"""Answers of the control API as text for people: what commands pass to `Output.say`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mock_server.cli.printing import plain, table

Json = dict[str, Any]

# Users and calls


def user(shown: Json) -> str:
    """A user and the conversation."""
    permission, streak, window = shown["permission"], shown["streak"], shown["service_window"]
    username = f"  @{shown['username']}" if shown["username"] else ""
    rows = [
        ("permission", _permission(permission)),
        ("reachability", shown["reachability"]),
        ("service window", f"open until {window['until']}" if window["open"] else "closed"),
        ("unanswered", f"{streak['unanswered']} calls in a row; {_consequence(streak)}"),
        *(("limit", _limit(limit)) for limit in shown["limits"]),
        *(("request", _request(request)) for request in shown["requests"]),
        *(("call", _call(row)) for row in shown["calls"]),
    ]
    if shown["test_number"]:
        rows.insert(0, ("test number", shown["test_number"]))
    head = f"{shown['wa_id']}  {shown['name']}{username}  {shown['bsuid']}"
    return "\n".join([plain(head), *(f"  {name:<15} {plain(value)}" for name, value in rows)])


def users(rows: list[Json]) -> str:
    """One line each."""
    head = ("wa_id", "name", "permission", "requests", "calls", "reachability")
    cells = [
        (
            row["wa_id"],
            row["name"],
            _permission(row["permission"]),
            len(row["requests"]),
            len(row["calls"]),
            row["reachability"],
        )
        for row in rows
    ]
    return table(head, cells, empty="No users yet: the app has had to do with nobody.")


def acted(answer: Json) -> str:
    """What came of what the user did: the permission, and the webhooks."""
    shown = answer["user"]
    sent = [f"  {row['kind']} -> {row['url']}: {outcome(row)}" for row in answer["deliveries"]]
    none = (
        []
        if sent
        else ["  no webhook: nobody has subscribed to it (serve --webhook URL)"]
        if answer["events"]
        else ["  no webhook"]
    )
    profile = "  (from the profile, answering no request)" if any(map(_from_profile, answer["events"])) else ""
    return "\n".join([f"{shown['wa_id']}: {_permission(shown['permission'])}{profile}", *map(plain, sent), *none])


def _from_profile(event: Json) -> bool:
    """Whether the user granted without a request to answer (P2)."""
    return event["kind"] == "call_permission_reply" and event["response"] == "accept" and "context_id" not in event


def called(answer: Json) -> str:
    """A call by the business."""
    return plain(_call(answer["call"]))


# Clock and app


def clock(shown: Json) -> str:
    """The time in the app."""
    if shown["advancing_to"]:
        return f"{shown['now']}  (advancing to {shown['advancing_to']})"
    if shown["frozen"]:
        return f"{shown['now']}  (frozen)"
    ahead = round(shown["offset_seconds"])
    return f"{shown['now']}  (running, {abs(ahead)} s {'behind' if ahead < 0 else 'ahead of'} this machine)"


def advanced(shown: Json) -> str:
    """The time after an advance, and what happened on the way."""
    counted = f"timers fired: {shown['fired']}, webhooks attempted: {shown['attempted']}, failed: {shown['failed']}"
    return f"{clock(shown)}\n{counted}"


def app(shown: Json) -> str:
    """All settings, written as `app set` takes them; then what is not set by it."""
    settings = {name: value for name, value in shown.items() if name not in {"subscriptions", "clock", "partner"}}
    lines = [f"{name}={value}" for name, value in _assignments(settings)]
    lines += [f"# clock: {clock(shown['clock'])}"]
    lines += [f"# partner: {shown['partner']['email']} / {shown['partner']['secret']}"]
    lines += [_subscription(row) for row in shown["subscriptions"]] or ["# no subscription: webhooks go nowhere"]
    return "\n".join(map(plain, lines))


def apps(rows: list[Json]) -> str:
    """One line each."""
    head = ("id", "name", "business_number", "rules", "dialect", "subscriptions")
    cells = [(*(row[name] for name in head[:-1]), len(row["subscriptions"])) for row in rows]
    return table(head, cells, empty="No apps.")


# Webhooks


def deliveries(rows: list[Json]) -> str:
    """One line each."""
    head = ("id", "kind", "wa_id", "state", "attempts", "url", "last")
    cells = [
        (row["id"], row["kind"], row["wa_id"], row["state"], row["attempts"], row["url"], outcome(row)) for row in rows
    ]
    return table(head, cells, empty="No deliveries.")


def delivery(shown: Json) -> str:
    """One with its attempts, headers and body."""
    lines = [f"{shown['id']}  {shown['kind']} -> {shown['url']}  {shown['state']}"]
    lines += [f"  attempt {row['number']} at {row['at']}: {row['sentence']}" for row in shown["attempts"]]
    lines += [f"  {name}: {value}" for name, value in shown["headers"].items()]
    body = [] if shown["body"] is None else json.dumps(shown["body"], ensure_ascii=False, indent=2).splitlines()
    return "\n".join(map(plain, [*lines, *body, *([shown["raw_base64"]] if "raw_base64" in shown else [])]))


def outcome(row: Json) -> str:
    """How the last attempt of a delivery ended."""
    if row["last"] is None:
        return "not tried yet"
    again = f"; again at {row['due_at']}" if row["state"] == "waiting" else ""
    return f"{row['last']['sentence']}{again}"


def ids(rows: list[str]) -> str:
    """One a line."""
    return "\n".join(map(plain, rows)) or "Nothing to send again."


def flushed(answer: Json) -> str:
    """Whether anything is still due."""
    if answer["idle"]:
        return f"Nothing is due; waiting for a later moment: {answer['waiting']}."
    return f"Still sending; waiting: {answer['waiting']}."


# Faults


def faults(rows: list[Json]) -> str:
    """One line each: what goes wrong, on what, and how often still."""
    head = ("id", "fault", "on", "fired", "left", "chance", "how")
    cells = [
        (
            row["id"],
            row["fault"],
            row.get("route") or f"webhook {row['webhook']}",
            row["fired"],
            "until cleared" if row["left"] is None else row["left"],
            "always" if row["probability"] == 1 else f"{row['probability']:g} (seed {row['seed']})",
            _fault_details(row),
        )
        for row in rows
    ]
    return table(head, cells, empty="No faults.")


def _fault_details(row: Json) -> str | None:
    said = {
        "status": "status {}",
        "code": "code {}",
        "seconds": "{:g} s",
        "when": "{} of the answer" if row.get("when") == "middle" else "{} the answer",
    }
    words = [text.format(row[name]) for name, text in said.items() if name in row]
    return ", ".join([*words, "processed"] if row.get("processed") else words) or None


# The sandbox


def numbers(rows: list[Json]) -> str:
    """The test numbers."""
    return table(("number", "does"), [(row["number"], row["does"]) for row in rows], empty="No test numbers.")


# Parts


def _permission(shown: Json) -> str:
    status = str(shown["status"])
    return f"{status} until {shown['expires_at']}" if shown["expires_at"] else status


def _consequence(streak: Json) -> str:
    nudged = "nudged" if streak["nudged"] else f"nudged at {streak['nudge_after']}"
    return f"{nudged}, revoked at {streak['revoke_after']}"


def _limit(shown: Json) -> str:
    frees = f", frees at {shown['frees_at']}" if shown["frees_at"] else ""
    return f"{shown['name']}: {shown['current_usage']} of {shown['max_allowed']}{frees}"


def _request(shown: Json) -> str:
    answer = f", answered {shown['answer']}" if shown["answer"] else ""
    until = f" until {shown['answerable_until']}" if shown["answerable_until"] else ""
    can = f"answerable{until}" if shown["answerable"] else "no longer answerable"
    return f"{shown['id']} {shown['form']} at {shown['accepted_at']}: {shown['state']}{answer}, {can}"


def _call(shown: Json) -> str:
    by = "by the business" if shown["direction"] == "BUSINESS_INITIATED" else "by the user"
    picked_up = f", picked up at {shown['picked_up_at']}" if shown["picked_up_at"] else ""
    failed = f", failed with {shown['code']}" if shown.get("code") else ""
    return f"{shown['id']} {by} at {shown['started_at']}{picked_up}: {shown['state']}{failed}"


def _subscription(row: Json) -> str:
    head = f"# subscription {row['id']} ({row['dialect']} v{row['version']}): {row['url']}"
    return f"{head} {','.join(row['modes'] or row['fields']) or 'every field'}"


def _assignments(settings: Json) -> Iterable[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{below}", text) for below, text in _assignments(value))
        elif isinstance(value, list):
            yield name, ",".join(map(str, value))
        else:
            yield name, value if isinstance(value, str) else json.dumps(value)
