"""Every odd file of the corpus is read as a person would read it, and what is no row is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import files, view
from dataeng_ai.sources.detect import detect
from dataeng_ai.sources.prepare import prepare, raw
from tests.odd import structures
from tests.odd.corpus import ODD as PLAIN
from tests.odd.corpus import REFUSED, Odd, Refused

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.prepared import Prepared

ODD = [*PLAIN, *structures.ODD]


def _prepare(folder: Path, data: bytes) -> tuple[ir.Csv, Prepared]:
    (folder / "odd.csv").write_bytes(data)
    (folder / "scratch").mkdir()
    found = files.find(folder, "odd.csv")
    detected = detect(found)
    prepared = prepare(found[0], detected.csv, folder / "scratch")
    assert prepared.header == detected.header
    return detected.csv, prepared


def test_the_corpus_is_large_and_its_names_tell_its_files_apart() -> None:
    names = [odd.name for odd in ODD] + [refused.name for refused in REFUSED]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_an_odd_file_gives_its_rows_and_tells_its_bad_records(odd: Odd, tmp_path: Path) -> None:
    found, prepared = _prepare(tmp_path, odd.data)
    con = duckdb.connect()
    view.open_view(con, [prepared], prepared.header)
    rows = con.execute('FROM "__source__"').fetchall()
    view.verify([prepared], len(rows))
    assert (prepared.header, rows) == (odd.header, odd.rows)
    assert [(bad.record, bad.line, bad.reason) for bad in view.structural([prepared])] == odd.bad
    assert (prepared.records, prepared.blank) == (len(odd.rows) + len(odd.bad), odd.blank)
    assert {key: getattr(found, key) for key in odd.csv} == odd.csv
    assert odd.in_place is None or (prepared.path == prepared.file.path) == odd.in_place


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_the_ordinals_of_rows_and_bad_records_together_are_all_records_and_lead_to_their_text(odd: Odd, tmp_path: Path) -> None:
    _, prepared = _prepare(tmp_path, odd.data)
    con = duckdb.connect()
    view.open_view(con, [prepared], prepared.header)
    numbered = con.execute('FROM "__numbered__" ORDER BY __record__').fetchall()
    assert [row[: len(odd.header)] for row in numbered] == odd.rows
    assert {row[-2] for row in numbered} <= {"odd.csv"}
    bad = {one.record: one for one in prepared.bad}
    assert sorted([row[-1] for row in numbered] + list(bad)) == list(range(1, prepared.records + 1))
    found = {record: (line, text) for record, line, text in raw(prepared, range(1, prepared.records + 1))}
    assert set(found) == set(range(1, prepared.records + 1))
    assert all(found[record] == (one.line, one.raw) for record, one in bad.items())
    assert all(
        value[:50].replace('"', "") in found[row[-1]][1].replace('"', "").replace("\\", "") or "\\" in value or "'" in value
        for row in numbered
        for value in row[: len(odd.header)]
    )


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.name)
def test_a_file_in_doubt_is_refused_with_its_line(refused: Refused, tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        _prepare(tmp_path, refused.data)
    assert [one.code for one in caught.value.diagnostics] == [refused.code]
    assert refused.words in caught.value.diagnostics[0].message
    assert "`odd.csv`" in caught.value.diagnostics[0].message
