"""What stands before and behind a file's records: lines to skip, and a footer of records that are no data."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import layout
from dataeng_ai.sources.batches import cut
from dataeng_ai.sources.header import cells
from dataeng_ai.sources.prepared import dialect_of, inner_encoding
from dataeng_ai.sources.records import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai import ir
    from dataeng_ai.sources.batches import Batch
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.records import Record


def after_lines(stream: Iterator[bytes], count: int, skipped: bytearray) -> tuple[int, Iterator[bytes]]:
    """Take `count` lines off a stream of chunks into `skipped`, whatever quotes are in them; return how many there were, and the rest."""
    taken = 0
    for chunk in stream if count else ():
        ends = [match.end() for _, match in zip(range(count - taken), re.finditer(rb"\r\n|\r|\n", chunk), strict=False)]
        taken += len(ends)
        skipped += chunk[: ends[-1]] if taken == count else chunk
        if taken == count:
            return taken, _chain(chunk[ends[-1] :], stream)
    return taken, stream


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def without_footer(batches: Iterator[Batch], count: int, footer: list[Record]) -> Iterator[Batch]:
    """Yield the batches without their last `count` records, which go into `footer`; blank lines behind it go with it, uncounted."""
    held: deque[Batch] = deque()
    for batch in batches:
        held.append(batch)
        while sum(map(_records, held)) - _records(held[0]) >= count:
            yield held.popleft()
    if not held:
        return
    data, line, dialect = b"".join(batch.raw for batch in held), held[0].line, held[0].dialect
    records = [record for record in walk(data, line, dialect) if record.raw]
    footer += records[-count:]
    kept = records[:-count]
    if kept and (last := cut(data[: kept[-1].end], line, dialect)):
        yield last


def _records(batch: Batch) -> int:
    if batch.skeleton is None:
        return sum(1 for record in batch.records() if record.raw)
    return batch.count


def check_footer(file: File, csv: ir.Csv, footer: Sequence[Record], width: int) -> None:
    """Hold what is left out as a footer against its evidence: another file's footer says nothing of this one.

    Raises:
        Problems: E317, it looks like data.
    """
    dialect, encoding = dialect_of(csv), inner_encoding(csv.encoding)
    for record in footer:
        if layout.is_data(cells(record.raw, dialect, encoding), width):
            doubt = f"line {record.line}, which would be left out, looks like a row or a header"
            message = f"`{file.name}` has no footer of {csv.footer}: {doubt}"
            hint = "load files without a footer by themselves, or write `footer: 0`, so that closing lines are loaded or rejected"
            raise Problems(Diagnostic("E317", message, help=f"{hint}; nothing of it was loaded"))


def check_skipped(file: File, csv: ir.Csv, skipped: bytes, width: int, below: Sequence[Sequence[str]]) -> None:
    """Hold the skipped lines against a row's shape where no header would be missed; a header among them is no row.

    Raises:
        Problems: E317, one looks like data.
    """
    dialect, encoding = dialect_of(csv), inner_encoding(csv.encoding)
    for line, raw in enumerate(skipped.splitlines(), 1):
        row = cells(raw, dialect, encoding)
        if len(row) == width and layout.is_data(row, width) and not layout.header([row, *below])[0]:
            doubt = f"line {line}, which would be left out, looks like a row"
            message = f"`{file.name}` does not begin with {csv.skip} lines to skip: {doubt}"
            hint = "load files that begin otherwise by themselves, with a `skip` of their own; nothing of it was loaded"
            raise Problems(Diagnostic("E317", message, help=hint))
