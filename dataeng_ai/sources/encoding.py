"""The encoding of a text, from its bytes alone: a byte order mark, else strict UTF-8, else by what the letters would be."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import Final

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CYRILLIC: Final = ("cp1251", "koi8-r", "cp866")
_FREQUENT: Final = frozenset("оеаинтсрвлкмдпуяыьг")
"""Nine letters in ten of a Russian text, in lower case: one encoding read as another is seldom made of them."""
_LETTERS: Final = 128 << 10
"""Bytes that are enough to tell one-byte encodings apart."""
_STRAY: Final = 20
"""A text with this many times more valid than broken UTF-8 characters is UTF-8 with broken records."""


def detect(sample: bytes) -> tuple[str, str]:
    """Return the codec's name and a sentence with the evidence. The sample may end within a character."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name, f"encoding {name}: the file starts with a byte order mark"
    if pairs := _pairs(sample):
        return pairs, f"encoding {pairs}: every other byte of the first ones is zero"
    if sample.isascii():
        return "utf-8", "encoding utf-8: every byte looked at is ASCII"
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    broken = text.count("\ufffd")
    valid = len(text) - len(text.encode("ascii", "ignore")) - broken
    if not broken:
        return "utf-8", f"encoding utf-8: all of the {valid} characters beyond ASCII that were looked at are valid UTF-8"
    if valid > _STRAY * broken:
        return "utf-8", f"encoding utf-8: {valid} characters beyond ASCII are valid UTF-8, {broken} are broken"
    return _one_byte(sample[:_LETTERS])


def _pairs(sample: bytes) -> str:
    """Return the name of a UTF-16 without a byte order mark, or nothing."""
    start = sample[:1000]
    half = len(start) // 2
    for name, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if half and zeros.count(0) > 0.7 * half:
            return name
    return ""


def _one_byte(sample: bytes) -> tuple[str, str]:
    """Choose among one-byte encodings: letters beyond ASCII stand alone in a western text and together in a Cyrillic one."""
    high = len(re.findall(rb"[\x80-\xff]", sample))
    alone = len(re.findall(rb"(?<=[a-zA-Z])[\x80-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff](?=[a-zA-Z])", sample))
    if alone * 2 > high:
        return "cp1252", f"encoding cp1252: not UTF-8, and {alone} of the {high} letters beyond ASCII stand alone among ASCII ones"
    shares = {name: _russian(sample, name) for name in _CYRILLIC}
    best = max(_CYRILLIC, key=lambda name: shares[name])
    others = ", ".join(f"{shares[name]:.0%} as {name}" for name in _CYRILLIC if name != best)
    return best, f"encoding {best}: not UTF-8, and {shares[best]:.0%} of the letters beyond ASCII are frequent Russian ones ({others})"


def _russian(sample: bytes, name: str) -> float:
    """Return the share of frequent Russian letters among all characters beyond ASCII; capitals count half."""
    beyond = {one: often for one, often in Counter(sample.decode(name, "replace")).items() if not one.isascii()}
    score = sum(often * (1.0 if one in _FREQUENT else 0.5 if one.lower() in _FREQUENT else 0.0) for one, often in beyond.items())
    return score / sum(beyond.values())
