"""What is installed: which version, and where its data files lie, inside the package or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


def schema_dir() -> Path:
    """The folder of the JSON Schemas, one `NAME.json` each."""
    return _folder("schemas")


def fixture_dir() -> Path:
    """The folder of the examples, `SCHEMA/valid/*.json` and `SCHEMA/invalid/*.json`, and of the scenarios."""
    return _folder("fixtures")


def read_schema(name: str) -> bytes:
    """The bytes of one schema file; `FileNotFoundError` when there is none of that name."""
    return (schema_dir() / f"{name}.json").read_bytes()


def product_version() -> str:
    """The installed version, `0` in a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - what a start need not spend

    try:
        return version("gupshup-mock")
    except PackageNotFoundError:
        return "0"


def _folder(name: str) -> Path:
    packaged = _PACKAGE / "_data" / name  # in a wheel; a checkout has the folder at the top level
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
