"""Many CSV files of one source are to be written alike: what is not is named, file by file, before a row of it is read wrong.

A glob that takes in last year's files of another system is the usual way to text that looks right and is not: one byte of one encoding
is some letter of any other. So every file is looked at, not a sample of them, and what is beyond doubt is refused.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import encoding
from dataeng_ai.sources.dialect import sniff
from dataeng_ai.sources.prepared import inner_encoding
from dataeng_ai.sources.streams import prefix, windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File

_SAMPLE: Final = 64 << 10
_LINE: Final = 4000
"""Characters of a first line that are held: of ten thousand files, too."""
_NAMED: Final = 5
_SEQUENCES: Final = 3
"""So many characters of several bytes, and nothing else beyond ASCII: no text of single bytes looks so."""
_LETTERS: Final = 40
"""Letters from which the encodings of Cyrillic are told apart beyond doubt."""
_ALPHABET: Final = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЇЄҐЎ«»№—–\u00a0")
_ODD_CASE: Final = re.compile("[а-яё][А-ЯЁ]")
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PAIRS: Final = (b"\xc3\xa9", b"\x93\xfa", b"\xb0\xa1")
"""Bytes of which two are one character in UTF-8, in Japanese or in Chinese encodings."""
_CYRILLIC: Final = {"cp1251": 1, "mac-cyrillic": 1, "koi8-r": 2, "koi8-u": 2, "cp866": 3, "iso8859-5": 4}
"""Encodings of Cyrillic; those of one number have the same small letters."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file is like: the encoding that it has instead of the one that is said, and its first line."""

    file: File
    encoding: str | None
    first: str
    plain: bool
    """It is ASCII as far as was looked: any encoding will do."""


def refuse(files: Sequence[File], csv: ir.Csv) -> None:
    """Look at every file, and refuse them all where some are not written as `csv` says and the others are.

    Raises:
        Problems: E323, some are in another encoding, cut by another delimiter, or begin without the header of the others.
    """
    if len(files) < 2:  # noqa: PLR2004  one is like itself
        return
    looks = [_look(file, csv) for file in files]
    encodings = Counter(look.encoding or csv.encoding for look in looks if not look.plain).most_common(1) or [(csv.encoding, 0)]
    firsts = Counter(look.first for look in looks if look.first).most_common(1)
    odd: dict[str, list[str]] = {}
    for look in looks:
        if (what := _odd(look, csv, encodings[0][0], firsts[0][0] if firsts else "")) is not None:
            odd.setdefault(what, []).append(look.file.name)
    if odd:
        raise Problems(_said(odd, len(files)))


def refuse_encoding(file: File, csv: ir.Csv) -> None:
    """Refuse a file that is in another encoding than is said, where reading it would give letters all the same.

    Raises:
        Problems: E315.
    """
    if inner_encoding(csv.encoding) == "utf-8":
        return  # what is no UTF-8 is seen where it stands
    if found := other_encoding(windows(file), csv.encoding):
        message = f"`{file.name}` is in {found}, not in {csv.encoding}: it would be read without an error, and every letter wrong"
        hint = f"write `encoding: {found}`; if other files of this source are in {csv.encoding}, load this one by itself"
        raise Problems(Diagnostic("E315", message, help=hint))


def other_encoding(sample: bytes, said: str) -> str | None:
    """Return the encoding of a text where that is another one than is said, beyond doubt; None where it may be the one."""
    if not _is_single(said):
        return None
    if b"\0" in sample[:_LINE] or sample.startswith(_MARKS):
        found, _ = encoding.detect(sample[:_LINE])
        return found if found.startswith("utf-") else None
    lines = b"".join(encoding.telling(sample))
    if not lines:
        return None
    text = _as_utf8(lines)
    if text is not None:
        return "utf-8" if sum(not letter.isascii() for letter in text) >= _SEQUENCES else None
    one = _CYRILLIC.get(_plain(said))
    # What reads as words is in its encoding; finding out which one it is instead takes a hundred times as long.
    if one is None or _reads(lines[:_LINE].decode(said, "replace")):
        return None
    found, _ = encoding.detect(lines[:_LINE])
    other = _CYRILLIC.get(_plain(found))
    return found if other is not None and one != other and sum(byte >= 0x80 for byte in lines) >= _LETTERS else None  # noqa: PLR2004  beyond ASCII


