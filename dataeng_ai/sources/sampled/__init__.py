"""A part of large files as small files of the same format, always the same part of the same files: one module for each kind of file.

What comes of it is read as any file is. It shows how a source looks; what is true of every row, only a whole pass proves.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.sources import csv, texts
from dataeng_ai.sources.files import File, spread
from dataeng_ai.sources.sampled import lines, parquet, trees
from dataeng_ai.sources.sampled.part import Part, Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Take = Callable[[File, int, Path], Taken | None]

BUDGET: Final = 2 << 20
"""Bytes that are taken of all the files together; where there are no more, they are read whole."""
_FILES: Final = 4

_TAKE: Final[Mapping[str, Take]] = {"ndjson": lines.of_ndjson, "json": trees.of_json, "xml": trees.of_xml, "parquet": parquet.rows}
"""Besides CSV, of which first must be known how it is written. A workbook is read whole: it cannot be larger than a million rows."""


def of(files: Sequence[File], form: str, known: Mapping[str, Any], scratch: Path) -> Part | None:  # Any: plain data of a spec
    """Write a part of the files into the folder `scratch`; None where they are few bytes, or of a format that is read whole.

    Raises:
        Problems: as `detect` of a CSV file.
    """
    whole = sum(file.size for file in files)
    if form not in ("csv", *_TAKE) or whole <= BUDGET:
        return None
    chosen = spread(files, _FILES)
    detected = csv.detect(files, known) if form == "csv" else None
    take = partial(lines.of_csv, detected.source.csv) if detected and detected.source.csv else _TAKE[form]
    kept: list[tuple[File, Taken]] = []
    for file in chosen:
        target = texts.place(file, scratch, "part")
        if taken := take(file, BUDGET // len(chosen), target):
            kept.append((File(file.name, target, target.stat().st_size), taken))
    if len(kept) < len(chosen):
        return None
    share = sum(taken.share * file.size for file, (_, taken) in zip(chosen, kept, strict=True)) / whole
    blocks = sum(taken.blocks for _, taken in kept)
    return Part(tuple(file for file, _ in kept), whole, len(files), blocks, share, detected) if share < 1 else None
