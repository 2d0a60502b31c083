"""Finding out how a CSV file is written: encoding, delimiter, quote, header; every finding with its evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataeng_ai import ir
from dataeng_ai.sources import encoding
from dataeng_ai.sources.prepare import opening
from dataeng_ai.sources.streams import prefix, refuse_foreign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.sources.files import File

PREFIX = 1 << 20
"""Bytes at a file's start that are looked at."""


@dataclass(frozen=True, slots=True)
class Detected:
    """How the files are written, the names of their columns, and why: a sentence each."""

    csv: ir.Csv
    header: tuple[str, ...]
    reasons: tuple[str, ...]


def detect(files: Sequence[File]) -> Detected:
    """Find out how the files are written, from the first one's start.

    Raises:
        Problems: E311 it is empty; E314 it is no text; and what else `prepare` raises.
    """
    file = files[0]
    refuse_foreign(file)
    sample = prefix(file, PREFIX)
    name, why = encoding.detect(sample)
    lines = sample.decode(name, "replace").splitlines()[:200]
    best = max(
        ",;\t|",
        key=lambda mark: (
            Counter(line.count(mark) for line in lines if mark in line).most_common(1)[0][1] if any(mark in line for line in lines) else 0
        ),
    )
    csv = ir.Csv(best, '"', '"', header=True, encoding=name, null_values=("",))
    header = opening(file, csv)
    return Detected(csv, header.names, (why, f"delimiter {best!r}", *header.reasons))
