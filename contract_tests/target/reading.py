"""Reading a target file: TOML against its schema, then what a schema cannot see. A mistake is one line with the key."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path
from typing import Any, Final

from contract_tests.target.braces import filled
from contract_tests.target.checking import check, check_document, wrong
from contract_tests.target.model import Action, Target, Where
from mock_server import schemas
from mock_server.configuration import json_of_toml
from mock_server.errors import Malformed, SchemaError

_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_LONGEST_SETTLE: Final = 60.0


class WrongTarget(Malformed):
    """A target file cannot be used; the sentence names the file and the key."""

    def __init__(self, file: Path, sentence: str) -> None:
        super().__init__("target", f"{file}: {sentence}")


def read(path: Path) -> Target:
    """The target in a file. Raises WrongTarget."""
    try:
        return target_of(filled(_document(path), {"folder": str(path.resolve().parent)}))
    except SchemaError as error:
        raise WrongTarget(path, f"{error.path} {error.sentence}.".lstrip()) from None


def target_of(document: dict[str, Any]) -> Target:
    """The target that a document describes. Raises SchemaError, whose path is the key."""
    check_document(document)
    schemas.validate("target", document)
    given = dict(document["integrator"])
    if "start" in given:
        given["start"] = tuple(given["start"])
    if "settle" in given:
        given["settle"] = _seconds(given["settle"])
    rows = document.get("actions", {})
    actions = {name: _action(name, row) for name, row in rows.items()}
    target = Target(**given, sandbox=_where(document.get("sandbox", {})), actions=actions)
    check(target)
    return target


def _document(path: Path) -> dict[str, Any]:
    try:
        return json_of_toml(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except OSError as error:
        raise WrongTarget(path, f"{error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise WrongTarget(path, f"is not TOML: {error}.") from None
    except (ValueError, RecursionError):
        raise WrongTarget(path, "is not TOML: it is no text in UTF-8, or nested too deeply.") from None


def _seconds(text: str) -> float:
    number = text.rstrip("msdh")
    seconds = float(number) * _SECONDS[text.removeprefix(number)]
    if not 0 < seconds <= _LONGEST_SETTLE:
        raise wrong("integrator.settle", f"must be more than nothing and at most {_LONGEST_SETTLE:g}s, not {text}")
    return seconds


def _where(given: dict[str, Any]) -> Where:
    for name in ("host", "port") if "url" in given else ():
        if name in given:
            raise wrong(f"sandbox.{name}", "cannot stand beside url: a sandbox runs there already, or the kit runs one")
    return Where(**given | ({"url": given["url"].rstrip("/")} if "url" in given else {}))


def _action(name: str, given: dict[str, Any]) -> Action:
    if "command" in given:
        for other in ("method", "url", "json", "headers"):
            if other in given:
                raise wrong(f"actions.{name}.{other}", "cannot stand beside command: give one way to do it")
    if "states" in given:
        given = given | {"states": {word: tuple(said) for word, said in given["states"].items()}}
    if "command" in given:
        given = given | {"command": tuple(given["command"])}
    return Action(name, **given)
