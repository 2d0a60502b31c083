"""Contestants in turn, each a process of its own: its CPU seconds, its wall seconds and its peak memory, beside an anchor's."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KIB: int = 1024


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took: seconds of CPU (user and system), seconds by the clock, MiB at its peak."""

    cpu: float
    wall: float
    peak: float


def spent(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Spent:
    """Run a command to its end, its output thrown away, and return what it took.

    Raises:
        RuntimeError: it failed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{command} ended with {process.returncode}"
        raise RuntimeError(message)
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / _KIB)


def race(title: str, commands: Mapping[str, Sequence[str]], rounds: int, goal: str, environment: Mapping[str, str] | None = None) -> None:
    """Run all commands in turn, and print the least that each took and its ratios to the first, which is the anchor."""
    runs: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(spent(command, environment))
    least = {
        name: Spent(min(run.cpu for run in taken), min(run.wall for run in taken), max(run.peak for run in taken))
        for name, taken in runs.items()
    }
    anchor = next(iter(least.values()))
    print(f"{title}, {rounds} rounds; goal: {goal}")
    for name, one in least.items():
        ratios = f"{one.cpu / anchor.cpu:5.2f} x CPU, {one.wall / anchor.wall:5.2f} x wall"
        print(f"  {name:24} CPU {one.cpu:6.2f} s, wall {one.wall:6.2f} s, peak {one.peak:5.0f} MiB   {ratios}")
    sys.stdout.flush()
