"""From a file to a table, by the commands that a person types: values are the source's, every record is accounted for."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from contextlib import chdir
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dataeng_ai.profile.guess import NULL_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.shell import Shell

HEADER = ("id", "Цена, руб.", 'k"ey {{ x }}', "select", "когда\tи где", "'); DROP TABLE t --")
TEXTS = st.text(st.sampled_from("abЖё 0.,;|\t\n\"'\\{}#:-😀שA"), max_size=12).filter(lambda text: text not in NULL_WORDS)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""No shrinking: an example is small as it is drawn, and costs five commands."""

DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
KINDS: Sequence[st.SearchStrategy[str]] = (
    st.integers(-(2**70), 2**70).map(str),
    st.integers(-99, 99).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12).map(lambda number: f"{number:f}"),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=999).map(lambda n: f"{n:f}".replace(".", ",")),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(0, 999).map(lambda number: f"{number:05d}"),
    DAYS.map(dt.date.isoformat),
    DAYS.map(lambda day: f"{day.day:02d}.{day.month:02d}.{day.year:04d}"),
    st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30)).map(lambda moment: moment.isoformat(" ")),  # noqa: DTZ001  wall clock on purpose
    st.sampled_from(["да", "нет"]),
    st.uuids().map(str),
    TEXTS,
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[tuple[str, ...], ...]:
    """Draw rows of texts: a number first, that tells them apart, then columns of any kind with holes in them."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=len(HEADER) - 1))
    rows = draw(st.lists(st.tuples(*(st.one_of(st.just(""), kind, kind, kind) for kind in kinds)), min_size=4, max_size=30))
    return tuple((str(number), *row) for number, row in enumerate(rows, 1))


def text_of(value: object, like: str) -> str | None:
    """Return the text of a loaded value, written the way `like` is where there are several: what is loaded must be that text."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return like if value == float(like) else repr(value)
    if isinstance(value, Decimal):
        return like if value == Decimal(like.replace(",", ".")) else str(value)
    if isinstance(value, dt.datetime):
        return like if value == dt.datetime.fromisoformat(like) else str(value)
    if isinstance(value, dt.date):
        day, month, year = like.split(".") if "." in like else reversed(like.split("-"))
        return like if value == dt.date(int(year), int(month), int(day)) else str(value)
    return None if value is None else str(value)


def loaded(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        return con.execute("SELECT * EXCLUDE (_load_id, _loaded_at) FROM t ORDER BY ALL").fetchall()


def balanced(counts: Mapping[str, int]) -> bool:
    return counts["rows_in"] == sum(counts[f"rows_{fate}"] for fate in ("loaded", "rejected", "filtered", "deduplicated", "skipped"))


@settings(max_examples=20, phases=QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=tables(), delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]), quoting=st.sampled_from([0, 1]))
def test_every_value_that_is_loaded_is_the_source_s(shell: Shell, rows: Any, delimiter: str, end: str, quoting: Any) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([HEADER[: len(rows[0])], *rows])
    with TemporaryDirectory() as name, chdir(name):  # an example is a person in a folder of their own
        Path("t.csv").write_bytes(text.getvalue().encode())
        shell.ok("new", "t", "--source", "t.csv")
        shell.ok("fill", "t", "--model", "rules")
        shell.ok("check", "t")
        counts = shell.ok("run", "t", "--format", "json").data
        found = sorted(loaded(Path(name)), key=lambda row: int(row[0]))
    assert balanced(counts)
    assert (counts["rows_in"], counts["rows_loaded"]) == (len(rows), len(rows))
    texts = [
        tuple(text_of(value, like) or "" for value, like in zip(row, want, strict=False)) for row, want in zip(found, rows, strict=True)
    ]
    assert texts == list(rows)


@dataclass(frozen=True)
class Odd:
    """A source and what comes of it: the rows of the table, how many records are put aside, and what a person is told of it."""

    name: str
    files: Mapping[str, bytes]
    rows: Sequence[tuple[object, ...]] = ()
    rejected: int = 0
    said: str = ""
    """By `profile` where the file is refused, by `rejects` where records are."""
    code: str | None = None
    path: str = "t.csv"


