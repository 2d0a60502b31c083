"""What stands before and behind a file's records: lines to skip, and a footer of records that are no data."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from dataeng_ai.sources.batches import cut
from dataeng_ai.sources.records import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.batches import Batch
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
