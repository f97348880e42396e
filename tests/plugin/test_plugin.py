"""The pytest plugin, in a pytest of its own on a folder of tests as its users write them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.frame.kit import ROOT, run_pytest

HERE = Path(__file__).parent


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shutil.copy(HERE / "probe.py", tmp_path / "test_probe.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    return tmp_path


def test_it_does_what_its_users_rely_on(repository: Path) -> None:
    """Everything that `probe` states, one test after the other in one process."""
    run = run_pytest(repository, "-q")
    assert run.code == 0, run.out
    assert "17 passed" in run.out


@pytest.mark.slow
def test_in_parallel_no_test_sees_anothers_events(repository: Path) -> None:
    """The same with pytest-xdist: each process has a sandbox, each test an app."""
    run = run_pytest(repository, "-q", "-p", "xdist", "-n", "4")
    assert run.code == 0, run.out
    assert "17 passed" in run.out


@pytest.mark.slow
@pytest.mark.parametrize("where", ["command line", "environment", "configuration"])
def test_options_can_be_said_in_three_ways(repository: Path, where: str) -> None:
    """On the command line, by environment variables, in pytest's configuration."""
    arguments: list[str] = []
    variables = {"DIALECT": "meta", "RULES": "wolkvox"}
    if where == "command line":
        arguments = ["--gupshup-dialect=meta", "--gupshup-rules", "wolkvox"]
    elif where == "environment":
        variables |= {"GUPSHUP_MOCK_DIALECT": "meta", "GUPSHUP_MOCK_RULES": "wolkvox"}
    else:
        (repository / "pytest.ini").write_text("[pytest]\ngupshup_dialect = meta\ngupshup_rules = wolkvox\n")
    run = run_pytest(repository, "-k", "as_they_were_said", *arguments, variables=variables)
    assert run.code == 0, run.out
    assert "1 passed" in run.out


def test_a_word_that_is_none_is_one_line(repository: Path) -> None:
    """The option and the words it can be, no traceback."""
    run = run_pytest(repository, "-k", "as_they_were_said", "--gupshup-dialect=twilio")
    assert run.code == 1
    assert "--gupshup-dialect is one of gupshup, meta, not 'twilio'." in run.out


def test_it_imports_nothing_that_pytest_has_not_imported(tmp_path: Path) -> None:
    """Whoever has it installed pays for two modules at every start of pytest; the rest is imported by the fixtures."""
    program = (
        "import sys, pytest; had = set(sys.modules); import mock_server.pytest_plugin; print(set(sys.modules) - had)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ast.literal_eval(said.stdout) == {"mock_server", "mock_server.pytest_plugin"}


def test_a_repository_may_have_contract_tests_of_its_own(tmp_path: Path) -> None:
    """The plugin lives elsewhere: its users' package of that name is theirs."""
    package = tmp_path / "contract_tests"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "words.py").write_text("OURS = 'ours'\n")
    test = "def test_it(gupshup):\n    assert OURS == 'ours' and gupshup.app.id\n"
    (package / "test_it.py").write_text(f"from contract_tests.words import OURS\n{test}")
    home = tmp_path / "site"
    home.mkdir()
    for folder in ("mock_server", "schemas", "fixtures"):
        (home / folder).symlink_to(ROOT / folder)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    run = run_pytest(tmp_path, "-q", "contract_tests", python_path=tmp_path / "site")
    assert run.code == 0, run.out
    assert "1 passed" in run.out
