"""PostgreSQL: one transaction on one load. Nothing of it is seen until it ends, and nothing of it stays when its process dies."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from psycopg import RawServerCursor, sql

from dataeng_ai.targets.postgres.catalog import columns, find
from dataeng_ai.targets.postgres.copy import pump
from dataeng_ai.targets.session import Reject, refuse_other_shape, staging_name, with_staging
from dataeng_ai.targets.table import staging_columns, table_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyRelation
    from psycopg import Cursor

    from dataeng_ai.ir import Pipeline
    from dataeng_ai.targets.postgres.catalog import Connection
    from dataeng_ai.targets.session import Compiled, Report, Row

_AT_ONCE: Final = 1000
"""Rows of a stream that are fetched together."""


class Work:
    """One transaction on one load: it reads, stages and publishes; see `targets/session.py`."""

    def __init__(self, connection: Connection, schema: str, pipeline: Pipeline, statements: Mapping[str, Compiled], load_id: str) -> None:
        """Work in the transaction that is open."""
        self.connection, self.schema, self.pipeline, self.statements, self.load_id = connection, schema, pipeline, statements, load_id
        self.key = {"pipeline": pipeline.name, "load_id": load_id}

    def rows(self, name: str, /, **values: object) -> list[Row]:
        """Return all rows of the statement of that name."""
        return self._run(name, values).fetchall()

    def stream(self, name: str, /, **values: object) -> Iterator[Row]:
        """Yield the rows of the statement of that name, one after another: the server keeps them until they are fetched."""
        statement = self.statements[name]
        with RawServerCursor(self.connection, "dataeng_rows") as cursor:
            cursor.itersize = _AT_ONCE
            yield from cursor.execute(statement.sql.encode(), statement.values(values))

    def execute(self, name: str, /, **values: object) -> int:
        """Run the statement of that name; return how many rows it changed."""
        return self._run(name, values).rowcount

    def _run(self, name: str, values: Mapping[str, object]) -> Cursor[Row]:
        statement = self.statements[name]
        return self.connection.execute(with_staging(statement.sql, self.load_id).encode(), statement.values(values))

    def loads(self) -> list[Report]:
        """Return what is known of every load of the pipeline, that staged last first."""
        return [self._known(row) for row in self.rows("ledger.loads", pipeline=self.pipeline.name)]

    def rejects(self, load_id: str) -> list[Reject]:
        """Return the records that a load turned away."""
        return [Reject(*row[2:]) for row in self.rows("ledger.rejects", pipeline=self.pipeline.name, load_id=load_id)]

    def _known(self, row: Row) -> Report:
        """Return a load's row of the ledger as a report; what only the stager knew stands in `checksums`."""
        found = dict(zip(self.statements["ledger.insert_load"].params, row, strict=True))
        return {**json.loads(found["checksums"]), "state": found["state"]}

    def report(self) -> Report | None:
        """Return what was staged for this load, if its table still holds it: a crashed server empties unlogged tables."""
        found = [self._known(row) for row in self.rows("ledger.find_load", **self.key)]
        if not found or found[0]["state"] != "staged" or self._oid() is None:
            return None
        return found[0] if self.rows("stage.count")[0][0] == found[0]["rows_staged"] else None

    def create(self) -> None:
        """Make an empty staging table, and hold the target's shape against it."""
        self.forget()
        self.execute("stage.create")
        pipeline = self.pipeline
        staged = columns(self.connection, self._oid())
        stamps = {"_load_id": "text", "_loaded_at": "timestamp with time zone"}
        expected = {column.name: staged.get(column.name) or stamps[column.name] for column in table_columns(pipeline)}
        found = columns(self.connection, find(self.connection, self.schema, pipeline.target.table))
        refuse_other_shape(pipeline.target.table, expected, found)

    def copy(self, rows: DuckDBPyRelation, progress: Callable[[], None]) -> int:
        """Append the rows through a pipe of CSV, the quickest way in: DuckDB prints on one core, the server reads on another."""
        into = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(self.schema, staging_name(self.load_id)))
        cursor = self.connection.cursor()
        with cursor.copy(into) as copy:
            pump(rows, staging_columns(self.pipeline), copy.write, progress)
        return cursor.rowcount

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Keep these records aside."""
        statement = self.statements["ledger.insert_reject"]
        values = [statement.values({**self.key, **asdict(reject)}) for reject in rejects]
        if values:
            self.connection.cursor().executemany(statement.sql.encode(), values)

    def finish(self, report: Report) -> None:
        """Write the load into the ledger as not yet published; one over its limit keeps no staging, only its rejects."""
        if report["state"] == "refused":
            self.execute("stage.drop")
        times = {"staged_at": datetime.now(UTC), "published_at": None}
        self.execute("ledger.insert_load", **{**report, **times, "checksums": json.dumps(report)})

    def settle(self) -> None:
        """Drop the staging: the rejects are in the ledger since they were staged."""
        self.execute("stage.drop")

    def forget(self) -> None:
        """Remove every trace of a load that was not published."""
        self.execute("stage.drop")
        for name in ("ledger.delete_load", "ledger.delete_files", "ledger.delete_rejects"):
            self.execute(name, **self.key)

    def _oid(self) -> int | None:
        return find(self.connection, self.schema, staging_name(self.load_id))
