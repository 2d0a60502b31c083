"""Where the runtime's tests load into: a project in a folder of its own, and a real storage, looked at past the runtime."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg

from dataeng_ai import ir
from dataeng_ai.emit import emit
from dataeng_ai.runtime import Bundle, RunReport, run
from dataeng_ai.types import parse

if TYPE_CHECKING:
    from pathlib import Path

ID = 'и"д'
WHEN = "{{ when }}"
NAME = "'); DROP TABLE x; --"
"""Hostile names: what the storages and the SQL make of them must be nothing but a column."""

_PROGRAM = """
import sys
from pathlib import Path
from dataeng_ai.runtime import Bundle, run
print(run(Bundle.load(Path(sys.argv[1])), root=Path(sys.argv[2])).to_dict())
"""

CSV = ir.Csv(",", '"', '"', header=True, encoding="utf-8", null_values=("",))
EMPTY_IS_NULL = ir.Parse(null_values=("",))


def sales(storage: str, **changes: Any) -> ir.Pipeline:
    """Return a small pipeline: a key, a price, a time, a name."""
    plain = ir.Pipeline(
        name="sales",
        about="Sales, for the tests.",
        source=ir.Source(None, "in/*.csv", "csv", CSV),
        target=ir.Target(storage, "warehouse" if storage == "postgres" else None, "мир", "sales"),
        columns=(
            ir.Column(ID, "id", parse("bigint"), nullable=False),
            ir.Column("price", "price", parse("decimal(10, 2)"), parse=EMPTY_IS_NULL),
            ir.Column(WHEN, "when", parse("timestamptz"), parse=EMPTY_IS_NULL),
            ir.Column(NAME, "name", parse("text"), parse=ir.Parse(null_values=("NULL",))),
        ),
        load=ir.Load("full"),
        primary_key=(ID,),
    )
    return replace(plain, **changes)


def rows(*numbers: int, name: str = "имя", when: str = "2026-01-31T12:00:00Z", price: str = "1.50") -> str:
    """Return the text of a CSV file with a good row for each number."""
    return "id,price,when,name\n" + "".join(f"{number},{price},{when},{name}\n" for number in numbers)


@dataclass(frozen=True)
class Place:
    """A project and its storage. `url` is of the PostgreSQL database, None for DuckDB."""

    storage: str
    root: Path
    url: str | None

    def write(self, name: str, text: str) -> None:
        path = self.root / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")

    def pipeline(self, **changes: Any) -> ir.Pipeline:
        return sales(self.storage, **changes)

    def bundle(self, **changes: Any) -> Bundle:
        return Bundle.of(emit(self.pipeline(**changes)))

    def run(self, **changes: Any) -> RunReport:
        return run(self.bundle(**changes), root=self.root)

    def compile(self, pipeline: ir.Pipeline) -> Path:
        for path, text in emit(pipeline).items():
            target = self.root / "build" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        return self.root / "build" / "dags" / pipeline.name

    def start(self, folder: Path, fault: str = "") -> subprocess.Popen[str]:
        """Run a compiled pipeline in a process of its own, to be killed at a named point."""
        environment = {**os.environ, "DATAENG_FAULT": fault, "TMPDIR": str(self.temporary())}
        command = [sys.executable, "-c", _PROGRAM, str(folder), str(self.root)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def temporary(self) -> Path:
        folder = self.root / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL in the storage, past the runtime."""
        if self.url is not None:
            with psycopg.connect(self.url, autocommit=True, options="-c TimeZone=UTC") as connection:
                cursor = connection.execute(sql.encode())
                return cursor.fetchall() if cursor.description else []
        path = self.root / ".dataeng" / "warehouse.duckdb"
        path.parent.mkdir(exist_ok=True)
        with duckdb.connect(str(path)) as connection_:
            connection_.execute("SET TimeZone = 'UTC'").fetchall()
            return connection_.execute(sql).fetchall()

    def table(self) -> list[tuple[Any, ...]]:
        """Return the table's values as texts, in the order of the key, without the stamps."""
        columns = ", ".join(f'CAST("{name.replace(chr(34), chr(34) * 2)}" AS VARCHAR)' for name in (ID, "price", WHEN, NAME))
        return self.ask(f'SELECT {columns} FROM "мир"."sales" ORDER BY "sales"."и""д"')

    def keys(self) -> list[int]:
        return [int(row[0]) for row in self.table()]

    def litter(self) -> list[str]:
        """Return everything that a load should not leave behind."""
        found = [str(path.relative_to(self.temporary())) for path in self.temporary().glob("dataeng_ai-*/*")]
        if self.url is not None:
            found += [row[0] for row in self.ask("SELECT relname FROM pg_class WHERE relname LIKE '\\_dataeng\\_stage%'")]
            return found + [row[0] for row in self.ask('SELECT load_id FROM "мир"."_dataeng_loads" WHERE state <> \'published\'')]
        home = self.root / ".dataeng"
        kept = {"warehouse.duckdb", "warehouse.duckdb.lock", "warehouse.duckdb.staging", "warehouse.duckdb.staging/scratch"}
        return found + [name for path in home.rglob("*") if (name := str(path.relative_to(home))) not in kept]
