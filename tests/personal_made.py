"""Columns whose meaning is known, made by script: numbers of people with valid checksums, and what only looks like them."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile import checksums as sums

if TYPE_CHECKING:
    from collections.abc import Callable

LETTERS: Final = string.ascii_uppercase
ROWS: Final = 60


class Maker:
    """A source of chance that makes one kind of number after another."""

    def __init__(self, seed: int) -> None:
        """Start from a seed."""
        self.chance = random.Random(seed)  # noqa: S311  data of a test, no secret

    def digits(self, count: int) -> str:
        """Return so many digits."""
        return "".join(self.chance.choice(string.digits) for _ in range(count))

    def of(self, *words: str) -> str:
        """Return one of the words."""
        return self.chance.choice(words)

    def number(self, low: int, high: int) -> int:
        """Return a number from low to high."""
        return self.chance.randint(low, high)

    def day(self, century: int = 0) -> str:
        """Return a day as six digits."""
        return f"{self.number(0, 99):02}{self.number(1, 12) + century:02}{self.number(1, 28):02}"

    def until(self, fits: Callable[[str], bool], make: Callable[[], str]) -> str:
        """Return the first that fits of those made."""
        return next(text for text in iter(make, None) if fits(text))


def person(m: Maker) -> str:
    """Return a full name of Russia."""
    return m.of(
        f"{m.of('Иванов', 'Петров', 'Сидоров')} {m.of('Иван', 'Пётр', 'Олег', 'Фёдор')} {m.of('Ильич', 'Олегович', 'Петрович')}",
        f"{m.of('Иванова', 'Петрова', 'Белова')} {m.of('Анна', 'Ольга', 'Мария', 'Зоя')} {m.of('Ивановна', 'Сергеевна')}",
    )


def english(m: Maker) -> str:
    """Return an English name."""
    return f"{m.of('John', 'Mary', 'Robert', 'Linda', 'James', 'Emma')} {m.of('Smith', 'Brown', 'Taylor', 'Wood', 'Hill', 'Baker')}"


def formatted(pattern: str) -> Callable[[Maker], str]:
    """Return a maker of texts in which each # is a digit."""
    return lambda m: "".join(m.digits(1) if letter == "#" else letter for letter in pattern)


def summed(fits: Callable[[str], bool], make: Callable[[Maker], str]) -> Callable[[Maker], str]:
    """Return a maker of what has the checksum."""
    return lambda m: m.until(fits, lambda: make(m))


