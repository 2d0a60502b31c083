"""Files of one glob: alike, or refused by name; never read wrong in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import csv, files, view
from dataeng_ai.sources.sameness import other_encoding

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shell import Shell

NAMES = ("Анна", "Борис", "Василиса", "Геннадий", "Дарья", "Евгений", "Жанна", "Зинаида")
TEXT = "номер;имя;город\n" + "".join(f"{n};{NAMES[n % 8]};Нижний Новгород\n" for n in range(60))
CSV = ir.Csv(";", '"', '"', header=True, encoding="cp1251", null_values=("",))


def refused(folder: Path, pattern: str = "*.csv") -> tuple[str, str]:
    with pytest.raises(Problems) as caught:
        csv.detect(files.find(folder, pattern), {})
    (one,) = caught.value.diagnostics
    return one.code, one.message


def write(folder: Path, **contents: bytes) -> None:
    for name, data in contents.items():
        (folder / f"{name}.csv").write_bytes(data)


@pytest.mark.parametrize(
    ("usual", "other"), [("cp1251", "utf-8"), ("cp1251", "koi8-r"), ("cp1251", "cp866"), ("koi8-r", "cp1251"), ("utf-8", "cp1251")]
)
def test_a_file_in_another_encoding_is_named(tmp_path: Path, usual: str, other: str) -> None:
    write(tmp_path, январь=TEXT.encode(usual) * 2, февраль=TEXT.encode(usual), март=TEXT.encode(other))
    code, message = refused(tmp_path)
    assert code == "E323"
    assert f"`март.csv` is in {other}, not in {usual}" in message


def test_a_file_cut_by_another_delimiter_is_named(tmp_path: Path) -> None:
    write(tmp_path, a=TEXT.encode() * 2, b=TEXT.encode(), c=TEXT.replace(";", ",").encode(), d=TEXT.replace(";", "\t").encode())
    code, message = refused(tmp_path)
    assert code == "E323"
    assert "`c.csv` is cut by `,`, not by `;`" in message
    assert "`d.csv` is cut by `\t`, not by `;`" in message


def test_a_file_without_the_header_of_the_others_is_named(tmp_path: Path) -> None:
    write(tmp_path, a=TEXT.encode() * 2, b=TEXT.encode(), c=TEXT.partition("\n")[2].encode())
    assert refused(tmp_path) == ("E323", "the 3 files are not written alike: `c.csv` is without the header that the others have")


def test_files_that_differ_in_columns_alone_are_alike(tmp_path: Path) -> None:
    write(tmp_path, a=TEXT.encode() * 2, b=TEXT.replace("город", "улица").encode(), c="имя;номер\nАнна;1\n".encode(), d=b"id\n1\n")
    assert csv.detect(files.find(tmp_path, "*.csv"), {}).source.csv is not None


def test_among_ten_thousand_the_one_is_found_and_few_are_listed(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number:05}.csv").write_bytes(TEXT.encode("koi8-r" if number % 30 == 7 else "cp1251"))
    code, message = refused(tmp_path)
    assert (code, message.count("`"), "and 5 more" in message) == ("E323", 10, True)


@pytest.mark.parametrize("encoding", ["utf-8", "koi8-r", "cp866", "utf-16"])
def test_a_load_refuses_an_encoding_that_would_only_look_right(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, a=TEXT.encode(encoding))
    (file,) = files.find(tmp_path, "a.csv")
    with pytest.raises(Problems) as caught:
        csv.prepare(file, ir.Source(None, "a.csv", "csv", CSV), tmp_path)
    assert (caught.value.diagnostics[0].code, "`a.csv` is in" in caught.value.diagnostics[0].message) == ("E315", True)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id;name\n1;x\n", "cp1251"),
        ("id;имя\n1;Я\n", "cp1251"),
        ("id;nom\n1;Élodie, çà et là\n", "cp1252"),
        ("x;Ёж и ёлка «ель» — №5\n" * 9, "cp1251"),
    ],
)
def test_what_may_be_in_its_encoding_is_not_refused(text: str, encoding: str) -> None:
    assert other_encoding(text.encode(encoding), encoding) is None


def test_a_new_file_in_another_encoding_is_not_loaded(shell: Shell) -> None:
    (shell.folder / "in").mkdir()
    write(shell.folder / "in", январь=TEXT.encode("cp1251"))
    shell.ok("new", "people", "--source", "in/*.csv")
    shell.ok("fill", "people", "--model", "rules")
    shell.ok("run", "people")
    write(shell.folder / "in", февраль=TEXT.encode("utf-8"))
    said = shell.spec("run", "people")
    assert (said.code, "E315" in said.err, "февраль.csv" in said.err) == (1, True, True)


def test_rows_of_many_files_keep_their_files_and_their_numbers(tmp_path: Path) -> None:
    count = 205
    for number in range(count):
        (tmp_path / f"{number:05}.csv").write_text(f"id;имя\n{number};Анна\nне строка\n{number};Борис\n", "utf-8")
    found = files.find(tmp_path, "*.csv")
    source = csv.detect(found, {}).source
    with duckdb.connect(":memory:") as con:
        prepared = [csv.prepare(file, source, tmp_path) for file in found]
        view.open_view(con, prepared, ("имя", "id"), "evolve")
        rows = con.execute('SELECT "id", "имя", __file__, __record__ FROM "__numbered__" ORDER BY __file__, __record__').fetchall()
        assert con.execute('SELECT "id", "имя" FROM "__source__"').fetchall() == [row[:2] for row in rows]
        assert [name for name, *_ in con.execute('DESCRIBE "__source__"').fetchall()] == ["имя", "id", "__extra__"]
        view.open_view(con, prepared[:150], ("id",), "discard")
        assert con.execute('SELECT count(*) FROM "__source__"').fetchall() == [(300,)]
    expected = [(str(n), name, f"{n:05}.csv", at) for n in range(count) for name, at in (("Анна", 1), ("Борис", 3))]
    assert rows == expected


def test_many_files_that_are_not_written_quite_alike_keep_their_rows_in_order(tmp_path: Path) -> None:
    ways = {
        0: "имя;id\nАнна;{0}\nБорис;{0}\n",
        1: "id;имя\r\n{0};Анна\r\n{0};Борис\r\n",
        2: "id;имя\n",
        3: 'id;имя\n{0};Анна\n{0};"Бо\nрис"\n',
    }
    texts = {number: ways.get(number % 7, "id;имя\n{0};Анна\n{0};Борис\n").format(number) for number in range(330)}
    for number, text in texts.items():
        (tmp_path / f"{number:05}.csv").write_bytes(text.encode())
    found = files.find(tmp_path, "*.csv")
    source = csv.detect(found, {}).source
    with duckdb.connect(":memory:") as con:
        prepared = [csv.prepare(file, source, tmp_path) for file in found]
        view.open_view(con, prepared, ("имя", "id"))
        rows = con.execute('SELECT "id", "имя" FROM "__source__"').fetchall()
        numbered = con.execute('SELECT "id", "имя", __file__, __record__ FROM "__numbered__" ORDER BY __file__, __record__').fetchall()
    second = {3: "Бо\nрис"}
    expected = [(str(n), name) for n in texts if n % 7 != 2 for name in ("Анна", second.get(n % 7, "Борис"))]
    assert rows == expected
    assert numbered == [(*row, f"{int(row[0]):05}.csv", 1 + place % 2) for place, row in enumerate(expected)]
