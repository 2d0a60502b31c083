"""Files that are of another kind than what they are to be read as: known by their first bytes, and refused with their name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.unpacking import opened, packed, packing

if TYPE_CHECKING:
    from dataeng_ai.sources.files import File

_SQLITE: Final = "an SQLite database"
_DUCKDB: Final = "a DuckDB database"
_KINDS: Final = {_SQLITE: "sqlite", _DUCKDB: "duckdb"}
"""Files that are read through a connection, by its kind."""
_FOREIGN: Final = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PK\x05\x06": "an empty zip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"PAR1": "a Parquet file",
    b"PARE": "an encrypted Parquet file",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"ARROW1": "an Arrow file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite format 3\x00": _SQLITE,
    b"\x89HDF": "an HDF5 file",
    b"%PDF-": "a PDF",
    b"\x89PNG\r\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"\x7fELF": "a program",
    b"OggS": "a sound",
    b"\x93NUMPY": "a NumPy array",
    b"\x80\x04\x95": "a pickle of Python",
    b"\x80\x05\x95": "a pickle of Python",
}
_PAGE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table)\b", re.IGNORECASE)
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s")
_BINARY: Final = re.compile(r"\.(?:xls[xmb]?|ods|parquet|zip|gz|bz2|xz|zst)$", re.IGNORECASE)
"""Names of files that are no text."""
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
"""How texts begin that have NUL bytes."""
_PACKED: Final = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh91AY", b"\xfd7zXZ\0")
_SHORTEST: Final = 8
"""Bytes below which such a file holds nothing."""
_FURTHER: Final = ((8, b"DUCK", _DUCKDB), (257, b"ustar", "a tar archive"))
"""Files that bear their name behind their first bytes."""
_DBASE: Final = re.compile(
    rb"[\x03\x30\x31\x83\x8b\xf5].[\x01-\x0c][\x01-\x1f].{4}[\x01\x21\x41\x61\x81\xa1\xc1\xe1].{3}\x00\x00", re.DOTALL
)
"""The kind, the day of the last change, how many records, how long the head is (a multiple of 32, and 1), two bytes of nothing."""


def refuse_foreign(file: File, wanted: str = "CSV") -> None:
    """Refuse a file whose first bytes, unpacked, say that it is no text.

    Raises:
        Problems: E302, the file cannot be read; E314, it is no text; E313 and its like, it cannot be unpacked.
    """
    try:
        with opened(file) as stream:
            start = stream.read(512)
        inside = packed(file)
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{file.name}` cannot be read: {error.strerror}", help="was it moved meanwhile?")) from error
    if (name := _BINARY.search(file.name)) and not inside and _is_damaged(start):
        message = f"`{file.name}` is called `{name[0]}` and does not begin as such a file does; it is no text either"
        raise Problems(Diagnostic("E314", message, help="is it damaged? fetch it again; nothing of it was loaded"))
    if what := _kind(start, wanted):
        within = ", packed" if inside else ""
        raise Problems(Diagnostic("E314", f"`{file.name}` is {what}{within}, not {wanted}", help=_hint(what, wanted, packed=inside)))


def _hint(what: str, wanted: str, *, packed: bool) -> str:
    if what in _KINDS:
        known = f"in dataeng.yaml `connections: {{shop: {{kind: {_KINDS[what]}}}}}`"
        return f"its tables are read through a connection: {known}, then `spec connections shop --set`, `spec new --connection shop`"
    return f"unpack it, or export it as {wanted}" + ("" if packed else "; files packed with gzip, zstd, bzip2 or xz are read as they are")


def _is_damaged(start: bytes) -> bool:
    """Say whether a file that should be no text begins as nothing that is known, or ends where it began."""
    if len(start) < _SHORTEST:
        return any(magic.startswith(start) for magic in (*_FOREIGN, *_PACKED)) and bool(start)
    return b"\0" in start and not start.startswith((*_MARKS, *_FOREIGN))


def _kind(start: bytes, wanted: str) -> str | None:
    for place, magic, what in (*((0, magic, what) for magic, what in _FOREIGN.items()), *_FURTHER):
        if start.startswith(magic, place):
            return what
    if _DBASE.match(start):
        return "a dBase table"
    if twice := packing(start):
        return f"packed with {twice}"
    if wanted == "XML":
        return None
    if _PAGE.match(start):
        return "an HTML page"
    return "an XML document" if _XML.match(start) else None
