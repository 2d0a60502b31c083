"""Some fifty personal values and secrets, planted where they would show: none appears in anything that is said, drawn or written."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataeng_ai.commands import tree
from dataeng_ai.profile.secrets import redact
from tests.services import false_llm
from tests.services.false_llm import good

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.results import Result
    from tests.shell import Shell

HEADER = "id;ФИО;Телефон;email;Паспорт;ИНН;СНИЛС;Карта;Адрес;Дата рождения;IBAN;ip;Комментарий;token;sum"
PLANTED: dict[str, str] = {
    "name": "Варфоломеев Елисей Аристархович",
    "name_first": "Аааронов Ян Янович",
    "phone": "+7 985 444-31-87",
    "email": "elisey.varfolomeev@bank.example",
    "passport": "4507 918273",
    "inn": "500100732259",
    "snils": "112-233-445 95",
    "card": "4111 1111 1111 1111",
    "address": "г. Тверь, ул. Счастливая, д. 17, кв. 404",
    "birthday": "1931-03-09",
    "iban": "DE89370400440532013000",
    "ip": "203.0.113.77",
    "email_in_text": "tajnyj.klient@mail.example",
    "phone_in_text": "+7 (903) 777-66-55",
    "card_in_text": "5555 5555 5555 4444",
    "password_in_text": "S3kretnyj!Parol",
    "url_in_text": "https://anna:Pa55w0rd77@store.example/x",
    "aws_key": "AKIAIOSFODNN7EXAMPLE",
    "github": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
}
FURTHER: dict[str, tuple[str, str, Callable[[int], str]]] = {
    "ssn": ("ssn", "219-09-9999", lambda number: f"{100 + number}-{10 + number % 80}-{1000 + number}"),
    "nino": ("National Insurance", "AB123456C", lambda number: f"CE{100000 + number}A"),
    "steuer_id": ("Steuer-ID", "86095742719", lambda number: str(12345678900 + number)),
    "pesel": ("PESEL", "44051401359", lambda number: f"{61010100000 + number}"),
    "nir": ("NIR", "184127645108946", lambda number: f"18412764510{1000 + number}"),
    "dni": ("DNI", "12345678Z", lambda number: f"{20000000 + number}A"),
    "fiscale": ("codice_fiscale", "RSSMRA85T10A562S", lambda number: f"BNCGNN{60 + number % 30}A01H{100 + number}Z"),
    "tckn": ("TC Kimlik No", "10000000146", lambda number: f"{30000000000 + number}"),
    "aadhaar": ("aadhaar", "234123412346", lambda number: f"{300000000000 + number}"),
    "cpf": ("cpf", "529.982.247-25", lambda number: f"{100 + number}.111.222-33"),
    "resident": ("身份证号码", "11010519491231002X", lambda number: f"110105196001{10000 + number}1"),
    "ogrnip": ("ОГРНИП", "304500116000157", lambda number: f"{310000000000000 + number}"),
    "iin": ("ИИН", "850101300019", lambda number: f"{900101300000 + number}"),
    "rnokpp": ("РНОКПП", "3184710691", lambda number: f"{2000000000 + number}"),
    "mac": ("mac_address", "d4:3d:7e:fa:ce:01", lambda number: f"00:1a:2b:3c:4d:{number:02x}"),
    "imei": ("IMEI", "490154203237518", lambda number: f"{350000000000000 + number}"),
    "login": ("login", "tajnyj_agent_007", lambda number: f"user_{number}"),
    "plate": ("Госномер", "Х777АМ197", lambda number: f"А{100 + number}ВС77"),
    "gps": ("home_lat", "59.938951", lambda number: f"55.{700000 + number}"),
    "license": ("Водительское удостоверение", "9917 654321", lambda number: f"7701 {100000 + number}"),
    "account": ("Лицевой счёт", "40817810099910004312", lambda number: f"{40817810000000000000 + number}"),
    "passport_foreign": ("passport_no", "C01X00T47", lambda number: f"AB{1000000 + number}"),
    "birthday_text": (
        "Дата рождения (текст)",
        "31.02.1931 (так!)",
        lambda number: "не указана" if number % 3 else f"1{number % 9}.01.19{number % 30 + 60}",
    ),
}
"""By a name: the header, what is planted, and the value of each other row."""
PLANTED |= {name: planted for name, (_, planted, _) in FURTHER.items()}
SECRET_PARTS = {"url_in_text": "Pa55w0rd77", "password_in_text": "S3kretnyj!Parol"}


def _row(number: int, **given: str) -> str:
    row = {
        "id": str(number),
        "ФИО": f"Иванов{chr(1072 + number % 30)} Пётр Ильич",
        "Телефон": f"+7 916 {100 + number}-{10 + number % 80:02d}-{number % 100:02d}",
        "email": f"user{number}@example.org",
        "Паспорт": f"45{number % 90 + 10} {100000 + number * 37}",
        "ИНН": "",
        "СНИЛС": "",
        "Карта": "",
        "Адрес": f"г. Москва, ул. Мира, д. {number}, кв. {number * 3}",
        "Дата рождения": f"19{60 + number % 30}-0{1 + number % 9}-1{number % 9}",
        "IBAN": "",
        "ip": f"192.0.2.{number}",
        "Комментарий": ("пришёл вовремя", "оплата картой", "без замечаний")[number % 3],
        "token": "",
        "sum": f"{number},50",
    } | {header: make(number % 80) for header, _, make in FURTHER.values()}
    return ";".join((row | given).values()) + "\n"


def _file() -> str:
    """Planted values are the first and the last in order, the most frequent, in rows that are rejected, and deep in comments."""
    rows = [_row(number) for number in range(1, 60)]
    of_one = {"ФИО": PLANTED["name"], "Телефон": PLANTED["phone"], "email": PLANTED["email"], "Паспорт": PLANTED["passport"]}
    of_one |= {"ИНН": PLANTED["inn"], "СНИЛС": PLANTED["snils"], "Карта": PLANTED["card"], "Адрес": PLANTED["address"]}
    of_one |= {header: planted for header, planted, _ in FURTHER.values()}
    of_one |= {"Дата рождения": PLANTED["birthday"], "IBAN": PLANTED["iban"], "ip": PLANTED["ip"]}
    rows += [_row(number, **of_one) for number in range(60, 80)]
    rows += [_row(80, ФИО=PLANTED["name_first"]), _row(81, **of_one, sum="много"), _row(82, **of_one).replace(";", ";лишнее;", 1)]
    said = [f"писать на {PLANTED['email_in_text']}", f"звонить {PLANTED['phone_in_text']} вечером", f"карта {PLANTED['card_in_text']}"]
    said += [f"password={PLANTED['password_in_text']}", PLANTED["url_in_text"]]
    rows += [_row(90 + number, Комментарий=text) for number, text in enumerate(said * 4)]
    rows += [_row(120 + number, token=PLANTED[("aws_key", "github", "jwt")[number % 3]]) for number in range(12)]
    rows += [_row(140, Комментарий=said[4], sum="x", token=PLANTED["github"])]
    return ";".join((HEADER, *(header for header, _, _ in FURTHER.values()))) + "\n" + "".join(rows)


def _leaks(text: str) -> set[str]:
    return {name for name, value in PLANTED.items() if SECRET_PARTS.get(name, value) in text}


def _drawn(*words: str) -> str:
    """Return what a notebook would show of a command."""
    result: Result = tree.main(list(words), standalone_mode=False)
    return result._repr_html_() + repr(result) + json.dumps(result.to_dict(), ensure_ascii=False, default=str)


COMMANDS = [
    ("profile", "clients"),
    ("profile", "clients", "--format", "json"),
    ("profile", "clients.csv"),
    ("preview", "clients", "--rows", "all"),
    ("preview", "clients", "--rows", "all", "--format", "csv"),
    ("preview", "clients.csv", "--rows", "all", "--format", "json"),
    ("recommend", "clients"),
    ("check", "clients"),
    ("check", "clients", "--format", "json"),
    ("why", "clients"),
    ("show", "clients"),
    ("show", "clients", "--resolved"),
    ("compile", "clients", "--diff"),
    ("compile", "clients"),
    ("ddl", "clients"),
    ("dag", "clients"),
    ("report", "clients"),
    ("run", "clients"),
    ("run", "clients", "--format", "json"),
    ("rejects", "clients"),
    ("rejects", "clients", "--format", "json"),
    ("rejects", "clients", "--format", "csv"),
    ("status",),
]


@pytest.fixture
def clients(shell: Shell) -> Shell:
    shell.write("dataeng.yaml", "version: 1\n")
    shell.write("clients.csv", _file())
    shell.ok("new", "clients", "Clients of the shop, every night", "--source", "clients.csv")
    return shell


def _written(folder: Path) -> str:
    """Return all that was written beside the data and the warehouse."""
    files = (path for path in folder.rglob("*") if path.is_file() and not {".csv", ".duckdb", ".wal"} & {path.suffix})
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def test_no_planted_value_is_said_drawn_or_written(clients: Shell, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    leaks: dict[str, set[str]] = {}
    clients.ok("fill", "clients", "--model", "rules")
    clients.ok("set", "clients", "load.max_rejects=20%")
    for words in COMMANDS:
        said = clients.ok(*words)
        leaks[" ".join(words)] = _leaks(said.out + said.err)
        if "--format" not in words:
            leaks[" ".join(("drawn", *words))] = _leaks(_drawn(*words))
    leaks["files"] = _leaks(_written(clients.folder))
    leaks["logs"] = _leaks(caplog.text)
    assert {where: found for where, found in leaks.items() if found} == {}


@pytest.mark.parametrize("name", ["clients.xlsx", "clients.parquet", "clients.json"])
def test_what_no_csv_holds_is_masked_likewise(shell: Shell, name: str) -> None:
    header, *lines = [line.split(";") for line in _file().splitlines()]
    rows = [line for line in lines if len(line) == len(header)]
    if name.endswith("xlsx"):
        made = openpyxl.Workbook()
        for row in (
            [f"Звонить {PLANTED['phone_in_text']}"],
            [],
            header,
            *rows,
            [],
            [f"Исполнитель: {PLANTED['name']}, {PLANTED['email']}"],
        ):
            made.active.append(row)
        made.save(shell.folder / name)
    elif name.endswith("parquet"):
        pq.write_table(pa.table({one: [row[place] for row in rows] for place, one in enumerate(header)}), shell.folder / name)
    else:
        shell.write(name, json.dumps({"data": [{"client": dict(zip(header, row, strict=True))} for row in rows]}, ensure_ascii=False))
    leaks = {}
    for words in (("profile", name), ("profile", name, "--format", "json"), ("preview", name, "--rows", "all", "--format", "csv")):
        said = shell.ok(*words)
        leaks[" ".join(words)] = _leaks(said.out + said.err)
    assert {where: found for where, found in leaks.items() if found} == {}


def test_what_is_refused_is_said_without_a_planted_value(clients: Shell) -> None:
    clients.ok("fill", "clients", "--model", "rules")
    clients.ok("set", "clients", "load.max_rejects=0")
    said = clients.spec("run", "clients")
    assert said.code == 1
    assert _leaks(said.out + said.err) == set()


@pytest.mark.parametrize("sees", ["none", "names", "aggregates", "masked_samples"])
def test_no_model_sees_a_planted_value(clients: Shell, sees: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clients.write("dataeng.yaml", f'version: 1\nmodel: {{name: "{false_llm.NAME}", sees: {sees}, budget: 5m}}\n')
    with false_llm.serving(lambda handler, body: handler.say(good(body))) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        said = clients.ok("fill", "clients")
    assert state.asked
    assert _leaks(json.dumps(state.asked, ensure_ascii=False) + said.out + said.err + _written(clients.folder)) == set()


def test_who_asks_sees_them(clients: Shell) -> None:
    """The masks hide; they do not change what is loaded."""
    assert len(_leaks(clients.ok("preview", "clients.csv", "--rows", "all", "--unmask", "--format", "csv").out)) == len(PLANTED)


ORDINARY = [
    "пришёл вовремя",
    "Музей-заповедник «Царицыно», 3-й зал",
    "2024-01-31 10:15:00",
    "10:15",
    "1 234 567,89 ₽",
    "a=b; c: d",
    "12345678901234567890",
    "8 марта 2024",
    "AB12 is a gate, token of love",
    "https://example.org/a?b=1",
    "user@home",
    "tel. 112",
    '{"a": 1, "b": "x"}',
    "пин прошёл",
    "1111 2222 3333 4444",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_what_is_planted_within_a_text_is_hidden_and_the_rest_is_not(name: str) -> None:
    value = SECRET_PARTS.get(name, PLANTED[name])
    if name in {"name", "name_first", "passport", "inn", "address", "birthday", "ip", "password_in_text", "url_in_text", *FURTHER}:
        return
    shown = redact(f"см. {value} вечером")
    assert value not in shown
    assert shown.startswith("см. ")
    assert shown.endswith(" вечером")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("паспорт 4507 918273 выдан", "4507 918273"),
        ("ИНН: 500100732259 указан", "500100732259"),
        ("ssn 219-09-9999 on file", "219-09-9999"),
        ("CPF 529.982.247-25 ok", "529.982.247-25"),
        ("fiscale RSSMRA85T10A562S qui", "RSSMRA85T10A562S"),
        ("id 11010519491231002X here", "11010519491231002X"),
        ("оплатил картой 5555555555554444 вчера", "5555555555554444"),
        ("СНИЛС № 112-233-445 95 верно", "112-233-445 95"),
    ],
)
def test_a_number_of_a_person_within_a_text_is_hidden_alone(text: str, value: str) -> None:
    before, _, after = text.partition(value)
    shown = redact(text)
    assert value not in shown
    assert shown.startswith(before)
    assert shown.endswith(after)
