"""What a load of a CSV costs, typed, checked and reconciled: beside CREATE TABLE AS in DuckDB, and a raw COPY in PostgreSQL.

python -m tests.benchmarks.load_csv [ROWS] [ROUNDS]

The CPU is that of the process which loads; what PostgreSQL's server spends shows in the wall seconds alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from dataeng_ai import ir
from dataeng_ai.emit import emit
from dataeng_ai.types import parse
from tests.benchmarks.profile_csv import NUMBERS, write
from tests.benchmarks.race import race
from tests.services.postgres import cluster

TYPES: Final = {
    "order_key": "bigint",
    "part_key": "integer",
    "supplier_key": "integer",
    "line_number": "integer",
    "quantity": "integer",
    "price": "decimal(15, 2)",
    "discount": "decimal(15, 2)",
    "tax": "decimal(15, 2)",
    "returned": "text",
    "status": "text",
    "shipped": "date",
    "promised": "date",
    "received": "date",
    "how": "text",
    "mode": "text",
    "remark": "text",
}
KEY: Final = ("order_key", "line_number")
SQL: Final = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())

CTAS: Final = """
import duckdb, json, sys
path, database, types = sys.argv[1:]
with duckdb.connect(database) as con:
    con.execute("DROP TABLE IF EXISTS lines")
    con.sql("FROM read_csv($1, columns=$2, header=true)", params=[path, json.loads(types)]).create("lines")
"""
COPY: Final = """
import psycopg, sys
path, url, columns = sys.argv[1:]
with psycopg.connect(url) as con, open(path, "rb") as file:
    con.execute("DROP TABLE IF EXISTS raw")
    con.execute("CREATE TABLE raw (" + columns + ")")
    with con.cursor().copy("COPY raw FROM STDIN (FORMAT csv, HEADER)") as copy:
        while chunk := file.read(1 << 20):
            copy.write(chunk)
"""
OURS: Final = """
import os, shutil, sys
from pathlib import Path
from dataeng_ai.runtime import Bundle, run
shutil.rmtree(Path(sys.argv[2], ".dataeng"), ignore_errors=True)  # what is loaded already is not loaded again
if url := os.environ.get("AIRFLOW_CONN_WAREHOUSE"):
    import psycopg
    with psycopg.connect(url) as con:
        con.execute("DROP SCHEMA public CASCADE")
        con.execute("CREATE SCHEMA public")
report = run(Bundle.load(Path(sys.argv[1])), root=Path(sys.argv[2]))
assert report.rows_loaded == int(sys.argv[3]), report
"""


def compiled(root: Path, storage: str) -> Path:
    """Compile the pipeline that loads the file into a storage, and return the folder of what its runtime reads."""
    pipeline = ir.Pipeline(
        name=f"lines_{storage}",
        about="Lines of orders.",
        source=ir.Source(None, "lines.csv", "csv", ir.Csv(",", '"', '"', header=True, encoding="utf-8", null_values=("",))),
        target=ir.Target(storage, "warehouse" if storage == "postgres" else None, None, "lines"),
        columns=tuple(
            ir.Column(name, name, parse(kind), nullable=name not in KEY, parse=ir.Parse(null_values=("",))) for name, kind in TYPES.items()
        ),
        load=ir.Load("full"),
        primary_key=KEY,
    )
    for name, text in emit(pipeline).items():
        path = root / "build" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return root / "build" / "dags" / pipeline.name


def main() -> None:
    """Print what both took, in either storage."""
    rows, rounds = (int(text) for text in (*sys.argv[1:3], *("1000000", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder, cluster() as server, server.database() as url:
        root = Path(folder)
        path = root / "lines.csv"
        write(path, NUMBERS, rows)
        size = f"{rows:,} rows, {path.stat().st_size >> 20} MiB"
        types = json.dumps(TYPES)
        anchors = {
            "duckdb": ("CREATE TABLE AS", [CTAS, str(path), str(root / "anchor.duckdb"), types], "CPU <= 1.15 x", {}),
            "postgres": ("raw COPY", [COPY, str(path), url, SQL], "wall <= 1.25 x", {"AIRFLOW_CONN_WAREHOUSE": url}),
        }
        for storage, (name, anchor, goal, environment) in anchors.items():
            ours = [OURS, str(compiled(root, storage)), str(root), str(rows)]
            commands = {each: [sys.executable, "-c", *words] for each, words in ((name, anchor), ("load", ours))}
            race(f"{storage}: {size}", commands, rounds, goal, environment)


if __name__ == "__main__":
    main()
