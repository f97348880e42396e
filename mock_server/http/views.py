"""What the control API shows: rows turned into JSON.

Instants are ISO 8601, and Unix seconds beside it where the providers print those.
"""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec

from mock_server import ids
from mock_server.clock import AppClock, iso, unix
from mock_server.engine import requests, windows
from mock_server.engine.engine import settled
from mock_server.engine.events import AccountSettingsUpdate, AnyEvent
from mock_server.engine.state import Call, Conversation, Request
from mock_server.engine.test_numbers import test_number
from mock_server.http.redaction import redacted_url
from mock_server.store.rows import App, Attempt, Delivery, Entry, Exchange, Fault, Found, Partner, Struck, Tried
from mock_server.store.work import world_of
from mock_server.subscriptions import Subscription

Json = dict[str, Any]


def instant(at: int | None) -> str | None:
    return None if at is None else iso(at)


def clock(row: AppClock, machine_now: int) -> Json:
    """`offset_seconds`: how far the app's time is ahead of the machine's."""
    now = row.now(machine_now)
    return {
        "now": iso(now),
        "unix": unix(now),
        "frozen": row.frozen_at is not None and row.target is None,
        "offset_seconds": (now - machine_now) / 1000,
        "advancing_to": instant(row.target),
    }


def app(row: App, partner: Partner, machine_now: int) -> Json:
    """All settings of an app, secrets included: this is the control API."""
    shown: Json = msgspec.to_builtins(row.settings)
    shown["restriction"] = row.restriction(row.clock.now(machine_now))  # one on calling lifts by itself (C8)
    shown["subscriptions"] = [subscription(s) for s in row.subscriptions]
    shown["clock"] = clock(row.clock, machine_now)
    shown["partner"] = {"id": partner.id, "email": partner.email, "secret": partner.secret}
    return shown


def subscription(row: Subscription) -> Json:
    return {
        "id": row.id,
        "url": row.url,
        "modes": [mode.value for mode in row.modes],
        "version": row.version,
        "tag": row.tag,
        "meta": dict(row.headers),
        "dialect": row.dialect.value,
        "fields": list(row.fields),
        "level": row.level.value or None,
        "active": row.active,
    }


def user(kept: Conversation, owner: App, *, seed: str, now: int) -> Json:
    """The user and the conversation as they are at `now`, whatever has not yet been polled."""
    state = settled(kept, world_of(owner, seed, now))
    rules = owner.settings.limits
    acts = test_number(state.wa_id, owner.settings)
    limits = (*windows.request_usage(state, rules, now), windows.call_usage(state, rules, now))
    return {
        "wa_id": state.wa_id,
        "bsuid": ids.bsuid(state.wa_id) if state.wa_id.isdigit() else state.wa_id,
        "name": state.user.name,
        "username": state.user.username,
        "reachability": state.user.reachability.value,
        "test_number": acts.does if acts else None,
        "permission": {
            "status": state.permission.status.value,
            "expires_at": instant(state.permission.expires_at),
            "expiration_timestamp": None if state.permission.expires_at is None else unix(state.permission.expires_at),
        },
        "requests": [_request(request, now) for request in state.requests],
        "limits": [_limit(limit) for limit in limits],
        "streak": {
            "unanswered": state.unanswered,
            "nudge_after": rules.nudge_after,
            "revoke_after": rules.revoke_after,
            "nudged": state.nudged,
        },
        "calls": [call(row) for row in state.calls],
        "service_window": {
            "open": windows.service_window_open(state, now),
            "until": instant(windows.service_window_until(state)),
        },
    }


def call(row: Call) -> Json:
    return {
        "id": row.id,
        "direction": row.direction.value,
        "state": row.state.value,
        "started_at": iso(row.started_at),
        "picked_up_at": instant(row.picked_up_at),
        "ended_at": instant(row.ended_at),
        "code": row.code,
    }


def _limit(usage: windows.Usage) -> Json:
    return {
        "name": usage.name,
        "max_allowed": usage.max_allowed,
        "current_usage": usage.current_usage,
        "frees_at": instant(usage.frees_at),
    }


def _request(row: Request, now: int) -> Json:
    return {
        "id": row.wamid,
        "gs_id": row.gs_id,
        "form": row.form.value,
        "accepted_at": iso(row.accepted_at),
        "state": row.state.value,
        "answer": row.answer.value if row.answer else None,
        "answerable": requests.answerable(row, now),
        "answerable_until": instant(requests.answerable_until(row)),
    }


