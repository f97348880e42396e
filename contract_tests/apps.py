"""The apps of a run in its sandbox: made, or taken over and given back; each test finds them as the first did."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import httpx

from contract_tests.failure import CannotGoOn
from contract_tests.numbers import Number
from contract_tests.target.model import Target, Where
from mock_server import schemas
from mock_server.client import AppClient, Refused
from mock_server.client.connection import Connection

Role = Literal["first", "second", "bodies"]


class Lent:
    """An app of the run. `number.settings` are those of the run; `leave` puts back what was before."""

    def __init__(self, number: Number, before: dict[str, Any] | None) -> None:
        self.number = number
        self._before = before

    def leave(self) -> None:
        """Delete an app that was made for the run; leave another as it was, but without its conversations."""
        if self._before is None:
            self.number.app.delete()
        else:
            _put_back(self.number, self._before)
            self.number.app.reset()


def have_app(connection: Connection, target: Target, role: Role, *, first: Number | None = None) -> Lent:
    """One of the run's apps, made, or taken over where the sandbox has it already.

    An application has one app secret for all its numbers: that of the file, or else of the `first` number.
    """
    given = _known(target.sandbox, role)
    secrets = {"app_secret": target.app_secret, "verify_token": target.verify_token}
    if first is not None:
        secrets = {name: value or first.settings[name] for name, value in secrets.items()}
    common = {name: value for name, value in secrets.items() if value} | {"dialect": target.dialect}
    # In dialect meta a new app is made with its URL, which is then taken as it is, whatever the handshake brings.
    own = {"webhook_url": target.webhook_url} if target.dialect == "meta" else {}
    body = {"name": f"contract tests: {role}", **given, **common, **own}
    try:
        return Lent(Number(connection, connection.ask("POST", "/_sandbox/apps", body=body)), None)
    except Refused as refused:
        there = _there(connection, given["id"]) if "id" in given else None
        if refused.status != httpx.codes.CONFLICT or there is None:
            raise CannotGoOn(f"The sandbox does not make the app of [sandbox]: {refused.sentence}") from None
    return _taken_over(connection, there, given, common)


def afresh(number: Number) -> None:
    """As it was when the run began: settings back, conversations, calls, deliveries, faults and journal dropped."""
    _put_back(number, number.settings)
    number.app.reset()


def _there(connection: Connection, app_id: str) -> dict[str, Any] | None:
    """The settings of an app that the sandbox has."""
    try:
        settings: dict[str, Any] = AppClient(connection, app_id).show()
    except Refused:
        return None
    return settings


def _taken_over(connection: Connection, before: dict[str, Any], given: dict[str, Any], common: dict[str, Any]) -> Lent:
    app = AppClient(connection, given["id"])
    if before["phone_number_id"] != given.get("phone_number_id", before["phone_number_id"]):
        sentence = f"has the app {given['id']} already, with phone_number_id {before['phone_number_id']}"
        raise CannotGoOn(f"The sandbox at {connection.url} {sentence}, not that of [sandbox].")
    token = {"token": given["token"]} if "token" in given else {}
    return Lent(Number(connection, app.set(**common, **token)), before)


def _known(where: Where, role: Role) -> dict[str, Any]:
    """What the target says about it, by the names of the app's settings."""
    known = {
        "first": (where.app_id, where.app_token, where.phone_number_id),
        "second": (where.second_app_id, where.second_app_token, where.second_phone_number_id),
        "bodies": ("", "", ""),
    }[role]
    return {name: value for name, value in zip(("id", "token", "phone_number_id"), known, strict=True) if value}


def _put_back(number: Number, before: dict[str, Any]) -> None:
    now = number.app.show()
    changed = {name: _back(before[name], now[name]) for name in _changeable() if now[name] != before[name]}
    if changed:
        number.app.set(**changed)


def _back(before: Any, now: Any) -> Any:
    """What to set so that it is as before: of `overrides` and `variants` each key, null where there was none."""
    return {**dict.fromkeys(now), **before} if isinstance(before, dict) and isinstance(now, dict) else before


@cache
def _changeable() -> tuple[str, ...]:
    properties = schemas.schema("app-update")["properties"]
    return tuple(name for name, said in properties.items() if "not" not in said)
