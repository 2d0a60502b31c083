"""Small odd CSV files, each with what must come of it: how it is written, its rows, the records that are no rows."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from typing import Any

Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Odd:
    """`csv` holds the detected attributes that matter; `bad` is (record, line, reason)."""

    name: str
    data: bytes
    header: tuple[str, ...]
    rows: Rows
    bad: list[tuple[int, int, str]] = field(default_factory=list)
    blank: int = 0
    csv: dict[str, Any] = field(default_factory=dict)
    in_place: bool | None = None


@dataclass(frozen=True)
class Refused:
    """A file of which nothing may be loaded; `words` stand in the message."""

    name: str
    data: bytes
    code: str
    words: str


AB = ("id", "name")
TWO: Rows = [("1", "one"), ("2", "two")]
RU = "номер;город;сумма\n1;Москва;1,50\n2;Санкт-Петербург;20,00\n3;Нижний Новгород;3,75\n"
RU_HEADER = ("номер", "город", "сумма")
RU_ROWS: Rows = [("1", "Москва", "1,50"), ("2", "Санкт-Петербург", "20,00"), ("3", "Нижний Новгород", "3,75")]
FEW, MANY, AGAIN, AFTER = "too few fields", "too many fields", "repeated header", "text after a closing quote"


def _delimited(name: str, delimiter: str) -> Odd:
    text = "".join(
        delimiter.join(row) + "\n" for row in [("id", "name", "born"), ("1", "Ann Lee", "2001-02-03"), ("2", "Bo", "1999-12-31")]
    )
    rows: Rows = [("1", "Ann Lee", "2001-02-03"), ("2", "Bo", "1999-12-31")]
    return Odd(
        f"delimiter_{name}", text.encode(), ("id", "name", "born"), rows, csv={"delimiter": delimiter, "header": True}, in_place=True
    )


DELIMITERS = [
    _delimited(name, mark)
    for name, mark in (
        ("comma", ","),
        ("semicolon", ";"),
        ("tab", "\t"),
        ("bar", "|"),
        ("two_bars", "||"),
        ("two_colons", "::"),
        ("caret", "^"),
        ("tilde", "~"),
        ("broken_bar", "¦"),
        ("section", "§"),
        ("hive", "\x01"),
        ("unit_separator", "\x1f"),
        ("hash", "#"),
        ("star", "*"),
    )
]

LINE_ENDS = [
    Odd("lf", b"id,name\n1,one\n2,two\n", AB, TWO, in_place=True),
    Odd("crlf", b"id,name\r\n1,one\r\n2,two\r\n", AB, TWO, in_place=True),
    Odd("cr", b"id,name\r1,one\r2,two\r", AB, TWO, in_place=True),
    Odd("mixed_ends", b"id,name\r\n1,one\n2,two\r3,three\r\n", AB, [*TWO, ("3", "three")], in_place=False),
    Odd("no_last_end", b"id,name\n1,one\n2,two", AB, TWO, in_place=True),
    Odd("no_last_end_crlf", b"id,name\r\n1,one\r\n2,two", AB, TWO, in_place=True),
    Odd("last_end_is_another", b"id,name\n1,one\n2,two\r\n", AB, TWO, in_place=False),
    Odd("crlf_around_quoted_lf", b'id,name\r\n1,"o\nne"\r\n2,two\r\n', AB, [("1", "o\nne"), ("2", "two")], in_place=True),
    Odd("lf_around_quoted_crlf", b'id,name\n1,"o\r\nne"\n2,two\n', AB, [("1", "o\r\nne"), ("2", "two")], in_place=True),
    Odd("cr_around_quoted_lf", b'id,name\r1,"o\nne"\r2,two\r', AB, [("1", "o\nne"), ("2", "two")], in_place=True),
    Odd("mixed_ends_keep_quoted_ones", b'id,name\r\n1,"o\r\nn\re"\n2,two\n', AB, [("1", "o\r\nn\re"), ("2", "two")], in_place=False),
]

BLANK = [
    Odd("blank_lines", b"id,name\n\n1,one\n\n\n2,two\n\n", AB, TWO, blank=4, in_place=True),
    Odd("blank_lines_first", b"\n\nid,name\n1,one\n2,two\n", AB, TWO, in_place=False),
    Odd("lines_of_spaces", b"id,name\n1,one\n   \n2,two\n", AB, TWO, blank=1, in_place=False),
    Odd("blank_line_in_quotes", b'id,name\n1,"o\n\nne"\n2,two\n', AB, [("1", "o\n\nne"), ("2", "two")], in_place=True),
    Odd("rows_of_empty_fields", b"id,name\n1,one\n,\n2,two\n", AB, [("1", "one"), ("", ""), ("2", "two")], in_place=True),
    Odd("blank_lines_crlf", b"id,name\r\n\r\n1,one\r\n2,two\r\n\r\n", AB, TWO, blank=2, in_place=True),
]

QUOTES = [
    Odd("all_quoted", b'"id","name"\n"1","one"\n"2","two"\n', AB, TWO, in_place=True),
    Odd("doubled_quotes", b'id,name\n1,"say ""hi"""\n2,""""\n', AB, [("1", 'say "hi"'), ("2", '"')], in_place=True),
    Odd("empty_quoted", b'id,name\n1,""\n2,two\n', AB, [("1", ""), ("2", "two")], in_place=True),
    Odd("delimiter_in_quotes", b'id,name\n1,"Lee, Ann"\n2,"a,b,c"\n', AB, [("1", "Lee, Ann"), ("2", "a,b,c")], in_place=True),
    Odd("quote_in_a_field", b'id,name\n1,5" disk\n2,two\n', AB, [("1", '5" disk'), ("2", "two")], in_place=True),
    Odd("quotes_around_words_in_a_field", b'id,name\n1,a "b" c\n2,two\n', AB, [("1", 'a "b" c'), ("2", "two")]),
    Odd("single_quotes", b"id,name\n1,'Lee, Ann'\n2,'it''s'\n", AB, [("1", "Lee, Ann"), ("2", "it's")], csv={"quote": "'"}),
    Odd(
        "backslash_escapes",
        b'id,name\n1,"say \\"hi\\", he said"\n2,"back\\\\slash"\n',
        AB,
        [("1", 'say "hi", he said'), ("2", "back\\slash")],
        csv={"quote": '"', "escape": "\\"},
    ),
    Odd(
        "quotes_are_text",
        b'id\tname\n1\t"Foo" bar\n2\t"Baz" qux\n3\t"Ham" egg\n4\tplain\n',
        AB,
        [("1", '"Foo" bar'), ("2", '"Baz" qux'), ("3", '"Ham" egg'), ("4", "plain")],
        csv={"quote": None},
    ),
    Odd("text_after_a_quote", b'id,name\n1,one\n2,"two"x\n3,three\n', AB, [("1", "one"), ("3", "three")], [(2, 3, AFTER)], in_place=False),
    Odd("space_after_a_quote", b'id,name\n1,"one"\n2,"two" \n3,"three"\n', AB, [("1", "one"), ("2", "two"), ("3", "three")]),
    Odd("a_quoted_header_of_two_lines", b'id,"full\nname"\n1,one\n2,two\n', ("id", "full\nname"), TWO, in_place=False),
    Odd("quotes_and_hostile_text", b"id,name\n1,'); DROP TABLE x; --\n2,{{ x }}\n", AB, [("1", "'); DROP TABLE x; --"), ("2", "{{ x }}")]),
]

RAGGED = [
    Odd("too_few", b"id,name,n\n1,one,1\n2,two\n3,three,3\n", ("id", "name", "n"), [("1", "one", "1"), ("3", "three", "3")], [(2, 3, FEW)]),
    Odd("too_many", b"id,name\n1,one\n2,two,2\n3,three\n", AB, [("1", "one"), ("3", "three")], [(2, 3, MANY)]),
    Odd("one_short_one_long", b"id,name\n1\n2,two,2\n3,three\n4,four\n", AB, [("3", "three"), ("4", "four")], [(1, 2, FEW), (2, 3, MANY)]),
    Odd(
        "ragged_after_quoted_lines",
        b'id,name\n1,"a\nb"\n2\n3,three\n4,"c\n\nd"\n5,5,5\n',
        AB,
        [("1", "a\nb"), ("3", "three"), ("4", "c\n\nd")],
        [(2, 4, FEW), (5, 9, MANY)],
    ),
    Odd("repeated_header", b"id,name\n1,one\nid,name\n2,two\n", AB, TWO, [(2, 3, AGAIN)]),
    Odd("repeated_quoted_header", b'"id","name"\n"1","one"\n"id","name"\n"2","two"\n', AB, TWO, [(2, 3, AGAIN)]),
    Odd(
        "a_record_cut_short",
        b"id,name,n\n1,one,1\n2,two,2\n3,th",
        ("id", "name", "n"),
        [("1", "one", "1"), ("2", "two", "2")],
        [(3, 4, FEW)],
    ),
    Odd("nul_byte", b"id,name\n1,o\0ne\n2,two\n3,three\n", AB, [("2", "two"), ("3", "three")], [(1, 2, "a NUL byte")]),
    Odd("nul_bytes_in_quotes", b'id,name\n1,"o\0\nne"\n2,two\n', AB, [("2", "two")], [(1, 2, "a NUL byte")]),
    Odd(
        "many_delimiters_only",
        b"a,b,c\n1,2,3\n,,\n4,5,6\n,,,\n",
        ("a", "b", "c"),
        [("1", "2", "3"), ("", "", ""), ("4", "5", "6")],
        [(4, 5, MANY)],
    ),
]

ENCODINGS = [
    Odd("utf8", RU.encode(), RU_HEADER, RU_ROWS, csv={"encoding": "utf-8", "delimiter": ";"}, in_place=True),
    Odd("utf8_bom", b"\xef\xbb\xbf" + RU.encode(), RU_HEADER, RU_ROWS, csv={"encoding": "utf-8"}, in_place=True),
    Odd("utf8_bom_quoted", b'\xef\xbb\xbf"id","name"\n"1","one"\n"2","two"\n', AB, TWO, in_place=True),
    Odd("cp1251", RU.encode("cp1251"), RU_HEADER, RU_ROWS, csv={"encoding": "cp1251", "delimiter": ";"}, in_place=False),
    Odd("cp1251_crlf", RU.replace("\n", "\r\n").encode("cp1251"), RU_HEADER, RU_ROWS, csv={"encoding": "cp1251"}),
    Odd("koi8", RU.encode("koi8-r"), RU_HEADER, RU_ROWS, csv={"encoding": "koi8-r"}),
    Odd("cp866", RU.encode("cp866"), RU_HEADER, RU_ROWS, csv={"encoding": "cp866"}),
    Odd("utf16", RU.encode("utf-16"), RU_HEADER, RU_ROWS, csv={"encoding": "utf-16"}),
    Odd("utf16_big_end_first", b"\xfe\xff" + RU.encode("utf-16-be"), RU_HEADER, RU_ROWS, csv={"encoding": "utf-16"}),
    Odd("utf16_without_mark", b"id,name\n1,one\n2,two\n".decode().encode("utf-16-le"), AB, TWO, csv={"encoding": "utf-16-le"}),
    Odd("western", "id,name\n1,café\n2,München\n".encode("cp1252"), AB, [("1", "café"), ("2", "München")], csv={"encoding": "cp1252"}),
    Odd(
        "one_broken_character",
        "id;город\n".encode() + "1;Москва и область\n2;Нижний Новгород\n".encode() + b"3;\xff\n4;x\n",
        ("id", "город"),
        [("1", "Москва и область"), ("2", "Нижний Новгород"), ("4", "x")],
        [(3, 4, "bytes that are not in the file's encoding")],
        csv={"encoding": "utf-8"},
    ),
    Odd("emoji", "id,name\n1,🎫 билет\n2,日本\n".encode(), AB, [("1", "🎫 билет"), ("2", "日本")], in_place=True),
    Odd("gz", gzip.compress(b"id,name\n1,one\n2,two\n"), AB, TWO, in_place=False),
    Odd("gz_of_two_members", gzip.compress(b"id,name\n1,one\n") + gzip.compress(b"2,two\n"), AB, TWO),
    Odd("gz_cp1251_crlf", gzip.compress(RU.replace("\n", "\r\n").encode("cp1251")), RU_HEADER, RU_ROWS, csv={"encoding": "cp1251"}),
]

HEADERS = [
    Odd(
        "no_header",
        b"1,2.5,2024-01-01\n2,3.5,2024-01-02\n3,4.5,2024-01-03\n",
        ("column_1", "column_2", "column_3"),
        [("1", "2.5", "2024-01-01"), ("2", "3.5", "2024-01-02"), ("3", "4.5", "2024-01-03")],
        csv={"header": False},
        in_place=True,
    ),
    Odd(
        "no_header_texts_repeat",
        b"red,small\nblue,large\nred,large\nblue,small\n",
        ("column_1", "column_2"),
        [("red", "small"), ("blue", "large"), ("red", "large"), ("blue", "small")],
        csv={"header": False},
    ),
    Odd("header_over_texts", b"name,city\nAnn,Oslo\nBo,Rome\n", ("name", "city"), [("Ann", "Oslo"), ("Bo", "Rome")], csv={"header": True}),
    Odd(
        "header_of_years",
        b"region;2019;2020\nNorth;10;11\nSouth;20;21\n",
        ("region", "2019", "2020"),
        [("North", "10", "11"), ("South", "20", "21")],
    ),
    Odd("duplicate_names", b"id,n,n,ID\n1,2,3,4\n5,6,7,8\n", ("id", "n", "n_2", "ID_2"), [("1", "2", "3", "4"), ("5", "6", "7", "8")]),
    Odd("duplicate_of_a_made_up_name", b"n,n,n_2\n1,2,3\n4,5,6\n", ("n", "n_3", "n_2"), [("1", "2", "3"), ("4", "5", "6")]),
    Odd("empty_names", b"id,,name\n1,2,one\n3,4,two\n", ("id", "column_2", "name"), [("1", "2", "one"), ("3", "4", "two")]),
    Odd("names_with_spaces", b"id, full name ,n\n1,a,2\n2,b,3\n", ("id", "full name", "n"), [("1", "a", "2"), ("2", "b", "3")]),
    Odd("row_numbers_without_a_name", b"name,n\n1,Ann,5\n2,Bo,6\n", ("column_1", "name", "n"), [("1", "Ann", "5"), ("2", "Bo", "6")]),
    Odd("records_end_in_a_delimiter", b"id;name\n1;one;\n2;two;\n", ("id", "name", "column_3"), [("1", "one", ""), ("2", "two", "")]),
    Odd("header_ends_in_a_delimiter", b"id;name;\n1;one\n2;two\n", AB, TWO),
    Odd("header_only", b"id,name,n\n", ("id", "name", "n"), [], in_place=True),
    Odd("header_only_without_end", b"id;name;n", ("id", "name", "n"), []),
    Odd(
        "hostile_names",
        b'"a""b","select","x""; DROP TABLE y"\n1,2,3\n4,5,6\n',
        ('a"b', "select", 'x"; DROP TABLE y'),
        [("1", "2", "3"), ("4", "5", "6")],
    ),
]

ONE_COLUMN = [
    Odd("one_column", b"name\nAnn\nBo\n", ("name",), [("Ann",), ("Bo",)], in_place=True),
    Odd("one_column_of_numbers", b"n\n1\n22\n333\n", ("n",), [("1",), ("22",), ("333",)], in_place=True),
    Odd("one_column_of_decimal_commas", b"price\n1,50\n2,75\n10,00\n", ("price",), [("1,50",), ("2,75",), ("10,00",)]),
    Odd(
        "one_column_of_times",
        b"at\n2024-01-01 10:00:00\n2024-01-02 11:30:00\n",
        ("at",),
        [("2024-01-01 10:00:00",), ("2024-01-02 11:30:00",)],
    ),
    Odd(
        "one_column_of_sentences",
        b"text\nHe came, he saw.\nNothing else\nOne, two, three\nFour\n",
        ("text",),
        [("He came, he saw.",), ("Nothing else",), ("One, two, three",), ("Four",)],
        [],
        csv={"header": True},
    ),
    Odd("one_column_with_blank_lines", b"n\n1\n\n2\n\n", ("n",), [("1",), ("2",)], blank=2, in_place=False),
    Odd("one_column_of_empty_quotes", b'n\n1\n""\n2\n', ("n",), [("1",), ("",), ("2",)], in_place=True),
]

EDGES = [
    Odd(
        "preamble",
        b"Report of May\nmade by Ann\n\nid,name,n\n1,one,5\n2,two,6\n3,three,7\n",
        ("id", "name", "n"),
        [("1", "one", "5"), ("2", "two", "6"), ("3", "three", "7")],
        csv={"skip": 3},
        in_place=False,
    ),
    Odd(
        "preamble_padded_with_delimiters",
        "Отчёт;;\n;;\nдата;музей;сумма\n2024-01-01;Эрмитаж;5\n2024-01-02;Русский;6\n".encode(),
        ("дата", "музей", "сумма"),
        [("2024-01-01", "Эрмитаж", "5"), ("2024-01-02", "Русский", "6")],
        csv={"skip": 2},
    ),
    Odd(
        "preamble_with_a_quote",
        b'Report "May\nid,name,n\n1,one,5\n2,two,6\n',
        ("id", "name", "n"),
        [("1", "one", "5"), ("2", "two", "6")],
        csv={"skip": 1},
    ),
    Odd("excel_says_its_delimiter", b"sep=;\nid;name\n1;one\n2;two\n", AB, TWO, csv={"skip": 1, "delimiter": ";"}),
    Odd(
        "comments_first",
        b"# made by a machine\n# in May\nid,name,n\n1,one,5\n2,two,6\n",
        ("id", "name", "n"),
        [("1", "one", "5"), ("2", "two", "6")],
        csv={"skip": 2},
    ),
    Odd(
        "footer_total", "товар;цена\nчай;5\nсыр;7\nИтого;12\n".encode(), ("товар", "цена"), [("чай", "5"), ("сыр", "7")], csv={"footer": 1}
    ),
    Odd(
        "footer_total_short",
        b"item,n,price\ntea,1,5\nham,1,7\nTotal: 12\n",
        ("item", "n", "price"),
        [("tea", "1", "5"), ("ham", "1", "7")],
        csv={"footer": 1},
    ),
    Odd(
        "footer_after_a_blank_line",
        b"item,n,price\ntea,1,5\nham,1,7\n\nmade by Ann\n",
        ("item", "n", "price"),
        [("tea", "1", "5"), ("ham", "1", "7")],
        csv={"footer": 1},
        blank=0,
    ),
    Odd(
        "footer_of_a_rule_and_a_count",
        b"item,price\ntea,5\nham,7\n-----\n(2 rows)\n",
        ("item", "price"),
        [("tea", "5"), ("ham", "7")],
        csv={"footer": 2},
    ),
    Odd(
        "footer_in_the_second_column",
        b"n,item,price\n1,tea,5\n2,ham,7\n,Total,12\n",
        ("n", "item", "price"),
        [("1", "tea", "5"), ("2", "ham", "7")],
        csv={"footer": 1},
    ),
    Odd(
        "preamble_and_footer",
        "Продажи за май\nтовар;цена;дата\nчай;5;2024-05-01\nсыр;7;2024-05-02\nИтого;12;\n".encode("cp1251"),
        ("товар", "цена", "дата"),
        [("чай", "5", "2024-05-01"), ("сыр", "7", "2024-05-02")],
        csv={"skip": 1, "footer": 1, "encoding": "cp1251"},
    ),
    Odd(
        "totals_is_a_customer",
        b"name,n\nTotally Ltd,5\nTotal Gas,7\nSummer Inc,3\n",
        ("name", "n"),
        [("Totally Ltd", "5"), ("Total Gas", "7"), ("Summer Inc", "3")],
        csv={"footer": 0},
    ),
]

MIXED = [
    Odd(
        "decimal_commas_between_semicolons",
        b"a;b;c\n1,5;2,25;3,0\n4,5;5,25;6,0\n",
        ("a", "b", "c"),
        [("1,5", "2,25", "3,0"), ("4,5", "5,25", "6,0")],
        csv={"delimiter": ";"},
    ),
    Odd(
        "commas_in_texts_between_bars",
        b"id|text\n1|a, b, c\n2|d, e, f\n",
        ("id", "text"),
        [("1", "a, b, c"), ("2", "d, e, f")],
        csv={"delimiter": "|"},
    ),
    Odd(
        "times_between_commas",
        b"at,n\n2024-01-01 10:00:00,1\n2024-01-01 11:00:00,2\n",
        ("at", "n"),
        [("2024-01-01 10:00:00", "1"), ("2024-01-01 11:00:00", "2")],
        csv={"delimiter": ","},
    ),
    Odd("words_of_null", b"id,n\n1,NA\n2,NULL\n3,\n", ("id", "n"), [("1", "NA"), ("2", "NULL"), ("3", "")], in_place=True),
    Odd("leading_spaces_stay", b"id,name\n1, one\n2,  two \n", AB, [("1", " one"), ("2", "  two ")], in_place=True),
    Odd("a_long_field", b"id,name\n1," + b"x" * 3_000_000 + b"\n2,two\n", AB, [("1", "x" * 3_000_000), ("2", "two")], in_place=True),
    Odd(
        "a_long_quoted_field",
        b'id,name\n1,"' + b"y\n" * 1_500_000 + b'"\n2,two\n',
        AB,
        [("1", "y\n" * 1_500_000), ("2", "two")],
        in_place=True,
    ),
]

ODD: list[Odd] = [*DELIMITERS, *LINE_ENDS, *BLANK, *QUOTES, *RAGGED, *ENCODINGS, *HEADERS, *ONE_COLUMN, *EDGES, *MIXED]

_GZ = gzip.compress(b"id,name\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(20_000)))
REFUSED: list[Refused] = [
    Refused("empty", b"", "E311", "is empty"),
    Refused("blank_lines_only", b"\n\n\n", "E311", "is empty"),
    Refused("mark_only", b"\xef\xbb\xbf", "E311", "is empty"),
    Refused("gz_of_nothing", gzip.compress(b""), "E311", "is empty"),
    Refused("gz_cut_short", _GZ[:9000], "E313", f"is cut short after {len(zlib.decompressobj(31).decompress(_GZ[:9000]))} unpacked bytes"),
    Refused("gz_cut_in_its_last_bytes", _GZ[:-3], "E313", "is cut short after"),
    Refused("gz_damaged", _GZ[:2000] + b"\0" * 50 + _GZ[2050:], "E313", "is damaged"),
    Refused("zip", b"PK\x03\x04" + b"\0" * 50, "E313", "the zip archive"),
    Refused("parquet", b"PAR1" + b"\0" * 50, "E314", "a Parquet file"),
    Refused(
        "quote_never_closes_and_no_row_follows", b'id,name\n1,one\n2,"two\nand so on, and\nso, on, and, on\n', "E312", "opens in line 3"
    ),
    Refused("quote_opens_in_a_later_line_of_a_record", b'id,a,b\n1,"x\ny","z\n2,c,d\n', "E312", "opens in line 3"),
]
