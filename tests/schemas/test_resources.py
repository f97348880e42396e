"""Where the data files are found, in a checkout and in a wheel."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from mock_server import resources


def test_a_schema_file_is_read_as_it_is() -> None:
    """The bytes, unchanged; a name that is none raises the error of the file system."""
    assert resources.read_schema("health") == (resources.schema_dir() / "health.json").read_bytes()
    with pytest.raises(FileNotFoundError):
        resources.read_schema("nothing")


def test_the_folders_are_there() -> None:
    """Schemas and fixtures lie where the functions say."""
    assert (resources.schema_dir() / "message.json").is_file()
    assert (resources.fixture_dir() / "message" / "valid").is_dir()


def test_in_a_wheel_the_data_comes_out_of_the_package(tmp_path: Path) -> None:
    """Where the package has `_data`, that is used and nothing beside the package."""
    package = tmp_path / "mock_server"
    (package / "_data" / "schemas").mkdir(parents=True)
    (package / "_data" / "schemas" / "health.json").write_bytes(b"{}")
    (tmp_path / "fixtures").mkdir()
    copy = shutil.copy(str(resources.__file__), package / "resources.py")
    spec = importlib.util.spec_from_file_location("installed_resources", copy)
    assert spec is not None
    assert spec.loader is not None
    installed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(installed)
    assert installed.read_schema("health") == b"{}"
    assert installed.fixture_dir() == tmp_path.resolve() / "fixtures"
