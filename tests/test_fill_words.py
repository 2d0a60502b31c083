"""What is read out of headers and out of the person's own words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataeng_ai.demo.tickets import HEADER
from dataeng_ai.fill import purpose
from dataeng_ai.fill.naming import GOOD, MAX_LENGTH, RESERVED, candidates, names, refusal, title, translated, transliterated
from dataeng_ai.profile.units import unit_in

HOSTILE = (
    'a"b',
    "{{ x }}",
    "line\nbreak",
    "'); DROP TABLE x;--",
    "x" * 200,
    "я" * 200,
    "я" * 199 + "ь",
    "😀",
    "",
    "   ",
    "select",
    "SELECT",
    "Select",
    "заказ",
    "Заказ",
    "zakaz",
    "\u202eevil",
    "\x00",
    "column_3",
    "1",
    "№",
    "日本語",
    "İ",
    "_load_id",
    "a" * 63,
    "a" * 64,
    "A" * 63,
)


def test_hostile_headers_become_valid_unique_identifiers() -> None:
    _assert_good(names(HOSTILE))


@given(st.lists(st.text(max_size=80), max_size=30).map(tuple))
@example(("a", "a_2", "A", "a"))
@example(("b", "b", "B", "b_2"))
def test_any_headers_become_valid_unique_identifiers(headers: tuple[str, ...]) -> None:
    _assert_good(names(headers))


def _assert_good(found: tuple[tuple[str, ...], ...]) -> None:
    flat = [name for options in found for name in options]
    assert all(found)
    assert len(set(flat)) == len(flat)
    assert all(GOOD.fullmatch(name) and len(name) <= MAX_LENGTH and name not in RESERVED for name in flat)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Order ID", "order_id"),
        ("orderTotal", "order_total"),
        ("HTTPServer", "http_server"),
        ("naïve café", "naive_cafe"),
        ("Straße", "strasse"),
        ("Щука", "shchuka"),
        ("Съёмка", "syomka"),
        ("Київ", "kiyiv"),
        ("№ партии", "number_partii"),
    ],
)
def test_a_header_reads_aloud_letter_by_letter(header: str, name: str) -> None:
    assert transliterated(header) == name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Цена", "price"),
        ("Дата продажи", "sale_date"),
        ("Код региона", "region_code"),
        ("Общая сумма заказа", "order_total_amount"),
        ("Сумма, руб.", "amount_rub"),
        ("Количество билетов", "ticket_count"),
        ("Дата рождения", "birth_date"),
        ("E-mail", "email"),
        ("Цена за 1 кг", None),
        ("Кракозябра", None),
        ("price", None),
    ],
)
def test_a_header_is_translated_only_where_every_word_is_known(header: str, name: str | None) -> None:
    assert translated(header) == name


@pytest.mark.parametrize("header", ["Центр", "Часть", "Штраф", "Домен", "Залог", "Полис", "Видео", "Массив", "Счётчик", "Долго", "Кассир"])
def test_a_word_that_only_begins_like_another_is_not_taken_for_it(header: str) -> None:
    assert translated(header) is None


@pytest.mark.parametrize(("header", "name"), [("Деньги", "money"), ("Поле", "field"), ("Имя файла", "file_name"), ("Пол", "sex")])
def test_what_is_nearly_another_word_has_its_own_meaning(header: str, name: str) -> None:
    assert translated(header) == name


def test_every_header_of_the_museums_tickets_is_in_english() -> None:
    for header, (best, *_) in zip(HEADER, names(HEADER), strict=True):
        assert best == translated(header)


def test_a_header_that_is_a_good_name_keeps_it_against_earlier_ones_that_come_down_to_it() -> None:
    assert [options[0] for options in names(("Order ID", "order_id", "orderId"))] == ["order_id_2", "order_id", "order_id_3"]


def test_a_reserved_word_is_not_a_name() -> None:
    assert candidates("User", 1) == ("user_col",)
    assert refusal("user", ()) == "`user` is a word of SQL"
    assert refusal("price", ["price"]) == "`price` is another column's"
    assert refusal("Price", ()) is not None
    assert refusal("price", ()) is None


@given(st.text(max_size=300))
def test_a_title_is_one_short_line_without_control_characters(header: str) -> None:
    line = title(header)
    assert line.isprintable()
    assert len(line) <= 101


@pytest.mark.parametrize(
    ("words", "cron"),
    [
        ("Museum ticket sales, every night; analysts chart revenue", "0 3 * * *"),
        ("loaded nightly", "0 3 * * *"),
        ("daily at 6", "0 6 * * *"),
        ("daily at 6:30 pm", "30 18 * * *"),
        ("every day at 23:15", "15 23 * * *"),
        ("hourly", "0 * * * *"),
        ("every 15 minutes", "*/15 * * * *"),
        ("every 6 hours", "0 */6 * * *"),
        ("every 24 hours", "0 3 * * *"),
        ("weekly", "0 6 * * 1"),
        ("every Friday at 9", "0 9 * * 5"),
        ("monthly", "0 6 1 * *"),
        ("quarterly report", "0 6 1 1,4,7,10 *"),
        ("on weekdays at 7 am", "0 7 * * 1-5"),
        ("каждую ночь", "0 3 * * *"),
        ("Продажи билетов, по ночам в 2:30", "30 2 * * *"),
        ("ежедневно", "0 6 * * *"),
        ("ежедневно в 7 утра", "0 7 * * *"),
        ("каждый день в 19:00", "0 19 * * *"),
        ("раз в неделю", "0 6 * * 1"),
        ("каждый понедельник в 8", "0 8 * * 1"),
        ("по пятницам", "0 6 * * 5"),
        ("ежемесячно", "0 6 1 * *"),
        ("раз в месяц", "0 6 1 * *"),
        ("каждый час", "0 * * * *"),
        ("каждые 10 минут", "*/10 * * * *"),
        ("по будням в 9:00", "0 9 * * 1-5"),
        ("ежеквартально", "0 6 1 1,4,7,10 *"),
    ],
)
def test_how_often_is_read_in_english_and_russian(words: str, cron: str) -> None:
    found = purpose.rhythm(words)
    assert found is not None
    assert found.cron == cron
    assert found.words in words.casefold()


@pytest.mark.parametrize(
    "words", ["", "Flights of New York in 2013", "every 7 minutes", "revenue by day and museum", "выручка по дням", "a night at the museum"]
)
def test_words_that_do_not_say_how_often_are_not_taken_to(words: str) -> None:
    assert purpose.rhythm(words) is None


@given(st.text(alphabet="every day at 0123456789:каждый день в ночь minutes", max_size=60))
def test_any_words_give_a_cron_of_five_fields_or_none(words: str) -> None:
    found = purpose.rhythm(words)
    assert found is None or len(found.cron.split()) == 5


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Цена, руб.", "RUB"),
        ("price_usd", "USD"),
        ("Вес (кг)", "kg"),
        ("Share, %", "%"),
        ("price", None),
        ("Рубашка", None),
        ("temp °C", "°C"),
    ],
)
def test_a_unit_is_what_the_header_names(header: str, unit: str | None) -> None:
    assert unit_in(header) == unit


@pytest.mark.parametrize(
    ("path", "name"),
    [("клиент.имя", "customer_first_name"), ("Клиент.Адрес.Город", "customer_address_city"), ("items.цена", "items_price")],
)
def test_the_path_of_a_nested_value_is_named_in_its_own_order(path: str, name: str) -> None:
    assert translated(path) == name
