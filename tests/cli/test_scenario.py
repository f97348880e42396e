"""`gupshup-mock scenario`."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from mock_server.cli.main import cli
from mock_server.cli.scenario_running import Where, run_all_of
from mock_server.client import SandboxClient
from mock_server.demo.receiver import Receiver
from mock_server.scenario import reading
from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.cli.command_line import CommandLine
from tests.stage.watch import a_sandbox

NOWHERE = "http://127.0.0.1:1"
GOOD = 'name = "A text arrives"\n[[step]]\nuser = "text"\nwa_id = "919812345678"\n'
BAD = GOOD.replace("A text", "A call") + '[[step]]\nexpect_webhook = { kind = "message", body = "Goodbye" }\n'


@pytest.fixture
def good(tmp_path: Path) -> str:
    file = tmp_path / "good.toml"
    file.write_text(GOOD)
    return str(file)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    file = tmp_path / "bad.toml"
    file.write_text(BAD)
    return str(file)


def test_the_list_has_a_name_and_a_sentence_each(gupshup_mock: CommandLine) -> None:
    """`scenario list` prints the names that `scenario run` takes, what happens, and where the files are."""
    lines = gupshup_mock.done("scenario", "list").splitlines()
    assert lines[0].split() == ["NAME", "WHAT", "HAPPENS"]
    assert [line.split()[0] for line in lines[1:-2]] == [file.stem for file in reading.shipped()]
    assert lines[-1] == f"They are in {reading.find('profile-grant').parent}"
    assert {
        "name": "profile-grant",
        "title": "A user allows calls from the business profile, unasked",
        "file": str(reading.find("profile-grant")),
    } in gupshup_mock.json("scenario", "list")


def test_a_step_is_a_line(gupshup_mock: CommandLine) -> None:
    """`scenario run NAME` prints the story's name, each step with a tick, and how many passed; it ends with 0."""
    lines = gupshup_mock.done("scenario", "run", "gupshup-consent-flow").splitlines()
    assert lines[0] == "Ask, allow, be told, call: the flow of Gupshup's guide"
    assert lines[1] == "  ✓   1  the business asks 919812345678 for permission"
    assert lines[3] == "  ✓   3  919812345678 allows calls always"
    assert lines[-1] == "1 of 1 scenario passed"
    assert len(lines) == 10


def test_a_failure_is_explained(gupshup_mock: CommandLine, good: str, bad: str) -> None:
    """A step that does not hold has its differences beneath; the others are run all the same, and it ends with 1."""
    result = gupshup_mock.run("scenario", "run", bad, good)
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        "A call arrives",
        "  ✓   1  919812345678 writes to the business",
        '  ✗   2  webhook message body "Goodbye"',
        '        body: expected "Goodbye", came "Hello"',
        "        in the nearest that came: message at 2026-12-24T18:00:00.000Z",
        "A text arrives",
        "  ✓   1  919812345678 writes to the business",
        "1 of 2 scenarios passed; failed: A call arrives",
    ]


def test_for_programs(gupshup_mock: CommandLine, good: str, bad: str) -> None:
    """`--json` is one document with every step, whether it passed or not."""
    result = gupshup_mock.run("scenario", "run", bad, good, "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert (said["passed"], said["failed"]) == (1, 1)
    assert [scenario["passed"] for scenario in said["scenarios"]] == [False, True]
    assert said["scenarios"][0]["steps"][1]["differences"][0] == 'body: expected "Goodbye", came "Hello"'


def test_for_ci(gupshup_mock: CommandLine, good: str, bad: str, tmp_path: Path) -> None:
    """`--junitxml` writes a report with a failure in it, and changes neither output nor exit code."""
    report = tmp_path / "report.xml"
    assert gupshup_mock.run("scenario", "run", bad, good, "--junitxml", str(report)).exit_code == 1
    suite = ET.parse(report).getroot()[0]  # noqa: S314  our own
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("classname") for case in suite] == [bad, good]
    nowhere = gupshup_mock.run("scenario", "run", good, "--junitxml", str(tmp_path / "no" / "report.xml"))
    assert (nowhere.exit_code, "No such file or directory" in nowhere.stderr) == (1, True)


def test_a_wrong_file_is_wrong_usage(gupshup_mock: CommandLine, good: str, bad: str) -> None:
    """A file that cannot be used ends with 2 and one line with file, step and key, before anything is run."""
    Path(bad).write_text(BAD.replace("expect_webhook", "expect_webhok"))
    said = gupshup_mock.misused("scenario", "run", good, bad)
    assert said.startswith(f"Error: {bad}: step 2: expect_webhok is not a known field; known are: business, user, ")


def test_nothing_to_run(gupshup_mock: CommandLine) -> None:
    """Without a file, or with a name that is none, it ends with 2 and says where the names are."""
    assert gupshup_mock.misused("scenario", "run") == (
        "Error: Name a file or a shipped scenario (see `scenario list`), or say --all."
    )
    assert gupshup_mock.misused("scenario", "run", "nothing") == (
        "Error: There is no file 'nothing' and no shipped scenario of that name; see `scenario list`."
    )


