"""What the library leaves out or misreads of old workbooks (xls), looked up in their records, as errors of xlsx are in its XML.

Errors such as `#N/A` are nothing to it; formulas in records of an older kind are left out; a number whose format has a number that
Excel keeps for dates is a date to it, whatever the workbook says of that format. Where a workbook names a code page, as those of
Excel 95 and of many programs do, each letter of its texts is followed by a NUL.
"""

from __future__ import annotations

import codecs
import re
import struct
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = tuple[int, int]
"""A cell's row and column, from 0."""

DAMAGED: Final = (struct.error, IndexError, StopIteration, RuntimeError)
"""What records raise that are not what they should be; a generator makes the last of them out of the one before."""
_ENDS: Final = 0xFFFFFFFA
"""Numbers of sectors from here on are marks: the end of a chain, a free one."""
_ENTRY: Final = 128
_NAMES: Final = ("Workbook", "Book")
_EXCEL_95: Final = 0x0500
(
    _BOF,
    _EOF,
    _FORMULA,
    _CODEPAGE,
    _SHEET,
    _MULRK,
    _RICH,
    _XF,
    _NUMBER,
    _LABEL,
    _ERROR,
    _STRING,
    _OLDER,
    _OLD,
    _RK,
    _FORMAT,
    _SHARED,
    _FURTHER,
    _OF_SHARED,
) = (
    *(0x0809, 0x000A, 0x0006, 0x0042, 0x0085, 0x00BD, 0x00D6, 0x00E0, 0x0203, 0x0204),
    *(0x0205, 0x0207, 0x0206, 0x0406, 0x027E, 0x041E, 0x00FC, 0x003C, 0x00FD),
)
"""The kinds of records, by their numbers."""
_FORMULAS: Final = frozenset({_FORMULA, _OLDER, _OLD})
_TEXTS: Final = frozenset({_LABEL, _RICH, _STRING, _OF_SHARED})
_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Numbers of formats that Excel keeps for dates and times."""
_NO_DATE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general|standard', re.IGNORECASE)
_ERRORS: Final = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_UTF_16: Final = 1200
_WIDE, _MARKED, _RUNS = 1, 4, 8
"""What a text's flags say: two bytes a letter; further data behind it, and its size before it; so do its fonts."""
_CODECS: Final = {1200: "cp1252", 10000: "mac_roman", 10006: "mac_greek", 10007: "mac_cyrillic", 10029: "mac_latin2", 32768: "mac_roman"}
"""Those that Python calls otherwise; Excel 95 has no UTF-16, whatever the number says."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a workbook: where each sheet begins, and what holds for all of them."""

    stream: bytes
    sheets: tuple[int, ...]
    """In the workbook's order, charts too."""
    codec: str | None
    """Of texts, where the workbook is of Excel 5 or 95."""
    shared: tuple[str, ...] | None
    """The texts of all cells, where the library misreads them."""
    plain: frozenset[int]
    """The styles of numbers whose format has the number of a date's."""

    def amended(self, place: int) -> dict[Place, Any]:  # Any: str or float
        """Return the cells of the sheet at that place that are not as the library has them."""
        found: dict[Place, Any] = {}
        last = (0, 0)
        for kind, data in _of_sheet(self.stream, self.sheets[place]):
            if kind in _FORMULAS:
                last = _at(data)
                if (value := self._computed(kind, data)) is not None:
                    found[last] = value
            elif kind == _ERROR and data[7]:
                found[_at(data)] = _ERRORS.get(data[6], "#ERROR")
            elif self.shared is not None and kind in _TEXTS:
                found[last if kind == _STRING else _at(data)] = self._text(kind, data)
            elif self.plain:
                found |= self._numbers(kind, data)
        return found

    def _text(self, kind: int, data: bytes) -> str:
        if kind == _OF_SHARED and self.shared is not None:
            return self.shared[int(struct.unpack_from("<I", data, 6)[0])]
        written = data if kind == _STRING else data[6:]
        return _short(written, self.codec) if self.codec else next(_texts([written], 1))

    def _computed(self, kind: int, data: bytes) -> str | float | None:
        """Return a formula's value, where it is an error or a number that the library does not give."""
        if data[12:14] == b"\xff\xff":
            return _ERRORS.get(data[8], "#ERROR") if data[6] == 2 else None  # noqa: PLR2004  the mark of an error
        return _double(data[6:14]) if kind != _FORMULA or _style(data) in self.plain else None

    def _numbers(self, kind: int, data: bytes) -> dict[Place, float]:
        """Return the numbers of a record that are no dates, though the library takes them for some."""
        if kind == _NUMBER and _style(data) in self.plain:
            return {_at(data): _double(data[6:14])}
        if kind == _RK and _style(data) in self.plain:
            return {_at(data): _packed(data[6:10])}
        if kind != _MULRK:
            return {}
        row, first = _at(data)
        cells = enumerate(struct.iter_unpack("<H4s", data[4 : 4 + (len(data) - 6) // 6 * 6]), first)
        return {(row, column): _packed(packed) for column, (style, packed) in cells if style in self.plain}


def records(content: bytes) -> Records | None:
    """Return the records of a workbook; None where they are not found, or not those of Excel 5 to 2003."""
    try:
        return _records(_stream(content))
    except (*DAMAGED, ValueError):
        return None


def _records(stream: bytes) -> Records | None:
    kinds = list(_of_sheet(stream, 0))
    old = struct.unpack_from("<H", kinds[0][1])[0] == _EXCEL_95
    page = next((struct.unpack("<H", data[:2])[0] for kind, data in kinds if kind == _CODEPAGE), 1252)
    codec = _codec(page)
    formats = dict(_format(data, codec if old else None) for kind, data in kinds if kind == _FORMAT)
    styles = [struct.unpack_from("<H", data, 2)[0] for kind, data in kinds if kind == _XF]
    plain = frozenset(style for style, one in enumerate(styles) if one in _DATES and one in formats and not _is_date(formats[one]))
    sheets = tuple(struct.unpack_from("<I", data)[0] for kind, data in kinds if kind == _SHEET)
    return Records(stream, sheets, codec if old else None, () if old else _all_texts(kinds) if page != _UTF_16 else None, plain)


def _all_texts(kinds: Sequence[tuple[int, bytes]]) -> tuple[str, ...]:
    """Return the texts that cells refer to; they go on in the records behind theirs."""
    at = next((at for at, (kind, _) in enumerate(kinds) if kind == _SHARED), None)
    if at is None:
        return ()
    parts = [kinds[at][1][8:], *(data for _, data in takewhile(lambda one: one[0] == _FURTHER, kinds[at + 1 :]))]
    return tuple(_texts(parts, struct.unpack_from("<I", kinds[at][1], 4)[0]))


def _texts(parts: Sequence[bytes], count: int) -> Iterator[str]:
    """Yield texts, each with its length and its flags before it; where one goes on in the next part, so do its flags."""
    rest = iter(parts)
    part, place = next(rest), 0
    for _ in range(count):
        if place >= len(part):
            part, place = next(rest), 0
        left, flags = struct.unpack_from("<HB", part, place)
        place += 3
        runs = struct.unpack_from("<H", part, place)[0] if flags & _RUNS else 0
        place += 2 * bool(flags & _RUNS)
        more = struct.unpack_from("<I", part, place)[0] if flags & _MARKED else 0
        place += 4 * bool(flags & _MARKED)
        found = []
        while left:
            if place >= len(part):
                part, place = next(rest), 1
                flags = part[0]
            wide = flags & _WIDE
            taken = min(left, (len(part) - place) >> wide)
            found.append(part[place : place + (taken << wide)].decode("utf-16-le" if wide else "latin-1", "replace"))
            left, place = left - taken, place + (taken << wide)
        place += 4 * runs + more
        while place > len(part):
            place -= len(part)
            part = next(rest)
        yield "".join(found)


def _codec(page: int) -> str:
    try:
        return codecs.lookup(_CODECS.get(page, f"cp{page}")).name
    except LookupError:
        return "cp1252"


def _format(data: bytes, codec: str | None) -> tuple[int, str]:
    """Return a format's number and its pattern."""
    number, size = struct.unpack_from("<HB" if codec else "<HH", data)
    if codec:
        return number, data[3 : 3 + size].decode(codec, "replace")
    wide = data[4] & 1
    return number, data[5 : 5 + (size << wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def _is_date(pattern: str) -> bool:
    return bool(re.search("[dmyhs]", _NO_DATE.sub("", pattern.partition(";")[0]), re.IGNORECASE))


def _of_sheet(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the kind and the data of each record of a sheet, those of charts within it left out."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if not depth:
                return
        if depth == 1:
            yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size


def _at(data: bytes) -> Place:
    row, column = struct.unpack_from("<HH", data)
    return row, column


def _style(data: bytes) -> int:
    return int(struct.unpack_from("<H", data, 4)[0])


def _double(data: bytes) -> float:
    return float(struct.unpack("<d", data)[0])


def _packed(data: bytes) -> float:
    """Return a number of 30 bits: a whole one or the upper half of a double, maybe in hundredths."""
    (whole,) = struct.unpack("<i", data)
    value = float(whole >> 2) if whole & 2 else _double(b"\0\0\0\0" + struct.pack("<i", whole & ~3))
    return value / 100 if whole & 1 else value


def _short(data: bytes, codec: str) -> str:
    """Return a text by its length and its bytes."""
    (size,) = struct.unpack_from("<H", data)
    return data[2 : 2 + size].decode(codec, "replace")


def _stream(content: bytes) -> bytes:
    """Return the records of a workbook out of its envelope, which is a file system in small: sectors chained by a table.

    Raises:
        ValueError: a chain has no end, or there is no workbook.
    """
    shift, small_shift = struct.unpack_from("<HH", content, 30)
    tables, start, _, least, small_start, _, more, count = struct.unpack_from("<8I", content, 44)
    size = 1 << shift

    def sector(number: int) -> bytes:
        return content[(number + 1) << shift : (number + 2) << shift]

    listed = list(struct.unpack_from("<109I", content, 76))
    for _ in range(count):
        numbers = struct.unpack(f"<{size // 4}I", sector(more))
        listed, more = [*listed, *numbers[:-1]], numbers[-1]
    table = b"".join(sector(number) for number in listed[:tables] if number < _ENDS)
    following = struct.unpack(f"<{len(table) // 4}I", table)
    folder = b"".join(map(sector, _chain(start, following)))
    entries = [folder[at : at + _ENTRY] for at in range(0, len(folder), _ENTRY)]
    found = {entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le", "replace"): entry for entry in entries}
    entry = next((found[name] for name in _NAMES if name in found), None)
    if entry is None:
        message = "no workbook"
        raise ValueError(message)
    first, length = struct.unpack_from("<II", entry, 116)
    if length >= least:
        return b"".join(map(sector, _chain(first, following)))[:length]
    small = b"".join(map(sector, _chain(small_start, following)))
    short = struct.unpack(f"<{len(small) // 4}I", small)
    held = b"".join(map(sector, _chain(struct.unpack_from("<I", entries[0], 116)[0], following)))
    return b"".join(held[number << small_shift : (number + 1) << small_shift] for number in _chain(first, short))[:length]


def _chain(start: int, following: tuple[int, ...]) -> Iterator[int]:
    for _ in range(len(following) + 1):
        if start >= _ENDS:
            return
        yield start
        start = following[start]
    message = "a chain without an end"
    raise ValueError(message)
