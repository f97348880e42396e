"""What is wrong with a target file though its schema does not see it, or cannot say it so that it helps."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

from contract_tests.target.braces import RUN, USER, names_in
from contract_tests.target.model import ACTIONS, Action, Target
from mock_server import schemas
from mock_server.errors import SchemaError

_STORE: Final = ("break_store", "mend_store")  # which are about nobody


def check_document(document: dict[str, Any]) -> None:
    """Slips to which the schema would have a less helpful answer. Raises SchemaError, whose path is the key."""
    tables = schemas.schema("target")["properties"]
    for key in document:
        if key in tables["integrator"]["properties"]:
            table = "integrator.env" if key == "env" else "integrator"
            raise wrong(key, f"stands outside of its table: it belongs under [{table}]")
        if key in ACTIONS:
            raise wrong(key, f"stands outside of its table: write [actions.{key}]")
    integrator = document.get("integrator")
    start = integrator.get("start") if isinstance(integrator, dict) else None
    if isinstance(start, str):
        raise wrong("integrator.start", f"must be a list of words, such as {_words(start)}")


def check(target: Target) -> None:
    """What a schema cannot see. Raises SchemaError, whose path is the key."""
    _check_url("integrator.webhook_url", target.webhook_url)
    for name, text in target.env.items():
        _check_braces(f"integrator.env.{name}", text, RUN)
    _check_braces("integrator.start", list(target.start), RUN)
    for name, action in target.actions.items():
        _check_braces(f"actions.{name}", action.texts, (*USER, *RUN))
        _check_names_somebody(action)
        _check_states(action)
    for one, other in (_STORE, _STORE[::-1]):
        if one in target.actions and other not in target.actions:
            raise wrong(f"actions.{other}", f"is required beside actions.{one}")


def wrong(key: str, sentence: str) -> SchemaError:
    return SchemaError(schema="target", path=key, sentence=sentence)


def _check_url(key: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise wrong(key, "has no host and port that one can reach")


def _check_braces(key: str, part: Any, known: Collection[str]) -> None:
    for name in names_in(part):
        if name not in known:
            raise wrong(key, f"uses {{{name}}}, which the kit does not fill in; it knows {', '.join(known)}")


def _check_names_somebody(action: Action) -> None:
    if action.name not in _STORE and not set(USER) & set(names_in(action.texts)):
        raise wrong(f"actions.{action.name}", "names no user: write {wa_id} where the user's number is to be")


def _check_states(action: Action) -> None:
    seen: dict[str, str] = {}
    for word, said in action.states.items():
        for value in map(repr, said):
            if value in seen:
                raise wrong(f"actions.{action.name}.states.{word}", f"has {value}, which is {seen[value]} already")
            seen[value] = word


def _words(command: str) -> str:
    try:
        return json.dumps(shlex.split(command), ensure_ascii=False)
    except ValueError:
        return json.dumps(command.split(), ensure_ascii=False)
