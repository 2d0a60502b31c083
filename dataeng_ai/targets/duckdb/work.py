"""DuckDB: one load, staged as Parquet files in a folder of its own, published in one transaction of the warehouse."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.targets.duckdb.catalog import columns
from dataeng_ai.targets.session import Reject, refuse_other_shape, staging_name, with_staging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from dataeng_ai.ir import Pipeline
    from dataeng_ai.targets.duckdb.warehouse import Warehouse
    from dataeng_ai.targets.session import Compiled, Report, Row

_PARQUET: Final = "SELECT * FROM read_parquet($1)"
_LINES: Final = """
SELECT * FROM read_json($1, format='newline_delimited', columns={"pipeline": 'VARCHAR', "load_id": 'VARCHAR', "file": 'VARCHAR',
    "record": 'BIGINT', "line": 'BIGINT', "column": 'VARCHAR', "reason": 'VARCHAR', "raw": 'VARCHAR'})
"""
_SHOWN: Final = "shown"
_AT_ONCE: Final = 1000
"""Rows of a stream that are fetched together."""
_DROP: Final = 'DROP VIEW "__staging__"'
_STAGED: Final = "SET VARIABLE dataeng_staged = $1"
_BESIDE: Final = """CREATE TEMP VIEW "__staging__" AS SELECT * FROM read_parquet(getvariable('dataeng_staged'))"""
"""The view of a staging in a warehouse that is only read: a relation's own view would be written into its file."""


REJECTS: Final = "rejects.jsonl"
"""The file of the records that were turned away, one a line, as in the ledger."""


class Folder:
    """A folder that holds one staged load: `data-*.parquet`, `rejects.jsonl`, and `report.json`, which is written last."""

    def __init__(self, path: Path) -> None:
        """Name the folder; it need not be there."""
        self.path = path

    def report(self) -> Report | None:
        """Return the report of the load that is staged here."""
        try:
            found: Report = json.loads((self.path / "report.json").read_bytes())
        except (OSError, ValueError):
            return None
        return found

    def data(self) -> list[str]:
        """Return the Parquet files, in order."""
        return sorted(map(str, self.path.glob("data-*.parquet")))

    def rejects(self) -> Iterator[Reject]:
        """Yield the records that were turned away."""
        path = self.path / REJECTS
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                yield from (Reject(*list(json.loads(line).values())[2:]) for line in lines)

    def remove(self, scratch: Path) -> None:
        """Remove the folder: in one move into `scratch`, which the next run sweeps, so that a killed removal leaves no half of it."""
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        trash = scratch / self.path.name
        with suppress(FileNotFoundError):
            self.path.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


class Work:
    """A connection to the warehouse, or to nothing but the staging of a load; see `targets/session.py`."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        pipeline: Pipeline,
        statements: Mapping[str, Compiled],
        staged: Folder | None,
        *,
        held: bool = False,
        beside: bool = False,
    ) -> None:
        """Work in the transaction that is open; the rows of `staged` stand under the load's staging name.

        `held` in memory, if so, or `beside` the tables of a warehouse that is only read.
        """
        self.connection, self.pipeline, self.statements, self.staged = connection, pipeline, statements, staged
        found = None if staged is None else staged.report()
        self.load_id = found["load_id"] if found else ""
        if staged is not None and found and beside:
            connection.execute(_STAGED, [staged.data()]).fetchall()
            connection.execute(with_staging(_BESIDE, self.load_id)).fetchall()
        elif staged is not None and found:
            rows = connection.sql(_PARQUET, params=[staged.data()])
            (rows.create if held else rows.create_view)(staging_name(self.load_id))

    def rows(self, name: str, /, **values: object) -> list[Row]:
        """Return all rows of the statement of that name."""
        statement = self.statements[name]
        return plain(self.connection, with_staging(statement.sql, self.load_id), statement.values(values))[1]

    def stream(self, name: str, /, **values: object) -> Iterator[Row]:
        """Yield the rows of the statement of that name, one after another."""
        statement = self.statements[name]
        found = self.connection.execute(statement.sql, statement.values(values))
        while rows := found.fetchmany(_AT_ONCE):
            yield from rows

    def execute(self, name: str, /, **values: object) -> int:
        """Run the statement of that name; return how many rows it changed."""
        statement = self.statements[name]
        found = self.connection.execute(with_staging(statement.sql, self.load_id), statement.values(values)).fetchall()
        return int(found[0][0]) if found else 0

    def loads(self) -> list[Report]:
        """Return what is known of every published load of the pipeline, that staged last first."""
        names = self.statements["ledger.insert_load"].params
        found = [dict(zip(names, row, strict=True)) for row in self.rows("ledger.loads", pipeline=self.pipeline.name)]
        return [{**json.loads(load["checksums"]), "state": load["state"]} for load in found]

    def rejects(self, load_id: str) -> list[Reject]:
        """Return the records that a published load turned away."""
        return [Reject(*row[2:]) for row in self.rows("ledger.rejects", pipeline=self.pipeline.name, load_id=load_id)]

    def report(self) -> Report | None:
        """Return what was staged."""
        return self.staged.report() if self.staged else None

    def settle(self) -> None:
        """Move the load's rejects into the ledger, and drop the view of the staging; its folder goes once all this is committed."""
        if self.staged is None or not self.load_id:
            return
        self.execute("ledger.delete_rejects", pipeline=self.pipeline.name, load_id=self.load_id)
        self.connection.execute(with_staging(_DROP, self.load_id)).fetchall()
        lines = self.staged.path / REJECTS
        if lines.exists():
            self.connection.sql(_LINES, params=[str(lines)]).create_view(staging_name(self.load_id))
            self.execute("ledger.move_rejects")
            self.connection.execute(with_staging(_DROP, self.load_id)).fetchall()


