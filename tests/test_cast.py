"""Casts lose nothing: what a guard accepts comes back equal, what would be bent is refused, and nothing raises."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dataeng_ai import cast, types
from dataeng_ai.ir import Parse

if TYPE_CHECKING:
    import uuid

PLAIN = Parse()
RUSSIAN = Parse(decimal=",", thousands=" ")
CONNECTION = duckdb.connect(":memory:")
CONNECTION.execute("SET TimeZone = 'Asia/Tokyo'")  # no answer may depend on it
PLACE = exp.column("t", quoted=True)


def read(text: str, word: str, parse: Parse = PLAIN) -> str | None:
    """Return the canonical text of what `text` is as that type, or None where the guard refuses; check that both agree."""
    kind = types.parse(word)
    value = cast.cast(PLACE, kind, parse)
    row = exp.select(cast.guard(PLACE, kind, parse), cast.canonical(value, kind)).from_("texts")
    CONNECTION.execute("CREATE OR REPLACE TEMP TABLE texts AS SELECT $1 AS t", [text])
    accepted, canonical = CONNECTION.execute(row.sql("duckdb", identify=True)).fetchall()[0]
    assert accepted in (True, False)
    return canonical if accepted else None


def accepts(text: str, word: str, parse: Parse = PLAIN) -> bool:
    return read(text, word, parse) is not None


WHOLE = ("smallint", "integer", "bigint", "decimal(38, 0)")
NOT_NUMBERS = ("", " ", " 1", "1 ", "+5", "0x10", "1_000", "1,000", "٣", "1\n", "½", "--1", "1-", "NULL", "'); DROP TABLE texts --")


@pytest.mark.parametrize("word", [*WHOLE, "decimal(10, 2)", "double"])
@pytest.mark.parametrize("text", [*NOT_NUMBERS, "007", "00", "-007"])
def test_what_is_not_written_as_a_number_is_none(text: str, word: str) -> None:
    assert not accepts(text, word)


@pytest.mark.parametrize("word", WHOLE)
@pytest.mark.parametrize("text", ["1e5", "1.5", "-0", "inf", "nan", "1."])
def test_a_whole_number_has_no_point_no_exponent_and_no_sign_on_nothing(text: str, word: str) -> None:
    assert not accepts(text, word)


@pytest.mark.parametrize(
    ("word", "least", "greatest"),
    [("smallint", -(2**15), 2**15 - 1), ("integer", -(2**31), 2**31 - 1), ("bigint", -(2**63), 2**63 - 1)],
)
def test_integers_hold_their_range_and_not_one_more(word: str, least: int, greatest: int) -> None:
    for number in (least, greatest, 0, -1):
        assert read(str(number), word) == str(number)
    for number in (least - 1, greatest + 1, 10**19):
        assert not accepts(str(number), word)


@pytest.mark.parametrize(
    ("text", "word", "canonical"),
    [
        ("1.005", "decimal(10, 2)", None),
        ("1.00", "decimal(10, 2)", "1.00"),
        ("1.5", "decimal(10, 2)", "1.50"),
        ("1.500", "decimal(10, 2)", "1.50"),
        ("1", "decimal(10, 2)", "1.00"),
        (".5", "decimal(10, 2)", "0.50"),
        ("-.5", "decimal(10, 2)", "-0.50"),
        ("5.", "decimal(10, 2)", None),
        ("-0.00", "decimal(10, 2)", None),
        ("-0.01", "decimal(10, 2)", "-0.01"),
        ("12345678.90", "decimal(10, 2)", "12345678.90"),
        ("123456789.00", "decimal(10, 2)", None),
        ("1e2", "decimal(10, 2)", None),
        ("inf", "decimal(10, 2)", None),
        ("1.0", "decimal(5, 0)", "1"),
        ("0.5", "decimal(5, 0)", None),
        ("9" * 38, "decimal(38, 0)", "9" * 38),
        ("9" * 39, "decimal(38, 0)", None),
        ("0." + "1" * 38, "decimal(38, 38)", "0." + "1" * 38),
        ("1234567890123456789", "decimal(19, 0)", "1234567890123456789"),
    ],
)
def test_decimals_are_never_rounded(text: str, word: str, canonical: str | None) -> None:
    assert read(text, word) == canonical


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
@pytest.mark.parametrize("named", [" ", "\u00a0", "\u202f"])
def test_a_space_that_groups_digits_is_any_of_its_kind(space: str, named: str) -> None:
    parse = Parse(decimal=",", thousands=named)
    assert read(f"1{space}234{space}567,89", "decimal(12, 2)", parse) == "1234567.89"
    assert read(f"-1{space}234", "bigint", parse) == "-1234"
    assert read(f"1{space}234,5", "double", parse) == "1234.5"


@pytest.mark.parametrize("text", ["1 23", "12 34", " 123", "1 234 ", "0 123", "1 2345", "1234 567", "1.5", "1  234", "1 234.5"])
def test_groups_have_three_digits_and_the_point_is_the_one_named(text: str) -> None:
    assert not accepts(text, "decimal(12, 2)", RUSSIAN)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("1,50", "1.50"), ("1,5", "1.50"), ("1,500", "1.50"), (",5", "0.50"), ("-0,01", "-0.01"), ("12", "12.00")]
    + [(wrong, None) for wrong in ("1.50", "1.5", ".50", "1,505", "01,50", "1,", "-0,00", "1,5,0", "1.234,50", "1e2", "")],
)
def test_a_decimal_comma_is_no_point(text: str, canonical: str | None) -> None:
    assert read(text, "decimal(10, 2)", Parse(decimal=",")) == canonical


def test_a_point_may_group_where_a_comma_is_the_decimal() -> None:
    german = Parse(decimal=",", thousands=".")
    assert read("1.234,50", "decimal(10, 2)", german) == "1234.50"
    assert read("1.234", "bigint", german) == "1234"
    assert not accepts("1.23", "bigint", german)
    assert read("1’234", "integer", Parse(thousands="'")) == "1234"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0.1", "0.1"),
        ("1e5", "100000.0"),
        ("1E-7", "1e-07"),
        ("123456789012345", "123456789012345.0"),
        ("0.1234567890123456", "0.1234567890123456"),
        ("1234567890123456789", None),
        ("0.12345678901234567890", None),
        ("9007199254740993", None),
        ("4.9e-324", None),
        ("1e-400", None),
        ("1e400", None),
        ("1e309", None),
        ("nan", None),
        ("inf", None),
        ("Infinity", None),
        ("0e5", "0.0"),
        ("1.5f", None),
    ],
)
def test_a_double_has_no_more_digits_than_it_keeps(text: str, canonical: str | None) -> None:
    assert read(text, "double") == canonical


def test_booleans_are_the_words_named_in_their_case() -> None:
    assert read("true", "boolean") == "true"
    assert not any(accepts(text, "boolean") for text in ("True", "t", "1", "yes", " true", ""))
    words = Parse(true=("Да", "Y'"), false=("Нет",))
    assert (read("Да", "boolean", words), read("Y'", "boolean", words), read("Нет", "boolean", words)) == ("true", "true", "false")
    assert not any(accepts(text, "boolean", words) for text in ("да", "true", "ДА"))
    assert not accepts("x", "boolean", Parse(true=(), false=()))


@pytest.mark.parametrize(
    ("text", "word", "canonical"),
    [
        ("2024-02-29", "date", "2024-02-29"),
        ("2024-02-30", "date", None),
        ("2023-02-29", "date", None),
        ("2024-1-1", "date", None),
        ("2024/01/01", "date", None),
        ("01/02/2024", "date", None),
        ("2024-01-01 00:00:00", "date", None),
        ("0000-01-01", "date", None),
        ("0001-01-01", "date", "0001-01-01"),
        ("0001-01-01 (BC)", "date", None),
        ("10000-01-01", "date", None),
        ("infinity", "date", None),
        ("epoch", "date", None),
        ("23:59:59.5", "time", "23:59:59.500000"),
        ("10:30", "time", "10:30:00"),
        ("24:00:00", "time", None),
        ("24:00", "time", None),
        ("23:59:60", "time", None),
        ("10:00:00.1234567", "time", None),
        ("10:00:00.1234560", "time", "10:00:00.123456"),
        ("10:00:00+03", "time", None),
        ("2024-01-01 10:00:00", "timestamp", "2024-01-01 10:00:00"),
        ("2024-01-01T10:00", "timestamp", "2024-01-01 10:00:00"),
        ("2024-01-01", "timestamp", "2024-01-01 00:00:00"),
        ("2024-01-01 10:00:00.120", "timestamp", "2024-01-01 10:00:00.120000"),
        ("2024-01-01 10:00:00.123456789", "timestamp", None),
        ("2024-01-01 10:00:00.123456000", "timestamp", "2024-01-01 10:00:00.123456"),
        ("2024-01-01T10:00:00Z", "timestamp", None),
        ("2024-01-01 10:00:00+03:00", "timestamp", None),
        ("2024-12-31 23:59:60", "timestamp", None),
        ("2024-01-01 24:00:00", "timestamp", None),
        ("2024-02-30 10:00:00", "timestamp", None),
        ("infinity", "timestamp", None),
        ("10000-01-01 00:00:00", "timestamp", None),
        ("0001-01-01 (BC) 00:00:00", "timestamp", None),
        ("2024-01-01T00:00:00Z", "timestamptz", "2024-01-01 00:00:00+00"),
        ("2024-01-01T00:00:00+03:00", "timestamptz", "2023-12-31 21:00:00+00"),
        ("2024-01-01 00:00:00.5-0330", "timestamptz", "2024-01-01 03:30:00.500000+00"),
        ("2024-01-01 00:00+03", "timestamptz", "2023-12-31 21:00:00+00"),
        ("2024-01-01 00:00:00", "timestamptz", None),
        ("2024-01-01", "timestamptz", None),
        ("2024-01-01+03", "timestamptz", None),
        ("2024-01-01 00:00:00+15:00", "timestamptz", None),
        ("2024-01-01 00:00:00 Europe/Moscow", "timestamptz", None),
        ("2024-01-01 00:00:00.1234567Z", "timestamptz", None),
        ("2024-02-30 00:00:00Z", "timestamptz", None),
        ("0001-01-01 00:00:00+14", "timestamptz", None),
        ("9999-12-31 23:59:59-14", "timestamptz", None),
    ],
)
def test_dates_and_times_stand_in_the_calendar_and_lose_nothing(text: str, word: str, canonical: str | None) -> None:
    assert read(text, word) == canonical


@pytest.mark.parametrize(
    ("text", "word", "pattern", "canonical"),
    [
        ("01/02/2024", "date", "%d/%m/%Y", "2024-02-01"),
        ("01/02/2024", "date", "%m/%d/%Y", "2024-01-02"),
        ("31/02/2024", "date", "%d/%m/%Y", None),
        ("1/2/2024", "date", "%d/%m/%Y", None),
        ("1/2/2024", "date", "%-d/%-m/%Y", "2024-02-01"),
        (" 01/02/2024", "date", "%d/%m/%Y", None),
        ("2024-02-01", "date", "%d/%m/%Y", None),
        ("01-JAN-24", "date", "%d-%b-%y", "2024-01-01"),
        ("01.02.2024 10:00", "date", "%d.%m.%Y %H:%M", None),
        ("01.02.2024 00:00", "date", "%d.%m.%Y %H:%M", "2024-02-01"),
        ("01.02.2024 10:00", "timestamp", "%d.%m.%Y %H:%M", "2024-02-01 10:00:00"),
        ("01.02.2024 10:00:00.5", "timestamp", "%d.%m.%Y %H:%M:%S.%f", "2024-02-01 10:00:00.500000"),
        ("01.02.2024 24:00", "timestamp", "%d.%m.%Y %H:%M", None),
        ("01.02.2024 10:00:00 +0300", "timestamp", "%d.%m.%Y %H:%M:%S %z", None),
        ("01.02.2024 10:00:00 +0300", "timestamptz", "%d.%m.%Y %H:%M:%S %z", "2024-02-01 07:00:00+00"),
        ("01.02.2024 10:00:00 Z", "timestamptz", "%d.%m.%Y %H:%M:%S %z", "2024-02-01 10:00:00+00"),
        ("01.02.2024 10:00:00", "timestamptz", "%d.%m.%Y %H:%M:%S", None),
        ("01.02.2024 10:00:00", "timestamptz", "%d.%m.%Y %H:%M:%S %z", None),
        ("10-30", "time", "%H-%M", "10:30:00"),
        ("01.02.2024 10:30", "time", "%d.%m.%Y %H:%M", None),
    ],
)
def test_a_format_reads_exactly_what_it_writes(text: str, word: str, pattern: str, canonical: str | None) -> None:
    assert read(text, word, Parse(format=pattern)) == canonical


def test_a_clock_time_is_read_in_the_zone_named_unless_the_clock_never_showed_it() -> None:
    moscow = Parse(timezone="Europe/Moscow")
    assert read("2024-07-01 03:00:00", "timestamptz", moscow) == "2024-07-01 00:00:00+00"
    assert read("2024-07-01 03:00:00Z", "timestamptz", moscow) == "2024-07-01 03:00:00+00"
    assert not accepts("2011-03-27 02:30:00", "timestamptz", moscow)  # clocks went from 2 to 3
    assert read("01.07.2024 03:00", "timestamptz", Parse(format="%d.%m.%Y %H:%M", timezone="Europe/Moscow")) == "2024-07-01 00:00:00+00"


def test_a_uuid_loses_only_the_case_of_its_letters() -> None:
    text = "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"
    assert {read(spelt, "uuid") for spelt in (text, text.lower(), text.replace("A", "a"))} == {text.lower()}
    assert not any(
        accepts(wrong, "uuid") for wrong in (f"{{{text}}}", text.replace("-", ""), text[:-1], text + "0", text.replace("A", "G"))
    )


@pytest.mark.parametrize(
    "text",
    ["{}", "[1, 2]", ' {"a": null} ', "1", '"x"', '{"n": 12345678901234567890123.10}', '{"nan": "inf, ]"}', r'"\\u0000"', '{"ключ": "🙂"}'],
)
def test_json_is_kept_letter_by_letter(text: str) -> None:
    assert read(text, "json") == text


@pytest.mark.parametrize(
    "text", ["", "{", "{a: 1}", "{'a': 1}", "[1,]", '{"a": 1,}', "NaN", "[-Infinity]", "[1] x", "/* c */ 1", "01", r'"\u0000"', "True"]
)
def test_json_is_strict(text: str) -> None:
    assert not accepts(text, "json")


def test_bytes_are_pairs_of_hex_digits() -> None:
    assert read(r"\xDEad", "bytes") == "dead"
    assert read("00ff", "bytes") == "00ff"
    assert read("", "bytes") == ""
    assert not any(accepts(text, "bytes") for text in ("0", "zz", "0x00", r"\x0"))


@pytest.mark.parametrize("text", ["", " ", "x", "{{ x }}", "'); DROP TABLE texts; --", "🙂", "a\nb", "NULL", "é" * 200])
def test_any_text_is_a_text_as_it_stands(text: str) -> None:
    assert read(text, "text") == text


def test_a_zero_character_is_no_text_since_not_every_storage_holds_it() -> None:
    assert not accepts("a\x00b", "text")


def test_null_words_are_compared_whole_and_in_their_case() -> None:
    words = Parse(null_values=("NA", "", "it's"))
    for text, expected in [("NA", True), ("", True), ("it's", True), ("na", False), ("NA ", False)]:
        assert CONNECTION.execute(exp.select(cast.nothing(exp.Literal.string(text), words)).sql("duckdb")).fetchall() == [(expected,)]
    for parse in (words, PLAIN):
        assert CONNECTION.execute(exp.select(cast.nothing(exp.null(), parse)).sql("duckdb")).fetchall() == [(True,)]
    assert CONNECTION.execute(exp.select(cast.nothing(exp.Literal.string(""), PLAIN)).sql("duckdb")).fetchall() == [(False,)]


def test_every_type_has_its_rule_and_says_what_it_gives_up() -> None:
    assert set(cast.GIVES_UP) == set(types.NAMES)
    assert cast.duckdb_type(types.parse("decimal(10, 2)")).sql("duckdb") == "DECIMAL(10, 2)"
    assert cast.duckdb_type(types.parse("timestamptz")).sql("duckdb") == "TIMESTAMPTZ"


# --- laws ---

NUMBERISH = st.text("0123456789.,+-eE_ xnaif\u00a0", max_size=12)
TIMEISH = st.text("0123456789-:. TZ+", max_size=32)
MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30))  # noqa: DTZ001  wall-clock moments are what is tested
EVERY = ("boolean", *WHOLE, "decimal(10, 2)", "double", "text", "date", "time", "timestamp", "timestamptz", "uuid", "json", "bytes")
PARSES = (PLAIN, RUSSIAN, Parse(format="%d.%m.%Y %H:%M:%S"), Parse(timezone="America/New_York"), Parse(format="%d/%m/%y %z"))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=12), NUMBERISH, TIMEISH), st.sampled_from(EVERY), st.sampled_from(PARSES))
def test_nothing_raises_and_what_is_accepted_has_a_canonical_text_that_reads_back_to_itself(text: str, word: str, parse: Parse) -> None:
    canonical = read(text, word, parse)
    if canonical is not None:
        assert read(canonical, word) == canonical


@settings(max_examples=150, deadline=None)
@given(NUMBERISH, st.integers(1, 38).flatmap(lambda p: st.tuples(st.just(p), st.integers(0, p))))
def test_an_accepted_decimal_is_the_number_that_was_written(text: str, size: tuple[int, int]) -> None:
    canonical = read(text, f"decimal({size[0]}, {size[1]})")
    if canonical is not None:
        assert Decimal(canonical) == Decimal(text)


@settings(max_examples=150, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_every_decimal_that_fits_is_accepted(number: Decimal) -> None:
    text = f"{number:f}"
    if number or not number.is_signed():
        assert Decimal(read(text, "decimal(20, 4)") or "nan") == number


@settings(max_examples=150, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_is_accepted_in_its_shortest_text(number: float) -> None:
    assert read(repr(number), "double") == repr(number)


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_a_moment_with_an_offset_is_the_moment_in_utc(moment: dt.datetime, minutes: int) -> None:
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{moment.isoformat()}{sign}{size // 60:02}:{size % 60:02}"
    utc = (moment - dt.timedelta(minutes=minutes)).isoformat(sep=" ")
    assert read(text, "timestamptz") == f"{utc}+00"
    assert read(moment.isoformat(), "timestamp") == moment.isoformat(sep=" ")


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_python_writes_as_json_is_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if "\\u0000" not in text:
        assert read(text, "json") == text


@settings(max_examples=30, deadline=None)
@given(st.uuids(), st.binary(max_size=20))
def test_uuids_and_bytes_come_back(number: uuid.UUID, data: bytes) -> None:
    assert read(str(number).upper(), "uuid") == str(number)
    assert read(data.hex(), "bytes") == data.hex()