def one(name: str, text: str | bytes, *rows: tuple[object, ...], encoding: str = "utf-8", **more: Any) -> Odd:
    return Odd(name, {"t.csv": text if isinstance(text, bytes) else text.encode(encoding)}, rows, **more)


def refused(name: str, data: bytes, code: str, said: str) -> Odd:
    return Odd(name, {"t.csv": data}, code=code, said=said)


ROWS = "".join(f"{number},tea {number},{number}.50\n" for number in range(1, 6)).encode()
TYPED = tuple((number, f"tea {number}", Decimal(f"{number}.50")) for number in range(1, 6))
HEAD = b"id,name,v\n"
ODD = [
    one("too_few_and_too_many_fields", HEAD + ROWS + b"6,b\n7,c,4,5\n", *TYPED, rejected=2, said="too many fields  7,c,4,5"),
    one("a_total_at_the_end", HEAD + ROWS + "Итого,,17.50\n".encode(), *TYPED),
    one("a_header_again", HEAD + ROWS + HEAD, *TYPED, rejected=1, said="repeated header"),
    one("three_kinds_of_line_ends", b"id,name\r\n1,a\n2,b\r3,c\r\n", (1, "a"), (2, "b"), (3, "c")),
    one("a_header_alone", HEAD),
    one("one_column_with_a_blank_line", b"id\n1\n\n3\n", (1,), (3,)),
    one("names_twice_and_none", b"id,ID,,id\n1,2,x,y\n2,3,x,y\n", (1, 2, "x", "y"), (2, 3, "x", "y")),
    one("cp1251", "id;город\n1;Орёл\n2;Тверь и Псков\n", (1, "Орёл"), (2, "Тверь и Псков"), encoding="cp1251"),
    one("utf_16", "id;город\n1;Орёл\n2;Тверь\n", (1, "Орёл"), (2, "Тверь"), encoding="utf-16"),
    one("a_byte_order_mark", "id;город\n1;Орёл\n2;Тверь\n", (1, "Орёл"), (2, "Тверь"), encoding="utf-8-sig"),
    one("a_nul", b"id,name\n1,a\0b\n2,c\n3,d\n", (2, "c"), (3, "d"), rejected=1, said="a NUL byte"),
    one("nineteen_digits", b"id,n\n1,9223372036854775807\n2,9223372036854775808\n", (1, "9223372036854775807"), (2, "9223372036854775808")),
    one(
        "leading_zeros_and_phones",
        b"id,a,b\n1,007,+79161234567\n2,012,+79161234568\n",
        (1, "007", "+79161234567"),
        (2, "012", "+79161234568"),
    ),
    one("days_before_months", b"id,d\n1,01/02/2024\n2,13/02/2024\n", (1, dt.date(2024, 2, 1)), (2, dt.date(2024, 2, 13))),
    one("blanks_between_thousands", "id;v\n1;1\u00a0234,50\n2;7,10\n", (1, Decimal("1234.50")), (2, Decimal("7.10"))),
    one("words_for_nothing", "id,v\n1,5\n2,NA\n3,-\n4,н/д\n5,\n6,7\n", (1, 5), *((place, None) for place in range(2, 6)), (6, 7)),
    one(
        "nanoseconds",
        b"id,t\n1,2024-01-01 10:00:00.123456789\n2,2024-01-01 10:00:00.5\n",
        (1, "2024-01-01 10:00:00.123456789"),
        (2, "2024-01-01 10:00:00.5"),
    ),
    one(
        "a_stray_word_among_numbers",
        b"id,v\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(1, 99)) + b"99,abc\n",
        *((n, n) for n in range(1, 99)),
        rejected=1,
        said="not an integer",
    ),
    Odd("gz", {"t.csv": gzip.compress(HEAD + ROWS, mtime=0)}, TYPED),
    Odd(
        "columns_in_another_order_or_absent",
        {"in/a.csv": HEAD + ROWS, "in/b.csv": b"v,id\n6.50,6\n"},
        (*TYPED, (6, None, Decimal("6.50"))),
        path="in/*.csv",
    ),
    refused("an_empty_file", b"", "E311", "neither a header nor a record"),
    refused("a_quote_that_never_closes", HEAD + ROWS + b'6,"tea 6\nand milk\nand sugar\nand so on\n', "E312", "opens in line 7"),
    refused("gz_cut_short", gzip.compress(HEAD + ROWS * 9999, mtime=0)[:500], "E313", "is cut short"),
    refused("an_archive_cut_short", b"PK\x03\x04" + bytes(50), "E313", "is cut short or damaged"),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_an_odd_file_gets_a_clear_verdict(odd: Odd, shell: Shell) -> None:
    for name, data in odd.files.items():
        shell.write(name, "").write_bytes(data)
    seen = shell.spec("profile", odd.path)
    shell.ok("new", "t", "--source", odd.path)
    if odd.code:
        for said in (seen, shell.spec("fill", "t")):
            assert (said.code, f"error[{odd.code}]" in said.err, odd.said in said.err) == (1, True, True), said
        assert not (shell.folder / ".dataeng/warehouse.duckdb").exists()
        return
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("check", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert balanced(counts)
    assert (counts["rows_loaded"], counts["rows_rejected"]) == (len(odd.rows), odd.rejected)
    assert [row[: len(odd.rows[0])] for row in loaded(shell.folder)] == list(odd.rows)
    assert odd.said in shell.ok("rejects", "t").out
    again = shell.ok("run", "t", "--format", "json").data
    assert balanced(again)
    assert again["rows_skipped"] == counts["rows_in"]


def test_a_later_file_without_the_footer_of_the_first_loses_no_row(shell: Shell) -> None:
    shell.write("in/a.csv", "").write_bytes(HEAD + ROWS + b"Total,,17.50\n")
    shell.ok("new", "t", "--source", "in/*.csv")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("run", "t")
    shell.write("in/b.csv", "id,name,v\n6,tea 6,6.50\n7,tea 7,7.50\n")
    said = shell.spec("run", "t")
    assert said.code == 1
    assert "error[E317]: `in/b.csv` has no footer of 1: line 3" in said.err
    assert len(loaded(shell.folder)) == len(TYPED)


def test_a_later_file_without_the_lines_to_skip_of_the_first_loses_no_row(shell: Shell) -> None:
    shell.write("in/a.csv", "").write_bytes(b"Report of sales\n" + ROWS)
    shell.ok("new", "t", "--source", "in/*.csv")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("run", "t")
    shell.write("in/b.csv", "6,tea 6,6.50\n7,tea 7,7.50\n")
    said = shell.spec("run", "t")
    assert said.code == 1
    assert "error[E317]: `in/b.csv` does not begin with 1 lines to skip: line 1" in said.err


def test_a_file_without_a_header_among_files_with_one_is_refused(shell: Shell) -> None:
    shell.write("in/a.csv", "").write_bytes(HEAD + ROWS)
    shell.write("in/b.csv", "6,tea 6,6.50\n7,tea 7,7.50\n")
    said = shell.spec("profile", "in/*.csv")
    assert said.code == 1
    assert "error[E323]: the 2 files are not written alike: `in/b.csv` is without the header that the others have" in said.err


def test_keys_that_stand_twice_are_told_with_how_many_rows_repeat(shell: Shell) -> None:
    shell.write("t.csv", "").write_bytes(HEAD + ROWS)
    shell.ok("new", "t", "--source", "t.csv")
    shell.ok("fill", "t", "--model", "rules")
    shell.write("t.csv", "").write_bytes(HEAD + ROWS + b"5,tea,9.50\n4,tea,9.50\n")
    assert "fails in 2 rows that repeat others" in shell.spec("run", "t").err
