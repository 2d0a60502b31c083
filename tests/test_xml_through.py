"""XML from a file to a table, by the commands that a person types: values are the source's, every record is accounted for."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest

from tests.test_end_to_end import balanced

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.shell import Shell

COUNT = 60


def company(number: int, capital: str | None = None) -> str:
    """Write a company as the state's register does: attributes above all, five levels deep, its trades repeated."""
    trades = "".join(f'<СвОКВЭДДоп КодОКВЭД="{place:02d}.{number % 10}" НаимОКВЭД="Вид {place}"/>' for place in range(number % 4))
    end = f'<СвПрекрЮЛ ДатаПрекрЮЛ="2025-0{number % 9 + 1}-01"/>' if number % 7 == 0 else ""
    director = f'<СведДолжнФЛ><СвФЛ Фамилия="Иванов{number}" Имя="Пётр"/><СвДолжн НаимДолжн="Директор"/></СведДолжнФЛ>'
    region = f"<Регион><НаимРегион>Тверская</НаимРегион><Код>{number % 90:02d}</Код></Регион>"
    address = f'<СвАдресЮЛ><АдресРФ Индекс="{number:06d}">{region}</АдресРФ></СвАдресЮЛ>'
    return (
        f'<СвЮЛ ОГРН="{1020000000000 + number}" ИНН="{7700000000 + number}" ДатаОГРН="2020-03-{number % 28 + 1:02d}">\n'
        f'  <СвНаимЮЛ НаимЮЛПолн="ООО &quot;Ромашка &amp; Ко {number}&quot;"/>\n  {address}\n  {director}\n'
        f'  <СвУстКап Валюта="RUB">{capital or f"{number + 1}000.50"}</СвУстКап>\n'
        f'  <СвОКВЭД><СвОКВЭДОсн КодОКВЭД="62.0{number % 10}"/>{trades}</СвОКВЭД>{end}\n</СвЮЛ>'
    )


def register(*companies: str, encoding: str = "windows-1251") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<ЕГРЮЛ ДатаВыг="2026-01-01">\n' + "\n".join(companies) + "\n</ЕГРЮЛ>\n"
    return text.encode(encoding)


GOOD = [company(number) for number in range(COUNT)]
BAD = company(77, "много")


@pytest.fixture(params=["duckdb", "postgres"])
def table(
    request: pytest.FixtureRequest, shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], list[tuple[Any, ...]]]:
    """A project whose warehouse is either storage; gives what a query finds in it, asked past the product."""
    if request.param == "duckdb":

        def duck(query: str) -> list[tuple[Any, ...]]:
            with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
                return con.execute(query).fetchall()

        return duck
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")

    def real(query: str) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(postgres)) as con:
            return con.execute(query.encode()).fetchall()

    return real


def _written(folder: Path, name: str, data: bytes) -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


def _filled(shell: Shell, source: str) -> None:
    shell.ok("new", "companies", "Companies of the register, every night", "--source", source)
    shell.ok("fill", "companies", "--model", "rules")
    shell.ok("set", "companies", "load.max_rejects=2")


