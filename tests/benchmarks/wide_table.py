"""What a table of thousands of columns costs, from its profile to its load, in CPU seconds of each command.

python -m tests.benchmarks.wide_table [COLUMNS] [ROWS]
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks.race import spent

if TYPE_CHECKING:
    from collections.abc import Callable

GOALS: Final = {"profile": 10, "fill": 10, "check": 10, "compile": 10, "run": 20}
"""CPU seconds for 2,000 columns of 1,000 rows, on the machine that PERFORMANCE.md was measured on."""

CELLS: Final[tuple[Callable[[random.Random], str], ...]] = (
    lambda chance: str(chance.randrange(10**6)),
    lambda chance: f"{chance.random() * 1000:.2f}",
    lambda chance: f"2024-{chance.randrange(1, 13):02d}-{chance.randrange(1, 28):02d}",
    lambda chance: chance.choice(["Север", "Юг", "Запад"]),
    lambda chance: f"слово {chance.randrange(10**5)}",
)


def write(path: Path, columns: int, rows: int) -> None:
    """Write a key, and columns of five kinds in turn; the same bytes each time."""
    chance = random.Random(1)  # noqa: S311  invented data, not cryptography
    names = (f"Показатель {place}" if place % 2 else f"measure_{place}" for place in range(1, columns))
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(("id", *names)) + "\n")
        for row in range(rows):
            file.write(",".join((str(row), *(CELLS[place % len(CELLS)](chance) for place in range(1, columns)))) + "\n")


def main() -> None:
    """Print what each command took."""
    columns, rows = (int(text) for text in (*sys.argv[1:3], *("2000", "1000")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write(Path(folder, "wide.csv"), columns, rows)
        spec = [sys.executable, "-m", "dataeng_ai"]
        subprocess.run([*spec, "new", "wide", "--source", "wide.csv"], check=True, capture_output=True)
        print(f"{columns:,} columns of {rows:,} rows")
        for command, goal in GOALS.items():
            took = spent([*spec, command, "wide", *(("--model", "rules") if command == "fill" else ())])
            print(f"  {command:10} CPU {took.cpu:6.1f} s (goal {goal}), wall {took.wall:6.1f} s, peak {took.peak:5.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
