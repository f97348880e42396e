"""The application as a process: started, ready, ended, stopped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract_tests.failure import CannotGoOn
from contract_tests.patience import until
from contract_tests.target.process import Application
from tests.contract.frame.kit import RECEIVERS, a_port


@contextmanager
def application(
    *command: str, port: int = 0, ready: str = "", env: dict[str, str] | None = None, patience: float = 5
) -> Iterator[Application]:
    url = f"http://127.0.0.1:{port or a_port()}/webhooks"
    made = Application(webhook_url=url, start=command, ready_url=ready and url, env=env, patience=patience)
    try:
        yield made
    finally:
        made.stop()


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


def test_it_is_ready_when_its_url_answers() -> None:
    """`ready_url` is asked until it answers 2xx; without one, something must listen where webhooks go."""
    for ready in ("", "yes"):
        port = a_port()
        with application(sys.executable, str(RECEIVERS), "good", str(port), port=port, ready=ready) as it:
            it.start()
            it.check()


def test_its_output_is_kept_in_order_and_bounded() -> None:
    """The last 500 lines, each of at most 500 characters; what is said from a moment on can be asked for."""
    program = "import time\nfor n in range(600): print(f'line {n}', 'x' * 3000, flush=True)\ntime.sleep(60)"
    with application(*python(program), patience=1) as it, pytest.raises(CannotGoOn, match="nothing li") as refused:
        it.start()
    lines = it.output().splitlines()
    assert len(lines) == 500
    assert max(map(len, lines)) == 500
    assert str(refused.value).count("\n") == 21
    assert it.output(it.output_lines - 2).count("\n") == 1


def test_one_that_ends_at_once_says_how_and_why() -> None:
    """The exit code, and the end of what it said, as soon as it has ended."""
    with application(*python("raise SystemExit('no configuration')")) as it, pytest.raises(CannotGoOn) as refused:
        it.start()
    assert str(refused.value) == (
        "The application has ended, with exit code 1.\nThe end of its output:\n  | no configuration"
    )


def test_one_that_cannot_be_started_says_so() -> None:
    """A program that does not exist is one line."""
    with application("no-such-program") as it, pytest.raises(CannotGoOn) as refused:
        it.start()
    assert str(refused.value) == (
        "The application cannot be started with ['no-such-program']: No such file or directory."
    )
    with application("no-such-program --serve") as it, pytest.raises(CannotGoOn, match="Each word is an item of its"):
        it.start()


def test_an_address_that_is_taken_is_found_before_the_start() -> None:
    """Else another application would be tested in its place."""
    port = a_port()
    with application(sys.executable, str(RECEIVERS), "good", str(port), port=port) as first:
        first.start()
        with application(*python(""), port=port) as second, pytest.raises(CannotGoOn, match="Something listens at"):
            second.start()


def test_it_is_stopped_with_its_children(tmp_path: Path) -> None:
    """A start script's child goes too, and so does one that does not want to."""
    file = tmp_path / "child"
    child = (
        f"import os, signal, time; signal.signal(15, signal.SIG_IGN); open({str(file)!r}, 'w').write(str(os.getpid()))"
    )
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child + '; time.sleep(99)'!r}])"
    with application(*python(program), patience=0.5) as it:
        with pytest.raises(CannotGoOn):
            it.start()
        assert until(lambda: file.exists() and file.read_text(), 5)
    number = int(file.read_text())
    assert until(lambda: not is_there(number), 5)


def test_it_gets_its_environment() -> None:
    """What the target gives is added to that of the run."""
    program = "import os; raise SystemExit(os.environ['TOKEN'] + ' ' + str('PATH' in os.environ))"
    with application(*python(program), env={"TOKEN": "sk_1"}) as it, pytest.raises(CannotGoOn, match="sk_1 True"):
        it.start()


def is_there(number: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text().split(")")[1][:3]
    except OSError:
        pass
    try:
        os.kill(number, 0)
    except OSError:
        return False
    return not Path("/proc").is_dir()