def _as_utf8(lines: bytes) -> str | None:
    """Return the text that the bytes are in UTF-8; the sample may have cut the last character."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(lines)
    except UnicodeDecodeError:
        return None


def _reads(text: str) -> bool:
    """Say whether Cyrillic reads as words: letters of the alphabet, small ones mostly, and none of them right before a capital."""
    letters = [letter for letter in text if not letter.isascii()]
    known = sum(letter in _ALPHABET for letter in letters)
    small = sum(letter.islower() for letter in letters)
    return known >= 0.95 * len(letters) and 2 * small >= known and len(_ODD_CASE.findall(text)) <= 0.01 * known


@cache
def _is_single(name: str) -> bool:
    """Say whether every byte is a character by itself in this encoding."""
    try:
        return all(len(pair.decode(name, "replace")) == len(pair) for pair in _PAIRS) and not name.startswith("utf")
    except (LookupError, UnicodeError):
        return False


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace("iso-", "iso")


def _look(file: File, csv: ir.Csv) -> _Look:
    sample = prefix(file, _SAMPLE)
    other = _not_utf8(sample) if inner_encoding(csv.encoding) == "utf-8" and csv.encoding.startswith("utf-8") else None
    other = other or other_encoding(sample, csv.encoding)
    text = sample.decode(other or csv.encoding, "replace").removeprefix("\ufeff")
    lines = (line for line in islice(text.splitlines(), csv.skip, None) if line.strip())
    return _Look(file, other, next(lines, "")[:_LINE], sample.isascii())


def _not_utf8(sample: bytes) -> str | None:
    """Return the encoding of a text no line of which is UTF-8."""
    lines = encoding.telling(sample)
    if not lines or any(_as_utf8(line) is not None for line in lines[:-1] or lines):
        return None
    return encoding.detect(b"".join(lines)[:_LINE])[0]


def _odd(look: _Look, csv: ir.Csv, encoding_: str, usual: str) -> str | None:
    """Say what is other about a file than about most; None for one that is like the rest."""
    if (look.encoding or csv.encoding) != encoding_ and not look.plain:
        return f"in {look.encoding or csv.encoding}, not in {encoding_}"
    if look.first == usual or not look.first or not csv.header or csv.delimiter not in usual:
        return None
    if csv.delimiter not in look.first:
        table = sniff(_text(look.file, csv).encode())
        return f"cut by `{table.delimiter}`, not by `{csv.delimiter}`" if table.width > 1 and table.delimiter != csv.delimiter else None
    names, others = (set(_names(line, csv)) for line in (usual, look.first))
    alike = len(_names(usual, csv)) == len(_names(look.first, csv)) and names.isdisjoint(others)
    return "without the header that the others have" if alike and any(map(_is_value, others)) else None


def _text(file: File, csv: ir.Csv) -> str:
    text = prefix(file, _SAMPLE).decode(csv.encoding, "replace").removeprefix("\ufeff").replace("\0", "")
    return "\n".join(text.splitlines()[csv.skip : csv.skip + 200]) + "\n"


def _names(line: str, csv: ir.Csv) -> list[str]:
    return [cell.strip().strip(csv.quote or "").casefold() for cell in line.split(csv.delimiter)]


def _is_value(cell: str) -> bool:
    """Say whether a cell is no name of a column: a number or a moment."""
    return bool(cell) and any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell))


def _said(odd: dict[str, list[str]], count: int) -> Diagnostic:
    parts = "; ".join(f"{_listed(names)} {'is' if len(names) == 1 else 'are'} {what}" for what, names in odd.items())
    message = f"the {count:,} files are not written alike: {parts}"
    notes = tuple(_all(what, names) for what, names in odd.items() if len(names) > _NAMED)
    return Diagnostic("E323", message, notes=notes, help="load them by themselves, by a spec each; or let `path` leave them out")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED:,} more"


def _all(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(islice(names, 50))}{' …' if len(names) > 50 else ''}"  # noqa: PLR2004  as many as a person reads
