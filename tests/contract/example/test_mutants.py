"""The mutants apply, start, and make what they are said to make; the example's own target files are right."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from contract_tests.target.process import Application
from contract_tests.target.reading import read
from mock_server.server import sockets
from tests.contract.example.stage import ENV, Stage
from tests.contract.mutants import MUTANTS, Mutant, put_target
from tests.contract.mutants_making import EXAMPLE


@pytest.fixture
def loaded(mutant: Mutant, tmp_path: Path) -> Iterator[ModuleType]:
    """The mutated program as a module."""
    program = read(mutant.put_into(tmp_path, port=9030)).start[1]
    spec = importlib.util.spec_from_file_location(f"mutant_{mutant.name.replace('-', '_')}", program)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[module.__name__]


@pytest.mark.anyio
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
async def test_every_mutant_starts(mutant: Mutant, loaded: ModuleType) -> None:
    """Every patch applies exactly once, and what comes of it is an application that says that it is well."""
    stage = Stage(mutant.dialect, app=loaded.create_app, env=dict(mutant.env))
    answer = await stage.http.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_patch_that_does_not_apply_is_noticed() -> None:
    """A text that is not there, or there twice, is an error and no mutant."""
    for old in ("this is nowhere", "return"):
        with pytest.raises(ValueError, match="not once"):
            _ = Mutant("wrong", 1, "behaviour.a.b", ((old, ""),)).source


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_the_target_files_leave_nothing_out(dialect: Any) -> None:
    """The example's target files are valid and give every action, so that nothing of the contract is not covered."""
    target = read(EXAMPLE / f"target-{dialect}.toml")
    assert (target.dialect, sorted(target.actions)) == (
        dialect,
        [
            "break_store",
            "call",
            "end_call",
            "last_call",
            "mend_store",
            "permission",
            "request_permission",
            "request_state",
        ],
    )
    assert target.env.keys() <= ENV.keys() | {"PORT", "DIALECT", "REQUEST_TIMEOUT"}


def test_a_target_file_for_elsewhere_differs_in_port_and_start_only(tmp_path: Path) -> None:
    """What a mutant is checked with is the example's own target file."""
    own = tomllib.loads((EXAMPLE / "target-meta.toml").read_text())
    other = tomllib.loads(put_target(tmp_path, tmp_path / "x.py", "meta", port=9020, env=(("A", "b"),)).read_text())
    assert other["integrator"].pop("start") == [sys.executable, str(tmp_path / "x.py")]
    assert other["integrator"]["env"].pop("A") == "b"
    assert own["integrator"].pop("start") == ["{python}", "-m", "contract_tests.example.integrator"]
    assert other == own


@pytest.mark.parametrize("dialect", ["gupshup", "meta"])
def test_it_runs_as_a_program(dialect: Any, tmp_path: Path) -> None:
    """Started by its path with nothing but its environment, it answers /health."""
    with_port = sockets.listen("127.0.0.1", 0)
    port = sockets.port_of(with_port)
    for listening in with_port:
        listening.close()
    target = read(put_target(tmp_path, EXAMPLE / "integrator.py", dialect, port=port))
    given = {"webhook_url": target.webhook_url, "ready_url": target.ready_url, "start": target.start}
    application = Application(**given, env=target.env)  # type: ignore[arg-type]
    try:
        application.start()
        application.check()
    finally:
        application.stop()