def event(row: AnyEvent) -> Json:
    """An event with its instants readable; what is not set is left out."""
    listed = msgspec.to_builtins(row, builtin_types=(bytes,))
    shown = {name: value for name, value in listed.items() if value is not None}
    if isinstance(row, AccountSettingsUpdate):
        shown["calling"] = parsed(row.calling)
    contact = shown.pop("contact")
    shown.pop("sdp", None)
    for name in ("at", "expires_at", "picked_up_at", "ended_at"):
        if name in shown:
            shown[name] = iso(shown[name])
    return {"kind": shown.pop("kind"), "wa_id": contact["wa_id"] or None, **shown}


def attempt(row: Attempt) -> Json:
    shown: Json = msgspec.to_builtins(row)
    shown["at"] = iso(row.at)
    return shown


def delivery_summary(row: Delivery) -> Json:
    last = row.attempts[-1] if row.attempts else None
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind if row.event is None else row.event.topic,
        "wa_id": row.wa_id or None,
        "subscription_id": row.subscription_id,
        "url": row.url,
        "state": row.state.value,
        "created_at": iso(row.created_at),
        "due_at": iso(row.due) if row.state == "waiting" else None,
        "duplicate": row.duplicate,
        "attempts": row.attempted,
        "last": attempt(last) if last else None,
    }


def delivery(row: Delivery) -> Json:
    """With body, headers and attempts."""
    shown = delivery_summary(row)
    del shown["last"]
    body = parsed(row.body)
    shown["body"] = body if not isinstance(body, str) else None
    if isinstance(body, str) and row.body is not None:
        shown["raw_base64"] = base64.b64encode(row.body).decode()
    shown["headers"] = dict(row.headers)
    shown["attempts"] = [attempt(a) for a in row.attempts]
    return shown


def fault(row: Fault) -> Json:
    """What goes wrong, on what, and how often it was considered, has fired, and still can."""
    shown: Json = {"id": row.id, "fault": row.fault}
    shown |= {"route": row.route} if row.webhook is None else {"webhook": row.webhook}
    shown |= {name: getattr(row, name) for name in _FAULT_FIELDS.get(row.fault, ())}
    if row.body is not None:
        shown["body"] = parsed(row.body)
    shown |= {"times": row.times, "probability": row.probability, "seed": row.seed}
    left = None if row.times is None else row.times - row.fired
    return shown | {"considered": row.considered, "fired": row.fired, "left": left}


_FAULT_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "status": ("status", "processed"),
    "error": ("code",),
    "delay": ("seconds",),
    "close": ("when",),
    "reorder": ("seconds",),
}


def entry(row: Entry) -> Json:
    """A line of the journal."""
    shown: Json = {
        "id": row.number,
        "app": row.app_id,
        "at": iso(row.at),
        "machine_at": iso(row.machine_at),
        "kind": row.kind,
    }
    if row.wa_id:
        shown["wa_id"] = row.wa_id
    return shown | _record(row)


def _record(row: Entry) -> Json:
    record = row.record
    if isinstance(record, Exchange):
        shown: Json = msgspec.to_builtins(record, builtin_types=(bytes,))
        del shown["kind"]
        return shown | {
            "headers": _headers(record.headers),
            "body": parsed(record.body),
            "answer": parsed(record.answer),
        }
    if isinstance(record, Tried):
        said = {"delivery_id": record.delivery_id, "url": redacted_url(record.url), "what": record.what}
        return said | {"state": record.state.value, "attempt": attempt(record.attempt)}
    if isinstance(record, Found):
        finding = record.finding
        return {"rule": finding.rule, "seen": finding.seen, "expected": finding.expected, "source": finding.source}
    if isinstance(record, Struck):
        return {"fault_id": record.fault_id, "fault": record.fault, "sentence": record.sentence}
    if row.kind == "event":
        return {"event": event(record)}  # type: ignore[arg-type]  # what is left are events
    return {"sentence": record.sentence}  # type: ignore[union-attr]  # clock moves and remarks


def _headers(lines: bytes) -> dict[str, str]:
    """By name; of a name that came several times the values in one, with commas between them (RFC 9110, 5.3)."""
    shown: dict[str, str] = {}
    for line in lines.decode("latin-1").split("\n"):
        name, colon, value = line.partition(": ")
        if colon:  # else the last name was cut
            shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def parsed(body: bytes | None) -> Any:
    """Recorded bytes as JSON, or as text where they are none that can be said again (a lone surrogate, a cut)."""
    if body is None:
        return None
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