POSITIVE: Final[dict[str, list[tuple[str, Callable[[Maker], str]]]]] = {
    "email": [("x", lambda m: f"u{m.digits(5)}@example.org"), ("Почта", lambda m: f"{m.of('ivan', 'olga')}.{m.digits(3)}@пример.рф")],
    "phone": [
        *(
            ("x", formatted(one))
            for one in ("+7 (9##) 123-##-##", "8 9## 555 ## ##", "8 (495) ###-##-##", "+49 30 90######", "+1-202-555-01##")
        ),
        *(("x", formatted(one)) for one in ("415-555-2###", "(415) 555-2###", "7916#######")),
        *(
            (header, formatted("8916#######"))
            for header in ("Телефон", "mobile", "client_phone", "telefono_movil", "Handy", "contactPhone")
        ),
    ],
    "name": [("x", person), ("x", english), ("x", lambda m: f"{m.of('Белов', 'Орлов', 'Котова')} {m.of('А', 'В', 'М')}. {m.of('А', 'П')}.")]
    + [
        (header, lambda m: m.of("Иванов", "Аббасов", "Ким", "Цой", "Schmidt", "O'Hara"))
        for header in ("surname", "Фамилия", "nachname", "apellido", "customerName")
    ]
    + [("name", english), ("Клиент", person)],
    "address": [
        ("x", lambda m: f"г. Москва, ул. Мира, д. {m.number(1, 90)}, кв. {m.number(1, 300)}"),
        ("x", lambda m: f"{m.number(1, 999)} Oak Street"),
    ]
    + [(header, lambda m: f"Лесная {m.number(1, 99)}") for header in ("Адрес доставки", "street", "direccion", "Anschrift")],
    "card": [
        ("x", summed(sums.is_card, lambda m: "4" + m.digits(15))),
        ("x", summed(sums.is_card, lambda m: "5" + m.of("1", "5") + m.digits(2) + "".join(f" {m.digits(4)}" for _ in range(3)))),
        ("card", summed(sums.is_card, lambda m: "2200" + m.digits(12))),
        ("card_number", formatted("4###############")),
        ("Номер карты", formatted("220000******####")),
    ],
    "iban": [
        ("x", summed(sums.is_iban, lambda m: "DE" + m.digits(20))),
        ("iban", summed(sums.is_iban, lambda m: "GB" + m.digits(2) + "BUKB" + m.digits(14))),
    ],
    "passport": [
        ("x", lambda m: f"{m.of('45', '40', '03')} {m.of('09', '12', '20')} {m.digits(6)}"),
        ("Паспорт", formatted("4509######")),
        ("passport_no", lambda m: m.of("C", "L", "AB") + m.digits(7)),
        ("Reisepass", lambda m: m.of("C01X", "L22Z") + m.digits(5)),
    ],
    "inn": [
        ("x", summed(sums.is_inn, lambda m: m.digits(12))),
        ("ИНН", summed(sums.is_inn, lambda m: m.digits(12))),
        ("inn", formatted("50########12")),
    ],
    "snils": [
        ("x", summed(sums.is_snils, formatted("###-###-### ##"))),
        ("x", summed(sums.is_snils, formatted("###########"))),
        ("СНИЛС", formatted("###-###-### ##")),
    ],
    "ogrnip": [("x", summed(sums.is_ogrnip, lambda m: "3" + m.digits(14))), ("ОГРНИП", formatted("3##############"))],
    "ssn": [
        ("x", lambda m: m.until(sums.is_ssn, lambda: formatted("###-##-####")(m))),
        ("ssn", formatted("5########")),
        ("SSN", formatted("***-**-####")),
    ],
    "nino": [
        ("x", summed(sums.is_nino, lambda m: m.of(*LETTERS) + m.of(*LETTERS) + m.digits(6) + m.of(*"ABCD"))),
        ("nino", formatted("AB ## ## ## C")),
    ],
    "steuer_id": [
        ("x", summed(sums.is_steuer_id, lambda m: "".join(m.chance.sample("1234567890", 9)) + m.digits(2))),
        ("steuer_id", formatted("8##########")),
    ],
    "pesel": [("x", summed(sums.is_pesel, lambda m: m.day(20 * m.number(0, 1)) + m.digits(5))), ("PESEL", formatted("44#########"))],
    "nir": [
        ("x", summed(sums.is_nir, lambda m: m.of("1", "2") + m.day()[:4] + "75" + m.digits(8))),
        ("nir", formatted("1 84 12 76 ### ### ##")),
    ],
    "dni": [
        ("x", summed(sums.is_dni, lambda m: m.digits(8) + m.of(*LETTERS))),
        ("x", summed(sums.is_dni, lambda m: "X" + m.digits(7) + m.of(*LETTERS))),
        ("dni", lambda m: m.digits(8) + m.of(*LETTERS)),
    ],
    "codice_fiscale": [
        ("x", summed(sums.is_codice_fiscale, lambda m: f"RSSMRA{m.digits(2)}T1{m.digits(1)}A{m.digits(3)}{m.of(*LETTERS)}")),
        ("codice_fiscale", lambda m: f"RSSMRA{m.digits(2)}T1{m.digits(1)}A{m.digits(3)}{m.of(*LETTERS)}"),
    ],
    "tckn": [("x", summed(sums.is_tckn, lambda m: m.digits(11))), ("tc_kimlik_no", formatted("1##########"))],
    "resident_id": [
        ("x", summed(sums.is_resident_id, lambda m: "11010519" + m.day() + m.digits(4))),
        ("身份证号码", formatted("11010519490101####")),
    ],
    "iin": [("x", summed(sums.is_iin, lambda m: m.day() + m.of(*"1234") + m.digits(5))), ("ИИН", formatted("8501013#####"))],
    "rnokpp": [("x", summed(sums.is_rnokpp, lambda m: m.of("2", "3") + m.digits(9))), ("РНОКПП", formatted("3#########"))],
    "aadhaar": [("x", summed(sums.is_aadhaar, lambda m: "2" + m.digits(11))), ("aadhaar_no", formatted("#### #### ####"))],
    "cpf": [
        ("x", summed(sums.is_cpf, formatted("###.###.###-##"))),
        ("x", summed(sums.is_cpf, formatted("###########"))),
        ("cpf", formatted("###########")),
    ],
    "ip": [
        ("x", lambda m: f"10.{m.number(0, 255)}.{m.number(0, 255)}.{m.number(0, 255)}"),
        ("ip", lambda m: f"2001:db8::{m.number(1, 9999)}"),
    ],
    "mac": [
        ("x", lambda m: ":".join(f"{m.number(0, 255):02x}" for _ in range(6))),
        ("mac_address", lambda m: "-".join(f"{m.number(0, 255):02X}" for _ in range(6))),
    ],
    "imei": [("x", summed(sums.is_imei, lambda m: "35" + m.digits(13))), ("IMEI", formatted("35#############"))],
    "birthday": [
        (header, lambda m: f"19{m.number(50, 99)}-0{m.number(1, 9)}-1{m.number(0, 9)}")
        for header in ("birth_date", "Дата рождения", "dob", "Geburtsdatum")
    ]
    + [("дата рождения", lambda m: m.of(f"1{m.number(0, 9)}.0{m.number(1, 9)}.19{m.number(50, 99)}", "не указана"))],
    "gps": [
        ("home_lat", lambda m: f"55.{m.digits(6)}1"),
        ("driver_lon", lambda m: f"37.{m.digits(6)}1"),
        ("client location", lambda m: f"55.{m.digits(4)}1, 37.{m.digits(4)}1"),
    ],
    "login": [
        (header, lambda m: m.of("neo", "kot", "wolf", "anna") + m.digits(3)) for header in ("login", "username", "Логин", "nickname")
    ],
    "plate": [
        ("x", lambda m: f"{m.of(*'АВЕКМ')}{m.digits(3)}{m.of(*'АВЕКМ')}{m.of(*'АВЕКМ')}{m.of('77', '178')}"),
        ("license_plate", lambda m: f"B-MW {m.digits(4)}"),
    ],
    "account": [("x", formatted("40817810############")), ("Лицевой счёт", formatted("42301810############"))],
    "driver_license": [("driver_license", formatted("99 ## ######")), ("Водительское удостоверение", formatted("77########"))],
    "secret": [
        ("x", lambda m: "ghp_" + "".join(m.of(*string.ascii_letters) for _ in range(36))),
        ("password", lambda m: m.of("qwerty", "s3cret", "letmein") + m.digits(2)),
    ],
}

