"""Laws of reading CSV: what was written comes back, our count is that of others, and no cut of the stream matters."""

from __future__ import annotations

import csv as standard
import gzip
import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, TypeAlias

import duckdb
from hypothesis import example, given
from hypothesis import strategies as st

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import files, view
from dataeng_ai.sources.batches import batches
from dataeng_ai.sources.detect import detect
from dataeng_ai.sources.prepare import prepare
from dataeng_ai.sources.quoting import sound
from dataeng_ai.sources.records import Dialect, UnbalancedError, walk

if TYPE_CHECKING:
    from dataeng_ai.sources.prepared import Prepared

CELLS = st.text(st.sampled_from("ab1 ,;|\t\"'\r\n\\ыЖ№é😀"), max_size=8)
DIALECTS = st.sampled_from([",", ";", "\t", "|", "||", "^"])
Quoting: TypeAlias = Literal[0, 1, 2]
QUOTING: tuple[Quoting, ...] = (standard.QUOTE_MINIMAL, standard.QUOTE_ALL, standard.QUOTE_NONNUMERIC)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])


def _write(table: list[list[str]], delimiter: str, escape: str, ends: list[str], *, quote_all: bool) -> str:
    """Write a table as no library does: line ends that change from row to row, quotes only where needed or everywhere."""
    lines = []
    for place, row in enumerate(table):
        cells = []
        for cell in row:
            if quote_all or any(mark in cell for mark in ('"', "\r", "\n", *delimiter)) or (len(row) == 1 and not cell):
                inner = cell.replace("\\", "\\\\") if escape == "\\" else cell
                cells.append('"' + inner.replace('"', escape + '"') + '"')
            else:
                cells.append(cell)
        lines.append(delimiter.join(cells) + ends[place % len(ends)])
    return "".join(lines)


def _read(data: bytes, dialect: ir.Csv) -> tuple[Prepared, list[tuple[str, ...]]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "t.csv").write_bytes(data)
        (folder / "scratch").mkdir()
        prepared = prepare(files.find(folder, "t.csv")[0], dialect, folder / "scratch")
        con = duckdb.connect()
        view.open_view(con, [prepared], prepared.header)
        rows = con.execute('FROM "__source__"').fetchall()
        numbered = con.execute('FROM "__numbered__" ORDER BY __record__').fetchall()
        view.verify([prepared], len(rows))
        assert [row[:-2] for row in numbered] == rows
        return prepared, rows


@given(st.data())
def test_what_is_written_is_read_again(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 4))
    table = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12))
    delimiter, encoding = data.draw(DIALECTS), data.draw(ENCODINGS)
    escape = data.draw(st.sampled_from(['"', "\\"]))
    header = data.draw(st.booleans())
    ends = data.draw(st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=3))
    if encoding in ("cp1251", "koi8-r"):
        table = [[cell.encode(encoding, "ignore").decode(encoding) for cell in row] for row in table]
    whole = [[f"c{place}" for place in range(width)], *table] if header else table
    text = _write(whole, delimiter, escape, ends, quote_all=data.draw(st.booleans()))
    raw = text.encode(encoding)
    if data.draw(st.booleans()):
        raw = gzip.compress(raw)
    prepared, rows = _read(raw, ir.Csv(delimiter, '"', escape, header, encoding, ("",)))
    kept = [tuple(row) for row in table if not (width > 1 and header and row == whole[0])]
    assert (rows, len(prepared.bad)) == (kept, len(table) - len(kept))


@given(st.text(st.sampled_from('a,"\n\r\\'), max_size=40), st.sampled_from(['"', "\\", None]), st.integers(1, 7))
@example('"\n",\n"', '"', 1)
@example("a\r\n\nb", None, 2)
def test_where_the_stream_is_cut_changes_nothing(text: str, escape: str | None, size: int) -> None:
    dialect = Dialect(b",", b'"', escape.encode() if escape else None)
    data = text.encode()
    try:
        whole = [(record.raw, record.line, record.fields, record.fault) for record in walk(data, 1, dialect)]
    except UnbalancedError:
        whole = None
    try:
        pieces = [
            (record.raw, record.line, record.fields, record.fault)
            for batch in batches(_pieces(data, size), dialect)
            for record in batch.records()
        ]
    except UnbalancedError:
        pieces = None
    assert pieces == whole


def _pieces(data: bytes, size: int) -> list[bytes]:
    found: list[bytes] = []
    for start in range(0, len(data), size):
        piece = data[start : start + size]
        found = [*found[:-1], found[-1] + piece] if found and found[-1].endswith(b"\r") else [*found, piece]
    return found


