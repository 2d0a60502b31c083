"""Texts of CSV files in many languages and encodings, each with what it says: names, cities, addresses, sentences, capitals."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE: Final = Path(__file__).with_name("tongues.txt")
"""A paragraph for each language: the encodings that it is met in, and texts of its tables."""


@dataclass(frozen=True)
class Encoded:
    """A text in an encoding."""

    name: str
    text: str
    encoding: str
    data: bytes


def tongues() -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each language with its encodings and its texts."""
    for paragraph in _FILE.read_text(encoding="utf-8").strip().split("\n\n"):
        first, *lines = paragraph.splitlines()
        tongue, _, encodings = first.partition(": ")
        yield tongue, encodings.split(), "|".join(lines).split("|")


def corpus(seeds: int = 3) -> Iterator[Encoded]:
    """Yield CSV-like texts from some fifty letters beyond ASCII up; some in capitals, some without a header, some with a mark."""
    for tongue, encodings, words in tongues():
        for encoding in encodings:
            for seed in range(seeds):
                for letters in (50, 120, 600):
                    chance = random.Random(f"{tongue} {encoding} {seed} {letters}")  # noqa: S311  the same texts each time, no secret
                    text = _text(chance, words, letters, shout=seed == 1 and tongue not in ("ja", "zh", "zh-tw", "ko"))
                    text = text.encode(encoding, "ignore").decode(encoding)
                    yield Encoded(f"{tongue}_{encoding}_{seed}_{letters}", text, encoding, text.encode(encoding))
        for encoding in ("utf-8-sig", "utf-16", "utf-32"):
            text = _text(random.Random(tongue), words, 80, shout=False)  # noqa: S311  the same texts each time, no secret
            yield Encoded(f"{tongue}_{encoding}", text, encoding, text.encode(encoding))


def _text(chance: random.Random, words: list[str], letters: int, *, shout: bool) -> str:
    mark = chance.choice(",;\t")
    lines = [mark.join(("id", "name", "place", "amount", "date"))] if chance.random() < 0.7 else []
    have = 0
    while have < letters:
        row = [
            str(len(lines)),
            chance.choice(words),
            chance.choice(words),
            f"{chance.randrange(99999) / 100}",
            f"2024-0{chance.randrange(1, 9)}-11",
        ]
        row = [cell.upper() for cell in row] if shout else row
        have += sum(not letter.isascii() for cell in row for letter in cell)
        lines.append(mark.join(row))
    return "\n".join([*lines, ""])