NEGATIVE: Final[list[tuple[str, Callable[[Maker], str]]]] = [
    *((header, formatted("#" * size)) for size in (6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20) for header in ("x", "order_no", "code")),
    *(("x", formatted("1" + "#" * size)) for size in (9, 10, 11, 12, 14, 15)),
    *(
        ("x", formatted(pattern))
        for pattern in ("##.##.##", "###-##", "AB######", "AB-####-C", "####-####", "INV-########", "#.##.#", "##/####", "№ ####")
    ),
    *(
        ("x", formatted(pattern))
        for pattern in ("4###############", "35#############", "7#########", "2 ### ###", "####,##", "-##.##", "#### ####")
    ),
    *((header, formatted("460#########")) for header in ("barcode", "ean13", "Штрихкод", "isbn")),
    *(
        ("order_id", lambda m, start=start: str(start + m.number(0, 900)))
        for start in (1000000000, 79000, 4276000000000000, 350000000000000)
    ),
    ("price", lambda m: f"{m.number(1, 9999)}.{m.number(10, 99)}"),
    ("amount", lambda m: f"{m.number(1, 9999)},{m.number(10, 99)} ₽"),
    ("md5", lambda m: "".join(m.of(*"0123456789abcdef") for _ in range(32))),
    ("commit", lambda m: "".join(m.of(*"0123456789abcdef") for _ in range(40))),
    ("created_at", lambda m: f"2024-0{m.number(1, 9)}-1{m.number(0, 9)} 10:{m.number(10, 59)}:00"),
    ("ts", lambda m: str(1_700_000_000 + m.number(0, 10_000_000))),
    ("ts_ms", lambda m: str(1_700_000_000_000 + m.number(0, 10_000_000))),
    ("version", lambda m: f"{m.number(1, 9)}.{m.number(0, 9)}.{m.number(0, 99)}.{m.number(0, 99)}"),
    ("x", lambda m: f"{m.number(1, 9)}.{m.number(0, 9)}.{m.number(0, 99)}"),
    ("city", lambda m: m.of("Москва", "Владимир", "Тверь", "Казань", "Иваново", "Уфа", "Пермь", "Орёл", "Псков", "Самара")),
    ("country", lambda m: m.of("RU", "DE", "FR", "US", "KZ", "TR")),
    ("museum", lambda m: f"Музей {m.of('истории', 'космонавтики', 'Анны Ахматовой', 'Сергея Есенина', 'быта')} № {m.number(1, 99)}"),
    ("product", lambda m: f"{m.of('Стол', 'Стул', 'Лампа', 'Шкаф')} {m.of('Лофт', 'Классика', 'Норд')}"),
    ("company", lambda m: f"ООО «{m.of('Ромашка', 'Вектор', 'Север', 'Мир')}-{m.number(1, 99)}»"),
    ("category", lambda m: m.of("Роман", "Повесть", "Рассказ", "Поэма", "Эссе", "Очерк")),
    ("event_name", lambda m: f"{m.of('Концерт', 'Лекция', 'Выставка')} {m.number(1, 99)}"),
    ("ИНН", summed(lambda text: len(text) == 10 and sums.is_inn(text), lambda m: "77" + m.digits(8))),  # a company's
    ("x", summed(lambda text: len(text) == 10 and sums.is_inn(text) and not sums.is_rnokpp(text), lambda m: "77" + m.digits(8))),
    ("lat", lambda m: f"55.{m.digits(6)}"),
    ("lon", lambda m: f"37.{m.digits(6)}"),
    ("website", lambda m: f"https://example.org/{m.digits(4)}"),
    ("comment", lambda m: m.of("пришёл вовремя", "оплата картой", "без замечаний", "доставить к 5") + f" {m.number(1, 99)}"),
    ("weight", lambda m: f"{m.number(1, 99)} кг"),
    ("duration", lambda m: f"0{m.number(0, 9)}:{m.number(10, 59)}:{m.number(10, 59)}"),
    ("page", lambda m: f"{m.number(1, 99)}-{m.number(100, 199)}"),
    ("seat", lambda m: f"{m.of(*'ABCDEF')}{m.number(1, 60)}"),
    ("flight", lambda m: f"SU{m.digits(4)}"),
    ("cadastral", formatted("77:01:000####:###")),
    ("vat_rate", lambda m: m.of("0", "10", "20")),
    ("zip", formatted("1#####")),
    ("ОГРН", formatted("1############")),
    ("account_code", formatted("##.##")),
    ("status", lambda m: m.of("new", "paid", "sent")),
    ("month", lambda m: m.of("April", "May", "June", "August")),
    ("brand", lambda m: m.of("Hugo Boss", "Mercedes", "Ferrari", "Bosch", "Siemens", "Dr. Martens")),
    ("year_of_birth_place", lambda m: m.of("Москва", "Тверь")),
]


def columns() -> list[tuple[str, str | None, str, list[str]]]:
    """Return every column: a name of its own, what it is (None: nothing personal), its header, its cells."""
    made = [(kind, header, make) for kind, several in POSITIVE.items() for header, make in several]
    made += [(None, header, make) for header, make in NEGATIVE]  # type: ignore[misc]  # None beside the kinds
    found = []
    for place, (kind, header, make) in enumerate(made):
        maker = Maker(place)
        found.append((f"{kind or 'nothing'}-{place}", kind, header, [make(maker) for _ in range(ROWS)]))
    return found  # type: ignore[return-value]  # as above
