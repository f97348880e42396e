"""The receiver's part of the kit in a process of its own, and what it says about an application, claim by claim."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree

import contract_tests.example
from contract_tests.patience import Stopwatch
from tests.contract.frame.kit import a_port

ROOT: Final = Path(__file__).parents[3]
EXAMPLE: Final = Path(contract_tests.example.__file__).parent
BAD: Final = Path(__file__).parent / "bad_receivers.py"
LONGEST: Final = 200  # seconds
VERIFY: Final = "from mock_server.cli.verify import command; command(prog_name='gupshup-mock verify')"
# What only the generator needs would make every start of pytest several times slower.
ALONE: Final = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


class Judged(NamedTuple):
    """Exit code, everything printed, how many tests were run, and the claims of those that came out otherwise."""

    code: int
    out: str
    tests: int
    failed: set[str]
    warned: set[str]
    noted: set[str]
    not_covered: set[str]
    outcomes: set[str]
    """What the kit said of its tests, all in all."""
    failures: list[tuple[str, str]]
    """Name and claim of each test that failed."""
    seconds: float


def example_target(folder: Path, dialect: str) -> Path:
    """The example's own target file, on a port that is free."""
    text = (EXAMPLE / f"target-{dialect}.toml").read_text()
    text = text.replace({"gupshup": "9010", "meta": "9020"}[dialect], str(a_port()))
    file = folder / "target.toml"
    file.write_text(text.replace('start = ["{python}"', f"start = [{json.dumps(sys.executable)}"))
    return file


def bad_target(folder: Path, dialect: str, *flaws: str, more: str = "") -> Path:
    """A target file that has a bad receiver started, with these flaws."""
    port = a_port()
    secrets = {
        "gupshup": 'webhook_secret_header = { X-Webhook-Secret = "s3cret" }',
        "meta": 'app_secret = "s3cret"\nverify_token = "s3cret"',
    }
    start = json.dumps([sys.executable, str(BAD), dialect, ",".join(flaws) or "-", str(port)])
    url = f"http://127.0.0.1:{port}"
    file = folder / "target.toml"
    file.write_text(
        f'[integrator]\nwebhook_url = "{url}/webhooks"\nready_url = "{url}/ready"\nstart = {start}\n'
        f'dialect = "{dialect}"\n{secrets[dialect]}\n{more.format(url=url)}\n'
    )
    return file


def judge(
    target: Path, *arguments: str, generator: bool = False, python_path: str = "", longest: float = LONGEST
) -> Judged:
    """`gupshup-mock verify TARGET -k receiver/...`, without what is generated unless it is wanted."""
    xml = target.parent / "contract.xml"
    given = [str(target), "--junitxml", str(xml), *arguments]
    # Where CI is set, pytest says every failure twice, in full.
    foreign = ("PYTEST_", "GUPSHUP_", "CI", "BUILD_NUMBER")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    paths = os.pathsep.join(filter(None, [python_path, str(ROOT)]))
    environment = {**ours, **({} if generator else ALONE), "PYTHONPATH": paths}
    watch = Stopwatch()
    done = subprocess.run(
        [sys.executable, "-P", "-c", VERIFY, *given],
        cwd=target.parent, env=environment, capture_output=True, text=True, check=False, timeout=longest,
    )  # fmt: skip
    rows = list(_rows(xml))

    def claims(outcome: str) -> set[str]:
        return {row["claim"] for row in rows if row.get("outcome") == outcome}

    return Judged(
        code=done.returncode,
        out=done.stdout + done.stderr,
        tests=len(rows),
        failed=claims("failed"),
        warned=claims("warned"),
        noted=claims("noted"),
        not_covered={row["claim"] for row in rows if "not_covered" in row},
        outcomes={row.get("outcome", "none") for row in rows},
        failures=[(row["name"], row["claim"]) for row in rows if row.get("outcome") == "failed"],
        seconds=watch.seconds,
    )


def _rows(xml: Path) -> Iterator[dict[str, str]]:
    """The properties of every test in a JUnit file, and its name; none where pytest wrote no file."""
    if not xml.exists():
        return
    for case in ElementTree.parse(xml).getroot().iter("testcase"):  # noqa: S314  written by pytest a moment ago
        rows = {row.get("name", ""): row.get("value", "") for row in case.iter("property")}
        if "claim" in rows:
            yield {**rows, "name": case.get("name", "")}
