"""The wheel that users get, built from this checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path, PurePosixPath

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGES = ("mock_server", "contract_tests")
DATA = ("schemas", "fixtures")
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (built,) = folder.iterdir()
    return built


def test_the_wheel_holds_the_packages_and_the_data_and_nothing_else(wheel: Path) -> None:
    """Every file of the packages, every schema and fixture under mock_server/_data, the metadata: no more, no less."""
    expected = {name_in_wheel(path) for path in checked_in(*PACKAGES, *DATA)}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    metadata = {name for name in names if ".dist-info/" in name}
    assert names - metadata == expected
    assert {name.split(".dist-info/")[1] for name in metadata} == METADATA


def test_nothing_is_installed_beside_the_packages(wheel: Path) -> None:
    """No top-level `schemas`, `fixtures` or `tests`: other distributions have packages of these names."""
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" not in name}
    assert folders <= set(PACKAGES)


def test_files_are_the_same_byte_for_byte(wheel: Path) -> None:
    """Each file is in the wheel as it is in the checkout, and none of the data is empty."""
    with zipfile.ZipFile(wheel) as archive:
        for path in checked_in(*PACKAGES, *DATA):
            content = archive.read(name_in_wheel(path))
            assert content == (ROOT / path).read_bytes(), path
            assert content or path.parts[0] in PACKAGES, f"{path} is empty"


def test_data_folders_hold_no_python(wheel: Path) -> None:
    """The folders of data are data: nothing in them can be imported."""
    assert [path for path in checked_in(*DATA) if path.suffix == ".py"] == []


def test_the_installed_wheel_finds_its_schemas(wheel: Path, tmp_path: Path) -> None:
    """Installed alone, it reads the schemas that it brought along, not a checkout's."""
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(tmp_path),
        str(wheel),
    )
    program = "from mock_server import resources, schemas; print(resources.schema_dir()); print(len(schemas.names()))"
    folder, number = run(sys.executable, "-c", program, path=tmp_path).splitlines()
    assert Path(folder) == tmp_path / "mock_server" / "_data" / "schemas"
    assert int(number) == len([path for path in checked_in("schemas") if path.suffix == ".json"])


def test_the_plain_install_has_no_schemathesis(wheel: Path) -> None:
    """What the contract tests need, which makes every start of pytest slower, comes with `[contract]` only."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        required = message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])
    plain = {distribution(line) for line in required if "extra ==" not in line}
    contract = {distribution(line) for line in required if re.search(r"extra == [\"']contract[\"']", line)}
    assert contract == {"hypothesis", "pytest", "pytest-html", "schemathesis"}
    assert plain & contract == set()
    assert "httpx" in plain


def distribution(requirement: str) -> str:
    """The name that a line of Requires-Dist begins with."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def checked_in(*folders: str) -> Iterator[PurePosixPath]:
    """Yield what git knows, or would know after `git add`, in these folders."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():  # deleted, and not yet committed as deleted
            yield PurePosixPath(name)


def name_in_wheel(path: PurePosixPath) -> str:
    return f"mock_server/_data/{path}" if path.parts[0] in DATA else str(path)


def run(*command: str, path: Path | None = None) -> str:
    """Run in the checkout, or, given a path, outside of it with that path before all others."""
    environment = os.environ if path is None else {**os.environ, "PYTHONPATH": str(path), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=path or ROOT, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
