"""Files of the corpus, damaged by chance with a seed: bits flipped, cut, lines twice, marks swapped, NULs, packed streams cut."""

from __future__ import annotations

import csv
import io
import random
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import shown_of
from dataeng_ai.profile.previewing import preview
from dataeng_ai.profile.survey import profile

if TYPE_CHECKING:
    from tests.corpus.case import Case

MARKS = (b",", b";", b"\t", b'"', b"\n", b"\r", b"{", b"}", b"[", b"]", b":", b"<", b">", b"&", b"\\", b"\0", b"\xff", b"'", b"/")
LARGEST = 20_000
"""Bytes of a file that is damaged: larger ones say no more."""


def damaged(data: bytes, seed: int) -> bytes:
    """Return the bytes with one to three damages."""
    chance = random.Random(seed)  # noqa: S311  no secret
    for _ in range(chance.randint(1, 3)):
        data = DAMAGES[chance.randrange(len(DAMAGES))](data, chance) if data else data
    return data


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _hole(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randint(1, 30) :]


def _twice(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return b"".join([*lines[: at + 1], *lines[at:]])


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(MARKS) + data[at:]


def _swap(data: bytes, chance: random.Random) -> bytes:
    return data.replace(chance.choice(MARKS), chance.choice(MARKS), chance.randint(1, 3))


def _end(data: bytes, chance: random.Random) -> bytes:
    return data[: -chance.randint(1, 12)]


DAMAGES = (_flip, _flip, _cut, _hole, _twice, _insert, _insert, _swap, _end)


def looked_at(name: str, data: bytes, folder: Path) -> str:
    """Return how a damaged file ended: read or refused.

    Raises:
        AssertionError: rows are lost in silence.
    """
    (folder / name).write_bytes(data)
    try:
        found = profile(folder, name, unmask=True)
        shown = preview(folder, name, shown_of(found), None, unmask=True)
    except Problems:
        return "refused"
    exceptions = sum(column.exceptions for column in found.columns)
    assert found.rows - exceptions <= len(shown.rows) <= found.rows, (found.rows, exceptions, len(shown.rows))
    if (
        found.csv
        and len(found.csv.delimiter) == 1
        and found.csv.quote == '"'
        and found.csv.escape == '"'
        and not (found.csv.skip or found.csv.footer or found.rejects)
    ):
        _same_records(data, found.csv, found.rows + any("two lines" in why for why in found.reasons))
    return "read"


def _same_records(data: bytes, how: object, rows: int) -> None:
    """Hold the count of a plain CSV against the standard library's."""
    encoding, delimiter, header = (getattr(how, name) for name in ("encoding", "delimiter", "header"))
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
        records = [one for one in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if one]
    except (UnicodeError, csv.Error, LookupError):
        return
    blank = sum(not "".join(one).strip() and len(one) == 1 for one in records)
    counted = len(records) - bool(header)
    assert counted - blank <= rows <= counted, (counted, blank, rows)


def run(cases: list[Case], seeds: range) -> Counter[str]:
    """Damage files one after another; say where one ends in anything but words."""
    ends: Counter[str] = Counter()
    small = [case for case in cases if len(case.data) < LARGEST]
    with TemporaryDirectory() as folder:
        for seed in seeds:
            case = small[seed % len(small)]
            data = damaged(case.data, seed)
            try:
                ends[looked_at(case.name, data, Path(folder))] += 1
            except Exception as error:  # noqa: BLE001  each is a finding
                ends["wrong"] += 1
                sys.stdout.write(f"seed {seed} {case.name} {data[:300]!r}: {type(error).__name__} {str(error)[-600:]}\n")
            (Path(folder) / case.name).unlink()
    return ends


if __name__ == "__main__":
    from tests.test_corpus import CORPUS

    sys.stdout.write(f"{run(CORPUS, range(int(sys.argv[1]), int(sys.argv[2])))}\n")
