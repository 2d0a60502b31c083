"""Files are found in one order, named as a person names them, and read together as one table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import files, view
from dataeng_ai.sources.detect import detect
from dataeng_ai.sources.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dataeng_ai.sources.prepared import Prepared

PLAIN = ir.Csv(",", '"', '"', header=True, encoding="utf-8", null_values=("",))


def _written(folder: Path, **contents: str) -> list[Prepared]:
    (folder / "scratch").mkdir(exist_ok=True)
    for name, text in contents.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return [prepare(file, PLAIN, folder / "scratch") for file in files.find(folder, "*.csv")]


def _codes(problems: Problems) -> list[str]:
    return [one.code for one in problems.diagnostics]


def _view(prepared: Sequence[Prepared], columns: Sequence[str], extra: str = "freeze") -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    view.open_view(con, prepared, columns, extra)  # type: ignore[arg-type]  # the words are given by each test
    return con


def test_a_glob_finds_files_sorted_by_name_at_any_depth(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "deep/er/c.csv", "x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"123")
    assert [file.name for file in files.find(tmp_path, "**/*.csv")] == ["a.csv", "b.csv", "deep/er/c.csv"]
    assert [(file.path, file.size) for file in files.find(tmp_path, "a.csv")] == [(tmp_path / "a.csv", 3)]


@pytest.mark.parametrize(
    "name",
    ["data[1].csv", "Выгрузка (май).csv", "{{ x }}.csv", "a'); DROP TABLE x; --.csv", "🎫.csv", "a b*.csv", "data?.csv", "[d]ata1.csv"],
)
def test_a_file_of_a_hostile_name_is_found_and_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"id,name\n1,one\n2\n")
    (tmp_path / "data1.csv").write_bytes(b"other\n")
    (found,) = files.find(tmp_path, name)
    assert found.name == name
    con = _view([prepare(found, PLAIN, tmp_path)], ["id", "name"])
    assert con.execute('FROM "__numbered__"').fetchall() == [("1", "one", name, 1)]


def test_what_is_not_there_is_told_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for pattern, words in (("*.csv", "no file matches"), ("sub", "is a folder")):
        with pytest.raises(Problems, match=words) as caught:
            files.find(tmp_path, pattern)
        assert _codes(caught.value) == ["E301"]
    with pytest.raises(Problems, match="there is no folder"):
        files.find(tmp_path / "nowhere", "*.csv")


def test_a_file_that_goes_away_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a\n1\n")
    (found,) = files.find(tmp_path, "a.csv")
    found.path.unlink()
    with pytest.raises(Problems) as caught:
        prepare(found, PLAIN, tmp_path)
    assert _codes(caught.value) == ["E302"]


def test_a_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"abc" * 1_000_000)
    assert files.fingerprint(files.find(tmp_path, "a.csv")[0]) == hashlib.sha256(b"abc" * 1_000_000).hexdigest()


def test_files_are_read_together_by_the_names_of_their_columns(tmp_path: Path) -> None:
    prepared = _written(tmp_path, a="id,name\n1,one\n2,two\n", b="name,id\nthree,3\n")
    con = _view(prepared, ["id", "name"])
    assert con.execute('FROM "__source__"').fetchall() == [("1", "one"), ("2", "two"), ("3", "three")]
    assert con.execute('FROM "__numbered__" ORDER BY id').fetchall() == [
        ("1", "one", "a.csv", 1),
        ("2", "two", "a.csv", 2),
        ("3", "three", "b.csv", 1),
    ]


def test_ordinals_count_within_each_file_whatever_is_bad_in_the_others(tmp_path: Path) -> None:
    prepared = _written(tmp_path, a="id,n\n1\n2\n3,x\n4\n5,x\n", b="id,n\n1,x\n2,x\n", c="id,n\n1,x,x\n2,x\n3,x\n")
    con = _view(prepared, ["id", "n"])
    assert con.execute('SELECT __file__, id::BIGINT = __record__, __record__ FROM "__numbered__" ORDER BY 1, 3').fetchall() == [
        ("a.csv", True, 3),
        ("a.csv", True, 5),
        ("b.csv", True, 1),
        ("b.csv", True, 2),
        ("c.csv", True, 2),
        ("c.csv", True, 3),
    ]
    assert [(bad.file, bad.record, bad.raw) for bad in view.structural(prepared)] == [
        ("a.csv", 1, "1"),
        ("a.csv", 2, "2"),
        ("a.csv", 4, "4"),
        ("c.csv", 1, "1,x,x"),
    ]


def test_unknown_columns_freeze_are_dropped_or_land_in_extra(tmp_path: Path) -> None:
    prepared = _written(tmp_path, a='id,"k"" {{ x }}",n\n1,"v""1",\n', b="id\n2\n")
    with pytest.raises(Problems) as caught:
        _view(prepared, ["id"])
    assert _codes(caught.value) == ["E321", "E321"]
    assert _view(prepared, ["id"], "discard").execute('FROM "__source__"').fetchall() == [("1",), ("2",)]
    rows = _view(prepared, ["id"], "evolve").execute('SELECT id, __extra__ FROM "__source__"').fetchall()
    assert [(key, json.loads(text) if text else text) for key, text in rows] == [("1", {'k" {{ x }}': 'v"1', "n": ""}), ("2", None)]


def test_a_column_that_is_missing_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    prepared = _written(tmp_path, a="id,имя\n1,one\n")
    with pytest.raises(Problems) as caught:
        _view(prepared, ["id", "name"], "discard")
    assert _codes(caught.value) == ["E320"]
    assert "`имя`" in (caught.value.diagnostics[0].help or "")
    assert "dropped_column" in (caught.value.diagnostics[0].help or "")


def test_a_column_that_only_some_files_have_may_be_empty_in_the_others_but_not_in_all(tmp_path: Path) -> None:
    prepared = _written(tmp_path, a="id,k\n1,one\n", b="n,id\n5,2\n")
    con = duckdb.connect()
    view.open_view(con, prepared, ("id", "k", "n"), missing="evolve")
    assert con.execute('FROM "__source__"').fetchall() == [("1", "one", ""), ("2", "", "5")]
    with pytest.raises(Problems) as caught:
        view.open_view(con, prepared, ("id", "name"), "discard", "evolve")
    assert _codes(caught.value) == ["E320"]


@pytest.mark.parametrize("columns", [["id", "ID"], ["__extra__"], ["__Record__"], ["__file__"]])
def test_names_that_duckdb_cannot_tell_apart_are_refused(columns: list[str], tmp_path: Path) -> None:
    prepared = _written(tmp_path, a="id\n1\n")
    with pytest.raises(Problems) as caught:
        _view(prepared, columns, "discard")
    assert _codes(caught.value) == ["E322"]


def test_the_law_of_a_load_refuses_what_the_two_counts_disagree_on(tmp_path: Path) -> None:
    prepared = _written(tmp_path, a="id,n\n1,x\n2\n3,x\n")
    view.verify(prepared, 2)
    for rows in (1, 3):
        with pytest.raises(Problems, match=f"DuckDB reads {rows} rows, our own count of the bytes is 2") as caught:
            view.verify(prepared, rows)
        assert _codes(caught.value) == ["E319"]


def test_duckdb_stumbling_over_a_file_that_changed_is_told_as_a_refusal(tmp_path: Path) -> None:
    prepared = _written(tmp_path, a="id,n\n1,x\n2,x\n")
    prepared[0].file.path.write_text("id,n\n1,x,x\n2\n3,x\n")
    con = _view(prepared, ["id", "n"])
    with pytest.raises(Problems) as caught, view.reading(prepared):
        con.execute('SELECT id, n FROM "__source__"').fetchall()
    assert _codes(caught.value) == ["E319"]


def test_a_file_of_bad_records_alone_is_refused_before_memory_ends(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="too few fields") as caught:
        _written(tmp_path, a="a,b\n" + "x\n" * 1000 + "x,y\n" * 1001 + "x\n" * 200_000)
    assert _codes(caught.value) == ["E316"]


@pytest.mark.parametrize(
    ("csv_block", "code"),
    [
        (replace(PLAIN, quote="«"), "E310"),
        (replace(PLAIN, delimiter="😀", encoding="cp1251"), "E310"),
        (replace(PLAIN, encoding="utf-16"), "E315"),
        (replace(PLAIN, skip=5), "E311"),
    ],
)
def test_a_csv_block_that_does_not_fit_the_file_is_told(csv_block: ir.Csv, code: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id,name\n1,ёж\n".encode())
    with pytest.raises(Problems) as caught:
        prepare(files.find(tmp_path, "a.csv")[0], csv_block, tmp_path)
    assert _codes(caught.value) == [code]


def test_the_footer_of_every_file_is_left_out_and_one_that_only_some_have_is_not_believed(tmp_path: Path) -> None:
    for name, text in (("a", "item;n\ntea;5\nham;7\nTotal;12\n"), ("b", "item;n\nnut;5\nTotal;5\n")):
        (tmp_path / f"{name}.csv").write_text(text)
    detected = detect(files.find(tmp_path, "*.csv"))
    assert detected.csv.footer == 1
    prepared = [prepare(file, detected.csv, tmp_path) for file in files.find(tmp_path, "?.csv")]
    assert [one.rows for one in prepared] == [2, 1]
    (tmp_path / "c.csv").write_text("item;n\nrye;5\n")
    again = detect(files.find(tmp_path, "?.csv"))
    assert again.csv.footer == 0
    assert any("some files end in one" in reason for reason in again.reasons)


@pytest.mark.parametrize(
    ("end", "rows"),
    [
        ("nut;5\nrye;7\n", None),
        ("nut;5\n6;\n", None),
        ("nut;5\n6\n", None),
        ("", None),
        ("nut;5\nTotal;5\n", 1),
        ("nut;5\n-----\n", 1),
        ("nut;5\nas told by Ann\n", 1),
        ("nut;5\n;5\n", 1),
        ("Total;0\n", 0),
    ],
)
def test_a_footer_of_one_file_takes_no_row_from_another(end: str, rows: int | None, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("item;n\ntea;5\nham;7\nTotal;12\n")
    detected = detect(files.find(tmp_path, "a.csv"))
    assert detected.csv.footer == 1
    (tmp_path / "b.csv").write_text("item;n\n" + end)
    later = files.find(tmp_path, "b.csv")[0]
    if rows is not None:
        assert prepare(later, detected.csv, tmp_path).rows == rows
        return
    with pytest.raises(Problems) as caught:
        prepare(later, detected.csv, tmp_path)
    assert _codes(caught.value) == ["E317"]
    assert f"line {1 + end.count(chr(10))}, which" in caught.value.diagnostics[0].message


def test_quoted_texts_that_end_in_the_delimiter_are_closed(tmp_path: Path) -> None:
    lines = [f"{at},{'plain' if at % 3 else chr(34) + 'Old, royal,' + chr(34)},N" for at in range(30)]
    (tmp_path / "a.csv").write_text("id,note,flag\n" + "\n".join(lines) + "\n")
    detected = detect(files.find(tmp_path, "a.csv"))
    assert (detected.csv.quote, prepare(files.find(tmp_path, "a.csv")[0], detected.csv, tmp_path).rows) == ('"', 30)
