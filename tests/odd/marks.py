"""Marks of reading, on corpora made by script: polluted files, dialects, encodings."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import encoding, files, view
from dataeng_ai.sources.detect import detect
from dataeng_ai.sources.dialect import sniff
from dataeng_ai.sources.prepare import prepare
from tests.odd import dialects, encodings, pollock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.odd.pollock import Polluted, Rows


@dataclass(frozen=True)
class Loading:
    """The marks of loading polluted files: of all, and of those that lost most."""

    simple: float
    weighted: float
    lost: tuple[tuple[str, float], ...]


def loading(folder: Path, picked: Sequence[int], *, given: bool) -> Loading:
    """Load the polluted files, with their dialects given or found out."""
    scores: list[tuple[Polluted, float]] = []
    with duckdb.connect() as con:
        con.execute("SET threads = 1")
        scores += [(one, pollock.score(one, *_loaded(folder, one, con, given=given))) for one in pollock.corpus(picked)]
    lost = sorted(((one.name, mark) for one, mark in scores if mark < 10), key=lambda item: item[1])
    return Loading(*pollock.marks(scores), tuple(lost))


def _loaded(folder: Path, one: Polluted, con: duckdb.DuckDBPyConnection, *, given: bool) -> tuple[tuple[str, ...], Rows]:
    """Return header and rows; nothing where the file is refused. The names that we make up for a file without a header count as ours."""
    (folder / "polluted.csv").write_bytes(one.data)
    found = files.find(folder, "polluted.csv")
    with TemporaryDirectory() as scratch:
        try:
            csv = one.given if given else detect(found).csv
            prepared = prepare(found[0], csv, folder / scratch)
        except Problems:
            return (), []
        view.open_view(con, [prepared], prepared.header)
        rows = con.execute('FROM "__source__"').fetchall()
        view.verify([prepared], len(rows))
    return (one.header if given and one.lines > 1 else prepared.header), rows


def dialect_f1(labelled: Iterable[dialects.Labelled]) -> dict[str, float]:
    """Return the F1 of delimiter, quote, escape and of all three together."""
    pairs: dict[str, list[tuple[str, str]]] = {"delimiter": [], "quote": [], "escape": [], "dialect": []}
    for one in labelled:
        table = sniff(one.data)
        quote = table.quote if table.quoted else None
        said = (table.delimiter if table.width > 1 else None, quote, table.escape if quote and table.escape != quote else None)
        so = (one.delimiter, one.quote, one.escape)
        for kind, place in (("delimiter", 0), ("quote", 1), ("escape", 2)):
            pairs[kind].append((str(so[place]), str(said[place])))
        pairs["dialect"].append((str(so), str(said)))
    return {kind: dialects.f1(found) for kind, found in pairs.items()}


def encodings_right(seeds: int) -> tuple[int, float, list[str]]:
    """Return how many texts there are, the share that reads as it was written, and the names of the others."""
    texts = list(encodings.corpus(seeds))
    wrong = []
    for one in texts:
        name, _ = encoding.detect(one.data)
        if one.data.decode(name, "replace").removeprefix("\ufeff") != one.text:
            wrong.append(f"{one.name} as {name}")
    return len(texts), 1 - len(wrong) / len(texts), wrong
