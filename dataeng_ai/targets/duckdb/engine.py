"""DuckDB: the driver side. Loads are staged as Parquet beside the warehouse's file, which is opened for a transaction at a time."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final

from dataeng_ai.connections import resolve
from dataeng_ai.connections.drivers import file_of
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.targets.checks import looked_up
from dataeng_ai.targets.duckdb.catalog import comments
from dataeng_ai.targets.duckdb.errors import ours
from dataeng_ai.targets.duckdb.warehouse import Warehouse
from dataeng_ai.targets.duckdb.work import Folder, Staging, Work, plain
from dataeng_ai.targets.session import refuse_foreign
from dataeng_ai.targets.table import mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from dataeng_ai.connections import Connection
    from dataeng_ai.ir import Pipeline
    from dataeng_ai.targets.session import Compiled, Reject, Report, Row

NAME: Final = "duckdb"
_WIDE: Final = 100
"""Columns from which on it is worth to read a small staging once rather than once for each check."""
_SMALL: Final = 16 << 20
"""Bytes of Parquet that fit into memory, unpacked."""


@contextmanager
def connect(pipeline: Pipeline, statements: Mapping[str, Compiled], root: Path) -> Iterator[Session]:
    """Open a session for one pipeline.

    Raises:
        Unreachable: the file cannot be opened (E610), or others hold it (E614).
        Problems: there is no such connection, or what was asked for was refused (E513).
    """
    path = _path(pipeline.target.connection, root)
    with ours(f"the warehouse `{path}`"):
        yield Session(Warehouse(path, pipeline.run.threads, pipeline.run.memory), pipeline, statements)


def _path(name: str | None, root: Path) -> Path:
    if name is None:
        return root / ".dataeng" / "warehouse.duckdb"
    return path_of(resolve(name, root), root)


def path_of(found: Connection, root: Path) -> Path:
    """Return the file that a connection means.

    Raises:
        Problems: it is of another kind (E606), or does not say which file (E602).
    """
    if found.kind != NAME:
        message = f"the connection `{found.name}` is of the kind `{found.kind}`, and the pipeline loads into DuckDB"
        raise Problems(Diagnostic("E606", message, help="name another connection, or another storage"))
    return file_of(found, root)


class Session:
    """An open way into a DuckDB warehouse, for one pipeline; see `targets/session.py`."""

    def __init__(self, warehouse: Warehouse, pipeline: Pipeline, statements: Mapping[str, Compiled]) -> None:
        """Keep the warehouse closed: each method opens it for as long as it needs it."""
        self.scratch = warehouse.staging / "scratch"
        self.warehouse, self.pipeline, self.statements = warehouse, pipeline, statements

    def create(self) -> None:
        """Create what is missing, one process at a time; nothing at all where nothing is missing."""
        if not self.warehouse.path.exists() or self._missing(write=False):
            self._missing(write=True)
        with self.warehouse.open(write=False) as connection:
            found = comments(connection, self.pipeline.target.schema, self.pipeline.target.table)
        refuse_foreign(self.pipeline, mark(self.pipeline), found[0])

    def _missing(self, *, write: bool) -> list[str]:
        """Return the names of the statements that make what is not there; with `write` run them, too."""
        target = self.pipeline.target
        tables = {target.table: "create.table", "_dataeng_loads": "create.loads"}
        tables |= {"_dataeng_files": "create.files", "_dataeng_rejects": "create.rejects"}
        with self.warehouse.open(write=write) as connection:
            wanted = {statement for name, statement in tables.items() if not comments(connection, target.schema, name)}
            wanted |= {"create.schema"} if wanted else set()
            new = "create.table" in wanted
            names = [name for name in self.statements if name in wanted or (new and name.startswith(("create.index", "create.comment")))]
            if write:
                connection.begin()
                for name in names:
                    connection.execute(self.statements[name].sql).fetchall()
                connection.commit()
        return names

    @contextmanager
    def reading(self, load_id: str | None = None) -> Iterator[Work]:
        """Open a view in which nothing changes, with the staging of a load when one is named: then of the staging alone.

        Where a check looks into tables that stand, of those, too.
        """
        if load_id is not None:
            staged = self._folder(load_id)
            if staged.report() is None:
                message = f"the load `{load_id}` of the pipeline `{self.pipeline.name}` is not staged"
                raise Problems(Diagnostic("E505", message, help="run it again from its first step"))
            if looked_up(self.pipeline):
                with self.warehouse.open(write=False) as connection:
                    connection.begin()
                    yield Work(connection, self.pipeline, self.statements, staged, beside=True)
                    connection.rollback()
                return
            with self.warehouse.aside() as connection:
                yield Work(connection, self.pipeline, self.statements, staged, held=self._is_wide(staged))
            return
        if not self._has_run():
            message = f"the pipeline `{self.pipeline.name}` has not run yet: it has no ledger in `{self.warehouse.path}`"
            raise Problems(Diagnostic("E514", message, help=f"spec run {self.pipeline.name}"))
        with self.warehouse.open(write=False) as connection:
            connection.begin()
            yield Work(connection, self.pipeline, self.statements, None)
            connection.rollback()

    def _is_wide(self, staged: Folder) -> bool:
        """Say whether a staging's columns cost each query more than its rows do: DuckDB looks at all columns of a file, even for one."""
        size = sum(path.stat().st_size for path in staged.path.glob("data-*.parquet"))
        return len(self.pipeline.columns) > _WIDE and size <= _SMALL

    def _has_run(self) -> bool:
        if not self.warehouse.path.exists():
            return False
        with self.warehouse.open(write=False) as connection:
            return bool(comments(connection, self.pipeline.target.schema, "_dataeng_loads"))

    def _folder(self, load_id: str) -> Folder:
        return Folder(self.warehouse.staging / f"{self.pipeline.name}-{load_id}")

    @contextmanager
    def staging(self, load_id: str, folder: Path) -> Iterator[Staging]:
        """Begin to stage a load, the warehouse closed: two may stage the same one, and the first to finish gives it its name."""
        yield Staging(self.warehouse, self.pipeline, self.statements, load_id, folder)

    @contextmanager
    def publishing(self, load_id: str) -> Iterator[Work]:
        """Begin to publish a load, together with its line in the ledger."""
        with self.warehouse.open(write=True) as connection:
            connection.begin()
            yield Work(connection, self.pipeline, self.statements, self._folder(load_id))
            connection.commit()

    def loads(self) -> list[Report]:
        """Return what is known of every load of the pipeline, that staged last first."""
        with self.reading() as reading:
            known = {load["load_id"]: load for load in reading.loads()}
        staged = [report for folder in self._staged() if (report := folder.report())]
        return sorted({**{load["load_id"]: load for load in staged}, **known}.values(), key=lambda load: load["staged_at"], reverse=True)

    def _staged(self) -> list[Folder]:
        """Return the folders of this pipeline's staged loads: a name of letters, then a load_id without a hyphen."""
        return [Folder(path) for path in self.warehouse.staging.glob("*-*") if path.name.rpartition("-")[0] == self.pipeline.name]

    def rejects(self, load_id: str) -> list[Reject]:
        """Return the records that a load turned away, published or not."""
        staged = self._folder(load_id)
        if staged.report():
            return sorted(staged.rejects(), key=lambda reject: (reject.file, reject.record))
        with self.reading() as reading:
            return reading.rejects(load_id)

    def sweep(self) -> None:
        """Remove what was staged before the load that was published last: it is published, or never will be."""
        staged = [(folder, report) for folder in self._staged() if (report := folder.report())]
        if staged:
            newest = max((load["staged_at"] for load in self.loads() if load["state"] == "published"), default="")
            for folder, report in staged:
                if report["staged_at"] <= newest:
                    folder.remove(self.scratch)

    def query(self, text: str) -> tuple[list[str], list[Row]]:
        """Run one query of a person; the file is opened read-only."""
        with self._asked() as connection:
            return plain(connection, text, [])

    def arrow(self, text: str) -> pa.Table:
        """Run one query of a person; DuckDB hands over its own vectors."""
        with self._asked() as connection:
            found: DuckDBPyRelation | None = connection.sql(text)
            return import_module("pyarrow").table({}) if found is None else found.to_arrow_table()

    @contextmanager
    def _asked(self) -> Iterator[DuckDBPyConnection]:
        """Open the file for a query of a person: read-only, and nothing beyond it."""
        if not self._has_run():
            message = f"there is no warehouse `{self.warehouse.path}` yet"
            raise Problems(Diagnostic("E514", message, help=f"spec run {self.pipeline.name}"))
        with self.warehouse.open(write=False) as connection:
            connection.execute("SET enable_external_access = false").fetchall()
            yield connection
