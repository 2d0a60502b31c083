"""What the runtime asks of a storage: one small protocol that every engine answers with the same methods in the same order.

An engine is a module with `NAME` and `connect(pipeline, statements, root) -> context manager of a Session`. It runs what was
compiled, by name; the logic of a load (what is done, what is next, what is refused) is the runtime's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.targets.statements import STAGING
from dataeng_ai.targets.table import EXTRA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa
    from duckdb import DuckDBPyRelation

    from dataeng_ai.ir import Pipeline

Report = dict[str, Any]
"""What is known of one load, as JSON's own types: the counts of `ledger.LOADS`, `rows_staged`, `files`, `replaces`."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """One SQL statement as it was compiled: its name, its text, and the names of its parameters `$1`, `$2` … in order."""

    name: str
    sql: str
    params: tuple[str, ...]

    def values(self, given: Mapping[str, object]) -> list[object]:
        """Return the values of the parameters, in order."""
        return [given[name] for name in self.params]


@dataclass(frozen=True, slots=True)
class Reject:
    """One record that was turned away: where it stands (record and line from 1), the column at fault if it is one, why, its text."""

    file: str
    record: int
    line: int
    column: str | None
    reason: str
    raw: str | None


class Reading(Protocol):
    """One consistent view of a storage."""

    def rows(self, name: str, /, **values: object) -> list[Row]:
        """Return all rows of the statement of that name."""


class Streaming(Reading, Protocol):
    """One consistent view of a storage, of which more can be read than memory holds."""

    def stream(self, name: str, /, **values: object) -> Iterator[Row]:
        """Yield the rows of the statement of that name, one after another."""


class Staging(Reading, Protocol):
    """The staging of one load while it is made. Leaving it without `finish` leaves nothing behind."""

    def report(self) -> Report | None:
        """Return what `finish` stored for this load earlier, if its data still stands as it was stored."""

    def create(self) -> None:
        """Make an empty staging, in place of one that is there.

        Raises:
            Problems: the table's shape is not the pipeline's (E502).
        """

    def copy(self, rows: DuckDBPyRelation, progress: Callable[[], None]) -> int:
        """Append the rows (columns as `table.staging_columns`) and return their number; `progress` is called on the way."""

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Keep these records aside."""

    def finish(self, report: Report) -> None:
        """Store the report; from the end of the block on, the staging can be published."""


class Publishing(Reading, Protocol):
    """One transaction under the storage's lock, in which a load becomes visible."""

    def report(self) -> Report | None:
        """Return what was staged."""

    def execute(self, name: str, /, **values: object) -> int:
        """Run the statement of that name; return how many rows it changed."""

    def settle(self) -> None:
        """Move the load's rejects into the ledger, and drop the staging."""


class Session(Protocol):
    """An open way into a storage, for one pipeline."""

    scratch: Path
    """The folder on the worker's disk in which folders for passing work may be made."""

    def create(self) -> None:
        """Create what is missing.

        Raises:
            Problems: the table is not ours (E501).
        """

    def reading(self, load_id: str | None = None) -> AbstractContextManager[Streaming]:
        """Open a consistent view, with the staging of a load when one is named.

        Raises:
            Problems: the pipeline has not run yet (E514), or the load is not staged (E505).
        """

    def staging(self, load_id: str, folder: Path) -> AbstractContextManager[Staging]:
        """Begin to stage a load; `folder` lies in `scratch` and is the caller's to remove."""

    def publishing(self, load_id: str) -> AbstractContextManager[Publishing]:
        """Begin to publish a load."""

    def loads(self) -> list[Report]:
        """Return what is known of every load of the pipeline, that staged last first."""

    def rejects(self, load_id: str) -> list[Reject]:
        """Return the records that a load turned away, published or not."""

    def sweep(self) -> None:
        """Remove the staging that nothing will publish any more: of loads staged no later than the one published last."""

    def query(self, sql: str) -> tuple[list[str], list[Row]]:
        """Run one query of a person, read-only; return the names of its columns and all its rows."""

    def arrow(self, sql: str) -> pa.Table:
        """Run one query as `query` does; return what it finds with its types. Who asks has looked that pyarrow is there."""


def staging_name(load_id: str) -> str:
    """Return the name under which a load is staged; `load_id` is hexadecimal."""
    return f"_dataeng_stage_{load_id}"


def with_staging(sql: str, load_id: str) -> str:
    """Put the load's staging in the place of the one token that stands for it."""
    return sql.replace(f'"{STAGING}"', f'"{staging_name(load_id)}"')


def refuse_other_shape(table: str, expected: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Compare a table's columns (name -> type in the storage's own words) with those that the pipeline writes.

    `_extra` may stand there from a time when unknown columns were kept: it stays, and is null in new rows.

    Raises:
        Problems: E502, with every difference.
    """
    missing = [f"`{name}` ({kind}) is missing" for name, kind in expected.items() if name not in found]
    extra = [f"`{name}` ({kind}) is not in the spec" for name, kind in found.items() if name not in {EXTRA, *expected}]
    other = [f"`{name}` is {found[name]}, the spec says {kind}" for name, kind in expected.items() if found.get(name, kind) != kind]
    if missing or extra or other:
        message = f"the table `{table}` has another shape than the spec: " + "; ".join((*missing, *extra, *other))
        advice = "alter the table to match (`spec ddl NAME` shows how it should be), or load into another table"
        raise Problems(Diagnostic("E502", message, help=advice))


def refuse_foreign(pipeline: Pipeline, mark: str, comment: str | None) -> None:
    """Look for our mark in the comment of a table that is already there.

    Raises:
        Problems: E501, the table is somebody else's, and the spec does not say `adopt: true`.
    """
    if pipeline.target.adopt or mark in (comment or "").splitlines():
        return
    message = f"the table `{pipeline.target.table}` is there already, and its comment lacks the mark `{mark}`: it is not ours to write"
    advice = "name another table, or write `adopt: true` under `target` to let this pipeline replace what is in it"
    raise Problems(Diagnostic("E501", message, help=advice))
