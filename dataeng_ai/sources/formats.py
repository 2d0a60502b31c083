"""The formats of files: one module each, with the same four functions in the same order; a new one is one word here.

`detect` says how files are written, `prepare` goes through one and makes it ready, `raw` shows records as they stand in the file,
`relation` is what DuckDB reads of it: texts, null where the file itself says that nothing is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import csv, excel, json, parquet, rows, table, xml, xml_detect
from dataeng_ai.sources.json_detect import looks
from dataeng_ai.sources.streams import prefix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai import ir
    from dataeng_ai.sources.detected import Detected
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.prepared import Prepared


class Format(Protocol):
    """What a module of a format has."""

    def detect(self, files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # Any: plain data of a spec
        """Find out how the files are written; what `known` (a spec's source, as far as it stands) says already, holds."""

    def prepare(self, file: File, source: ir.Source, scratch: Path) -> Prepared:
        """Go through the file once, count its records, take aside those that are no rows; copies go into the folder `scratch`."""

    def raw(self, prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
        """Yield (record, line, raw text) of the data records with these ordinals, in the file's order."""

    def relation(self, con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
        """Return the good records in the file's order, their values as texts `c0`, `c1`, … in the header's order."""


FORMATS: Final[Mapping[str, Format]] = {
    "csv": csv,
    "json": json,
    "ndjson": json,
    "xml": xml,
    "parquet": parquet,
    "excel": excel,
    "rows": rows,
    "table": table,
}

_MAGIC: Final = {b"PAR1": "parquet", b"PARE": "parquet", b"PK\x03\x04": "excel", b"\xd0\xcf\x11\xe0": "excel"}
"""The first bytes of a file that is no text, unpacked."""


def of(word: str) -> Format:
    """Return the module of a format by its word in a spec."""
    return FORMATS[word]


def guess(files: Sequence[File]) -> str:
    """Return the word of the format that the files have, by the first bytes of the largest.

    Raises:
        Problems: E302, it cannot be read; E313 and its like, it cannot be unpacked.
    """
    largest = max(files, key=lambda file: file.size)
    start = _start(largest)
    found = next((word for magic, word in _MAGIC.items() if start.startswith(magic)), None) or looks(largest)
    return found or ("xml" if xml_detect.looks(largest) else "csv")


def _start(file: File) -> bytes:
    try:
        return prefix(file, 16)
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{file.name}` cannot be read: {error.strerror}", help="was it moved meanwhile?")) from error
