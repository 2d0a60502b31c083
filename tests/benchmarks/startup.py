"""What `spec --help`, the tour and looking at what it made cost, beside a bare Python start and `import click`, in turn in one run.

python tests/benchmarks/startup.py [ROUNDS]
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPEC = str(Path(sys.executable).parent / "spec")
FOLDER = Path(tempfile.mkdtemp()) / "museum"
CONTESTANTS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import click": [sys.executable, "-c", "import click"],
    "spec --help": [SPEC, "--help"],
    "spec demo": [SPEC, "demo", str(FOLDER)],
    "spec show": [SPEC, "show", "tickets"],
    "spec why": [SPEC, "why", "tickets"],
    "spec check": [SPEC, "check", "tickets"],
    "spec": [SPEC],
    "spec profile": [SPEC, "profile", "tickets"],
}


def seconds(command: list[str]) -> float:
    """Return the wall seconds of one run of a command."""
    if command[1:2] == ["demo"]:
        shutil.rmtree(FOLDER, ignore_errors=True)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=FOLDER if FOLDER.is_dir() else None)
    return time.perf_counter() - start


def main() -> None:
    """Print least and median milliseconds of each, and what comes on top of a bare start."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    taken: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for _ in range(rounds):
        for name, command in CONTESTANTS.items():
            taken[name].append(seconds(command) * 1000)
    bare = statistics.median(taken["python -c pass"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:15} least {min(times):6.0f} ms, median {median:6.0f} ms, beyond bare {median - bare:6.0f} ms")


if __name__ == "__main__":
    main()
