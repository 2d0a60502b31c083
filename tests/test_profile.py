"""A profile says what is in the data: proved on all rows, the same twice, masked where it is personal."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import facts, profile, view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dataeng_ai.profile import Profile
    from dataeng_ai.profile.facts import ColumnFacts


def write(folder: Path, header: Sequence[str], rows: Sequence[Sequence[object]], delimiter: str = ";") -> Path:
    def cell(value: object) -> str:
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in (delimiter, '"', "\n")) else text

    lines = [delimiter.join(map(cell, line)) for line in (header, *rows)]
    path = folder / "data.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def one(folder: Path, values: Sequence[object], name: str = "value", *, unmask: bool = False) -> ColumnFacts:
    """Return the facts about a column of these values, beside a running number."""
    write(folder, ["n", name], list(enumerate(values)))
    return profile(folder, "data.csv", unmask=unmask).column(name)


def table(folder: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Profile:
    write(folder, header, rows)
    return profile(folder, "data.csv")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "0"], "integer"),
        (["1", "2147483648"], "bigint"),
        (["1.50", "2", "-0.1"], "decimal(10, 2)"),
        (["123456789.12", "1.00"], "decimal(18, 2)"),
        (["1e5", "2.5"], "double"),
        (["0.8413123412341234", "0.841312341234123"], "double"),
        (["true", "false"], "boolean"),
        (["да", "Нет", "Да"], "boolean"),
        (["2024-01-31", "2023-12-01"], "date"),
        (["2024-01-31 10:00:00", "2024-01-31T10:00:00.5"], "timestamp"),
        (["2024-01-31 10:00:00+03:00", "2024-01-31T10:00:00Z"], "timestamptz"),
        (["10:30:00", "23:59"], "time"),
        (["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "B0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"], "uuid"),
        (['{"a": 1}', "[1, 2]"], "json"),
        (["01", "12"], "text"),
        (["1", "A"], "text"),
        (["12345678901234567890", "1"], "text"),
        (["0x10", "0x11"], "text"),
        (["1_000", "2_000"], "text"),
        (["+5", "+6"], "text"),
        (["24:00:00", "10:00:00"], "text"),
    ],
)
def test_the_type_is_the_narrowest_that_all_cells_have_without_loss(tmp_path: Path, values: list[str], kind: str) -> None:
    found = one(tmp_path, values)
    assert str(found.type) == kind
    assert found.exceptions == 0


@pytest.mark.parametrize("name", ["phone", "client_phone", "inn", "zip", "Телефон", "barcode", "snils"])
def test_digits_that_are_a_label_stay_text(tmp_path: Path, name: str) -> None:
    assert str(one(tmp_path, ["79161234567", "79161234568"], name).type) == "text"


def test_a_leading_zero_anywhere_keeps_the_column_text(tmp_path: Path) -> None:
    values = [str(number) for number in range(10_000, 14_999)] + ["00501"]
    assert str(one(tmp_path, values).type) == "text"


def test_decimal_commas_and_groups_are_read_and_said(tmp_path: Path) -> None:
    found = one(tmp_path, ["1\u00a0234,50", "12,5", "1 000 000,00"])
    assert str(found.type) == "decimal(10, 2)"
    assert (found.parse.decimal, found.parse.thousands) == (",", " ")
    assert (found.minimum, found.maximum) == ("12.50", "1000000.00")


def test_a_few_dirty_cells_are_counted_and_do_not_turn_the_column_into_text(tmp_path: Path) -> None:
    values = [f"{number}.50" for number in range(500)] + ["abc", "1.505", "-"]
    random.Random(7).shuffle(values)  # noqa: S311  an order, not a secret
    found = one(tmp_path, values)
    assert str(found.type) == "decimal(10, 3)"
    assert (found.exceptions, found.nulls, found.exception_examples, str(found.wider)) == (1, 1, ("abc",), "text")
    assert found.parse.null_values == ("", "-")


def test_many_misfits_make_it_text(tmp_path: Path) -> None:
    found = one(tmp_path, [*map(str, range(90)), *(f"x{number}" for number in range(10))])
    assert str(found.type) == "text"
    assert found.exceptions == 0


def test_what_the_first_rows_hide_is_found_on_the_last(tmp_path: Path) -> None:
    values = [*map(str, range(5000)), "1.25"]
    assert str(one(tmp_path, values).type) == "decimal(10, 2)"
    values = ["01/02/2024"] * 4000 + ["02/28/2024"]
    assert one(tmp_path, values).parse.format == "%m/%d/%Y"


def test_null_words_count_only_beside_a_type(tmp_path: Path) -> None:
    typed = one(tmp_path, ["1", "NA", "", "2"])
    assert (str(typed.type), typed.nulls, typed.empty, typed.parse.null_values) == ("integer", 2, 1, ("", "NA"))
    text = one(tmp_path, ["NA", "US", "", "RU"])
    assert (str(text.type), text.nulls, text.parse.null_values) == ("text", 1, ("",))
    assert text.doubts == ("`NA` is taken for a text, it may mean nothing",)


def test_a_word_that_means_nothing_in_two_columns_does_so_in_texts(tmp_path: Path) -> None:
    rows = [(number, "NA" if number % 3 else number, "NA" if number % 2 else number, "NA" if number % 5 else "x") for number in range(30)]
    found = table(tmp_path, ["n", "a", "b", "word"], rows)
    assert found.csv is not None
    assert found.csv.null_values == ("", "NA")
    assert found.column("word").nulls == 24
    assert found.column("n").parse.null_values == ("", "NA")


def test_day_and_month_are_told_apart_or_doubted(tmp_path: Path) -> None:
    assert one(tmp_path, ["01/02/2024", "13/02/2024"]).parse.format == "%d/%m/%Y"
    doubted = one(tmp_path, ["01/02/2024", "03/04/2024"])
    assert (str(doubted.type), doubted.doubts) == ("date", ("day before month is assumed: no value has a day above 12",))
    mixed = one(tmp_path, ["01/13/2024", "13/01/2024"])
    assert (str(mixed.type), mixed.doubts) == ("text", ("days and months stand in both orders",))


def test_counts_are_of_all_rows(tmp_path: Path) -> None:
    found = one(tmp_path, ["b", "a", "a", "", "c"])
    assert (found.nulls, found.empty, found.distinct, found.distinct_exact) == (1, 1, 3, True)
    assert (found.minimum, found.maximum, found.min_length, found.max_length) == ("a", "c", 1, 1)
    assert found.top == (("a", 2), ("b", 1), ("c", 1))


def test_sums_are_exact(tmp_path: Path) -> None:
    found = one(tmp_path, ["0.10"] * 30_000)
    assert found.mean == "0.1000"


def test_doubles_whose_sum_no_double_holds_have_a_mean(tmp_path: Path) -> None:
    found = one(tmp_path, ["1.7e308", "1.5e308", "1e-300", "1.6e308"] * 5)
    assert str(found.type) == "double"
    assert found.mean is not None
    assert 1.19e308 < float(found.mean) < 1.21e308


def test_one_column_that_identifies_is_a_key(tmp_path: Path) -> None:
    found = table(tmp_path, ["name", "order_id", "n"], [(f"n{number % 7}", 1000 + number, number) for number in range(500)])
    assert found.keys[0].columns == ("order_id",)
    assert found.column("order_id").role == "identifier"
    assert found.column("order_id").distinct_exact


def test_columns_that_identify_together_are_a_key(tmp_path: Path) -> None:
    rows = [(order, line, f"w{(order + line) % 5}", 1.5) for order in range(60) for line in range(1, 5)]
    found = table(tmp_path, ["order_id", "line", "word", "price"], rows)
    assert found.keys[0].columns == ("order_id", "line")


def test_a_key_broken_once_is_no_key_and_whole_duplicates_are_counted(tmp_path: Path) -> None:
    rows = [(number, "x") for number in range(3000)]
    found = table(tmp_path, ["id", "word"], [*rows, rows[17]])
    assert (found.keys, found.duplicates) == ((), 1)


def test_times_have_a_range_and_a_rhythm(tmp_path: Path) -> None:
    rows = [
        (f"2024-{1 + number % 12:02}-01", f"2024-01-{1 + number % 28:02} 10:00:00", f"2024-01-01 00:00:{number % 60:02}")
        for number in range(300)
    ]
    found = table(tmp_path, ["month", "hour", "second"], rows)
    assert [(time.name, time.rhythm) for time in found.times] == [("month", "month"), ("hour", "hour"), ("second", None)]
    assert found.times[0].minimum == "2024-01-01"
    late = table(tmp_path, ["day", "n"], [*(("2024-01-01", number) for number in range(3000)), ("2024-01-02", 1)])
    assert late.times[0].rhythm == "day"


SNILS, INN, CARD, IBAN = "112-233-445 95", "7707083893", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    ("name", "values", "category"),
    [
        ("x", [f"user{number}@example.org" for number in range(9)], "email"),
        ("x", [f"+7 (916) 123-45-{number:02}" for number in range(9)], "phone"),
        ("Телефон", [f"8916123450{number}" for number in range(9)], "phone"),
        ("card", [CARD], "card"),
        ("ИНН", [INN], None),  # a company's is public
        ("ИНН", [INN, "500100732259"], "inn"),
        ("x", [INN] * 9, None),
        ("СНИЛС", [SNILS], "snils"),
        ("iban", [IBAN], "iban"),
        ("x", [f"10.0.0.{number}" for number in range(9)], "ip"),
        ("Паспорт", ["4509 123456"], "passport"),
        ("birthday_date", ["1980-01-02", "1990-03-04"], "birthday"),
        ("surname", ["Иванова", "Smith"], "name"),
        ("x", ["Иванов Иван Иванович", "Петрова Анна Сергеевна", "Ян Ли", "John Smith", "Мария Кюри"], "name"),
        ("Адрес доставки", ["Москва, ул. Лесная, д. 5"], "address"),
        ("event_name", ["Концерт", "Лекция"], None),
        ("price", ["1.50", "2.50"], None),
        ("x", [str(number) for number in range(1_000_000_000, 1_000_000_060)], None),
    ],
)
def test_personal_data_is_found_by_words_and_by_values(tmp_path: Path, name: str, values: list[str], category: str | None) -> None:
    assert one(tmp_path, values, name).pii == category


def test_personal_data_is_masked_everywhere_unless_asked_for(tmp_path: Path) -> None:
    secrets = [f"+7 (916) 123-45-{number:02}" for number in range(60)] + ["Сергей!"]
    rows = [(secret, f"person{place}@example.org", f"19{10 + place}-05-17") for place, secret in enumerate(secrets)]
    write(tmp_path, ["phone", "email", "birthday"], rows)
    hidden = profile(tmp_path, "data.csv")
    said = facts.to_json(hidden) + view.text(hidden) + str(hidden.to_dict())
    assert not any(word in said for row in rows for word in row)
    assert "+* (***) ***-**-**" in said
    shown = profile(tmp_path, "data.csv", unmask=True)
    assert shown.column("email").minimum == "person0@example.org"


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311  as above
    rows = [(number, chance.random(), chance.choice("abc"), f"2024-01-{1 + number % 28:02}") for number in range(20_000)]
    write(tmp_path, ["id", "share", "letter", "day"], rows)
    first = facts.to_json(profile(tmp_path, "data.csv"))
    assert all(facts.to_json(profile(tmp_path, "data.csv")) == first for _ in range(3))


def test_a_profile_reads_back_equal(tmp_path: Path) -> None:
    found = table(tmp_path, ["a", "b"], [(1, "x"), ("NA", "y"), (3, "")])
    assert facts.from_json(facts.to_json(found)) == found


def test_json_has_the_fields_that_others_rely_on(tmp_path: Path) -> None:
    plain = table(tmp_path, ["a", "b"], [(1, "2024-01-01"), (2, "2024-01-02")]).to_dict()
    assert {"format", "csv", "rows", "rejects", "columns", "keys", "foreign_keys"} <= set(plain)
    assert {"delimiter", "quote", "escape", "header", "encoding", "skip", "footer"} <= set(plain["csv"])
    assert {"name", "type", "nulls", "distinct", "min", "max", "role", "pii"} <= set(plain["columns"][0])
    assert (plain["columns"][1]["type"], plain["columns"][1]["min"], plain["foreign_keys"]) == ("date", "2024-01-01", [])


HOSTILE = ["таблица", 'a"b', "select", "🙂", "{{ x }}", "'); DROP TABLE x; --", "a b", "col;umn", "%s", "$1", "rows", "chosen", "c0", "v0"]


def test_hostile_headers_and_cells_are_only_text(tmp_path: Path) -> None:
    rows = [[f"{word} {number}" for word in HOSTILE] for number in range(5)]
    found = table(tmp_path, HOSTILE, rows)
    assert [column.name for column in found.columns] == HOSTILE
    assert all(column.distinct == 5 for column in found.columns)
    assert "DROP TABLE" in view.text(found)


@pytest.mark.parametrize("width", [30, 40, 80, 100, 160])
def test_a_profile_fits_the_terminal_and_breaks_no_type(tmp_path: Path, width: int) -> None:
    rows = [[f"2026-01-{day:02} 10:00:00", f"{day}.50", f"значение номер {day % 3}"] for day in range(1, 28)]
    shown = view.text(table(tmp_path, ["Дата и время продажи", "Цена", "Категория посетителя"], rows), width)
    drawn = shown[shown.index("\n\n") : shown.index("\nkey:")]
    assert max(map(len, drawn.splitlines())) <= width
    for word in ("timestamp", "decimal(3, 2)" if "decimal(3, 2)" in shown else "decimal(", "dimension", "measure"):
        assert word in drawn


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    found = table(tmp_path, ["a", "b"], [])
    assert (found.rows, found.keys, found.warnings) == (0, (), ("there is not one row",))
    assert all(column.role == "empty" for column in found.columns)
    assert "0 rows" in view.text(found)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        profile(tmp_path, "none.csv")
    assert caught.value.diagnostics[0].code == "E301"


def test_a_table_of_hundreds_of_columns_is_measured_within_the_memory_of_a_narrow_one(tmp_path: Path) -> None:
    names = [f"c{place}" for place in range(500)]
    found = table(tmp_path, names, [[number * place for place in range(500)] for number in range(30)])
    assert [facts.name for facts in found.columns] == names
    assert {str(facts.type) for facts in found.columns} == {"integer"}
    assert [facts.maximum for facts in found.columns] == [str(29 * place) for place in range(500)]