def test_a_register_is_loaded_whole_and_what_is_no_row_is_told_with_its_line_and_its_text(
    shell: Shell, table: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    _written(shell.folder, "register.xml", register(*GOOD))
    _filled(shell, "register.xml")
    _written(shell.folder, "register.xml", register(*GOOD[:10], BAD, *GOOD[10:]))
    said = shell.ok("show", "companies").out
    assert "records: ЕГРЮЛ.СвЮЛ" in said
    names = {line.split("from: ")[1].split(",")[0]: line.split("name: ")[1].split(",")[0] for line in said.splitlines() if "from: " in line}
    shell.ok("check", "companies")
    counts = shell.ok("run", "companies", "--format", "json").data
    assert balanced(counts)
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_rejected"]) == (COUNT + 1, COUNT, 1), said
    asked = ("_ОГРН", "СвНаимЮЛ._НаимЮЛПолн", "СвАдресЮЛ.АдресРФ.Регион.Код", "СвУстКап._VALUE", "СвОКВЭД.СвОКВЭДДоп")
    found = table(f"SELECT {', '.join(names[each] for each in asked)} FROM companies ORDER BY 1")
    assert [row[:4] for row in found] == [
        (str(1020000000000 + number), f'ООО "Ромашка & Ко {number}"', f"{number % 90:02d}", Decimal(f"{number + 1}000.50"))
        for number in range(COUNT)
    ]
    lists = [json.loads(row[4]) if isinstance(row[4], str) else row[4] for row in found]
    assert [len(each or ()) for each in lists] == [number % 4 for number in range(COUNT)]
    assert lists[1] == [{"_КодОКВЭД": "00.1", "_НаимОКВЭД": "Вид 0"}]
    [reject] = shell.ok("rejects", "companies", "--unmask", "--format", "json").data
    line = register(*GOOD[:10]).count(b"\n")  # the line of the closing tag there is that of the record here
    assert (reject["line"], reject["raw"]) == (str(line), BAD)


def test_the_whole_preview_equals_the_source(shell: Shell) -> None:
    _written(shell.folder, "register.xml", register(*GOOD, encoding="koi8-r"))
    said = shell.ok("preview", "register.xml", "--rows", "all", "--format", "csv", "--unmask").out
    rows = list(csv.DictReader(io.StringIO(said, newline="")))
    assert [row["СвНаимЮЛ._НаимЮЛПолн"] for row in rows] == [f'ООО "Ромашка & Ко {number}"' for number in range(COUNT)]
    assert [row["СвАдресЮЛ.АдресРФ._Индекс"] for row in rows] == [f"{number:06d}" for number in range(COUNT)]
    assert [row["СвУстКап._VALUE"] for row in rows] == [f"{number + 1}000.50" for number in range(COUNT)]
    assert [row["СведДолжнФЛ.СвФЛ._Фамилия"] for row in rows] == [f"Иванов{number}" for number in range(COUNT)]


def test_the_repeated_element_is_unfolded_by_a_child_spec(shell: Shell) -> None:
    (shell.folder / "register.xml.gz").write_bytes(gzip.compress(register(*GOOD)))
    shell.ok("new", "companies", "Companies", "--source", "register.xml.gz", "--split")
    [child] = sorted(path.stem for path in (shell.folder / "specs").glob("companies_*.yaml"))
    for name in ("companies", child):
        shell.ok("fill", name, "--model", "rules")
    assert shell.ok("run", "companies", "--format", "json").data["rows_loaded"] == COUNT
    counts = shell.ok("run", child, "--format", "json").data
    assert counts["rows_loaded"] == sum(number % 4 for number in range(COUNT))


@pytest.mark.parametrize("way", ["cut", "renamed"])
def test_xml_that_is_cut_short_or_has_other_records_loads_nothing_and_what_was_there_stays(shell: Shell, way: str) -> None:
    file = _written(shell.folder, "register.xml", register(*GOOD))
    _filled(shell, "register.xml")
    shell.ok("compile", "companies")
    shell.ok("run", "companies")
    whole = register(*GOOD)
    file.write_bytes(
        whole[:-30]
        if way == "cut"
        else whole.replace("СвЮЛ ".encode("cp1251"), "СвИП ".encode("cp1251")).replace("СвЮЛ>".encode("cp1251"), "СвИП>".encode("cp1251"))
    )
    said = shell.spec("run", "companies")
    code = "E335" if way == "cut" else "E331"
    assert (said.code, code in said.err, "Traceback" in said.err) == (1, True, False), said
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM companies").fetchone() == (COUNT,)


def test_a_member_of_an_archive_and_a_profile_that_says_where_the_records_are(shell: Shell) -> None:
    with zipfile.ZipFile(shell.folder / "drop.zip", "w") as archive:
        archive.writestr("register.xml", register(*GOOD))
    facts = shell.ok("profile", "drop.zip", "--format", "json").data
    assert (facts["format"], facts["records"], facts["rows"], facts["rejects"]) == ("xml", "ЕГРЮЛ.СвЮЛ", COUNT, 0)
    assert any("windows-1251" in reason or "cp1251" in reason for reason in facts["reasons"])
    assert [(one["path"], one["items"]) for one in facts["nested"]] == [("СвОКВЭД.СвОКВЭДДоп", sum(number % 4 for number in range(COUNT)))]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (register(*GOOD)[:900], "E335"),
        (b"<a><b></a>", "E335"),
        (b"", "E311"),
        (b"<?xml version='1.0'?>", "E335"),
        (b"<!DOCTYPE html><html><p>404</html>", "E314"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b><b/></a>', "E336"),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "E315"),
        ("<?xml version='1.0'?><а><б>Имя</б><б/></а>".encode("cp1251"), "E335"),
        (gzip.compress(register(*GOOD), mtime=0)[:-20], "E313"),
        (b"<a>" * 100_000, "E336"),
    ],
)
def test_what_cannot_be_read_is_one_clear_message(shell: Shell, data: bytes, code: str) -> None:
    _written(shell.folder, "register.xml", data)
    said = shell.spec("profile", "register.xml")
    assert (said.code, said.err.startswith(f"error[{code}]"), "Traceback" in said.err) == (1, True, False), said


def test_files_of_one_source_have_one_shape_whichever_of_them_repeats_an_element(shell: Shell) -> None:
    _written(shell.folder, "a.xml", b"<c><b><n>1</n><t>x</t><p>5</p></b><b><n>2</n></b></c>")
    _written(shell.folder, "b.xml", b"<c><b><n>3</n><t>x</t><t>y</t><p cur='RUB'>7</p></b><b><n>4</n></b></c>")
    rows = shell.ok("preview", "*.xml", "--rows", "all", "--format", "json").data
    assert [row["t"] for row in rows] == ['["x"]', None, '["x","y"]', None]
    assert [(row["p._VALUE"], row["p._cur"]) for row in rows] == [("5", None), (None, None), ("7", "RUB"), (None, None)]
    shell.ok("new", "both", "Both files", "--source", "*.xml")
    shell.ok("fill", "both", "--model", "rules")
    assert shell.ok("run", "both", "--format", "json").data["rows_loaded"] == 4
