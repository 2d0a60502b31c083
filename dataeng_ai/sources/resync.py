"""Where a file goes on behind a quote that never closes: at the next line, if it and those behind it are rows like the others."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.records import UnbalancedError, walk

if TYPE_CHECKING:
    from dataeng_ai.sources.records import Dialect

_LINES: Final = 200
"""Lines that say how many fields a row has."""
_START: Final = 256 << 10
"""Bytes that they are looked for in."""
_PROOF: Final = 3
"""Rows that must stand behind the line, or fewer to the end."""


class Resync:
    """Says whether rows stand behind a line. How many fields a row has is learnt from its first lines when first asked."""

    def __init__(self, dialect: Dialect, start: bytes = b"") -> None:
        """Keep the dialect, and how the file starts, as far as that is known."""
        self.dialect, self.start = dialect, start
        self.width = 0

    def __call__(self, data: bytes, offset: int, final: bool, /) -> bool | None:  # noqa: FBT001  as `records.Holds`
        """Say whether rows stand behind the offset; None where more bytes are needed to tell."""
        self.width = self.width or self._usual(self.start or data)
        if self.width <= 1:
            return False
        found = 0
        try:
            for record in islice(walk(data[offset:], 1, self.dialect, final=final), _PROOF):
                if record.raw and (record.fields != self.width or record.fault):
                    return False if record.ended or final else None
                found += 1
        except UnbalancedError:
            return False
        return True if found == _PROOF or final else None

    def _usual(self, data: bytes) -> int:
        """Return how many fields most lines have, each taken by itself; 0 where no number is that of most."""
        counts: Counter[int] = Counter()
        lines = [line for line in data[:_START].splitlines()[:_LINES] if line]
        for line in lines:
            try:
                counts.update(record.fields for record in walk(line, 1, self.dialect))
            except UnbalancedError:
                continue
        width, often = max(counts.items(), key=lambda item: item[1], default=(0, 0))
        return width if 2 * often > len(lines) else 0
