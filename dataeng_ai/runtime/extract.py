"""One file of the source: its records are typed without loss, and those that are no rows of the table are put aside."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai.diagnostics import Diagnostic, Unreachable
from dataeng_ai.progress import quiet
from dataeng_ai.sources import formats, mending, view
from dataeng_ai.targets.session import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.prepared import Prepared

_LOG: Final = logging.getLogger(__name__)
_RENAMED: Final = {
    "__source__": ('ALTER VIEW "__source__" RENAME TO "__source_present__"', "__source_present__"),
    "__numbered__": ('ALTER VIEW "__numbered__" RENAME TO "__numbered_present__"', "__numbered_present__"),
}
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Extracted:
    """What became of one file: its records, how many of them are rows now, and the others, in the file's order."""

    records: int
    accepted: int
    rejects: tuple[Reject, ...]


@contextmanager
def worker(bundle: Bundle, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the DuckDB that types the rows: in memory, spilling into `folder`, with the threads and the memory that the spec allows.

    Raises:
        Unreachable: memory or disk ran out (E611).
    """
    run = bundle.pipeline.run
    config: dict[str, Any] = {"temp_directory": str(folder / "spill")}
    config |= {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    config |= {"threads": run.threads} if run.threads else {}
    config |= {"memory_limit": f"{run.memory}B"} if run.memory else {}
    with duckdb.connect(config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        quiet(connection)
        try:
            yield connection
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            message = f"the worker ran out of memory or disk: {str(error).splitlines()[0]}"
            raise Unreachable(Diagnostic("E611", message, help="give it more: `run: {memory: 4GiB}`, or a larger disk")) from error


def extract(
    bundle: Bundle, file: File, connection: duckdb.DuckDBPyConnection, folder: Path, copy: Callable[[duckdb.DuckDBPyRelation], int]
) -> Extracted:
    """Type the rows of one file, hand those that are good to `copy` in one pass, and return the others.

    Raises:
        Problems: the file cannot be read (E30x to E32x), or its rows do not add up (E319).
    """
    source = bundle.pipeline.source
    prepared = formats.of(source.format).prepare(file, source, folder)
    for sentence in mending.told(prepared.mended):  # a person sees it on the terminal, Airflow in the task's log
        _LOG.warning(sentence)
    _open(bundle, prepared, connection)
    accept = bundle.statement("extract.accept")
    with view.reading([prepared]):
        accepted = copy(connection.sql(accept.sql, params=accept.values({"source_file": file.name})))
        # A clean file needs no second pass: every record is a row.
        faults = [] if accepted == prepared.rows else connection.execute(bundle.statement("extract.reject").sql).fetchall()
    view.verify([prepared], accepted + len(faults))
    mask = _masks(bundle)
    rejects = [*_typed(prepared, faults, mask), *_structural(prepared, mask)]
    return Extracted(prepared.records, accepted, tuple(sorted(rejects, key=lambda reject: reject.record)))


def _open(bundle: Bundle, prepared: Prepared, connection: duckdb.DuckDBPyConnection) -> None:
    """Open the views of the file's texts. Where the spec lets columns be dropped, one that the file lacks is null."""
    names = tuple(dict.fromkeys(column.source for column in bundle.pipeline.columns))
    absent = [name for name in names if name not in prepared.header] if bundle.pipeline.drift.dropped_column == "evolve" else []
    present = [name for name in names if name not in absent]
    view.open_view(connection, [prepared], present or names, bundle.pipeline.drift.new_column)
    if absent and present:
        for opened, (rename, renamed) in _RENAMED.items():
            connection.execute(rename).fetchall()
            added = (duckdb.ConstantExpression(None).cast("VARCHAR").alias(name) for name in absent)
            connection.view(renamed).select(duckdb.StarExpression(), *added).create_view(opened)


def _typed(prepared: Prepared, faults: list[tuple[int, str, str]], mask: Callable[[str], str]) -> Iterator[Reject]:
    """Yield the records that have a value which is none of its column's."""
    found = {record: (column, reason) for record, column, reason in faults}
    for record, line, raw in formats.of(prepared.format).raw(prepared, found):
        yield Reject(prepared.file.name, record, line, *found[record], mask(raw))


def _structural(prepared: Prepared, mask: Callable[[str], str]) -> Iterator[Reject]:
    """Yield the records that do not have the columns of the file."""
    for bad in prepared.bad:
        yield Reject(bad.file, bad.record, bad.line, None, bad.reason, mask(bad.raw))


def _masks(bundle: Bundle) -> Callable[[str], str]:
    """Return what is done to a raw record: where a column's personal data is masked or dropped, its shape alone is kept."""
    if any(column.pii is not None and column.pii.handling != "keep" for column in bundle.pipeline.columns):
        return lambda raw: _storable(shape(raw))
    return _storable


def shape(text: str) -> str:
    """Return a text with its letters as x and its digits as 9: all that may be shown of personal data."""
    return _DIGIT.sub("9", _LETTER.sub("x", text))


def _storable(raw: str) -> str:
    """Return the text with a picture in place of each zero character, which not every storage can hold."""
    return raw.replace("\0", "\N{SYMBOL FOR NULL}")
