"""Files that are more than a table: units, headers of two lines, several tables, notes, damaged records; and what comes of each."""

from __future__ import annotations

from tests.odd.corpus import MANY, Odd, Rows

ANOTHER, UNITS, AFTER = "a record of another table", "a row of units", "text after a closing quote"
UNCLOSED = "a quote that opens and never closes"

IDS = ("id", "city", "sum", "day")
BODY = [f"{place},city {'abc'[place % 3]},{place * 5},2024-05-{place:02}" for place in range(1, 9)]
ROWS: Rows = [tuple(line.split(",")) for line in BODY]
HEAD = ",".join(IDS)


def _file(*lines: str) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


MENDED: list[Odd] = [
    Odd("surplus_empty_field", _file(HEAD, *BODY[:4], "5,,city c,25,2024-05-05", *BODY[5:]), IDS, ROWS, in_place=False),
    Odd(
        "missing_empty_field",
        _file(HEAD + ",note", *(line + "," for line in BODY[:4]), BODY[4], *(line + "," for line in BODY[5:])),
        (*IDS, "note"),
        [(*row, "") for row in ROWS],
    ),
    Odd(
        "text_with_delimiters",
        _file(HEAD, *BODY[:4], "5,city, old, c,25,2024-05-05", *BODY[5:]),
        IDS,
        [*ROWS[:4], ("5", "city, old, c", "25", "2024-05-05"), *ROWS[5:]],
    ),
    Odd("fields_between_semicolons", _file(HEAD, *BODY[:4], BODY[4].replace(",", ";"), *BODY[5:]), IDS, ROWS),
    Odd(
        "quotes_not_doubled",
        _file(HEAD, *BODY[:4], '5,"the "old, city" c",25,2024-05-05', *BODY[5:]),
        IDS,
        [*ROWS[:4], ("5", 'the "old, city" c', "25", "2024-05-05"), *ROWS[5:]],
    ),
    Odd(
        "stray_quote",
        _file(HEAD, *BODY[:4], '5,"city c,25,2024-05-05', *BODY[5:]),
        IDS,
        [*ROWS[:4], ("5", '"city c', "25", "2024-05-05"), *ROWS[5:]],
    ),
    Odd(
        "stray_quote_in_the_last_line",
        _file(HEAD, *BODY[:7], '8,"city c,40,2024-05-08'),
        IDS,
        [*ROWS[:7], ("8", '"city c', "40", "2024-05-08")],
    ),
    Odd("header_with_an_empty_name_too_many", _file("id,,city,sum,day", *BODY), IDS, ROWS),
    Odd("header_between_semicolons", _file(HEAD.replace(",", ";"), *BODY), IDS, ROWS),
    Odd("header_with_a_stray_quote", _file('id,"city,sum,day', *BODY), ("id", '"city', "sum", "day"), ROWS),
]

UNMENDED: list[Odd] = [
    Odd("surplus_field_of_texts_alone", b"a,b\nx,y\np,q\nr,,s\nu,v\n", ("a", "b"), [("x", "y"), ("p", "q"), ("u", "v")], [(3, 4, MANY)]),
    Odd(
        "two_readings",
        _file("id,a,b,n", "1,x,y,5", "2,p,q,6", "3,r,s,7", "4,one,two,three,8", "5,u,v,9"),
        ("id", "a", "b", "n"),
        [("1", "x", "y", "5"), ("2", "p", "q", "6"), ("3", "r", "s", "7"), ("5", "u", "v", "9")],
        [(4, 5, MANY)],
    ),
    Odd(
        "cut_short_where_it_may_be_empty",
        (_file(HEAD + ",note", *(line + "," for line in BODY[:7])) + BODY[7].encode()),
        (*IDS, "note"),
        [(*row, "") for row in ROWS[:7]],
        [(8, 9, "too few fields")],
    ),
    Odd("quote_never_closes", b'id,name\n1,one\n2,"two"x\n3,three\n', ("id", "name"), [("1", "one"), ("3", "three")], [(2, 3, AFTER)]),
]

