"""What columns are for: places by their bounds and codes, units from headers and cells, shapes by a word."""

from __future__ import annotations

import json
import re
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest

from dataeng_ai import cast
from dataeng_ai.ir import Parse
from dataeng_ai.profile import commas, looks, moments, numbers, profile
from dataeng_ai.profile.units import unit_in, unit_of
from dataeng_ai.report.tongue import tongue
from tests.test_profile import one, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shell import Shell

ROLES = [
    ("lat", "55.751244|59.938951|-33.86", "geo"),
    ("Широта", "55.751244|59.938951", "geo"),
    ("store_longitude", "37.618423|-122.41", "geo"),
    ("shopLng", "37.618423|30.31", "geo"),
    ("lat", "95.5|12.1", "measure"),
    ("latency", "12.5|13.5", "measure"),
    ("long_description", "a|b", "dimension"),
    ("coordinates", "55.75, 37.61|59.93, 30.31", "geo"),
    ("coordinates", "955.75, 37.61|59.93, 30.31", "dimension"),
    ("geo_point", "POINT(37.61 55.75)|POINT(30.31 59.93)", "geo"),
    ("country", "RU|DE|FR", "geo"),
    ("Страна", "RUS|DEU|FRA", "geo"),
    ("country", "RU|DEU", "dimension"),
    ("country", "Россия|Германия", "dimension"),
    ("country", "XX|RU", "dimension"),
    ("lang", "RU|DE", "dimension"),
    ("region", "RU-MOW|RU-SPE|DE-BE", "geo"),
    ("state", "CA|NY|TX", "geo"),
    ("state", "new|done", "dimension"),
    ("is_new", "0|1", "flag"),
    ("price", "1.5|2.5", "measure"),
    ("day", "2024-01-01|2024-01-02", "time"),
    ("empty", "|", "empty"),
]


def test_a_column_has_the_role_that_its_header_and_its_values_tell(tmp_path: Path) -> None:
    headers = [header + "\u200b" * place for place, (header, _, _) in enumerate(ROLES)]
    rows = zip(*(islice(cycle(cells.split("|")), 40) for _, cells, _ in ROLES), strict=True)
    write(tmp_path, ["row", *headers], [[number % 13, *row] for number, row in enumerate(rows)])
    found = profile(tmp_path, "data.csv").columns[1:]
    said = [(header, cells, facts.role) for facts, (header, cells, _) in zip(found, ROLES, strict=True)]
    assert said == ROLES


PERSONAL = [
    ("address.region.name", "Регион 39|Тверская область", None),
    ("address.region.code", "RU-TVE|RU-MOW", None),
    ("address.city", "Город 170|Тверь", None),
    ("Адрес: город", "Тверь|Клин", None),
    ("shipping_address_country", "Россия|Казахстан", None),
    ("address.city.name", "Тверь|ул. Счастливая, д. 17, кв. 4", "address"),
    ("client.address.city", "Тверь|Клин", "address"),
    ("Адрес проживания: город", "Тверь|Клин", "address"),
    ("address.street.name", "Счастливая|Новая", "address"),
    ("address.full", "г. Тверь, ул. Счастливая, д. 17|г. Клин, ул. Новая, д. 3", "address"),
    ("address", "Тверь|Клин", "address"),
    ("fio.last", "Ковалёв|Орлова", "name"),
]


def test_a_region_or_a_city_tells_nobody_and_a_street_or_a_person_there_does(tmp_path: Path) -> None:
    rows = zip(*(islice(cycle(cells.split("|")), 40) for _, cells, _ in PERSONAL), strict=True)
    write(tmp_path, ["row", *(header for header, _, _ in PERSONAL)], [[number % 13, *row] for number, row in enumerate(rows)])
    found = profile(tmp_path, "data.csv", unmask=True).columns[1:]
    assert [(header, cells, facts.pii) for facts, (header, cells, _) in zip(found, PERSONAL, strict=True)] == PERSONAL


