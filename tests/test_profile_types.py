"""What a column is: texts with the type and the values they must have, or text; near misses among them. Whole columns, one profile."""

from __future__ import annotations

import csv
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from dataeng_ai.profile import profile

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.profile import Profile

ROWS: Final = 12


class Case(NamedTuple):
    """A header, its cells, the type, the least value as it reads then, and words of a doubt ("" where there must be none)."""

    header: str
    cells: list[str]
    type: str
    minimum: str | None = None
    doubt: str | None = None


def c(header: str, cells: str, type: str, minimum: str | None = None, doubt: str | None = None) -> Case:  # noqa: A002  the word of the language
    return Case(header, cells.split("|"), type, minimum, doubt)


NUMBERS: Final = [
    c("n", "1|-2|0", "integer", "-2", ""),
    c("n", "2147483648|1", "bigint", "1", ""),
    c("n", "999999999999999999|1", "bigint"),
    c("n", "1234567890123456789|1", "text"),
    c("n", "1234567890123456789|9234567890123456789", "text", None, "more than 18 digits"),
    c("n", "1.5|2", "decimal(10, 1)", "1.5", ""),
    c("n", "1,5|2", "decimal(10, 1)", "1.5", ""),
    c("n", "1,234|5,678", "decimal(10, 3)", "1.234", "may group thousands"),
    c("n", "1,234|5,67", "decimal(10, 3)", "1.234", ""),
    c("n", "1,234,567|5", "integer", "5", ""),
    c("n", "1,234.5|5", "decimal(10, 1)", "5.0", ""),
    c("n", "1.234,5|5", "decimal(10, 1)", "5.0", ""),
    c("n", "1 234|5 678 901", "integer", "1234", ""),
    c("n", "1\u00a0234,5|5\u202f678,1|7\u2009000", "decimal(10, 1)", "1234.5", ""),
    c("n", "1'234.50|12", "decimal(10, 2)", "12.00", ""),
    c("n", "1’234|12", "integer", "12", ""),
    c("n", "12,34,567|1,00,000|5", "integer", "5", ""),
    c("n", "12,34,567.89|5.5", "decimal(10, 2)", "5.50", ""),
    c("n", "1e5|2.5", "double"),
    c("n", "1e5|2e5", "double"),
    c("n", ".5|.25", "decimal(10, 2)", "0.25", ""),
    c("n", "1.|2.", "text"),
    c("n", "+5|+6", "text", None, "plus"),
    c("n", "+5|-6|0", "integer", "-6", ""),
    c("n", "\u22125|6", "integer", "-5", ""),
    c("n", "5-|6", "integer", "-5", ""),
    c("n", "5-|6-", "text"),
    c("n", "(1,234.50)|12.00", "decimal(10, 2)", "-1234.50", ""),
    c("n", "(1)|(2)", "text"),
    c("n", "(5)|-6|7", "text"),
    c("n", "(5|7", "text"),
    c("n", "1_000|2_000", "text", None, "underscores"),
    c("n", "0x10|0x11", "text", None, "hexadecimal"),
    c("n", "٣|٤", "text", None, "another script"),
    c("n", "１２|３４", "text", None, "another script"),
    c("n", "½|¼", "text"),
    c("n", "00123|00456", "text"),
    c("n", "007|42", "text"),
    c("n", "-0|1", "text"),
    c("n", "0.0|-0.0", "text"),
    c("n", "1.5K|2M", "text", None, "rounded"),
    c("n", "5 млн|7,5 млн", "text", None, "rounded"),
    c("n", "10-20|20-30", "text", None, "ranges"),
    c("n", "<5|>10", "text", None, "ranges"),
    c("n", "1 2|3 4", "text"),
    c("n", "12 34|5", "text"),
    c("n", "1.2.3|4.5.6", "text"),
    c("n", "1,2,3|4,5,6", "text"),
    c("n", "1..5|2", "text"),
    c("n", "--5|2", "text"),
    c("n", " 5|6 ", "text"),
    c("n", "5A|6B", "text"),
    c("n", "A5|A6", "text"),
    c("n", "NaN|1.5", "decimal(10, 1)", "1.5"),
    c("n", "inf|1.5", "text"),
    c("order_id", "1.0|2.0", "decimal(10, 1)", "1.0", "every fraction is zero"),
    c("n", "0.1234567890123456789|0.1", "text"),
    c("n", "12345678901234567890.12|12345678901234567891.13", "decimal(38, 2)"),
]
MONEY: Final = [
    c("price", "$1,234.50|$5", "decimal(10, 2)", "5.00", ""),
    c("price", "$1,234|$5,678", "integer", "1234", "group thousands"),
    c("price", "€ 1.234|€ 5.678", "integer", "1234", "group thousands"),
    c("price", "€ 1.234,56|€ 5", "decimal(10, 2)", "5.00", ""),
    c("price", "1.234,56 €|-5,00 €", "decimal(10, 2)", "-5.00", ""),
    c("price", "1 234,50 ₽|5 ₽", "decimal(10, 2)", "5.00", ""),
    c("price", "1\u00a0234,50\u00a0₽|5,10₽", "decimal(10, 2)", "5.10", ""),
    c("Цена", "1 234,50 руб.|5 руб.", "decimal(10, 2)", "5.00", ""),
    c("Цена", "1234 р.|5 р.", "integer", "5", ""),
    c("price", "RUB 5.10|RUB 6", "decimal(10, 2)", "5.10", ""),
    c("price", "USD 5.10|USD 6", "decimal(10, 2)", "5.10", ""),
    c("price", "5.10 USD|6 USD", "decimal(10, 2)", "5.10", ""),
    c("price", "£5.10|-£6.00", "decimal(10, 2)", "-6.00", ""),
    c("price", "$-5.10|$6.00", "decimal(10, 2)", "-5.10", ""),
    c("price", "($5.10)|$6.00", "decimal(10, 2)", "-5.10", ""),
    c("price", "$(5.10)|$6.00", "decimal(10, 2)", "-5.10", ""),
    c("price", "($5.10)|-$6.00", "text", None, "not all written in one way"),
    c("price", "5.10- €|6.00 €", "decimal(10, 2)", "-5.10", ""),
    c("price", "₹12,34,567.50|₹5", "decimal(10, 2)", "5.00", ""),
    c("price", "¥1,200|¥300", "integer", "300"),
    c("price", "1 200 ₸|300 ₸", "integer", "300", ""),
    c("price", "12,50 zł|3,00 zł", "decimal(10, 2)", "3.00", ""),
    c("price", "R$ 1.234,50|R$ 3,00", "decimal(10, 2)", "3.00", ""),
    c("price", "CHF 1'234.50|CHF 3.00", "decimal(10, 2)", "3.00", ""),
    c("price", "$5|€6", "text", None, "several units (EUR, USD)"),
    c("price", "$5|6", "text", None, "some do not say so"),
    c("price", "5 руб.|6 ₽", "text", None, "not all written in one way"),
    c("price", "$|$5", "text"),
    c("price", "$05|$06", "text"),
    c("share", "12,5 %|3 %", "decimal(10, 1)", "3.0", ""),
    c("share", "12.5%|-3%", "decimal(10, 1)", "-3.0", ""),
    c("share", "+12%|-3%", "integer", "-3", ""),
    c("share", "+12%|+3%", "integer", "3", ""),
    c("share", "12%|0.12", "text", None, "some do not say so"),
    c("weight", "12 кг|3,5 кг", "decimal(10, 1)", "3.5", ""),
    c("weight", "12kg|3kg", "integer", "3", ""),
    c("temp", "-12°C|3.5°C", "decimal(10, 1)", "-12.0", ""),
    c("weight", "12 kg|3 lb", "text", None, "several units (kg, lb)"),
    c("size", "5XL|6XL", "text"),
    c("code", "5G|4G", "text"),
    c("gate", "B12|B13", "text"),
]
LABELS: Final = [
    c("phone", "79161234567|79161234568", "text"),
    c("Номер телефона", "79161234567|79161234568", "text"),
    c("x", "79161234561|79161234562|79161234563|79161234564|89161234565|89161234566", "text"),
    c("ИНН", "7707083893|500100732259", "text"),
    c("снилс", "11223344595|11223344596", "text"),
    c("zip", "12345|90210", "text"),
    c("Почтовый индекс", "101000|190000", "text"),
    c("plz", "10115|80331", "text"),
    c("cpf", "11144477735|52998224725", "text"),
    c("pesel", "44051401359|44051401458", "text"),
    c("card_number", "4111111111111111|5555555555554444", "text"),
    c("account", "40702810100000000001|40702810100000000002", "text"),
    c("barcode", "4600000000001|4600000000002", "text"),
    c("ssn", "078051120|219099999", "text"),
]
BOOLEANS: Final = [
    c("b", "true|false", "boolean", "false", ""),
    c("b", "TRUE|FALSE", "boolean", "false", ""),
    c("b", "yes|no", "boolean"),
    c("b", "Y|N", "boolean"),
    c("b", "да|нет", "boolean"),
    c("b", "Истина|Ложь", "boolean"),
    c("b", "ja|nein", "boolean"),
    c("b", "WAHR|FALSCH", "boolean"),
    c("b", "Oui|Non", "boolean"),
    c("b", "sí|no", "boolean"),
    c("b", "Verdadero|Falso", "boolean"),
    c("b", "tak|nie", "boolean"),
    c("b", "Evet|Hayır", "boolean"),
    c("b", "так|ні", "boolean"),
    c("b", "Иә|Жоқ", "boolean"),
    c("b", "sim|não", "boolean"),
    c("b", "是|否", "boolean"),
    c("b", "yes|нет", "text"),
    c("b", "yes|no|maybe", "text"),
    c("b", "yes|yes", "text"),
    c("is_paid", "0|1", "boolean", "false", ""),
    c("hasChildren", "0|1", "boolean", "false", ""),
    c("активен", "0|1", "boolean", "false", ""),
    c("оплачен", "д|н", "boolean", "false", ""),
    c("grade", "s|n", "text"),
    c("n", "0|1", "integer", "0", "may mean no and yes"),
    c("is_paid", "0|1|2", "integer", "0", ""),
    c("island", "0|1", "integer", "0", "may mean no and yes"),
    c("is_paid", "0|0", "integer", "0"),
]
DATES: Final = [
    c("d", "2024-01-31|2023-12-01", "date", "2023-12-01", ""),
    c("d", "31.01.2024|01.12.2023", "date", "2023-12-01", ""),
    c("d", "01/31/2024|12/01/2023", "date", "2023-12-01", ""),
    c("d", "12/13/2024|01/02/2024", "date", "2024-01-02", ""),
    c("d", "13/12/2024|01/02/2024", "date", "2024-02-01", ""),
    c("d", "01/02/2024|03/04/2024", "date", "2024-02-01", "day before month is assumed"),
    c("d", "13/12/2024|12/13/2024", "text", None, "both orders"),
    c("d", "1/5/2024|13/12/2024", "date", "2024-05-01", ""),
    c("d", "1/05/2024|13/12/2024", "date", "2024-05-01", ""),
    c("d", "2024/1/5|2024/12/13", "date", "2024-01-05", ""),
    c("d", "31.01.24|01.12.23", "date", "2023-12-01", "two digits"),
    c("d", "01.02.24|03.04.23", "date", None, "two digits"),
    c("d", "24-01-15|24-02-03", "date", None, "stand last"),
    c("d", "1/31/24|2/1/24", "date", "2024-01-31", "two digits"),
    c("d", "5 января 2024 г.|15 мая 2024 г.", "date", "2024-01-05", ""),
    c("d", "05 Января 2024|15 Мая 2024", "date", "2024-01-05", ""),
    c("d", "5 янв. 2024|15 мая 2024", "date", "2024-01-05", ""),
    c("d", "5 января 2024 г., 10:30|15 мая 2024 г., 09:05", "timestamp", "2024-01-05 10:30:00", ""),
    c("d", "5 January 2024|15 May 2024", "date", "2024-01-05", ""),
    c("d", "Jan 5, 2024|May 15, 2024", "date", "2024-01-05", ""),
    c("d", "January 5, 2024|Sept 15, 2024", "text"),
    c("d", "Jan. 5, 2024|Sept. 15, 2024", "date", "2024-01-05", ""),
    c("d", "05-JAN-2024|15-MAY-2024", "date", "2024-01-05", ""),
    c("d", "05-Jan-24|15-May-24", "date", "2024-01-05", "two digits"),
    c("d", "5. Januar 2024|15. März 2024", "date", "2024-01-05", ""),
    c("d", "5 janvier 2024|15 août 2024", "date", "2024-01-05", ""),
    c("d", "5 de enero de 2024|15 de marzo de 2024", "date", "2024-01-05", ""),
    c("d", "5 stycznia 2024|15 maja 2024", "date", "2024-01-05", ""),
    c("d", "5 січня 2024 р.|15 травня 2024 р.", "date", "2024-01-05", ""),
    c("d", "2024-02-30|2024-02-31", "text"),
    c("d", "31.02.2024|30.02.2024", "text"),
    c("d", "2024-13-01|2024-14-01", "text"),
    c("d", "Январь 2024|Май 2024", "text", None, "months"),
    c("d", "2024-01|2024-02", "text", None, "months"),
    c("d", "01.2024|02.2024", "text", None),
    c("d", "2024-W05|2024-W06", "text", None, "weeks"),
    c("d", "2024-W05-1|2024-W06-2", "text", None, "weeks"),
    c("d", "2024-123|2024-200", "text", None, "within a year"),
    c("d", "2024Q1|2024Q2", "text", None, "quarters"),
    c("d", "1 кв. 2024|2 кв. 2024", "text", None, "quarters"),
    c("order_date", "20240131|20231201", "date", "2023-12-01", ""),
    c("n", "20240131|20231201", "integer", "20231201", ""),
    c("order_date", "45292|45300", "integer", "45292", "Excel"),
    c("created_at", "1704067200|1704153600", "integer", "1704067200", "seconds since 1970"),
    c("created_at", "1704067200000|1704153600000", "bigint", "1704067200000", "milliseconds since 1970"),
    c("n", "1704067200|1704153600", "integer", "1704067200", ""),
]
TIMES: Final = [
    c("t", "2024-01-31 10:00:00|2024-01-31T10:00:00.5", "timestamp", "2024-01-31 10:00:00", ""),
    c("t", "2024-01-31 10:00:00+03:00|2024-01-31T10:00:00Z", "timestamptz", "2024-01-31 07:00:00+00", ""),
    c("t", "2024-01-31 10:00:00 +0300|2024-01-31 10:00:00 +0400", "timestamptz", "2024-01-31 06:00:00+00", ""),
    c("t", "2024-01-31 10:00:00 MSK|2024-01-31 11:00:00 MSK", "timestamptz", "2024-01-31 07:00:00+00", ""),
    c("t", "2024-01-31 10:00:00 UTC|2024-01-31 11:00:00 UTC", "timestamptz", "2024-01-31 10:00:00+00", ""),
    c("t", "2024-01-31 10:00:00 IST|2024-01-31 11:00:00 IST", "text", None, "name of a zone"),
    c("t", "2024-01-31 10:00:00 EST|2024-01-31 11:00:00 EDT", "text", None, "name of a zone"),
    c("t", "2024-01-31 10:00:00.123456|2024-01-31 10:00:00.1", "timestamp", "2024-01-31 10:00:00.100000", ""),
    c("t", "2024-01-31 10:00:00.123456789|2024-01-31 10:00:00.123456781", "text", None, "finer than a microsecond"),
    c("t", "2024-01-31 10:00:00.123456000|2024-01-31 10:00:00.1", "timestamp", "2024-01-31 10:00:00.100000", ""),
    c("t", "2024-01-31 24:00:00|2024-01-31 24:00:00", "text", None, "on no clock"),
    c("t", "2024-12-31 23:59:60|2024-06-30 23:59:60", "text", None, "on no clock"),
    c("t", "31.01.2024 10:00|01.12.2023 09:05", "timestamp", "2023-12-01 09:05:00", ""),
    c("t", "31.01.2024 9:05|01.12.2023 10:00", "timestamp", "2023-12-01 10:00:00", ""),
    c("t", "31.01.2024, 10:00:00|01.12.2023, 09:05:00", "timestamp", "2023-12-01 09:05:00", ""),
    c("t", "31.01.2024 10:00:00.250|01.12.2023 09:05:00.500", "timestamp", "2023-12-01 09:05:00.500000", ""),
    c("t", "1/31/2024 9:05 AM|2/1/2024 12:00 PM", "timestamp", "2024-01-31 09:05:00", ""),
    c("t", "1/5/2024 9:05:00 AM|2/1/2024 12:00:00 AM", "timestamp", "2024-01-05 09:05:00", "month before day"),
    c("t", "Mon, 15 Jan 2024 10:00:00 GMT|Tue, 16 Jan 2024 10:00:00 GMT", "timestamptz", "2024-01-15 10:00:00+00", ""),
    c("t", "15/Jan/2024:10:00:00 +0300|16/Jan/2024:10:00:00 +0300", "timestamptz", "2024-01-15 07:00:00+00", ""),
    c("t", "20240131T100000|20240201T100000", "timestamp", "2024-01-31 10:00:00", ""),
    c("created_at", "20240131100000|20240201100000", "timestamp", "2024-01-31 10:00:00", ""),
    c("t", "10:30:00|23:59", "time", "10:30:00", ""),
    c("t", "10:30 PM|01:05 AM", "time", "01:05:00", ""),
    c("start_time", "9:05|10:30", "time", "09:05:00", ""),
    c("score", "2:1|3:0", "text"),
    c("t", "24:00|10:00", "text", None, "durations"),
    c("t", "23:59:60|10:00:00", "text"),
    c("duration", "00:12:30|00:45:00", "text", None, "durations"),
    c("x", "PT1H|PT30M", "text", None, "durations"),
    c("x", "P1DT2H|P3D", "text", None, "durations"),
    c("x", "1:30:00|26:15:00", "text", None, "durations"),
    c("x", "2h 30m|1h 5m", "text", None, "durations"),
]
OTHERS: Final = [
    c("u", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|B0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "uuid"),
    c("u", "a0eebc999c0b4ef8bb6d6bb9bd380a11|b0eebc999c0b4ef8bb6d6bb9bd380a11", "text"),
    c("u", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}|{b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "text"),
    c("j", '{"a": 1}|[1, 2]', "json"),
    c("j", "{a: 1}|{b: 2}", "text"),
    c("j", '{"a": 1,}|{"a": 2,}', "text"),
    c("i", "192.0.2.1|2001:db8::1", "text"),
    c("i", "10.0|10.1", "decimal(10, 1)"),
    c("v", "1.2.3|1.10.0", "text"),
    c("m", "00:1a:2b:3c:4d:5e|00:1a:2b:3c:4d:5f", "text"),
    c("e", "1E5|2E7", "double"),
    c("sku", "1E05A|2E07B", "text"),
    c("gene", "MARCH1|SEPT2", "text"),
    c("gene", "1-Mar|2-Sep", "text"),
    c("word", "may|june", "text"),
    c("word", "mars|venus", "text"),
    c("name", "Mai|Juni", "text"),
    c("blank", "|", "text"),
    c("dash", "-|-", "text"),
    c("x", "1|a", "text"),
    c("x", "true|1", "text"),
    c("x", "nan|none", "text"),
]
GROUPS: Final = {
    "numbers": NUMBERS,
    "money": MONEY,
    "labels": LABELS,
    "booleans": BOOLEANS,
    "dates": DATES,
    "times": TIMES,
    "others": OTHERS,
}


