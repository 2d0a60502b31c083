"""A museum's ticket sales, as such files really look: the same bytes on every machine.

`;`-delimited cp1251 with Cyrillic headers, decimal commas, timestamps with an offset, phones and tax numbers that must stay
text, and a few dirty records of each kind. Every person, phone and number in it is invented.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta, timezone
from typing import Final
from uuid import UUID

ROWS: Final = 3_000
"""Records without a fault."""

ENCODING: Final = "cp1251"

HEADER: Final = (
    "Номер билета",
    "Идентификатор билета",
    "Идентификатор заказа",
    "Дата продажи",
    "Дата изменения",
    "Статус заказа",
    "Статус билета",
    "Цена",
    "Скидка",
    "Количество посетителей",
    "Категория посетителя",
    "Код мероприятия",
    "Мероприятие",
    "Вид мероприятия",
    "Начало мероприятия",
    "Код площадки",
    "Площадка",
    "Музей",
    "ИНН музея",
    "Проход",
    "Время прохода",
    "Действует до",
    "Имя",
    "Фамилия",
    "Телефон",
    "E-mail",
    "Дата рождения",
)

_MOSCOW = timezone(timedelta(hours=3))
_FIRST_SALE = datetime(2024, 4, 1, 9, 0, tzinfo=_MOSCOW)
_EVENTS = ('Выставка "Москва"', "Космос; история", "Графика", "Иконы XVI века", 'Авангард: "1920-е"', "Ночь в музее")
_KINDS = ("Выставка", "Лекция", "Выставка", "Выставка", "Экскурсия", "Концерт")
_CATEGORIES = ("Взрослый", "Школьник", "Студент", "Пенсионер", "Льготный")
_FORENAMES = ("Анна", "Иван", "Мария", "Пётр", "Ольга", "Сергей", "Елена")
_SURNAMES = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Смирнова", "Орлов")
_INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)

DIRTY: Final = {
    "price that is a word": 3,
    "date that does not exist": 2,
    "identifier that is none": 2,
    "record cut short": 2,
    "record with a field too many": 1,
    "header repeated": 1,
}
"""What is wrong with how many records, beside the `ROWS` good ones."""


def tickets() -> bytes:
    """Return the file: `ROWS` good records and the `DIRTY` ones between them."""
    chance = random.Random(20240401)  # noqa: S311  invented data, not cryptography
    records = [record(chance, number) for number in range(ROWS)]
    for place, dirty in _dirty(chance, records):
        records.insert(place, dirty)
    lines = [";".join(map(_field, one)) for one in [list(HEADER), *records]]
    return ("\r\n".join(lines) + "\r\n").encode(ENCODING)


def record(chance: random.Random, number: int) -> list[str]:
    """Return one good record, of the sale of that number; for files of any length."""
    sold = _FIRST_SALE + timedelta(seconds=number * 431 + chance.randrange(400))
    event, museum, spot = chance.randrange(len(_EVENTS)), chance.randrange(12), chance.randrange(30)
    entered = chance.random() < 0.6  # noqa: PLR2004  the share of visitors who came
    start = (sold + timedelta(days=chance.randrange(1, 20))).replace(hour=chance.randrange(10, 20), minute=0, second=0)
    price = chance.choice((0, 150, 250, 300, 450, 600, 1200))
    return [
        f"{number:012d}",
        str(UUID(int=chance.getrandbits(128), version=4)),
        str(UUID(int=chance.getrandbits(128), version=4)),
        _moment(sold),
        _moment(sold + timedelta(minutes=chance.randrange(600))),
        chance.choice(("PAID", "PAID", "PAID", "REFUND", "CANCELED")),
        chance.choice(("VALID", "USED", "RETURNED")),
        f"{price},{chance.choice(('00', '50'))}",
        chance.choice(("0,0", "0,1", "0,25", "")),
        str(chance.randrange(1, 7)),
        chance.choice(_CATEGORIES),
        str(100_000 + event),
        _EVENTS[event],
        _KINDS[event],
        _moment(start),
        str(spot),
        f"Площадка {spot}",
        f"Музей № {museum}",
        _inn(museum),
        "да" if entered else "нет",
        _moment(start + timedelta(minutes=chance.randrange(90))) if entered else "",
        (start.date() + timedelta(days=1)).isoformat(),
        chance.choice(_FORENAMES),
        chance.choice(_SURNAMES),
        f"+7 (9{chance.randrange(100):02d}) {chance.randrange(1000):03d}-{chance.randrange(100):02d}-{chance.randrange(100):02d}",
        f"visitor{chance.randrange(9000)}@example.ru" if chance.random() < 0.7 else "",  # noqa: PLR2004  the share who gave one
        (date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))).strftime("%d.%m.%Y"),
    ]


def _dirty(chance: random.Random, records: list[list[str]]) -> list[tuple[int, list[str]]]:
    """Return the dirty records with the places where they go, one of the six faults in each."""
    faults = [fault for fault, times in DIRTY.items() for _ in range(times)]
    return [((index + 1) * 250, _spoilt(fault, record(chance, len(records) + index))) for index, fault in enumerate(faults)]


def _spoilt(fault: str, good: list[str]) -> list[str]:
    match fault:
        case "price that is a word":
            good[HEADER.index("Цена")] = "бесплатно"
        case "date that does not exist":
            good[HEADER.index("Дата рождения")] = "30.02.1980"
        case "identifier that is none":
            good[HEADER.index("Идентификатор билета")] = "см. заказ"
        case "record cut short":
            return good[:9]
        case "record with a field too many":
            return [*good, "лишнее"]
        case _:
            return list(HEADER)
    return good


def _moment(value: datetime) -> str:
    return value.isoformat(sep=" ")


def _inn(museum: int) -> str:
    """Return a tax number of ten digits with a leading zero and a true check digit (order of the tax service MMV-7-6/435)."""
    digits = f"0{77_000_000 + museum * 7919:08d}"
    check = sum(weight * int(digit) for weight, digit in zip(_INN_WEIGHTS, digits, strict=True)) % 11 % 10
    return f"{digits}{check}"


def _field(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(mark in text for mark in ';"\r\n') else text
