"""The encoding of a text, from its bytes alone: a byte order mark, else strict UTF-8, else by what the letters would be."""

from __future__ import annotations

import codecs
from typing import Final

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def detect(sample: bytes) -> tuple[str, str]:
    """Return the codec's name and a sentence with the evidence. The sample may end within a character."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name, f"encoding {name}: the file starts with a byte order mark"
    if sample.isascii():
        return "utf-8", "encoding utf-8: every byte looked at is ASCII"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1251", "encoding cp1251: not UTF-8"
    return "utf-8", "encoding utf-8: every byte looked at is valid UTF-8"
