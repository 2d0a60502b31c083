"""The formats of files: one module each, with the same four functions in the same order; a new one is one word here.

`detect` says how files are written, `prepare` goes through one and makes it ready, `raw` shows records as they stand in the file,
`relation` is what DuckDB reads of it: texts, null where the file itself says that nothing is there. A module is imported when a file
is of its format: what reads XML or workbooks is not loaded for a file of CSV.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.streams import prefix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai import ir
    from dataeng_ai.sources import csv, excel, json, parquet, rows, table, xml
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


FORMATS: Final[Mapping[str, str]] = {
    "csv": "csv",
    "json": "json",
    "ndjson": "json",
    "xml": "xml",
    "parquet": "parquet",
    "excel": "excel",
    "rows": "rows",
    "table": "table",
}
"""Each word of a spec, and the module beside this one."""

if TYPE_CHECKING:
    _MODULES: tuple[Format, ...] = (csv, json, xml, parquet, excel, rows, table)  # held against the protocol

_MAGIC: Final = {b"PAR1": "parquet", b"PARE": "parquet", b"PK\x03\x04": "excel", b"\xd0\xcf\x11\xe0": "excel"}
"""The first bytes of a file that is no text, unpacked."""
_PLAIN: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\"'0-9A-Za-z\xd0-\xd3][^\0]{3}")
"""How a text may begin that is neither JSON nor XML whatever stands behind: with a letter, Latin or Cyrillic, a digit or a quote."""
_TOLD: Final = re.compile(r"\.(?:(?:geo|nd)?json|jsonl|xml)\b", re.IGNORECASE)
"""Names of files that may be either all the same."""


def of(word: str) -> Format:
    """Return the module of a format by its word in a spec."""
    return cast("Format", import_module(f"dataeng_ai.sources.{FORMATS[word]}"))


def guess(files: Sequence[File]) -> str:
    """Return the word of the format that the files have, by the first bytes of the largest.

    Raises:
        Problems: E302, it cannot be read; E313 and its like, it cannot be unpacked.
    """
    largest = max(files, key=lambda file: file.size)
    start = _start(largest)
    if found := next((word for magic, word in _MAGIC.items() if start.startswith(magic)), None):
        return found
    if _PLAIN.match(start) and not _TOLD.search(largest.name):
        return "csv"
    from dataeng_ai.sources import json_detect, xml_detect  # noqa: PLC0415  most files are told before

    return json_detect.looks(largest) or ("xml" if xml_detect.looks(largest) else "csv")


def _start(file: File) -> bytes:
    try:
        return prefix(file, 16)
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{file.name}` cannot be read: {error.strerror}", help="was it moved meanwhile?")) from error