@pytest.mark.slow
def test_all_are_run(tmp_path: Path) -> None:
    """`--all` runs every shipped scenario, in a sandbox started for it with `--start`, whatever --url says."""
    report = tmp_path / "all.xml"
    words = ["scenario", "run", "--all", "--start", "--url", NOWHERE, "--junitxml", str(report)]
    result = CliRunner().invoke(cli, words)
    number = len(reading.shipped())
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    assert result.stdout.splitlines()[-1] == f"{number} of {number} scenarios passed"
    assert ET.parse(report).getroot().get("tests") == str(number)  # noqa: S314  our own


def test_where_nothing_runs_a_sandbox_is_started(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no sandbox was named and none answers at the usual place, one is started for the run, and it says so."""
    scenarios = [reading.read(Path(good))]
    where = Where(NOWHERE, None, start=False, webhook=None, keep=False, named=False)
    (result,) = run_all_of(scenarios, where, quiet=True)
    assert result.passed
    assert capsys.readouterr() == (
        "",
        f"No sandbox answers at {NOWHERE}: one is started for this run, as --start does.\n",
    )


def test_a_running_sandbox_is_used(server: RunningServer, good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A sandbox that answers at the usual place is used, without a word."""
    where = Where(server.url, None, start=False, webhook=None, keep=False, named=False)
    assert run_all_of([reading.read(Path(good))], where, quiet=True)[0].passed
    assert capsys.readouterr() == ("", "")


def test_a_sandbox_that_was_named_must_be_there(gupshup_mock: CommandLine, good: str) -> None:
    """With --url or GUPSHUP_MOCK_URL nothing is started: the answer is no, and how to start one."""
    said = gupshup_mock.refused("scenario", "run", good, "--url", NOWHERE, "--json")
    assert json.loads(said)["error"]["code"] == "unreachable"
    result = gupshup_mock.run("scenario", "run", good, env={"GUPSHUP_MOCK_URL": NOWHERE})
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: No sandbox answers at {NOWHERE} (Connection refused). Start one with ")


def test_a_control_token_is_sent(good: str) -> None:
    """`--control-token` opens a sandbox that has one; without it the answer is no."""
    sandbox = a_sandbox(ServerSettings(control_token="only-for-us"))
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server:
        words = ["scenario", "run", good, "--url", server.url]
        assert CliRunner().invoke(cli, words).exit_code == 1
        assert CliRunner().invoke(cli, [*words, "--control-token", "only-for-us"]).exit_code == 0


def test_webhooks_go_where_they_are_wanted(gupshup_mock: CommandLine, receiver: Receiver, good: str) -> None:
    """`--webhook` sends them to one's own application."""
    before = receiver.count
    gupshup_mock.done("scenario", "run", good, "--webhook", receiver.url)
    assert receiver.count > before
    assert gupshup_mock.misused("scenario", "run", good, "--webhook", "localhost:9000").endswith(
        "'localhost:9000' must begin with http:// or https://"
    )


def test_apps_are_kept_to_be_looked_at(gupshup_mock: CommandLine, sandbox: SandboxClient, good: str) -> None:
    """`--keep` leaves the scenario's app in the sandbox, and prints its id."""
    kept = gupshup_mock.done("scenario", "run", good, "--keep").splitlines()[-2].partition("kept: app ")[2]
    assert sandbox.app(kept).show()["name"] == "A text arrives"
    sandbox.app(kept).delete()


def test_what_is_started_keeps_nothing(gupshup_mock: CommandLine, good: str) -> None:
    """`--keep` makes no sense in a sandbox that ends with the run."""
    assert gupshup_mock.misused("scenario", "run", good, "--keep", "--start") == (
        "Error: --keep needs a sandbox that goes on running: start one with `gupshup-mock serve`."
    )


def test_a_terminal_without_ticks(server: RunningServer, bad: str) -> None:
    """Where the terminal lacks the characters, a step is marked with words."""
    result = CliRunner(charset="ascii").invoke(cli, ["scenario", "run", bad, "--url", server.url])
    assert [line[:5] for line in result.stdout.splitlines()[1:3]] == ["  ok ", "  NO "]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("two-", ["plain,two-business-numbers", "plain,two-requests-a-week"]), ("stories/", ["file,stories/"])],
)
def test_names_are_completed(typed: str, offered: list[str]) -> None:
    """A shell completes the names of shipped scenarios, and files where none begins so."""
    words = f"gupshup-mock scenario run {typed}"
    environment = {"_GUPSHUP_MOCK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "3"}
    said = CliRunner().invoke(cli, env=environment, prog_name="gupshup-mock").stdout
    assert said.splitlines() == offered