def test_nested_records_show_their_regions_and_hide_their_people(tmp_path: Path) -> None:
    regions = [
        {"region": {"code": f"{number % 80:02d}", "name": f"Регион {number % 80}"}, "city": f"Город {number}"} for number in range(300)
    ]
    records = [{"id": number, "address": region, "fio": {"last": "Орлова"}} for number, region in enumerate(regions)]
    (tmp_path / "people.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    found = {one.name: one for one in profile(tmp_path, "people.json").columns}
    assert {name: one.pii for name, one in found.items() if one.pii} == {"fio.last": "name"}
    assert found["address.city"].minimum == "Город 0"


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Цена, руб.", "RUB"),
        ("Price, $", "USD"),
        ("price_eur", "EUR"),
        ("priceUsd", "USD"),
        ("Вес (кг)", "kg"),
        ("Вес, г", "g"),
        ("Масса [т]", "t"),
        ("temp_c", "°C"),
        ("Температура, °C", "°C"),
        ("duration_ms", "ms"),
        ("duration_s", "s"),
        ("elapsed_sec", "s"),
        ("distance_m", "m"),
        ("Площадь, м²", "m²"),
        ("area (m2)", "m²"),
        ("share, %", "%"),
        ("discount_pct", "%"),
        ("speed km/h", "km/h"),
        ("скорость, км/ч", "km/h"),
        ("file_size_bytes", "B"),
        ("memory_mb", "MB"),
        ("Количество, шт.", "pcs"),
        ("price", None),
        ("name_c", None),
        ("type_m", None),
        ("temp_try", None),
        ("сумма", None),
        ("option_b", None),
        ("plan_t", None),
    ],
)
def test_a_header_names_a_unit_or_none(header: str, unit: str | None) -> None:
    assert unit_in(header) == unit


def test_what_stands_beside_the_numbers_goes_before_what_the_header_says() -> None:
    assert unit_of("Цена, руб.", Parse(prefix="€")) == "EUR"
    assert unit_of("Цена, руб.", Parse()) == "RUB"
    assert unit_of("вес", Parse(suffix="Кг")) == "kg"


@pytest.mark.parametrize(
    ("cells", "shape"),
    [
        (["PT1H", "PT5M", "P1D"], "duration"),
        (["26:00:00", "1:30:00"], "duration"),
        (["https://example.org/a", "https://example.org/b?c=d"], "url"),
        (["2024-W01", "2024-W52"], "week"),
        (["AB-12", "CD-34"], "AA-99"),
    ],
)
def test_a_shape_has_a_word_where_it_is_known(tmp_path: Path, cells: list[str], shape: str) -> None:
    assert one(tmp_path, cells).shape == shape


def test_the_next_wider_type_is_said_beside_exceptions(tmp_path: Path) -> None:
    found = one(tmp_path, [*(f"{number} ₽" for number in range(500)), "много", "5 €"], "quantity")
    assert (str(found.type), found.exceptions, str(found.wider)) == ("integer", 2, "text")


def test_money_has_its_unit_and_reads_back_through_a_load(tmp_path: Path) -> None:
    found = one(tmp_path, ["€ 1.234,56", "€ -5,00", "€ 7"], "price")
    assert (str(found.type), found.unit, found.parse.prefix, found.minimum) == ("decimal(10, 2)", "EUR", "€", "-5.00")


def test_every_doubt_is_said_in_russian_too() -> None:
    said = {one.doubt for one in looks.LOOKS if one.doubt} | {moments.MONTH_FIRST, moments.CENTURY, moments.YEAR_LAST}
    said |= {
        numbers.GROUPED,
        commas.THOUSANDS,
        numbers.MONEY_GROUPED,
        numbers.ALL_WHOLE,
        *looks.doubts(["$5", "€6"]),
        *looks.doubts(["$5", "6"]),
    }
    said |= {*looks.doubts(["5 руб.", "6 ₽"]), *(loss for losses in cast.GIVES_UP.values() for loss in losses)}
    parts = {part for sentence in said for part in sentence.split("; ")}
    assert not [part for part in parts if not re.search("[а-яё]", str(tongue("ru").told(part)))]


def test_what_is_typed_is_loaded_as_it_was_meant(shell: Shell) -> None:
    rows = [
        f"{number};€ {number}.234,50;({number}.5);{number},5 %;{number} января 2024 г.;{number}/1/2024 9:05 PM" for number in range(1, 29)
    ]
    shell.write("dataeng.yaml", "version: 1\n")
    shell.write(
        "sales.csv", "id;Цена;Итог;share;Дата;at\n" + "\n".join([*rows, "29;€ 5,00;7.5;0 %;1 мая 2024 г.;30/1/2024 12:05 AM"]) + "\n"
    )
    shell.ok("new", "sales", "Sales of the shop", "--source", "sales.csv")
    shell.ok("fill", "sales", "--model", "rules")
    spec = (shell.folder / "specs" / "sales.yaml").read_text(encoding="utf-8")
    for part in ('prefix: "€"', "sign: parentheses", "locale: ru", "unit: EUR", 'unit: "%"'):
        assert part in spec
    assert "29 of 29 rows loaded" in shell.ok("run", "sales").out
    shown = shell.ok("preview", "sales", "--rows", "all", "--format", "csv").out.splitlines()
    assert shown[1] == "1,1234.50,-1.5,1.5,2024-01-01,2024-01-01 21:05:00"
    assert shown[29] == "29,5.00,7.5,0.0,2024-05-01,2024-01-30 00:05:00"
