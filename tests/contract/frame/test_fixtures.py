"""The fixtures that the kit's tests are written with, on an application that works: one run in each dialect."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.contract.frame.kit import a_kit, a_port, run_pytest, verify

pytestmark = pytest.mark.slow  # each runs the kit in a process of its own


def target_of(folder: Path, more: str = "", actions: str = "", *, dialect: str = "gupshup") -> Path:
    port = a_port()
    program = Path(__file__).parent / "small_integrator.py"
    at = f"http://127.0.0.1:{port}"
    body = '{ to = "{wa_id}", number = "{phone_number_id}" }'
    file = folder / "target.toml"
    file.write_text(f"""
[integrator]
webhook_url = "{at}/webhooks"
start = ["{sys.executable}", "{program}", "{port}"]
dialect = "{dialect}"
settle = "50ms"
{more}
[integrator.env]
URL = "{{graph_url}}"
NUMBERS = "{{phone_number_id}} {{second_phone_number_id}}"
TOKENS = "{{app_token}} {{second_app_token}}"
SECRET = "{"s3cret" if more else ""}"
[actions.request_permission]
method = "POST"
url = "{at}/permissions"
json = {body}
[actions.call]
method = "POST"
url = "{at}/calls"
json = {body}
{actions}
[actions.permission]
method = "GET"
url = "{at}/permissions/{{wa_id}}"
state = "$.state"
states = {{ no_permission = ["reject"], permanent = ["accept"] }}
""")
    return file


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_they_do_what_they_say(tmp_path: Path, dialect: str) -> None:
    """Everything that `probe_fixtures` states about the fixtures, in both dialects."""
    guarded = 'webhook_secret_header = { "X-Secret" = "s3cret" }' if dialect == "gupshup" else ""
    target = target_of(tmp_path, guarded, dialect=dialect)
    a_kit(tmp_path, "probe_fixtures.py")
    facts = {"FACTS": f"{10 if guarded else 20} {bool(guarded)}"}
    run = run_pytest(tmp_path, "-q", "--gupshup-target", str(target), variables=facts)
    assert run.code == 0, run.out
    assert f"{10 if guarded else 9} passed, 1 skipped" in run.out, run.out
    assert "1  {bsuid} in [actions.permission], for a user without a number" in run.out


def test_calls_past_the_sandbox_are_what_the_application_says(tmp_path: Path) -> None:
    """With `[actions.call] allowed` the wire shows its yes as a call."""
    target = target_of(tmp_path, actions='allowed = "2xx"')
    target.write_text(target.read_text().replace("/calls", "/pretend"))
    a_kit(tmp_path, "probe_allowed.py")
    run = run_pytest(tmp_path, "-q", "--gupshup-target", str(target))
    assert run.code == 0, run.out


def test_a_target_file_is_judged_before_anything_is_started(tmp_path: Path) -> None:
    """One line with the key, exit code 2."""
    target = target_of(tmp_path, "settel = 1")
    run = verify(target)
    assert run.code == 2
    assert run.out.startswith(f"ERROR: {target}: integrator.settel is not a known field; known are: ")
    assert run.out.strip().count("\n") == 0
