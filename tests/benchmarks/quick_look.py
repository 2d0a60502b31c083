"""What a quick look costs beside DuckDB's SUMMARIZE of the first 100,000 rows; both know nothing of the file before.

Three files: numbers, texts, and the demo's 27 columns, in UTF-8 for DuckDB's sake.

python -m tests.benchmarks.quick_look [ROWS] [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from tests.benchmarks import profile_card
from tests.benchmarks.profile_csv import NUMBERS, TEXTS, write
from tests.benchmarks.race import race

SUMMARIZE: Final = "import duckdb, sys; duckdb.sql('SUMMARIZE SELECT * FROM read_csv($1) LIMIT 100000', params=sys.argv[1:]).fetchall()"


def main() -> None:
    """Print what both took, start-up included, of each file."""
    rows, rounds = (int(text) for text in (*sys.argv[1:3], *("1000000", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "numbers": partial(write, query=NUMBERS, rows=rows),
            "texts": partial(write, query=TEXTS, rows=rows, delimiter=";"),
            "27 columns": partial(profile_card.write, rows=rows, encoding="utf-8"),
        }
        for name, make in files.items():
            path = Path(folder, f"{name}.csv")
            make(path)
            commands = {
                "SUMMARIZE of 100,000": [sys.executable, "-c", SUMMARIZE, str(path)],
                "spec profile --quick": [sys.executable, "-m", "dataeng_ai", "profile", str(path), "--quick"],
            }
            race(f"{name}: {rows:,} rows, {path.stat().st_size >> 20} MiB", commands, rounds, "wall <= 1.5 x, <= 3 s")


if __name__ == "__main__":
    main()
