"""What a target does not give is left out, and named; and whatever answers at a URL can be tested as a provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server.server import RunningServer
from mock_server.settings import ServerSettings
from tests.contract.behaviour.kit_part import of_target
from tests.contract.frame.kit import Run, a_port
from tests.contract.mutants_making import EXAMPLE, put_target
from tests.stage.watch import a_sandbox

pytestmark = pytest.mark.slow  # each runs the kit in a process of its own

CALLED = '[actions.call]\nmethod = "POST"\n'


def test_what_needs_an_action_is_left_out_without_it(tmp_path: Path) -> None:
    """Without the optional actions their tests are skipped with the key to add; the rest is checked."""
    target = put_target(tmp_path, EXAMPLE / "integrator.py", "gupshup", port=a_port())
    whole = target.read_text()
    target.write_text(whole[: whole.index("[actions.end_call]")])
    ids = ("permission.permanent", "call.terminate-id", "call.unanswered", "store.down", "request.answered")
    run = of_target(target, "behaviour", "-m", " or ".join(f"claim(id='behaviour.{name}')" for name in ids))
    missing = {said["not_covered"] for said in run.tests.values() if "not_covered" in said}
    wanted = {"[actions.end_call]", "[actions.last_call]", "[actions.break_store]", "[actions.request_state]"}
    assert missing == wanted, run.out
    assert run.suite["contract.behaviour.failed"] == "0", run.out


def test_calls_by_another_way_are_judged_by_the_actions_answer(tmp_path: Path) -> None:
    """With `allowed` the action's answer is the try to call; what can only be seen on Graph is not covered."""
    env = (("CALLS", "off"),)
    target = put_target(tmp_path, EXAMPLE / "integrator.py", "gupshup", port=a_port(), env=env)
    target.write_text(target.read_text().replace(CALLED, f'{CALLED}allowed = "2xx"\n'))
    ids = ("permission.permanent", "permission.revoked", "call.without-permission", "call.offer", "call.unanswered")
    run = of_target(target, "behaviour", "-m", " or ".join(f"claim(id='behaviour.{name}')" for name in ids))
    outcomes = {said["claim"]: said.get("not_covered", said["outcome"]) for said in run.tests.values()}
    assert outcomes.pop("behaviour.call.offer").startswith("calls through the sandbox"), run.out
    assert set(outcomes.values()) == {"passed"}, run.out


@pytest.fixture
def stand_in() -> Iterator[str]:
    """A provider whose control API the kit cannot use: it needs a token that nobody gives."""
    sandbox: Any = a_sandbox(ServerSettings(control_token="nobody-knows"))
    with RunningServer(lambda: sandbox, on_stop=sandbox.stop) as server:
        yield server.url


@pytest.mark.parametrize("dialect", ["gupshup", pytest.param("meta", marks=pytest.mark.slow)])
def test_any_stand_in_can_be_tested(tmp_path: Path, stand_in: str, dialect: str) -> None:
    """The provider part needs no more than a URL and an app's ids and token: no application and no control API."""
    target = _target_of(tmp_path, dialect, stand_in, token="sk_sandbox_0000000000000001")
    run = of_target(target, "provider")
    assert run.code == 0, run.out
    assert _left_out(run) == {"provider.error.control"}, run.out
    assert int(run.suite["contract.provider.checked"]) >= 30, run.out


def test_a_stand_in_that_is_wrong_fails(tmp_path: Path, stand_in: str) -> None:
    """A provider that answers otherwise than documented is failed: here everything is 401."""
    target = _target_of(tmp_path, "meta", stand_in, token="sk_of_nobody")
    run = of_target(target, "provider", "-k", "test_a_request_is_accepted or test_a_wrong_token_is_refused")
    outcomes = {name: said["outcome"] for name, said in run.tests.items()}
    assert outcomes.pop("test_a_request_is_accepted") == "failed", run.out
    assert set(outcomes.values()) == {"passed"}, run.out


def _target_of(folder: Path, dialect: str, url: str, *, token: str) -> Path:
    """A target with nothing but where a provider is, and the ids of the ready-made app."""
    target = folder / "target.toml"
    integrator = f'[integrator]\nwebhook_url = "http://127.0.0.1:{a_port()}/none"\ndialect = "{dialect}"\n'
    ids = 'app_id = "00000000-0000-4000-8000-000000000001"\nphone_number_id = "100000000000001"\n'
    target.write_text(f'{integrator}[sandbox]\nurl = "{url}"\napp_token = "{token}"\n{ids}')
    return target


def _left_out(run: Run) -> set[str]:
    return {said["claim"] for said in run.tests.values() if "not_covered" in said}
