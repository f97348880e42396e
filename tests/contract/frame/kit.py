"""Running pytest with the kit in a process of its own, and reading what it said."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from mock_server import ids

ROOT = Path(__file__).parents[3]
RECEIVERS = Path(__file__).parent / "receivers.py"
# Schemathesis and hypothesis would make every start of pytest several times slower, and nothing here needs them.
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
LONGEST = 100


class Run(NamedTuple):
    """Exit code, everything printed, and the properties of each test in the JUnit file by the test's name."""

    code: int
    out: str
    tests: dict[str, dict[str, str]]
    suite: dict[str, str]


def a_port() -> int:
    """A free port, not one of those (from 32768 on) that the machine hands out: nobody takes it before it is used."""
    while True:
        port = 20_000 + int.from_bytes(ids.digest(ids.new_seed(), "port", size=2)) % 12_000
        with socket.socket() as listening:
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def target_file(folder: Path, *, mode: str = "", more: str = "") -> Path:
    """A target of one of the receivers, which the kit starts; of an application that is nowhere without a mode."""
    port = a_port()
    start = f"start = ['{sys.executable}', '{RECEIVERS}', '{mode}', '{port}']" if mode else ""
    file = folder / "target.toml"
    file.write_text(f'[integrator]\nwebhook_url = "http://127.0.0.1:{port}/webhooks"\n{start}\n{more}\n')
    return file


def a_kit(folder: Path, probe: str) -> None:
    """A folder of tests that have the kit's hooks and fixtures: those of a file beside this one."""
    modules = ("collecting", "reporting", "summary", "page", "run", "stopping")
    plugins = [f"contract_tests.{module}" for module in modules]
    (folder / "conftest.py").write_text(f"pytest_plugins = {plugins}\n")
    shutil.copy(Path(__file__).parent / probe, folder / "test_it.py")


def verify(
    target: Path,
    *arguments: str,
    folder: Path | None = None,
    python_path: Path = ROOT,
    variables: dict[str, str] | None = None,
) -> Run:
    """What `gupshup-mock verify TARGET ARGUMENTS` does, in this folder."""
    program = "from mock_server.cli.verify import command; command(prog_name='gupshup-mock verify')"
    xml = target.parent / "contract.xml"
    given = [str(target), "--junitxml", str(xml), *arguments]
    return _run([sys.executable, "-P", "-c", program, *given], xml, folder or target.parent, python_path, variables)


def run_pytest(folder: Path, *arguments: str, python_path: Path = ROOT, variables: dict[str, str] | None = None) -> Run:
    """Plain pytest with our plugin on the tests of a folder."""
    xml = folder / "junit.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "mock_server.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "--junitxml",
        str(xml),
    ]
    return _run([*command, *arguments], xml, folder, python_path, variables)


def _run(
    command: list[str], xml: Path, folder: Path, python_path: Path, variables: dict[str, str] | None = None
) -> Run:
    environment = environment_with(python_path, **(variables or {}))
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
    )
    tests: dict[str, dict[str, str]] = {}
    suite: dict[str, str] = {}
    if xml.exists():
        (whole,) = ElementTree.parse(xml).getroot()  # noqa: S314  written by pytest a moment ago
        suite = _properties(whole)
        tests = {case.get("name", ""): _properties(case) for case in whole.iter("testcase")}
    return Run(done.returncode, done.stdout + done.stderr, tests, suite)


def environment_with(python_path: Path, **variables: str) -> dict[str, str]:
    """That of a process of its own, which knows nothing of the pytest that starts it."""
    # Where CI is set, pytest says every failure twice, in full.
    foreign = ("PYTEST_", "GUPSHUP_", "CI", "BUILD_NUMBER")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**ours, **ALONE, "PYTHONPATH": str(python_path), **variables}


def _properties(node: ElementTree.Element) -> dict[str, str]:
    rows = node.findall("properties/property")
    return {row.get("name", ""): row.get("value", "") for row in rows}