STRATA: list[Odd] = [
    Odd(
        "units_beneath_the_header",
        _file("город,рост,масса,возраст", ",см,кг,лет", "Москва,180,75.5,30", "Омск,170,66.0,25", "Тверь,165,58.1,41", "Уфа,190,90.0,39"),
        ("город", "рост", "масса", "возраст"),
        [
            ("Москва", "180", "75.5", "30"),
            ("Омск", "170", "66.0", "25"),
            ("Тверь", "165", "58.1", "41"),
            ("Уфа", "190", "90.0", "39"),
        ],
        [(1, 2, UNITS)],
        in_place=False,
    ),
    Odd(
        "units_in_brackets",
        _file("at,speed,temp", "(s),(m/s),(°C)", "0,1.5,20", "1,2.5,21", "2,3.5,22", "3,4.0,22"),
        ("at", "speed", "temp"),
        [("0", "1.5", "20"), ("1", "2.5", "21"), ("2", "3.5", "22"), ("3", "4.0", "22")],
        [(1, 2, UNITS)],
    ),
    Odd(
        "header_of_two_lines",
        _file("Регион,2023,,2024,", ",план,факт,план,факт", "Север,1,2,3,4", "Юг,5,6,7,8", "Запад,9,10,11,12", "Восток,1,1,2,2"),
        ("Регион", "2023 план", "2023 факт", "2024 план", "2024 факт"),
        [("Север", "1", "2", "3", "4"), ("Юг", "5", "6", "7", "8"), ("Запад", "9", "10", "11", "12"), ("Восток", "1", "1", "2", "2")],
        csv={"header": True},
        in_place=False,
    ),
    Odd(
        "another_table_with_more_columns",
        _file(HEAD, *BODY, "name,price,tax,kind,note", "tea,5,1,a,b", "ham,7,2,b,c"),
        IDS,
        ROWS,
        [(9, 10, ANOTHER), (10, 11, ANOTHER), (11, 12, ANOTHER)],
    ),
    Odd(
        "another_table_behind_a_blank_line",
        _file(HEAD, *BODY, "", "name,kind,price,tax", "tea,a,5,1", "ham,b,7,2"),
        IDS,
        ROWS,
        [(9, 11, ANOTHER), (10, 12, ANOTHER), (11, 13, ANOTHER)],
        blank=1,
    ),
    Odd(
        "a_small_table_first",
        _file("key,value", "made,2024", "by,Ann", "for,Bo", "in,May", HEAD, *BODY, *BODY),
        IDS,
        [*ROWS, *ROWS],
        csv={"skip": 5},
    ),
    Odd("the_same_table_twice", _file(HEAD, *BODY[:4], HEAD, *BODY[4:]), IDS, ROWS, [(5, 6, "repeated header")]),
    Odd("footer_source", _file(HEAD, *BODY, "Source: council,,,"), IDS, ROWS, csv={"footer": 1}),
    Odd("footer_notes", _file(HEAD, *BODY, "Примечание: без НДС", "Исполнитель Иванов И. И."), IDS, ROWS, csv={"footer": 2}),
    Odd("footer_page", _file(HEAD, *BODY, "", "Page 1 of 3"), IDS, ROWS, csv={"footer": 1}),
    Odd("header_is_a_comment", _file("# made by a tool", "#id,city,sum,day", *BODY), ("#id", "city", "sum", "day"), ROWS, csv={"skip": 1}),
    Odd(
        "comment_between_records",
        _file(HEAD, *BODY[:4], "# checked", *BODY[4:]),
        IDS,
        ROWS,
        [(5, 6, "too few fields")],
    ),
    Odd(
        "blanks_before_quotes",
        b'id, "city, old", n\n1, "x, y", 5\n2, "z", 6\n',
        ("id", "city, old", "n"),
        [("1", "x, y", "5"), ("2", "z", "6")],
    ),
]

FEW, MANY_FIELDS = "too few fields", "too many fields"
XYZ = ("имя", "x", "y")

UNEVEN: list[Odd] = [
    Odd(
        "files_with_marks_put_together",
        b"".join(b"\xef\xbb\xbf" + _file("id,имя", *rows) for rows in (("1,а", "2,б"), ("3,в", "4,г"))),
        ("id", "имя"),
        [("1", "а"), ("2", "б"), ("3", "в"), ("4", "г")],
        [(3, 4, "repeated header")],
    ),
    Odd(
        "few_records_under_a_title",
        _file("Отчёт", "", "имя,x,y", "а,1,2", "б,3,4", "", "Источник: город"),
        XYZ,
        [("а", "1", "2"), ("б", "3", "4")],
        csv={"skip": 2, "footer": 1},
    ),
    Odd("names_above_one_short_record", _file("имя,x,y", "а,1"), XYZ, [], [(1, 2, FEW)]),
    Odd(
        "names_above_uneven_records",
        _file("имя,x,y", "а,1,2,3", "б,3,4", "в,1"),
        XYZ,
        [("б", "3", "4")],
        [(1, 2, MANY_FIELDS), (3, 4, FEW)],
    ),
    Odd(
        "two_small_tables",
        _file("id,n", "1,a", "2,b", "", "city,pop,area", "Riga,1,2", "Oslo,3,4"),
        ("id", "n"),
        [("1", "a"), ("2", "b")],
        [(3, 5, MANY_FIELDS), (4, 6, MANY_FIELDS), (5, 7, MANY_FIELDS)],
        blank=1,
    ),
    Odd(
        "prose_is_one_column",
        _file("Hello, world.", "This, with commas, too.", "And another line."),
        ("Hello, world.",),
        [("This, with commas, too.",), ("And another line.",)],
    ),
    Odd(
        "a_blank_after_each_delimiter",
        _file("id, имя, x", "1, Анна, 3.5", "2, Олег, "),
        ("id", "имя", "x"),
        [("1", "Анна", "3.5"), ("2", "Олег", "")],
    ),
    Odd(
        "quotes_escaped_in_two_ways",
        _file("id;t", '1;"a ""b"" c; d"', '2;"a \\"b\\" c; d"', "3;x", '4;"x; y"'),
        ("id", "t"),
        [("1", 'a "b" c; d'), ("2", 'a \\"b\\" c; d'), ("3", "x"), ("4", "x; y")],
        in_place=False,
    ),
    Odd(
        "times_of_day_are_not_cut",
        _file("10:00:00 start of it", "10:00:01 a slow query took 3 s", "10:00:05 done"),
        ("10:00:00 start of it",),
        [("10:00:01 a slow query took 3 s",), ("10:00:05 done",)],
    ),
]
"""Small files of which no delimiter cuts most records into equally many fields, or every one does."""

SHIFTED: list[Odd] = [
    Odd(
        f"seven_bits_{encoding}",
        f"id,{name}\n1,{text}\n2,x\n".encode(encoding),
        ("id", name),
        [("1", text), ("2", "x")],
        csv={"encoding": encoding},
        in_place=False,
    )
    for encoding, name, text in (("iso2022_jp", "名前", "田中太郎"), ("iso2022_kr", "이름", "김철수"), ("hz", "姓名", "张伟"))
]
"""Encodings in which no byte is beyond ASCII."""

ODD: list[Odd] = [*MENDED, *UNMENDED, *STRATA, *UNEVEN, *SHIFTED]
