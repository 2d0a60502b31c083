"""Blocks of files whose records are lines: from begin, middle and end, each cut where records are."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.prepared import dialect_of
from dataeng_ai.sources.records import UnbalancedError, walk
from dataeng_ai.sources.sampled.part import Taken, written
from dataeng_ai.sources.streams import ascii_safe, packed, prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.records import Dialect

_BETWEEN: Final = 8
"""Blocks between the first and the last; together they have half of what is taken."""
_TRIES: Final = 64
"""Line ends at which a block may begin: some are within quotes."""
_FIRST: Final = 100
"""Records at the file's start that say how many fields there are."""
_TELLING: Final = 20
"""Records that must have as many fields as most at the file's start, for a block to begin there."""
_END: Final = re.compile(rb"\r\n|\r|\n")
_OBJECT: Final = re.compile(rb"(?:\r\n|\r|\n)(?=[\x1e{\[])")

_Cut = tuple[int, int]
"""Where in a block its first record begins, and where its last one ends."""


def of_csv(found: ir.Csv, file: File, budget: int, target: Path) -> Taken | None:
    """Write blocks of a CSV file; of one that is packed, or not in an encoding of bytes, its start."""
    start = prefix(file, budget if packed(file) else budget // 4)
    if not ascii_safe(found.encoding):
        text = start.decode(found.encoding, "ignore")
        whole = text[: max(text.rfind("\n"), text.rfind("\r")) + 1].encode(found.encoding)
        return written(file, [whole], target)
    dialect = dialect_of(found)
    first = start[: _last(start, dialect)]
    if packed(file) or not first:
        return written(file, [first], target)
    records = islice(walk(first[: 64 << 10], 1, dialect, final=False), _FIRST)
    counts = Counter(record.fields for record in records if record.raw)
    width = counts.most_common(1)[0][0] if counts else 1
    return written(file, [first, *_blocks(file, budget, len(first), lambda block: _records(block, dialect, width))], target)


def of_ndjson(file: File, budget: int, target: Path) -> Taken | None:
    """Write blocks of a file of JSON records, each cut where a line begins with one; of one that is packed its start."""
    start = prefix(file, budget if packed(file) else budget // 4)
    first = start[: _objects(start)[1]] if start.startswith((b"{", b"[", b"\x1e", b"\xef\xbb\xbf{")) else b""
    if packed(file) or not first:
        return written(file, [first], target)
    return written(file, [first, *_blocks(file, budget, len(first), _objects)], target)


def _blocks(file: File, budget: int, begin: int, cut: Callable[[bytes], _Cut]) -> Iterator[bytes]:
    """Yield what `cut` leaves of blocks that lie evenly between the file's first bytes and its end, and of its last block."""
    size, last = budget // 2 // _BETWEEN, budget // 4
    room = file.size - last - begin
    with file.path.open("rb") as stream:
        for place in range(_BETWEEN if room > budget // 2 else 0):
            stream.seek(begin + place * (room - size) // (_BETWEEN - 1))
            block = stream.read(size)
            start, end = cut(block)
            yield block[start:end]
        stream.seek(max(begin, file.size - last))
        block = stream.read()
        yield block[cut(block)[0] :]


def _records(block: bytes, dialect: Dialect, width: int) -> _Cut:
    """Find the first line end behind which records have as many fields as they should, and the end of the last whole one."""
    for _, end in zip(range(_TRIES), _END.finditer(block), strict=False):
        if _fits(block[end.end() : end.end() + (64 << 10)], dialect, width):
            return end.end(), end.end() + _last(block[end.end() :], dialect)
    return len(block), len(block)


def _fits(block: bytes, dialect: Dialect, width: int) -> bool:
    try:
        some = [record for _, record in zip(range(_TELLING), walk(block, 1, dialect, final=False), strict=False) if record.raw]
    except UnbalancedError:
        return False
    return bool(some) and all(record.fields == width and not record.fault for record in some)


def _last(block: bytes, dialect: Dialect) -> int:
    """Return where the last whole record of a block ends that begins with one; 0 where none does."""
    if not dialect.quote or dialect.quote not in block:
        return max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1
    if dialect.escape == dialect.quote and (even := _even(block, dialect.quote)):
        return even
    end = 0
    try:
        for record in walk(block, 1, dialect, final=False):
            if record.ended:
                end = record.end
    except UnbalancedError:
        pass
    return end


def _even(block: bytes, quote: bytes) -> int:
    """Return where the last line ends that has as many quotes before it as close; 0 where that is not near the block's end."""
    end = len(block)
    for _ in range(_TRIES):
        end = max(block.rfind(b"\n", 0, end), block.rfind(b"\r", 0, end - 1))
        if end < 0 or block.count(quote, 0, end) % 2 == 0:
            return end + 1
    return 0


def _objects(block: bytes) -> _Cut:
    ends = [match.end() for match in _OBJECT.finditer(block)]
    return (ends[0], ends[-1]) if ends else (len(block), len(block))