class Staging:
    """The staging of one load while it is made, in a folder of the caller's; see `targets/session.py`."""

    def __init__(self, warehouse: Warehouse, pipeline: Pipeline, statements: Mapping[str, Compiled], load_id: str, folder: Path) -> None:
        """Stage in `folder`, on the disk where the final folder will stand."""
        self.warehouse, self.pipeline, self.statements = warehouse, pipeline, statements
        self.load_id, self.folder, self.scratch = load_id, Folder(folder / "staged"), folder
        self.final = Folder(warehouse.staging / f"{pipeline.name}-{load_id}")
        self.copied = 0

    def rows(self, name: str, /, **values: object) -> list[Row]:
        """Return all rows of the statement of that name, from the warehouse as it stands now."""
        with self.warehouse.open(write=False) as connection:
            return Work(connection, self.pipeline, self.statements, None).rows(name, **values)

    def report(self) -> Report | None:
        """Return what was staged for this load earlier, if its files still hold it."""
        found = self.final.report()
        if found is None or found["state"] != "staged":
            return None
        with self.warehouse.aside() as connection:
            try:
                held = connection.sql(_PARQUET, params=[self.final.data()]).aggregate("count(*)").fetchall()[0][0]
            except duckdb.Error:
                return None
        return found if held == found["rows_staged"] else None

    def create(self) -> None:
        """Make an empty folder, and hold the target's shape against the spec's."""
        if self.final.path.exists():
            self.final.remove(self.scratch)
        self.folder.path.mkdir(exist_ok=True)
        target = self.pipeline.target
        with self.warehouse.aside() as empty:
            for name in ("create.schema", "create.table"):
                if name in self.statements:
                    empty.execute(self.statements[name].sql).fetchall()
            expected = columns(empty, target.schema, target.table)
        with self.warehouse.open(write=False) as connection:
            refuse_other_shape(target.table, expected, columns(connection, target.schema, target.table))

    def copy(self, rows: DuckDBPyRelation, progress: Callable[[], None]) -> int:
        """Append the rows as one more Parquet file."""
        path = self.folder.path / f"data-{self.copied:06}.parquet"
        self.copied += 1
        rows.write_parquet(str(path), compression="zstd")
        progress()
        with self.warehouse.aside() as connection:
            return int(connection.sql(_PARQUET, params=[str(path)]).aggregate("count(*)").fetchall()[0][0])

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Keep these records aside."""
        key = {"pipeline": self.pipeline.name, "load_id": self.load_id}
        with (self.folder.path / REJECTS).open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps({**key, **asdict(reject)}, ensure_ascii=False) + "\n" for reject in rejects)

    def finish(self, report: Report) -> None:
        """Write the report, then give the folder its final name; one over its limit keeps no data, only its rejects."""
        if report["state"] == "refused":
            for path in self.folder.path.glob("data-*.parquet"):
                path.unlink()
        (self.folder.path / "report.json").write_text(json.dumps(report), encoding="utf-8")
        for path in self.folder.path.iterdir():
            _flush(path)
        try:
            self.folder.path.rename(self.final.path)
        except OSError:
            # Another run of the same load was quicker: what it staged is the same.
            if self.final.report() is None:
                raise


def plain(connection: DuckDBPyConnection, text: str, values: Sequence[object]) -> tuple[list[str], list[Row]]:
    """Run a query; times with a zone come as text, since DuckDB needs a package of its own to give them as objects."""
    found: DuckDBPyRelation | None = connection.sql(text, params=list(values))
    if found is None:
        # A statement that gives no rows.
        return [], []
    zoned = [str(kind) == "TIMESTAMP WITH TIME ZONE" for kind in found.types]
    if any(zoned):
        found = found.set_alias(_SHOWN).select(*map(_shown, found.columns, zoned))
    return found.columns, found.fetchall()


def _shown(name: str, zoned: bool) -> duckdb.Expression:  # noqa: FBT001  mapped over two lists
    column = duckdb.ColumnExpression(_SHOWN, name)  # a lone name is parsed by DuckDB 1.5, and a quote or a point in it misread
    return column.cast("VARCHAR").alias(name) if zoned else column


def _flush(path: Path) -> None:
    """Wait until the file is on the disk: its folder's new name must not be there before it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
