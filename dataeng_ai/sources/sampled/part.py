"""What a sample is: which files hold it, and how much of the whole that is."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataeng_ai.sources.unpacking import packed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dataeng_ai.sources.detected import Detected
    from dataeng_ai.sources.files import File


@dataclass(frozen=True, slots=True)
class Taken:
    """How much was taken of one file: its share, from 0 to 1, in so many blocks."""

    share: float
    blocks: int


@dataclass(frozen=True, slots=True)
class Part:
    """Files that hold a part of others, of which there are `of` with so many bytes; `share` says how much of them, about, from 0 to 1."""

    files: tuple[File, ...]
    bytes: int
    of: int
    blocks: int
    share: float
    detected: Detected | None
    """How CSV files are written, found out by all of them."""


def written(file: File, blocks: Sequence[bytes], target: Path) -> Taken | None:
    """Write the blocks of a file one after another; None where there are none, or they are all of it."""
    text = b"".join(blocks)
    # Of a packed file the size as it would be packed tells how much of it this is; other packers than zlib's do about as well.
    stored = len(zlib.compress(text)) if packed(file) else len(text)
    if not text:
        return None
    target.write_bytes(text)
    return Taken(min(1.0, stored / file.size), len(blocks))
