"""`gupshup-mock verify`: the call of pytest that it builds, and its exit codes."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from contract_tests.target.process import Application
from mock_server.cli.verify import command
from tests.contract.frame.kit import RECEIVERS, ROOT, target_file, verify


def a_small_kit(home: Path, probe: str = "probe_reply.py") -> Path:
    """The packages, with nothing in the kit but the tests of a probe."""
    home.mkdir()
    for folder in ("mock_server", "schemas", "fixtures"):
        shutil.copytree(ROOT / folder, home / folder, copy_function=os.link)
    areas = shutil.ignore_patterns("receiver", "behaviour", "provider", "example", "__pycache__")
    kit = Path(shutil.copytree(ROOT / "contract_tests", home / "contract_tests", ignore=areas))
    shutil.copy(Path(__file__).parent / probe, kit / "test_it.py")
    return home


def a_repository(folder: Path) -> Path:
    """Somebody's: with a package and a conftest that must not get in."""
    (folder / "contract_tests").mkdir(parents=True)
    (folder / "contract_tests" / "__init__.py").write_text("raise RuntimeError('not this one')\n")
    (folder / "conftest.py").write_text("raise RuntimeError('nor this one')\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    return folder


def test_it_runs_the_kit_and_nothing_of_the_folder_it_is_run_in(tmp_path: Path) -> None:
    """Arguments are passed on; a package, a conftest, a configuration and a PYTHONPATH of the user's do not get in."""
    home, folder = a_small_kit(tmp_path / "home"), a_repository(tmp_path / "repository")
    target = target_file(folder, mode="good")
    path = Path(os.pathsep.join([str(home), str(folder)]))
    run = verify(target, "-v", "-k", "default", folder=folder, python_path=path)
    assert run.code == 0, run.out
    assert "test_a_permanent_grant_is_taken[default] PASSED" in run.out
    assert "Checked: 12 % of the contract, 1 of 8 tests; 0 failed." in run.out
    assert "Selected: 1 of the contract's 8 tests." in run.out
    assert run.tests["test_a_permanent_grant_is_taken[default]"]["claim"] == "receiver.reply.permanent"


@pytest.mark.slow
def test_with_xdist_each_process_has_a_sandbox_where_the_target_allows_it(tmp_path: Path) -> None:
    """An application that runs already and knows no app can be tested in parallel; one that is started cannot."""
    home = a_small_kit(tmp_path / "home")
    run = verify(target_file(tmp_path, mode="good"), "-p", "xdist", "-n", "2", python_path=home)
    assert run.code == 3
    assert "One application, started or bound to one app, cannot be tested in parallel: leave out -n." in run.out
    target = target_file(tmp_path)
    url = target.read_text().split('"')[1]
    program = (sys.executable, str(RECEIVERS), "good", str(httpx.URL(url).port))
    application = Application(webhook_url=url, start=program)
    try:
        application.start()
        run = verify(target, "-p", "xdist", "-n", "2", python_path=home)
    finally:
        application.stop()
    assert run.code == 0, run.out
    assert "Checked: 100 % of the contract, 8 of 8 tests; 0 failed." in run.out
    assert "Selected" not in run.out


@pytest.mark.slow
def test_with_xdist_what_is_chosen_is_counted_too(tmp_path: Path) -> None:
    """The processes that collect tell the one that counts."""
    home = a_small_kit(tmp_path / "home")
    run = verify(target_file(tmp_path, mode="good"), "-p", "xdist", "-n", "2", "-k", "default", python_path=home)
    assert "Selected: 1 of the contract's 8 tests." in run.out


def test_an_application_that_never_starts_is_exit_code_3(tmp_path: Path) -> None:
    """Nothing was checked, so that nothing is broken: the sentence is said at the end, too."""
    home = a_small_kit(tmp_path / "home")
    run = verify(target_file(tmp_path), "--gupshup-patience", "0.2", python_path=home)
    assert run.code == 3
    assert "FAILED" in run.out
    assert "! The application is not there: nothing listens at " in run.out


def test_the_help_says_what_exit_codes_mean() -> None:
    """All four."""
    said = " ".join(CliRunner().invoke(command, ["--help"]).output.split())
    assert (
        "Exit codes: 0 all that was checked is kept; 1 something failed, nothing was checked, or the run was " in said
    )
    assert "stopped; 2 the target file or an option cannot be used; 3 the application could not be started or" in said


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_behind_the_file_is_its_own_help(tmp_path: Path, option: str) -> None:
    """Not pytest's, of a hundred lines."""
    said = CliRunner().invoke(command, [str(target_file(tmp_path)), option])
    assert (said.exit_code, said.output.partition("]")[0]) == (0, "Usage: verify [OPTIONS")


def test_an_option_without_its_value_is_wrong_usage(tmp_path: Path) -> None:
    """It does not take the folder of the kit for its value."""
    run = verify(target_file(tmp_path), "-k")
    assert run.code == 2
    assert "error: argument -k: expected one argument" in run.out


@pytest.mark.slow
def test_nothing_chosen_is_a_failure(tmp_path: Path) -> None:
    """A run that checked nothing does not pass."""
    home = a_small_kit(tmp_path / "home")
    run = verify(target_file(tmp_path, mode="good"), "-k", "nothing_is_called_so", python_path=home)
    assert run.code == 1
    assert "A run that checked nothing is a failure." in run.out


def test_a_wrong_target_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    """The file and the key."""
    target = target_file(tmp_path, more='dialekt = "meta"')
    run = verify(target, folder=tmp_path)
    assert run.code == 2
    assert run.out.startswith(
        f"ERROR: {target}: integrator.dialekt is not a known field; known are: name, webhook_url,"
    )
    assert run.out.strip().count("\n") == 0


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    """As for every command."""
    said = CliRunner().invoke(command, ["nowhere.toml"])
    assert said.exit_code == 2
    assert "File 'nowhere.toml' does not exist." in said.output


def test_without_pytest_it_names_the_extra(tmp_path: Path) -> None:
    """One sentence with what to install."""
    nowhere = "import sys; sys.modules['pytest'] = None; sys.meta_path.insert(0, type('No', (), {'find_spec': no}))"
    (tmp_path / "sitecustomize.py").write_text(
        f"def no(name, path=None, target=None):\n    if name == 'pytest': raise ModuleNotFoundError\n{nowhere}\n"
    )
    path = Path(os.pathsep.join([str(tmp_path), str(ROOT)]))
    run = verify(target_file(tmp_path), python_path=path)
    assert run.code == 2
    assert run.out.strip().endswith(
        "The contract tests need pytest, which is not installed: pip install 'gupshup-mock[contract]'."
    )
