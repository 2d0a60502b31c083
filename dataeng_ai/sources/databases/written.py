"""The file of texts that rows of a database become: CSV in which all that is a text is quoted, so that nothing alone is null."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from dataeng_ai.types import Type  # noqa: TC001  pydantic reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MARK: Final = b'"-"'
"""The first field of every row: a row of one null would be an empty line without it."""

NO_UTF8: Final = "a text that is not UTF-8"
_MOST_BAD: Final = 10_000
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what could not be: (ordinal, reason, text) of each such row."""

    columns: tuple[str, ...]
    types: tuple[Type | None, ...]
    rows: int
    longest: int
    """No row has more bytes than this."""
    bad: tuple[tuple[int, str, str], ...] = ()


@dataclass
class Writer:
    """Writes rows of texts that Python holds."""

    out: IO[bytes]
    rows: int = 0
    longest: int = 0
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    _some: list[bytes] = field(default_factory=list)

    def add(self, row: Sequence[str | None]) -> None:
        """Write one row; a half of a character (of bytes that are no UTF-8) makes it a bad one."""
        try:
            raw = MARK + b"".join(b"," if text is None else b',"' + text.encode().replace(b'"', b'""') + b'"' for text in row) + b"\n"
        except UnicodeEncodeError:
            text = ", ".join("" if cell is None else cell.encode("utf-8", "backslashreplace").decode() for cell in row)
            self.bad.append((self.rows + len(self.bad) + 1, NO_UTF8, text[:4096]))
            if len(self.bad) > _MOST_BAD:
                message = "too many texts are not UTF-8"
                raise UnicodeError(message) from None
            return
        self.rows += 1
        self.longest = max(self.longest, len(raw))
        self._some.append(raw)
        if len(self._some) == _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what was taken."""
        self.out.write(b"".join(self._some))
        self._some.clear()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Open a file for rows; they are all there when it closes."""
    with path.open("wb") as out:
        writer = Writer(out)
        yield writer
        writer.flush()


def lines(path: Path) -> Iterator[bytes]:
    """Yield the rows as they stand in the file, without their marks: a line end within quotes is a part of a text."""
    row = b""
    with path.open("rb") as file:
        for line in file:
            row += line
            if row.count(b'"') % 2 == 0:
                yield row[len(MARK) + 1 : -1]
                row = b""