@given(st.text(st.sampled_from('a,"\n\r\\'), max_size=40), st.sampled_from(['"', "\\", None]))
def test_what_a_batch_says_of_all_its_records_is_what_a_walk_finds(text: str, escape: str | None) -> None:
    dialect = Dialect(b",", b'"', escape.encode() if escape else None)
    try:
        for batch in batches([text.encode()] if text else [], dialect):
            records = list(batch.records())
            faults = any(record.fault for record in records)
            assert (batch.skeleton is None) >= faults
            if batch.skeleton is None:
                continue
            assert batch.count == sum(bool(record.raw) for record in records)
            assert batch.blank == sum(not record.raw for record in records)
            widths = {record.fields for record in records if record.raw}
            assert all(batch.has_only(width) == (widths <= {width}) for width in (1, 2, 3))
            assert batch.lines == len(re.findall("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", batch.raw.decode()))
    except UnbalancedError:
        pass


@given(st.data(), st.sampled_from(["\n", "\r\n"]), st.sampled_from([",", ";", "^", "]", "-", "\\"]), st.sampled_from(['"', "\\", None]))
def test_what_is_told_of_quotes_without_a_walk_is_what_a_walk_finds(
    data: st.DataObject, end: str, delimiter: str, escape: str | None
) -> None:
    table = data.draw(st.lists(st.lists(st.text(st.sampled_from('ab"\r\n\\ж' + delimiter), max_size=4), min_size=1), min_size=1))
    text = _write(table, delimiter, escape or '"', [end], quote_all=data.draw(st.booleans()))
    for _ in range(data.draw(st.integers(0, 3))):  # damage it
        at, size = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 1))
        text = text[:at] + data.draw(st.sampled_from(['"', '""', delimiter, "\n", "\r", "a", "\\", ""])) + text[at + size :]
    dialect = Dialect(delimiter.encode(), b'"', escape.encode() if escape else None)
    if told := sound(text.encode(), dialect):
        records = list(walk(text.encode(), 1, dialect))
        assert not any(record.fault for record in records)
        shapes = [delimiter * (record.fields - 1) + "\n" * record.ended for record in records]
        assert told.shape == "".join(shapes).encode()
        assert told.pairs == sum(text.encode()[: record.end].endswith(b"\r\n") for record in records)
        assert told.within == any(b"\n" in record.raw or b"\r" in record.raw for record in records)


@given(st.lists(st.lists(st.text(st.sampled_from('ab",\nж')), min_size=1), min_size=1), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_of_sound_quotes_all_is_told_without_a_walk(table: list[list[str]], end: str, crlf_within: bool) -> None:  # noqa: FBT001  drawn
    cells = [[cell.replace("\n", "\r\n" if crlf_within else "\n") for cell in row] for row in table]
    raw = _write(cells, ",", '"', [end], quote_all=True).encode()
    assert sound(raw, Dialect(b",")) is not None


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=20), st.sampled_from(["\n", "\r\n"]), st.sampled_from(QUOTING)
)
def test_our_count_and_cells_are_those_of_the_standard_library(table: list[list[str]], end: str, quoting: Quoting) -> None:
    if end == "\n":  # the standard writer leaves a lone CR unquoted then
        table = [[cell.replace("\r", "") for cell in row] for row in table]
    out = io.StringIO(newline="")
    standard.writer(out, lineterminator=end, quoting=quoting).writerows(table)
    records = [record for record in walk(out.getvalue().encode(), 1, Dialect(b",")) if record.raw]
    theirs = [row for row in standard.reader(io.StringIO(out.getvalue(), newline="")) if row]
    assert [record.fields for record in records] == [len(row) for row in theirs]
    assert theirs == table


@given(st.data())
def test_ragged_records_among_good_ones_are_told_by_their_ordinals(data: st.DataObject) -> None:
    widths = data.draw(st.lists(st.sampled_from([1, 2, 3, 3, 3, 4]), min_size=1, max_size=30))
    rows = [[f"{place}x{cell}" for cell in range(width)] for place, width in enumerate(widths, 1)]
    text = _write([["a", "b", "c"], *rows], ",", '"', ["\n"], quote_all=data.draw(st.booleans()))
    if widths.count(4) == len(widths) or 3 not in widths:
        return
    prepared, found = _read(text.encode(), ir.Csv(",", '"', '"', header=True, encoding="utf-8", null_values=("",)))
    assert found == [tuple(row) for row in rows if len(row) == 3]
    bad = [(record, record + 1) for record, row in enumerate(rows, 1) if len(row) != 3]
    assert [(one.record, one.line) for one in prepared.bad] == bad


@given(st.lists(CELLS, min_size=1, max_size=6))
def test_detection_says_the_same_twice_and_never_falls_over(lines: list[str]) -> None:
    data = "\n".join(lines).encode()
    with TemporaryDirectory() as name:
        (Path(name) / "t.csv").write_bytes(data)
        found = files.find(Path(name), "t.csv")
        try:
            first = detect(found)
        except Problems as problems:
            codes = {one.code for one in problems.diagnostics}
        else:
            codes = set()
            assert first == detect(found)
            assert all(reason[0].islower() or reason[0].isdigit() for reason in first.reasons)
        assert codes <= {"E311", "E312"}
