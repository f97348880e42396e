"""The file of `serve --config` (TOML): `[server]`, `[[app]]`, `[[app.subscription]]`, by the names used everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from mock_server import schemas
from mock_server.errors import Malformed, SchemaError
from mock_server.settings import ServerSettings

# What the command line has already checked by itself, and the store, about which the sandbox has a better sentence.
# Validating the others costs a starting server 20 ms, so it is done only when one of them is given.
_CHECKED: Final = frozenset({"host", "port", "dialect", "rules", "rate_limits", "published_secrets", "log", "store"})


class Configuration(NamedTuple):
    """What a file says, validated: some of the server's settings, and apps beside the ready-made one."""

    server: dict[str, Any]
    apps: tuple[dict[str, Any], ...]


def read(path: Path) -> Configuration:
    """What the file says. Raises Malformed, in one line that names the file and the wrong key."""
    try:
        document = json_of_toml(path.read_bytes())
        schemas.validate("config", document)
    except OSError as error:
        raise Malformed("configuration", f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise Malformed("configuration", f"{path}: is not TOML: {error}") from None
    except SchemaError as error:
        raise Malformed("configuration", f"{path}: {error}") from None
    return Configuration(document.get("server", {}), tuple(document.get("app", [])))


def json_of_toml(content: bytes) -> dict[str, Any]:
    """A TOML file as JSON; dates, written without quotes, become texts. Raises ValueError for what is no TOML."""
    import tomllib  # noqa: PLC0415  most starts have no file, and none should pay for it

    document: dict[str, Any] = _dates_as_text(tomllib.loads(content.decode()))
    return document


def server_settings(file: dict[str, Any], options: dict[str, Any]) -> ServerSettings:
    """The settings of the server: what the command line says, else the file, else the defaults.

    Raises SchemaError for an option with a wrong value; its path is the option's name.
    """
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    unchecked = {name: value for name, value in given.items() if name not in _CHECKED}
    if unchecked:
        _check(unchecked)
    merged = file | given
    if "seed" in merged:
        merged["seed"] = str(merged["seed"])
    return msgspec.convert(merged, ServerSettings, strict=False)


def _check(options: dict[str, Any]) -> None:
    as_json = {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()}
    try:
        schemas.validate("config", {"server": as_json})
    except SchemaError as error:
        path = error.path.removeprefix("server.")
        raise SchemaError(schema="config", path=path, sentence=error.sentence) from None


def _dates_as_text(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _dates_as_text(below) for name, below in part.items()}
    if isinstance(part, list):
        return [_dates_as_text(below) for below in part]
    return part.isoformat() if hasattr(part, "isoformat") else part
