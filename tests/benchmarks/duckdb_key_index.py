"""What a primary-key index costs in DuckDB: 3 M rows inserted, then all replaced in one transaction, with and without one.

python tests/benchmarks/duckdb_key_index.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import duckdb

ROWS = "SELECT (i * 7919) % 3000017, i FROM range(3000000) r(i)"
TABLES = {"without": "CREATE TABLE t (a BIGINT, b DOUBLE)", "with a primary key": "CREATE TABLE t (a BIGINT PRIMARY KEY, b DOUBLE)"}


def seconds(connection: duckdb.DuckDBPyConnection, *statements: str) -> float:
    """Run the statements in one transaction and return the seconds it took."""
    start = time.perf_counter()
    for statement in ("BEGIN", *statements, "COMMIT"):
        connection.execute(statement)
    return time.perf_counter() - start


def main() -> None:
    """Print the seconds of both tables and their ratios."""
    taken: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, create in TABLES.items():
            with duckdb.connect(Path(folder) / f"{len(taken)}.duckdb") as connection:
                connection.execute("SET threads = 2")
                connection.execute(create)
                taken[name] = (
                    seconds(connection, f"INSERT INTO t {ROWS}"),
                    seconds(connection, "DELETE FROM t", f"INSERT INTO t {ROWS}"),
                )
            print(f"{name}: insert {taken[name][0]:.2f} s, replace all {taken[name][1]:.2f} s")
    plain, keyed = taken.values()
    print(f"duckdb {duckdb.__version__}: ratio insert {keyed[0] / plain[0]:.1f}, replace all {keyed[1] / plain[1]:.1f}")


if __name__ == "__main__":
    main()
