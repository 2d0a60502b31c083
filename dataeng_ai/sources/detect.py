"""Finding out how CSV files are written: encoding, delimiter, quote, header, skip and footer; every finding with its evidence.

Looks at a bounded part of at most eight files, always the same parts, so the same files give the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import drawn, encoding, layout
from dataeng_ai.sources import header as headers
from dataeng_ai.sources.batches import cut
from dataeng_ai.sources.dialect import DELIMITERS, Table, sniff
from dataeng_ai.sources.files import spread
from dataeng_ai.sources.header import cells
from dataeng_ai.sources.prepare import opening
from dataeng_ai.sources.prepared import dialect_of, inner_encoding
from dataeng_ai.sources.records import UnbalancedError
from dataeng_ai.sources.streams import prefix, refuse_foreign, tail, windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.sources.files import File

_FILES: Final = 8
_PREFIX: Final = 256 << 10
"""Bytes at the start that decide on the dialect and the header."""
_TAIL: Final = 64 << 10
_NAMES: Final = {"\t": "tab", " ": "space", "\x01": "\\x01", "\x1f": "\\x1f"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the files are written, the names of their columns, and why: a sentence each."""

    csv: ir.Csv
    header: tuple[str, ...]
    reasons: tuple[str, ...]


def detect(files: Sequence[File]) -> Dialect:
    """Find out how the files are written. The dialect is that of the largest of those looked at.

    Raises:
        Problems: E311 all are empty; E314 one is no text; and what else `prepare` raises when it opens a file.
    """
    looked = spread(files, _FILES)
    for file in looked:
        refuse_foreign(file)
    largest = max(looked, key=lambda file: file.size)
    name, why_encoding = _encoding(looked)
    start = prefix(largest, _PREFIX)
    text = _text(start, name, whole=len(start) < _PREFIX)
    if not text.strip():
        raise Problems(
            Diagnostic("E311", f"`{largest.name}` is empty: there is neither a header nor a record", help="was it written to the end?")
        )
    table, why_drawn = _sniffed(text.encode())
    skip, why_skip = layout.skip(table)
    body = [row for record, row in table.records if record.line > skip]
    if first := next((record for record, _ in table.records if record.line > skip), None):
        body[0] = headers.whole(first, table.width, table.dialect, "utf-8")[0]
    has_header, why_header = layout.header(body)
    csv = ir.Csv(table.delimiter, table.quote, table.escape, has_header, name, ("",), skip)
    found = opening(largest, csv)
    footer, why_footer = _footer(looked, csv, len(found.names))
    reasons = (why_encoding, why_drawn, _why_delimiter(table), _why_quote(table), why_skip, why_header, why_footer, *found.reasons)
    return Dialect(replace(csv, footer=footer), found.names, tuple(reason for reason in reasons if reason))


def _sniffed(text: bytes) -> tuple[Table, str]:
    """Return the best reading of a text, or of what stands in it where it is a drawn table, which is said."""
    if (frame := drawn.found(text)) and (table := sniff(frame.plain(text))).delimiter == drawn.DELIMITER and table.width > 1:
        return table, drawn.WHY
    return sniff(text), ""


def _encoding(files: Sequence[File]) -> tuple[str, str]:
    """Judge by all the bytes beyond ASCII: a file of ASCII alone says nothing against the encoding of another."""
    found = [encoding.detect(windows(file)) for file in files]
    telling = [one for one in found if "ASCII" not in one[1].rpartition("is ")[2]]
    chosen = (telling or found)[0]
    names = {name for name, _ in telling}
    if len(names) > 1:
        return chosen[0], f"{chosen[1]}; other files look like {', '.join(sorted(names - {chosen[0]}))}: load them by themselves"
    return chosen


def _text(start: bytes, name: str, *, whole: bool) -> str:
    """Decode a prefix, without the record that it cuts."""
    text = start.decode(name, "replace").removeprefix("\ufeff").replace("\0", "")
    cut = max(text.rfind("\n"), text.rfind("\r")) + 1
    return text if whole or not cut else text[:cut]


def _footer(files: Sequence[File], csv: ir.Csv, width: int) -> tuple[int, str]:
    """Find the footer that all the files end in; where they do not agree, none is believed in."""
    found = [_closing(file, csv, width) for file in files]
    counts = {count for count, _ in found}
    if len(counts) == 1:
        return found[0]
    return 0, "no footer: some files end in one and some do not; such records are loaded as data or rejected"


def _closing(file: File, csv: ir.Csv, width: int) -> tuple[int, str]:
    end = tail(file, _TAIL)
    if end is None:
        return 0, f"no footer looked for: `{file.name}` is packed and too large to be unpacked twice"
    wide = csv.encoding.startswith(("utf-16", "utf-32"))
    raw = end.decode(csv.encoding, "ignore").encode(inner_encoding(csv.encoding), "ignore") if wide else end
    if len(end) == _TAIL:
        raw = raw[raw.find(b"\n") + 1 :]
    if frame := drawn.frame_of(file, csv.delimiter):
        raw = frame.plain(raw)
    dialect = dialect_of(csv)
    try:
        batch = cut(raw, 1, dialect)
        records = list(batch.records()) if batch else []
    except UnbalancedError:
        return 0, ""
    filled = [place for place, record in enumerate(records) if record.raw][-layout.LOOKED :]
    rows = [cells(records[place].raw, dialect, inner_encoding(csv.encoding)) for place in filled]
    return layout.footer(rows, width, [place > 0 and not records[place - 1].raw for place in filled])


def _why_delimiter(table: Table) -> str:
    name = _NAMES.get(table.delimiter, table.delimiter)
    if table.width == 1:
        return f"one column: no delimiter of {len(DELIMITERS)} cuts the records into equally many fields; `{name}` is written for it"
    share = "each" if table.share == 1 else f"{table.share:.0%}"
    return f"delimiter `{name}`: {table.width} fields in {share} of the first {len(table.records)} records"


def _why_quote(table: Table) -> str:
    if table.quote is None:
        return "no quote: taking quotes for marks leaves faulty records, taking them for text does not"
    if not table.quoted:
        return f"quote `{table.quote}`: no field is quoted, the usual one is assumed"
    how = "doubled" if table.escape == table.quote else f"after `{table.escape}`"
    return f"quote `{table.quote}`: it opens and closes fields; within them it stands {how}"
