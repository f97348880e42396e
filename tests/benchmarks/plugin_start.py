"""What the plugin adds to the start of pytest: `python tests/benchmarks/plugin_start.py [ROUNDS]`.

Rounds of one pytest with the plugin and one without, in turn, in a folder with one empty test, no other plugin loaded.
What is compared is the processor's time, of which a start is made: on a busy machine the clock on the wall tells of the
others. At most 50 ms are wanted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOUND = 0.050
MOST_ROUNDS = 200


def seconds(folder: str, *plugin: str) -> float:
    """The processor time of one pytest, from the start of its process to the end."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def main(rounds: int) -> int:
    without: list[float] = []
    with_it: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing(): pass\n")
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        for _ in range(rounds + 1):
            without.append(seconds(folder))
            with_it.append(seconds(folder, "-p", "mock_server.pytest_plugin"))
    del without[0], with_it[0]  # the first of each compiles
    for name, figure in (("medians", statistics.median), ("the fastest", min)):
        print(f"{name}: without {figure(without) * 1000:.0f} ms, with {figure(with_it) * 1000:.0f} ms")
    added = min(with_it) - min(without)
    print(f"added {added * 1000:.1f} ms of processor time, at most {BOUND * 1000:.0f} ms wanted; {rounds} rounds")
    return int(added > BOUND)


if __name__ == "__main__":
    sys.exit(main(min(int(sys.argv[1]) if len(sys.argv) > 1 else 20, MOST_ROUNDS)))
