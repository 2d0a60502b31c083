"""Numbers with signs of money, units and other minuses, digits grouped as in India, months by their names: read without loss, or not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataeng_ai import months
from dataeng_ai.ir import Parse
from dataeng_ai.spec.column import Parse as Block
from tests.test_cast import accepts, read

RUBLES = {"decimal": ",", "thousands": " ", "suffix": "₽"}
MONEY = "decimal(12, 2)"


@pytest.mark.parametrize(
    ("text", "parse", "canonical"),
    [
        ("$1,234.50", {"prefix": "$", "thousands": ","}, "1234.50"),
        ("$ 1,234.50", {"prefix": "$", "thousands": ","}, "1234.50"),
        ("-$5", {"prefix": "$"}, "-5.00"),
        ("$-5", {"prefix": "$"}, "-5.00"),
        ("$5-", {"prefix": "$"}, None),
        ("5", {"prefix": "$"}, None),
        ("$$5", {"prefix": "$"}, None),
        ("€5", {"prefix": "$"}, None),
        ("+$5", {"prefix": "$"}, None),
        ("-$0.00", {"prefix": "$"}, None),
        ("$1.005", {"prefix": "$"}, None),
        ("$05", {"prefix": "$"}, None),
        ("€ 1.234,56", {"prefix": "€", "decimal": ",", "thousands": "."}, "1234.56"),
        ("1\u00a0234,50\u00a0₽", RUBLES, "1234.50"),
        ("1 234,50₽", RUBLES, "1234.50"),
        ("1 234,50  ₽", RUBLES, None),
        ("1 234.50 ₽", RUBLES, None),
        ("1234,50 руб.", {"decimal": ",", "suffix": "руб."}, "1234.50"),
        ("1234,50 руб", {"decimal": ",", "suffix": "руб."}, None),
        ("Rs.50", {"prefix": "Rs."}, "50.00"),
        ("Rs. .50", {"prefix": "Rs."}, "0.50"),
        ("12,5 %", {"decimal": ",", "suffix": "%"}, "12.50"),
        ("12,5%", {"decimal": ",", "suffix": "%"}, "12.50"),
        ("-3%", {"suffix": "%"}, "-3.00"),
        ("%3", {"suffix": "%"}, None),
        ("(1,234.50)", {"sign": "parentheses", "thousands": ","}, "-1234.50"),
        ("1,234.50", {"sign": "parentheses", "thousands": ","}, "1234.50"),
        ("-5", {"sign": "parentheses"}, None),
        ("(5", {"sign": "parentheses"}, None),
        ("((5))", {"sign": "parentheses"}, None),
        ("(0.00)", {"sign": "parentheses"}, None),
        ("($5.00)", {"sign": "parentheses", "prefix": "$"}, "-5.00"),
        ("$(5.00)", {"sign": "parentheses", "prefix": "$"}, "-5.00"),
        ("1234.50-", {"sign": "after"}, "-1234.50"),
        ("1234.50 -", {"sign": "after"}, "-1234.50"),
        ("-1234.50", {"sign": "after"}, None),
        ("5,00- €", {"sign": "after", "suffix": "€", "decimal": ","}, "-5.00"),
        ("5,00 €-", {"sign": "after", "suffix": "€", "decimal": ","}, "-5.00"),
        ("5,00-€-", {"sign": "after", "suffix": "€", "decimal": ","}, None),
        ("+7", {"sign": "both"}, "7.00"),
        ("\u22127,5", {"sign": "both", "decimal": ","}, "-7.50"),
        ("-7", {"sign": "both"}, "-7.00"),
        ("+-7", {"sign": "both"}, None),
        ("+0", {"sign": "both"}, "0.00"),
        ("-0", {"sign": "both"}, None),
        ("12,34,567.89", {"thousands": ",", "grouping": "lakh"}, "1234567.89"),
        ("1,00,000", {"thousands": ",", "grouping": "lakh"}, "100000.00"),
        ("1,234,567", {"thousands": ",", "grouping": "lakh"}, None),
        ("12,34,567", {"thousands": ","}, None),
        ("₹1,23,456", {"thousands": ",", "grouping": "lakh", "prefix": "₹"}, "123456.00"),
        ("٣ ₽", RUBLES, None),
        ("", RUBLES, None),
        ("₽", RUBLES, None),
        ("1e5 ₽", RUBLES, None),
    ],
)
def test_a_number_with_marks_is_the_number_that_was_written(text: str, parse: dict[str, Any], canonical: str | None) -> None:
    assert read(text, MONEY, Parse(**parse)) == canonical
    if canonical is None:
        assert not accepts(text, "bigint", Parse(**parse))
    else:
        assert Decimal(read(text, "double", Parse(**parse)) or canonical) == Decimal(canonical)


@settings(max_examples=100, deadline=None)
@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9),
    st.sampled_from(["$", "Rs.", "US$", "кг", "°C", "R$", "%"]),
    st.sampled_from(["minus", "both", "after", "parentheses"]),
    st.sampled_from([" ", "", "\u00a0"]),
    st.booleans(),
)
def test_every_amount_is_read_in_every_dress(number: Decimal, mark: str, sign: Any, blank: str, before: bool) -> None:  # noqa: FBT001  drawn by chance
    digits = f"{abs(number):,.2f}"
    dressed = f"{mark}{blank}{digits}" if before else f"{digits}{blank}{mark}"
    signed = {"minus": f"-{dressed}", "both": f"\u2212{dressed}", "after": f"{dressed}-", "parentheses": f"({dressed})"}[sign]
    parse = Parse(thousands=",", sign=sign, prefix=mark if before else None, suffix=None if before else mark)
    text = signed if number < 0 else dressed
    assert Decimal(read(text, MONEY, parse) or "nan") == abs(number) * (-1 if number < 0 else 1)


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789.,-+()−$% \u00a0", max_size=9), st.sampled_from(["minus", "both", "after", "parentheses"]))
def test_what_is_accepted_holds_the_digits_that_stood_there(text: str, sign: Any) -> None:
    for parse in (Parse(prefix="$", sign=sign), Parse(suffix="%", sign=sign, decimal=","), Parse(sign=sign, thousands=" ")):
        found = read(text, MONEY, parse)
        if found is not None:
            digits = "".join(letter for letter in text if letter in "0123456789" or letter == parse.decimal).replace(",", ".")
            assert abs(Decimal(found)) == Decimal(digits)
            assert found.startswith("-") == any(letter in text for letter in "-−(")


@pytest.mark.parametrize(
    ("text", "pattern", "locale", "canonical"),
    [
        ("5 января 2024 г.", "%-d %B %Y г.", "ru", "2024-01-05"),
        ("5 Января 2024 г.", "%-d %B %Y г.", "ru", "2024-01-05"),
        ("05 мая 2024", "%d %B %Y", "ru", "2024-05-05"),
        ("5 January 2024", "%-d %B %Y", "ru", None),
        ("31 февраля 2024", "%-d %B %Y", "ru", None),
        ("5 янв. 2024", "%-d %b %Y", "ru", "2024-01-05"),
        ("5 янв 2024", "%-d %b %Y", "ru", "2024-01-05"),
        ("5 сент. 2024", "%-d %b %Y", "ru", "2024-09-05"),
        ("5 мая 2024", "%-d %b %Y", "ru", "2024-05-05"),
        ("05.янв.2024", "%d.%b.%Y", "ru", "2024-01-05"),
        ("5. März 2024", "%-d. %B %Y", "de", "2024-03-05"),
        ("5. Mär 2024", "%-d. %b %Y", "de", "2024-03-05"),
        ("5 août 2024", "%-d %B %Y", "fr", "2024-08-05"),
        ("5 févr. 2024", "%-d %b %Y", "fr", "2024-02-05"),
        ("5 de enero de 2024", "%-d de %B de %Y", "es", "2024-01-05"),
        ("5 січня 2024 р.", "%-d %B %Y р.", "uk", "2024-01-05"),
        ("Sept. 5, 2024", "%b %-d, %Y", "en", "2024-09-05"),
        ("5 Ocak 2024", "%-d %B %Y", "tr", "2024-01-05"),
        ("5 мармеладаря 2024", "%-d %B %Y", "ru", None),
        ("5 января января 2024", "%-d %B %Y", "ru", None),
        ("", "%-d %B %Y", "ru", None),
    ],
)
def test_months_by_name_are_read_in_the_language_named(text: str, pattern: str, locale: str, canonical: str | None) -> None:
    parse = Parse(format=pattern, locale=locale)
    assert read(text, "date", parse) == canonical
    moment = Parse(format=f"{pattern} %H:%M", locale=locale)
    assert read(f"{text} 10:30", "timestamp", moment) == (f"{canonical} 10:30:00" if canonical else None)
    zoned = Parse(format=f"{pattern} %H:%M", locale=locale, timezone="Europe/Moscow")
    assert read(f"{text} 10:30", "timestamptz", zoned) == (f"{canonical} 07:30:00+00" if canonical else None)


@pytest.mark.parametrize("language", months.LANGUAGES)
def test_every_month_of_every_language_is_read_by_every_name(language: str) -> None:
    for part, short in (("%B", False), ("%b", True)):
        spellings = months.names(language, short=short)
        assert set(spellings.values()) == set(range(1, 13))
        for name, month in spellings.items():
            assert read(f"7 {name.capitalize()} 2024", "date", Parse(format=f"%-d {part} %Y", locale=language)) == f"2024-{month:02}-07"


def test_a_spec_knows_every_language_whose_months_are_known() -> None:
    (languages,) = [kind for kind in get_args(Block.model_fields["locale"].annotation) if kind is not type(None)]
    assert get_args(languages) == months.LANGUAGES