def profiled(folder: Path, cases: list[Case]) -> tuple[list[str], Profile]:
    """Return the headers, numbered where they stand twice, and the profile of a file of which each case is a column."""
    headers = [case.header + "\u200b" * sum(other.header == case.header for other in cases[:place]) for place, case in enumerate(cases)]
    with (folder / "columns.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["row", *headers])
        columns = [list(islice(cycle(case.cells), ROWS)) for case in cases]
        writer.writerows([number, *row] for number, row in enumerate(zip(*columns, strict=True)))
    return headers, profile(folder, "columns.csv", unmask=True)


@pytest.mark.parametrize("group", GROUPS)
def test_a_column_has_the_type_that_its_texts_have_or_is_text_and_says_why(tmp_path: Path, group: str) -> None:
    cases = GROUPS[group]
    headers, found = profiled(tmp_path, cases)
    wrong = []
    for header, case in zip(headers, cases, strict=True):
        facts = found.column(header)
        said = (str(facts.type), facts.exceptions, facts.minimum, facts.doubts)
        fits = str(facts.type) == case.type and not facts.exceptions
        fits = fits and (case.minimum is None or facts.minimum == case.minimum)
        fits = fits and (case.doubt is None or (any(case.doubt in doubt for doubt in facts.doubts) if case.doubt else not facts.doubts))
        wrong += [] if fits else [(case, said)]
    assert wrong == []
