"""PostgreSQL: the driver side. Staging is an unlogged table beside the target; one transaction under one advisory lock per step.

A loader's role needs, for its first run, CREATE on the schema (and on the database, where the schema itself is missing); for every
other run CREATE on the schema for the staging table alone, and SELECT, INSERT, UPDATE and DELETE on the table and the ledger.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Final

from dataeng_ai.connections import resolve
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.targets.postgres import arrow
from dataeng_ai.targets.postgres.catalog import CURRENT_SCHEMA, comment_of, find, has_schema, lock, one
from dataeng_ai.targets.postgres.errors import ours
from dataeng_ai.targets.postgres.opening import opened
from dataeng_ai.targets.postgres.work import Work
from dataeng_ai.targets.session import refuse_foreign
from dataeng_ai.targets.table import mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg
    import pyarrow as pa

    from dataeng_ai.connections import Connection
    from dataeng_ai.ir import Pipeline
    from dataeng_ai.targets.session import Compiled, Reject, Report, Row

NAME: Final = "postgres"


@contextmanager
def connect(pipeline: Pipeline, statements: Mapping[str, Compiled], root: Path) -> Iterator[Session]:
    """Open a session for one pipeline.

    Raises:
        Unreachable: the server does not answer (E610).
        Problems: there is no such connection, or what was asked for was refused (E513).
    """
    target = pipeline.target
    if target.connection is None:
        message = f"the pipeline `{pipeline.name}` names no connection, and PostgreSQL needs one"
        raise Problems(Diagnostic("E605", message, help="write `connection: NAME` under `target`"))
    where = f"the connection `{target.connection}`"
    with ours(where), _open(resolve(target.connection, root)) as connection:
        yield Session(connection, pipeline, statements)


def _open(found: Connection) -> psycopg.Connection[Row]:
    if found.kind != NAME:
        message = f"the connection `{found.name}` is of the kind `{found.kind}`, and the pipeline loads into PostgreSQL"
        raise Problems(Diagnostic("E606", message, help="name another connection, or another storage"))
    return opened(found)


class Session:
    """An open way into PostgreSQL, for one pipeline; see `targets/session.py`."""

    def __init__(self, connection: psycopg.Connection[Row], pipeline: Pipeline, statements: Mapping[str, Compiled]) -> None:
        """Keep the connection; its `search_path` decides where a table without a schema lies."""
        self.scratch = Path(gettempdir()) / f"dataeng_ai-{os.getuid()}"
        self.connection, self.pipeline, self.statements = connection, pipeline, statements
        self.schema = pipeline.target.schema or one(connection, CURRENT_SCHEMA) or "public"

    def create(self) -> None:
        """Create what is missing, one process at a time; nothing at all where nothing is missing."""
        if self._missing():
            with self.connection.transaction():
                lock(self.connection, self.schema, "ledger")
                for name in self._missing():
                    self.connection.execute(self.statements[name].sql.encode())
        refuse_foreign(self.pipeline, mark(self.pipeline), comment_of(self.connection, self._find(self.pipeline.target.table)))

    def _missing(self) -> list[str]:
        """Return the names of the statements that make what is not there."""
        table = self.pipeline.target.table
        tables = {
            table: "create.table",
            "_dataeng_loads": "create.loads",
            "_dataeng_files": "create.files",
            "_dataeng_rejects": "create.rejects",
        }
        absent = [statement for name, statement in tables.items() if self._find(name) is None]
        wanted = set(absent) if has_schema(self.connection, self.schema) else {*absent, "create.schema"}
        with_table = "create.table" in wanted
        return [name for name in self.statements if name in wanted or (with_table and name.startswith(("create.index", "create.comment")))]

    @contextmanager
    def reading(self, load_id: str | None = None) -> Iterator[Work]:
        """Open a view in which nothing changes, with the staging of a load when one is named."""
        if self._find("_dataeng_loads") is None:
            message = f"the pipeline `{self.pipeline.name}` has not run yet: it has no ledger in the schema `{self.schema}`"
            raise Problems(Diagnostic("E514", message, help=f"spec run {self.pipeline.name}"))
        with self.connection.transaction():
            self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield self._work(load_id or "")

    @contextmanager
    def staging(self, load_id: str, folder: Path) -> Iterator[Work]:  # noqa: ARG002  PostgreSQL stages in the database, not in a folder
        """Begin to stage a load: one transaction, so that a killed one leaves nothing."""
        with self.connection.transaction():
            self._lock()
            yield self._work(load_id)

    @contextmanager
    def publishing(self, load_id: str) -> Iterator[Work]:
        """Begin to publish a load, together with its line in the ledger."""
        with self.connection.transaction():
            self._lock()
            yield self._work(load_id)

    def loads(self) -> list[Report]:
        """Return what is known of every load of the pipeline, that staged last first."""
        with self.reading() as reading:
            return reading.loads()

    def rejects(self, load_id: str) -> list[Reject]:
        """Return the records that a load turned away."""
        with self.reading() as reading:
            return reading.rejects(load_id)

    def sweep(self) -> None:
        """Drop what was staged before the load that was published last, and never published itself."""
        with self.connection.transaction():
            self._lock()
            loads = self._work("").loads()
            newest = max((load["staged_at"] for load in loads if load["state"] == "published"), default="")
            for load in loads:
                if load["state"] != "published" and load["staged_at"] <= newest:
                    self._work(load["load_id"]).forget()

    def query(self, text: str) -> tuple[list[str], list[Row]]:
        """Run one query of a person; the server itself refuses to change anything."""
        with self.connection.transaction():
            self.connection.execute("SET TRANSACTION READ ONLY")
            # The protocol of a pipeline takes one statement at a time: a second one could end the transaction and write.
            with self.connection.pipeline():
                cursor = self.connection.execute(text.encode())
            return [column.name for column in cursor.description or ()], cursor.fetchall() if cursor.description else []

    def arrow(self, text: str) -> pa.Table:
        """Run one query of a person, as `query` does."""
        with self.connection.transaction():
            self.connection.execute("SET TRANSACTION READ ONLY")
            cursor = self.connection.cursor()
            arrow.readable(cursor)
            with self.connection.pipeline():
                cursor.execute(text.encode())
            return arrow.table(cursor)

    def _find(self, table: str) -> int | None:
        return find(self.connection, self.schema, table)

    def _lock(self) -> None:
        lock(self.connection, self.schema, self.pipeline.name, self.pipeline.target.table)

    def _work(self, load_id: str) -> Work:
        return Work(self.connection, self.schema, self.pipeline, self.statements, load_id)
