"""The encoding of a text, from its bytes alone: a byte order mark, else strict UTF-8, else by what the letters would be.

Where UTF-8 is ruled out, the text is read in every encoding that could be, and each reading is held against what languages are made
of: how frequent its letters are in one of them, whether capitals stand where they do, in Cyrillic which letters stand side by side.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from dataeng_ai.sources.tongues import FREQUENT, LONE, PAIRS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALONE: Final = (
    *("cp1252", "cp1250", "cp1254", "iso-8859-2", "iso-8859-15", "cp1257", "cp850", "cp852", "mac-roman"),
    *("mac-latin2", "iso-8859-13", "iso-8859-4", "iso-8859-16", "iso-8859-10", "iso-8859-3", "cp1258"),
)
"""Encodings of Latin letters, the likelier of two that read a text alike before the other."""
_RARELY: Final = frozenset((*_ALONE[9:], "iso-8859-5"))
_TOGETHER: Final = (
    *("cp1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic", "koi8-u", "cp855"),
    *("cp1253", "iso-8859-7", "cp1255", "cp1256", "iso-8859-6", "cp874"),
)
_WIDE: Final = ("cp932", "euc-jp", "gb18030", "big5", "euc-kr", "johab", "cp949")
_SHIFTED: Final = (
    ("iso2022_jp", re.compile(rb"\x1b\$[@B]")),
    ("iso2022_kr", re.compile(rb"\x1b\$\)C")),
    ("hz", re.compile(rb"~\{(?:[!-w][!-~])+~\}")),
)
"""Encodings of seven bits, with what stands before the characters that are no ASCII."""
_BIG5: Final = (0xA4, 0xC6)
"""The first bytes of the ideographs of Big5 that are in use: other texts that read as Big5 fall mostly outside of them."""
_IN_USE: Final = 0.95
_SURE: Final = 20
"""Ideographs that are enough to tell."""
_NAMES: Final = {"gb18030": "gbk"}
"""What an encoding is called where a smaller one is enough."""
_LETTERS: Final = 32 << 10
"""Bytes that are enough to tell encodings apart."""
_MIXED: Final = 0.05
"""The share of lines of valid UTF-8 in a file that is not, from which it is told to be of two encodings."""
_SIGNS: Final = "«»“”„’‘–—№…°€£§·•²³½´`µ™®©\u00a0"
"""Signs beyond ASCII that stand in tables of any language."""
_ASTRAY: Final = re.compile(r"(?<![^\W\d_])[’”»·•²³½´`™®©](?=[^\W\d_])")
"""A sign that belongs behind a word, before one."""
_IN_PLACE: Final = re.compile(
    r"[£€](?=\s?\d)|(?<=\d)\s?[€°½²](?![^\W\d_])|(?<=[A-Za-z])’(?=[^\W\d_])|(?<=[a-z])[…®™](?![^\W\d_])"
    r"|(?<![^\W_])[©®™°§№–—](?![^\W_])"
)
"""A sign where it belongs: money or a degree at a number, an apostrophe within a word, points or a mark behind one, a sign by itself."""
_PLACED: Final = 4.0
"""What such a place adds to the logarithm of how likely a text is."""
_RARE: Final = 0.4
"""What an encoding costs that hardly anybody writes, per character."""
_SELDOM: Final = math.log(0.0005)
_NEVER: Final = math.log(0.00001)
_CASE: Final = 5.0
"""What a small letter right before a capital costs, in the logarithm of how likely a text is."""
_PAIR: Final = 1.2
"""What two Cyrillic letters cost that seldom stand side by side."""
_NEAR: Final = 0.045
"""Per letter, by how much the languages that a text may as well be in are less likely: names of towns and goods alone do not tell."""
_USUAL: Final = 0.25
"""The share of such pairs in an ordinary text, for languages whose pairs nobody counted."""
_CAPITAL: Final = 0.8
"""How often a letter is met as a capital, beside the small one."""
_LATIN: Final = 0.35
"""The share of letters beyond ASCII beside ASCII ones from which a text is in Latin letters."""
_ENOUGH: Final = 0.22
"""The share of frequent characters from which a text is believed to be Chinese, Japanese or Korean."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text read in one encoding: how likely it is per character beyond ASCII, and what it would be written in."""

    name: str
    likely: float
    tongue: str


