"""CSV as programs write it, beside the files of `tests/odd`: what public trackers tell of readers that took them wrong."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from typing import TYPE_CHECKING

import zstandard

from tests.corpus.case import Case, Row
from tests.odd.corpus import ODD, REFUSED

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(name: str, text: str, header: Sequence[str], *lines: Sequence[str], encoding: str = "utf-8", **more: object) -> Case:
    """Return a file with these rows."""
    rows: list[Row] = [dict(zip(header, line, strict=True)) for line in lines]
    return Case(name, text.encode(encoding), rows, **more)  # type: ignore[arg-type]  # `bad`, `told` and `code`


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


AB = ("a", "b")
ID = ("id", "имя")
TWO = (("1", "Жук"), ("2", "Лев"))
TEXT = "id,имя\n1,Жук\n2,Лев\n"

CSV = [
    table("plain.csv", TEXT, ID, *TWO),
    table("called.txt", TEXT, ID, *TWO),
    table("no_suffix", TEXT, ID, *TWO),
    table("leading_zeros.csv", "code,n\n007,1\n0012,2\n0300,3\n", ("code", "n"), ("007", "1"), ("0012", "2"), ("0300", "3")),
    table(
        "long_ids.csv",
        "id,n\n12345678901234567890,1\n12345678901234567891,2\n",
        ("id", "n"),
        ("12345678901234567890", "1"),
        ("12345678901234567891", "2"),
    ),
    table(
        "beyond_double.csv",
        "id,n\n9007199254740993,1\n9007199254740995,2\n",
        ("id", "n"),
        ("9007199254740993", "1"),
        ("9007199254740995", "2"),
    ),
    table(
        "card_numbers_as_excel_breaks_them.csv",
        "card,n\n1.23457E+15,1\n1.23457E+15,2\n",
        ("card", "n"),
        ("1.23457E+15", "1"),
        ("1.23457E+15", "2"),
    ),
    table("genes.csv", "gene,n\nSEPT2,1\nMARCH1,2\n2-Sep,3\n", ("gene", "n"), ("SEPT2", "1"), ("MARCH1", "2"), ("2-Sep", "3")),
    table("exponents_that_are_codes.csv", "code,n\n1E5,1\n2E10,2\n12D4,3\n", ("code", "n"), ("1E5", "1"), ("2E10", "2"), ("12D4", "3")),
    table("plus_signs.csv", "phone,n\n+79161234567,1\n+79161234568,2\n", ("phone", "n"), ("+79161234567", "1"), ("+79161234568", "2")),
    table("hex.csv", "h,n\n0x10,1\n0xFF,2\n", ("h", "n"), ("0x10", "1"), ("0xFF", "2")),
    table("trailing_zeros.csv", "v,n\n1.10,1\n1.00,2\n2.005,3\n", ("v", "n"), ("1.10", "1"), ("1.00", "2"), ("2.005", "3")),
    table("versions.csv", "v,n\n1.10,1\n1.9,2\n1.10.1,3\n", ("v", "n"), ("1.10", "1"), ("1.9", "2"), ("1.10.1", "3")),
    table("nan_and_inf.csv", "v,n\nNaN,1\ninf,2\n1.5,3\nx,4\n", ("v", "n"), ("NaN", "1"), ("inf", "2"), ("1.5", "3"), ("x", "4")),
    table("norway.csv", "country,n\nNO,1\nSE,2\nDK,3\n", ("country", "n"), ("NO", "1"), ("SE", "2"), ("DK", "3")),
    table(
        "mr_null.csv",
        "name,n\nNull,1\nNone,2\nTrue,3\nSmith,4\n",
        ("name", "n"),
        ("Null", "1"),
        ("None", "2"),
        ("True", "3"),
        ("Smith", "4"),
    ),
    table("namibia.csv", "code,n\nNA,1\nRU,2\nDE,3\n", ("code", "n"), ("NA", "1"), ("RU", "2"), ("DE", "3")),
    table(
        "impossible_dates.csv",
        "d,n\n2024-02-30,1\n2024-02-29,2\n0000-00-00,3\n",
        ("d", "n"),
        ("2024-02-30", "1"),
        ("2024-02-29", "2"),
        ("0000-00-00", "3"),
    ),
    table(
        "times_beyond_a_day.csv",
        "t,n\n25:30:00,1\n23:59:60,2\n12:00:00,3\n",
        ("t", "n"),
        ("25:30:00", "1"),
        ("23:59:60", "2"),
        ("12:00:00", "3"),
    ),
    table(
        "nanoseconds.csv",
        "t,n\n2024-01-01 00:00:00.123456789,1\n2024-01-01 00:00:00.123456788,2\n",
        ("t", "n"),
        ("2024-01-01 00:00:00.123456789", "1"),
        ("2024-01-01 00:00:00.123456788", "2"),
    ),
    table("quoted_numbers.csv", '"id","n"\n"1","2"\n"3","4"\n', ("id", "n"), ("1", "2"), ("3", "4")),
    table("quote_in_the_middle.csv", 'id,name\n1,5" pipe\n2,a "b" c\n', ("id", "name"), ("1", '5" pipe'), ("2", 'a "b" c')),
    table("json_in_cells.csv", 'id,j\n1,"{""a"": [1, 2]}"\n2,"{""a"": []}"\n', ("id", "j"), ("1", '{"a": [1, 2]}'), ("2", '{"a": []}')),
    table("line_ends_in_cells.csv", 'id,t\r\n1,"x\r\ny"\r\n2,"p\nq"\r\n', ("id", "t"), ("1", "x\r\ny"), ("2", "p\nq")),
    table("apostrophes.csv", "id,t\n1,it's\n2,'tis\n3,'x'\n", ("id", "t"), ("1", "it's"), ("2", "'tis"), ("3", "'x'")),
    table("backslashes.csv", "id,path\n1,C:\\dir\\\n2,\\\\host\\x\n", ("id", "path"), ("1", "C:\\dir\\"), ("2", "\\\\host\\x")),
    table("formulas.csv", "id,t\n1,=1+1\n2,@SUM(A1)\n3,-2+3\n", ("id", "t"), ("1", "=1+1"), ("2", "@SUM(A1)"), ("3", "-2+3")),
    table("guarded_by_excel.csv", 'id,t\n1,="007"\n2,="012"\n', ("id", "t"), ("1", '="007"'), ("2", '="012"')),
    table("tab.tsv", "id\tимя\n1\tЖук\n2\tЛев\n", ID, *TWO),
    table("pipe.csv", "id|имя\n1|Жук\n2|Лев\n", ID, *TWO),
    table("unit_separator.csv", "id\x1fимя\n1\x1fЖук\n2\x1fЛев\n", ID, *TWO),
    table(
        "semicolons_and_commas.csv", "id;v;t\n1;1,50;a, b\n2;2,75;c, d\n", ("id", "v", "t"), ("1", "1.50", "a, b"), ("2", "2.75", "c, d")
    ),
    table(
        "thousands.csv",
        'id,v\n1,"1,234.50"\n2,"12,345.75"\n3,"1,234,567.00"\n',
        ("id", "v"),
        ("1", "1234.50"),
        ("2", "12345.75"),
        ("3", "1234567.00"),
    ),
    table("blanks_in_numbers.csv", "id;v\n1;1 234,50\n2;12 345,75\n", ("id", "v"), ("1", "1234.50"), ("2", "12345.75")),
    table("no_break_blanks.csv", "id;v\n1;1\u00a0234,50\n2;12\u00a0345,75\n", ("id", "v"), ("1", "1234.50"), ("2", "12345.75")),
    table("percents.csv", "id,p\n1,15%\n2,7.5%\n", ("id", "p"), ("1", "15"), ("2", "7.5")),
    table("russian_dates.csv", "id;d\n1;31.01.2024\n2;01.02.2024\n", ("id", "d"), ("1", "2024-01-31"), ("2", "2024-02-01")),
    table("american_dates.csv", "id,d\n1,01/31/2024\n2,02/01/2024\n", ("id", "d"), ("1", "2024-01-31"), ("2", "2024-02-01")),
    table(
        "offsets.csv",
        "id,t\n1,2024-01-01T10:00:00+03:00\n2,2024-01-01T10:00:00Z\n",
        ("id", "t"),
        ("1", "2024-01-01 07:00:00+00"),
        ("2", "2024-01-01 10:00:00+00"),
    ),
    table("yes_and_no.csv", "id;ok\n1;да\n2;нет\n3;да\n", ("id", "ok"), ("1", "true"), ("2", "false"), ("3", "true")),
    table("nul_byte.csv", "id,t\n1,x\x00y\n2,z\n3,w\n", ("id", "t"), ("2", "z"), ("3", "w"), bad=1, told=("NUL",)),
    table("ragged.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n", AB, ("1", "2"), ("7", "8"), bad=2),
    table("repeated_header.csv", "a,b\n1,2\na,b\n3,4\n", AB, ("1", "2"), ("3", "4"), bad=1),
    table("mixed_line_ends.csv", "a,b\n1,2\r\n3,4\r5,6\n", AB, ("1", "2"), ("3", "4"), ("5", "6")),
    table(
        "many_columns.csv",
        ",".join(f"c{n}" for n in range(300)) + "\n" + ",".join(map(str, range(300))) + "\n",
        [f"c{n}" for n in range(300)],
        [str(n) for n in range(300)],
    ),
    table("cp1251.csv", TEXT, ID, *TWO, encoding="cp1251"),
    table(
        "koi8_in_capitals.csv",
        "УЛИЦА;ДОМ\nЛЕНИНА;5\nМИРА;6\nСАДОВАЯ;7\n",
        ("УЛИЦА", "ДОМ"),
        ("ЛЕНИНА", "5"),
        ("МИРА", "6"),
        ("САДОВАЯ", "7"),
        encoding="koi8-r",
    ),
    table("utf16.csv", TEXT, ID, *TWO, encoding="utf-16"),
    table("utf32.csv", TEXT, ID, *TWO, encoding="utf-32"),
    table("bom.csv", TEXT, ID, *TWO, encoding="utf-8-sig"),
    table("dashes_below_dashes.csv", "-,a\n-,b\n-,c\n", ("column_1", "column_2"), ("", "a"), ("", "b"), ("", "c")),
    table(
        "bank_statement.csv",
        "Выписка по счету;;\nДата;Сумма;ИНН\n02.01.2024;500,00;7707083893\n13.01.2024;7,50;0277000001\n"
        "Итого;507,50;\nИсходящий остаток: 1 406,50;;\n",
        ("Дата", "Сумма", "ИНН"),
        ("2024-01-02", "500.00", "7707083893"),
        ("2024-01-13", "7.50", "0277000001"),
        told=("skip 1", "footer 2"),
    ),
    table("bom_twice.csv", "\ufeff" + TEXT, ID, *TWO, encoding="utf-8-sig", told=("byte order mark",)),
    table(
        "row_names_and_decimal_commas.csv",
        '"";"x";"y"\n"1";1,5;"а"\n"2";2,25;"б"\n"3";NA;"в"\n',
        ("column_1", "x", "y"),
        ("1", "1.5", "а"),
        ("2", "2.25", "б"),
        ("3", "", "в"),
    ),
    table(
        "english_over_russian_names.csv",
        '"ID","Name","Lat",\n"Код","Имя","Широта",\n"1","Кафе","55.75",\n"2","Бар","55.80",\n"3","Чайная","55.60",\n',
        ("ID Код", "Name Имя", "Lat Широта", "column_4"),
        ("1", "Кафе", "55.75", ""),
        ("2", "Бар", "55.80", ""),
        ("3", "Чайная", "55.60", ""),
        told=("two lines", "`Lat Широта`"),
    ),
    table(
        "log_of_a_server.log",
        "#Software: IIS\n#Fields: date method status\n2024-01-01 GET 200\n2024-01-02 POST 404\n2024-01-03 GET 200\n",
        ("date", "method", "status"),
        ("2024-01-01", "GET", "200"),
        ("2024-01-02", "POST", "404"),
        ("2024-01-03", "GET", "200"),
        told=("`#Fields:`",),
    ),
    table("numpy.txt", "# x y\n1.0 2.5\n4.0 5.25\n7.0 8.5\n", ("x", "y"), ("1.0", "2.5"), ("4.0", "5.25"), ("7.0", "8.5"), told=("`#`",)),
    table(
        "sas.csv",
        "id,d,t,v\n1,01JAN2024,01JAN2024:10:20:30,1.5\n2,15FEB2024,15FEB2024:00:00:00,.\n",
        ("id", "d", "t", "v"),
        ("1", "2024-01-01", "2024-01-01 10:20:30", "1.5"),
        ("2", "2024-02-15", "2024-02-15 00:00:00", ""),
    ),
    table(
        "names_and_types.tsv",
        "id\tимя\tdt\nUInt64\tNullable(String)\tDateTime\n"
        "1\tЖук\t2024-01-01 00:00:00\n2\tЛев\t2024-01-02 00:00:00\n3\tЁж\t2024-01-03 00:00:00\n",
        ("id", "имя", "dt"),
        ("1", "Жук", "2024-01-01 00:00:00"),
        ("2", "Лев", "2024-01-02 00:00:00"),
        ("3", "Ёж", "2024-01-03 00:00:00"),
        bad=1,
        told=("units",),
    ),
    table("only_delimiters.csv", "a,b\n,\n1,2\n", AB, ("", ""), ("1", "2")),
    table(
        "late_surprise.csv",
        "id,v\n" + "".join(f"{n},{n}\n" for n in range(5000)) + "5000,0017\n",
        ("id", "v"),
        *[(str(n), str(n)) for n in range(5000)],
        ("5000", "0017"),
    ),
    table(
        "late_text.csv",
        "id,v\n" + "".join(f"{n},{n}\n" for n in range(3000)) + "x,3000\n" * 100,
        ("id", "v"),
        *[(str(n), str(n)) for n in range(3000)],
        *[("x", "3000")] * 100,
    ),
    Case("gz.csv.gz", gzip.compress(TEXT.encode(), mtime=0), [dict(zip(ID, one, strict=True)) for one in TWO]),
    Case("bz2.csv.bz2", bz2.compress(TEXT.encode()), [dict(zip(ID, one, strict=True)) for one in TWO]),
    Case("xz.csv.xz", lzma.compress(TEXT.encode()), [dict(zip(ID, one, strict=True)) for one in TWO]),
    Case("zst.csv.zst", zstandard.compress(TEXT.encode()), [dict(zip(ID, one, strict=True)) for one in TWO]),
    Case("zip.zip", zipped(("данные.csv", TEXT.encode())), [dict(zip(ID, one, strict=True)) for one in TWO]),
    Case("gz_cut.csv.gz", gzip.compress(TEXT.encode() * 1000, mtime=0)[:-20], None, code="E313"),
    Case("zst_cut.csv.zst", zstandard.compress(TEXT.encode() * 1000)[:-5], None, code="E313"),
    Case("xz_cut.csv.xz", lzma.compress(TEXT.encode() * 1000)[:-20], None, code="E313"),
    Case("bz2_cut.csv.bz2", bz2.compress(TEXT.encode() * 1000)[:-20], None, code="E313"),
    Case("pdf.csv", b"%PDF-1.4\n%\xe2\xe3\n", None, code="E314"),
    Case("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, None),
]
"""Every value as it stands, or typed into one that means the same."""

OLDER = [
    *(
        Case(f"odd_{odd.name}.csv", odd.data, [dict(zip(odd.header, row, strict=True)) for row in odd.rows], len(odd.bad))
        for odd in ODD
        if odd.name != "words_of_null"
    ),
    *(Case(f"odd_{no.name}.csv", no.data, None, code=no.code) for no in REFUSED if no.code not in ("E314", "E312")),
]
"""The files of `tests/odd`, now with what comes out at the end."""
