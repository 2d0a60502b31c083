"""The data of the notebooks, the same bytes on every machine: `python examples/data/make.py` writes them again.

Every person, phone, number and contract in them is invented.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path

TITLES = ("Выставка", "Лекция", "Экскурсия", "Концерт")
MUSEUMS = ("Музей Москвы", "Музей космонавтики", "Дарвиновский музей", "Музей-панорама")
WARDS = ("Арбат", "Басманный", "Замоскворечье", "Мещанский", "Пресненский", "Хамовники")
TOPICS = ("Отопление", "Лифт", "Уборка двора", "Освещение", "Протечка", "Перерасчёт")
SURNAMES = ("Иванова", "Петрова", "Сидорова", "Кузнецова", "Смирнова", "Орлова", "Зайцева", "Белова")
FORENAMES = ("Анна Сергеевна", "Мария Ивановна", "Ольга Петровна", "Елена Юрьевна", "Дарья Олеговна")
GOODS = (
    ("Бумага офисная, пачка", "17.12.14", 310),
    ("Кресло рабочее", "31.01.11", 8_900),
    ("Монитор 27 дюймов", "26.20.17", 24_500),
    ("Светильник потолочный", "27.40.25", 3_150),
    ("Витрина музейная", "31.09.12", 186_000),
    ("Реставрация рамы", "90.03.11", 42_000),
)


def tickets() -> str:
    """A clean file, but for three prices: 01."""
    chance = random.Random(1)
    lines = ["ticket_id,sold_at,museum,event,visitor,price,discount,email"]
    for number in range(1, 401):
        sold = datetime(2026, 3, 1, 9) + timedelta(minutes=number * 47 + chance.randrange(40))
        price = "free" if number in {80, 190, 333} else f"{chance.choice((150, 250, 300, 450, 600))}.{chance.choice(('00', '50'))}"
        email = f"guest{chance.randrange(900)}@example.ru" if chance.random() < 0.6 else ""
        visitor = chance.choice(("adult", "adult", "student", "child", "senior"))
        discount = chance.choice(("", "", "0.10", "0.25"))
        lines.append(f"{number},{sold},{chance.choice(MUSEUMS)},{chance.choice(TITLES)},{visitor},{price},{discount},{email}")
    return "\n".join(lines) + "\n"


def appeals() -> str:
    """What an office hands over: headers for people, decimal commas, personal data, records that are broken: 02."""
    chance = random.Random(2)
    records = []
    for number in range(1, 351):
        day = date(2026, 2, 1) + timedelta(days=number // 6)
        phone = f"+7 (9{chance.randrange(10, 99)}) {chance.randrange(100, 999)}-{chance.randrange(10, 99)}-{chance.randrange(10, 99)}"
        mail = f"zhitel{number}@example.ru" if chance.random() < 0.5 else ""
        area, total = chance.randrange(280, 1200), chance.randrange(0, 900_000)
        records.append(
            [
                f"ОБ-{number:06d}",
                f"{day:%d.%m.%Y}",
                chance.choice(WARDS),
                chance.choice(TOPICS),
                f"{chance.choice(SURNAMES)} {chance.choice(FORENAMES)}",
                phone,
                mail,
                f"{area // 10},{area % 10}",
                f"{total // 100},{total % 100:02d}" if chance.random() < 0.7 else "",
                chance.choice(("решено", "решено", "в работе", "отклонено")),
            ]
        )
    records[60][1] = "31.02.2026"
    records[140][8] = "уточняется"
    records[141][8] = "уточняется"
    records[220] = records[220][:5]
    records[300].append("лишнее")
    header = ["Номер", "Дата обращения", "Район", "Тема", "ФИО заявителя", "Телефон", "E-mail", "Площадь", "Сумма", "Статус"]
    return "".join(";".join(record) + "\r\n" for record in [header, *records])


def contracts() -> str:
    """A register as an open-data portal hands it out: an envelope, objects in objects, lists in objects: 03."""
    chance = random.Random(3)
    found = []
    for number in range(1, 121):
        items = []
        for line, (name, code, price) in enumerate(chance.sample(GOODS, chance.randrange(1, 5)), 1):
            items.append({"line": line, "name": name, "okpd2": code, "quantity": chance.randrange(1, 20), "price": f"{price}.00"})
        found.append(
            {
                "number": f"0373{number:07d}",
                "signed": str(date(2026, 1, 12) + timedelta(days=number // 3)),
                "customer": {"name": chance.choice(MUSEUMS), "address": {"city": "Москва", "ward": chance.choice(WARDS)}},
                "status": chance.choice(("исполнен", "исполняется")),
                "total": f"{sum(item['quantity'] * float(item['price']) for item in items):.2f}",
                "items": items,
            }
        )
    page = {"source": "реестр контрактов", "published": "2026-03-01", "contracts": found}
    return json.dumps(page, ensure_ascii=False, indent=1) + "\n"


def sales() -> str:
    """A shop's receipts, for a frame: 04."""
    chance = random.Random(4)
    lines = ["receipt,day,shop,item,pieces,price"]
    for number in range(1, 301):
        day = date(2026, 3, 1) + timedelta(days=number // 11)
        item, price = chance.choice((("каталог", "1250.00"), ("открытка", "40.00"), ("кружка", "590.00"), ("плакат", "320.50")))
        lines.append(f"{number},{day},{chance.choice(MUSEUMS)},{item},{chance.randrange(1, 4)},{price}")
    return "\n".join(lines) + "\n"


def loans() -> str:
    """A library's loans of a month, for a pipeline that changes: 05."""
    chance = random.Random(5)
    lines = ["loan_id,taken_on,due_on,branch,book,renewals,fine"]
    for number in range(1, 251):
        taken = date(2026, 3, 1) + timedelta(days=number // 9)
        book = chance.choice(("Мастер и Маргарита", "Анна Каренина", "Вишнёвый сад", "Двенадцать стульев"))
        fine = chance.choice(("0.00", "0.00", "15.50", "30.00"))
        branch = chance.choice(("Центральная", "Детская", "Юношеская"))
        lines.append(f"{number},{taken},{taken + timedelta(days=21)},{branch},{book},{chance.randrange(3)},{fine}")
    return "\n".join(lines) + "\n"


def files() -> dict[str, bytes]:
    """Return every file by its name."""
    return {
        "tickets.csv": tickets().encode(),
        "обращения_2026-02.csv": appeals().encode("cp1251"),
        "contracts.json": contracts().encode(),
        "sales.csv": sales().encode(),
        "loans.csv": loans().encode(),
    }


if __name__ == "__main__":
    for name, content in files().items():
        Path(__file__).with_name(name).write_bytes(content)