def detect(sample: bytes) -> tuple[str, str]:
    """Return the codec's name and a sentence with the evidence. The sample may end within a character."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name, f"encoding {name}: the file starts with a byte order mark"
    if units := _units(sample):
        return units, f"encoding {units}: line ends, digits and delimiters have zero bytes beside them, all on the same side"
    if sample.isascii():
        return _of_seven_bits(sample)
    lines = telling(sample)
    whole = sum(map(_is_utf8, lines))
    other = len(lines) - whole
    if not other:
        return "utf-8", f"encoding utf-8: the bytes beyond ASCII that were looked at, in {whole} lines, are valid UTF-8"
    if whole > other:
        name, _ = _by_letters([line for line in lines if not _is_utf8(line)])
        mixed = f"; what is not may be {name}: it is rejected"
        return "utf-8", f"encoding utf-8: {whole} of the {len(lines)} lines with bytes beyond ASCII are valid UTF-8{mixed}"
    name, why = _by_letters([line for line in lines if not _is_utf8(line)])
    if whole > 1 and whole > _MIXED * other:
        why += f"; {whole} lines of {len(lines)} are valid UTF-8 all the same: the file is of two encodings, and those will read wrong"
    return name, why


def _of_seven_bits(sample: bytes) -> tuple[str, str]:
    for name, shift in _SHIFTED:
        if shift.search(sample):
            return name, f"encoding {name}: its marks stand before the characters beyond ASCII"
    return "utf-8", "encoding utf-8: every byte looked at is ASCII"


def _is_utf8(line: bytes) -> bool:
    """Say whether a line is UTF-8; the sample may cut the last one within a character."""
    try:
        return bool(codecs.getincrementaldecoder("utf-8")().decode(line))
    except UnicodeDecodeError:
        return False


def telling(sample: bytes) -> list[bytes]:
    """Return the lines with bytes beyond ASCII, so many as tell encodings apart."""
    found: list[bytes] = []
    size = 0
    for line in sample.splitlines(keepends=True):
        if not line.isascii():
            found.append(line)
            size += len(line)
            if size > _LETTERS:
                break
    return found


def _units(sample: bytes) -> str:
    """Return the name of a UTF-16 or UTF-32 without a byte order mark, or nothing."""
    start = sample[:4000]
    if start.count(0) * 10 < len(start):
        return ""
    quarter, half = len(start) // 4, len(start) // 2
    zeros = [start[place::4].count(0) for place in range(4)]
    if quarter and zeros[2] + zeros[3] >= 1.9 * quarter and zeros[0] * 2 < quarter:
        return "utf-32-le"
    if quarter and zeros[0] + zeros[1] >= 1.9 * quarter and zeros[3] * 2 < quarter:
        return "utf-32-be"
    for name, high, low in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        if half and high.count(0) > 0.1 * half and low.count(0) * 20 < high.count(0):
            return name
    return ""


def _by_letters(lines: list[bytes]) -> tuple[str, str]:
    """Choose among the encodings that are not UTF-8, by what the text would be in each."""
    sample = b"".join(lines)
    high = len(re.findall(rb"[\x80-\xff]", sample))
    beside = len(re.findall(rb"(?<=[a-zA-Z])[\x80-\xff]|[\x80-\xff](?=[a-zA-Z])", sample))
    if wide := _wide(sample):
        return wide[0], f"encoding {wide[0]}: not UTF-8, and {wide[1]:.0%} of the characters beyond ASCII are frequent ones"
    latin = beside > _LATIN * high or all(sign in _SIGNS for sign in sample.decode("cp1252", "replace") if not sign.isascii())
    readings = [_read(sample, name, LONE if latin else WHOLE) for name in (_ALONE if latin else _TOGETHER)]
    best = max(readings, key=lambda one: one.likely)
    second = max((one for one in readings if one.likely < best.likely), key=lambda one: one.likely, default=best)
    stand = (
        f"{beside} of the {high} letters beyond ASCII stand beside ASCII ones"
        if latin
        else f"its {high} letters beyond ASCII stand together"
    )
    than = f", {math.exp(min(best.likely - second.likely, 20)):.1f} times as likely as in {second.name}, letter by letter" * (
        second != best
    )
    return best.name, f"encoding {best.name}: not UTF-8; {stand} and read as {best.tongue}{than}"


def _read(sample: bytes, name: str, tongues: Mapping[str, str]) -> _Reading:
    text = normalize("NFC", sample.decode(name, "replace"))  # in cp1258 accents stand by themselves
    letters = Counter(letter for letter in text if not letter.isascii())
    often = letters.total()
    seen = {letter: times for letter, times in letters.items() if letter not in _SIGNS}
    strange = sum(times * _strange(letter) for letter, times in letters.items())
    likely = {one: _likely(seen, one) for one in tongues}
    best = max(likely.values())
    near = [one for one in tongues if likely[one] >= best - _NEAR * often]
    strange += _SELDOM * len(_ASTRAY.findall(text)) + _PLACED * len(_IN_PLACE.findall(text))
    case = _CASE * _cases(text).count("xX")
    pairs = _PAIR * (_odd_pairs(text) if re.search(r"[\u0400-\u04ff]", text) else _USUAL * often) if tongues is WHOLE else 0.0
    tongue = " or ".join(filter(None, (", ".join(near[:-1]), near[-1])))
    return _Reading(name, (best + strange - case - pairs) / often - _RARE * (name in _RARELY), tongue)


def _cases(text: str) -> str:
    """Return the text with `x` for each small letter, `X` for each capital and a blank for everything else."""
    return "".join("x" if letter.islower() else "X" if letter.isupper() else " " for letter in text)


def _strange(letter: str) -> float:
    if letter in _SIGNS:
        return math.log(0.008)
    return _NEVER if not letter.isprintable() or letter == "\ufffd" else 0.0


def _likely(letters: Mapping[str, int], tongue: str) -> float:
    """Return the logarithm of how likely these letters are in a language."""
    known = _model(tongue)
    return sum(times * known.get(letter, _SELDOM if letter.isalpha() else _NEVER) for letter, times in letters.items())


@cache
def _model(tongue: str) -> dict[str, float]:
    """Return the logarithm of how often each letter beyond ASCII is met among them: it falls off evenly, capitals are somewhat fewer."""
    fall = 0.89 if tongue in WHOLE else 0.95 if tongue == "Vietnamese" else 0.85
    weights = {letter: fall**place for place, letter in enumerate(WHOLE.get(tongue) or LONE[tongue])}
    capitals = {letter.upper(): _CAPITAL * weight for letter, weight in weights.items()}
    weights |= {
        letter: weight for letter, weight in capitals.items() if len(letter) == 1 and not letter.isascii() and letter not in weights
    }
    one_case = all(letter == letter.upper() for letter in weights)  # Hebrew: else it would win against any text in capitals alone
    total = sum(weights.values()) * (1 + _CAPITAL if one_case else 1)
    return {letter: math.log(weight / total) for letter, weight in weights.items()}


def _odd_pairs(text: str) -> int:
    """Count the Cyrillic letters side by side that seldom stand so."""
    words = re.findall(r"[\u0400-\u04ff]{2,}", text.lower())
    return sum(word[place : place + 2] not in PAIRS for word in words for place in range(len(word) - 1))


def _wide(sample: bytes) -> tuple[str, float] | None:
    """Return the encoding of Chinese, Japanese or Korean in which the text is whole and made of frequent characters, and how many are."""
    shares = {}
    for name in _WIDE:
        try:
            text = codecs.getincrementaldecoder(name)("strict").decode(sample)
        except UnicodeDecodeError:
            continue
        letters = [letter for letter in text if not letter.isascii()]
        frequent = sum(_frequent(letter, name) for letter in letters)
        shares[name] = frequent / max(1, len(letters))  # the sample may hold no more than a part of one
    best = max(shares, key=lambda name: shares[name], default=None)
    if best and shares[best] >= _ENOUGH:
        return _NAMES.get(best, best), shares[best]
    return ("big5", share) if "big5" in shares and (share := _in_use(sample)) >= _IN_USE else None


def _in_use(sample: bytes) -> float:
    """Return the share of ideographs in a text in Big5 that are of those in use."""
    text = codecs.getincrementaldecoder("big5")("strict").decode(sample)
    first = [letter.encode("big5")[0] for letter in text if "\u4e00" <= letter <= "\u9fff"]
    return sum(_BIG5[0] <= byte <= _BIG5[1] for byte in first) / len(first) if len(first) >= _SURE else 0.0


def _frequent(letter: str, name: str) -> float:
    """Say whether a character is frequent in the language of an encoding; one of half width speaks against it."""
    if name in ("cp932", "euc-jp"):
        if "\uff61" <= letter <= "\uff9f":
            return -0.5
        return float("\u3040" <= letter <= "\u30ff" or letter in FREQUENT["kanji"])
    return float(letter in FREQUENT["euc-kr" if name in ("johab", "cp949") else name])
