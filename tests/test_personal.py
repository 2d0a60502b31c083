"""Personal data is found by checksums and words, in many countries, and what only looks like it is left alone."""

from __future__ import annotations

import json
from collections import Counter
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.profile import checksums as sums
from dataeng_ai.profile import profile
from tests.personal_made import POSITIVE, ROWS, columns
from tests.test_profile import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALID: list[tuple[Callable[[str], bool], str]] = [
    (sums.is_card, "4111 1111 1111 1111"),
    (sums.is_card, "378282246310005"),
    (sums.is_iban, "GB29 NWBK 6016 1331 9268 19"),
    (sums.is_inn, "500100732259"),
    (sums.is_inn, "7707083893"),
    (sums.is_snils, "112-233-445 95"),
    (sums.is_ogrnip, "304500116000157"),
    (sums.is_ssn, "219-09-9999"),
    (sums.is_nino, "AB123456C"),
    (sums.is_steuer_id, "86095742719"),
    (sums.is_pesel, "44051401359"),
    (sums.is_pesel, "02070803628"),
    (sums.is_nir, "1 84 12 76 451 089 46"),
    (sums.is_dni, "12345678Z"),
    (sums.is_dni, "X1234567L"),
    (sums.is_codice_fiscale, "RSSMRA85T10A562S"),
    (sums.is_tckn, "10000000146"),
    (sums.is_aadhaar, "2341 2341 2346"),
    (sums.is_cpf, "529.982.247-25"),
    (sums.is_resident_id, "11010519491231002X"),
    (sums.is_imei, "490154203237518"),
]


@pytest.mark.parametrize(("fits", "text"), VALID, ids=[f"{fits.__name__}-{place}" for place, (fits, _) in enumerate(VALID)])
def test_a_number_that_its_country_publishes_is_one_and_no_neighbour_of_it_is(fits: Callable[[str], bool], text: str) -> None:
    assert fits(text)
    assert not fits(text + "0")
    assert not fits(text[:-1])
    assert not fits("")
    assert not fits(text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    if fits not in (sums.is_ssn, sums.is_nino):
        last = max(place for place, letter in enumerate(text) if letter.isdigit())
        assert not any(fits(f"{text[:last]}{digit}{text[last + 1 :]}") for digit in "0123456789" if digit != text[last])


def found(folder: Path) -> list[tuple[str | None, str | None, str, str]]:
    """Return per column what it is, what the profile says, its header and a value; the profile sees them among others, as in a file."""
    made = columns()
    headers = [header + "\u200b" * sum(other == header for _, _, other, _ in made[:place]) for place, (_, _, header, _) in enumerate(made)]
    rows = zip(*(islice(cycle(cells), ROWS) for _, _, _, cells in made), strict=True)
    write(folder, ["row", *headers], [[number, *row] for number, row in enumerate(rows)])
    facts = profile(folder, "data.csv", unmask=True).columns[1:]
    return [(kind, one.pii, header, cells[0]) for one, (_, kind, header, cells) in zip(facts, made, strict=True)]


def test_of_columns_made_by_script_each_category_is_found_and_nothing_else_is(tmp_path: Path) -> None:
    told = found(tmp_path)
    right = Counter(kind for kind, said, _, _ in told if kind == said)
    meant, said = Counter(kind for kind, *_ in told), Counter(said for _, said, *_ in told)
    for name in POSITIVE:
        print(f"{name}: precision {right[name] / (said[name] or 1):.2f}, recall {right[name] / meant[name]:.2f}, {meant[name]} columns")  # noqa: T201  `pytest -s` shows the table
    missed = [one for one in told if one[0] and one[0] != one[1]]
    false = [one for one in told if one[0] is None and one[1]]
    assert (missed, false) == ([], [])


RARE = (
    *("Violetta Flantz", "Margarete Biggen-Briemer", "Uli Patberg", "Auguste Regnier", "Philippe Benoit", "Bárbara Prat Asensio"),
    *("Segismundo Burgos", "Paolo Bellucci", "Cesare Ossola", "Annetta Tomaselli", "Sjoerd van der Leek", "Joep Cornelisse", "Igor Mareš"),
    *("Dagmar Pospíšilová", "Luděk Čech", "Tuukka Kukkonen", "Anneli Mäenpää", "Matti Timonen", "Dr. Fehér András", "Nagy Mónika"),
    *("Omya Boase", "Baljiwan Chadha", "Wojciech Drobot", "Dawid Bajak"),
)
PHONES = (
    "+1-717-581-5516x6160",
    "246-788-2637x2899",
    "001-958-627-8527",
    "0931-94 26 08",
    "+46 (0)637 289 90",
    "(0846)-493665",
    "06 32 84 64 9{}",
)
STREETS = (
    "420 Timothy Villages Apt. {}, North Calvin, AL 35671",
    "{}, rue Baudry",
    "ul. Prosta {}/22",
    "шосе Батуринська, буд. {}",
    "Henckweg {}, Döbeln",
)
THINGS = {
    "museum": (
        "Louvre Lens",
        "Anne Frank House",
        "Van Gogh Museum",
        "Tate Modern",
        "National Gallery",
        "Музей Анны Ахматовой",
        "Frick Collection",
    ),
    "film": ("Annie Hall", "Forrest Gump", "The Third Man", "Citizen Kane", "Ночной Дозор", "Taxi Driver", "Rear Window", "Blade Runner"),
    "room": ("Зал 12, этаж 3", "Room 14 B", "Склад 7 секция 2", "Корпус 5 офис 11", "Lot 88 row 4"),
    "change": ("+15", "-340", "+2 100", "-18 000", "+7"),
    "part": ("067-12-33", "112-90-45", "204-55-18", "331-20-07"),
}


def test_values_alone_tell_what_a_part_of_them_proves_and_the_rest_has_the_make_of(tmp_path: Path) -> None:
    rows = 60
    made = {
        "col1": [f"{RARE[at % len(RARE)]}" for at in range(rows)],
        "col2": [f"{PHONES[at % len(PHONES)].format(at % 10)[:-1]}{at % 10}" for at in range(rows)],
        "col3": [STREETS[at % len(STREETS)].format(at) for at in range(rows)],
        "col4": [("5038131499{:02d}", "4086529741743701{:02d}", "180092263800{:02d}")[at % 3].format(at) for at in range(rows)],
    }
    made["col4"] = [next(one + str(last) for last in range(10) if sums.is_card(one + str(last))) for one in made["col4"]]
    others = {f"thing{place}": [f"{some[at % len(some)]}" for at in range(rows)] for place, some in enumerate(THINGS.values())}
    every = made | others
    write(tmp_path, list(every), list(zip(*every.values(), strict=True)))
    found = {one.name: one.pii for one in profile(tmp_path, "data.csv").columns}
    assert [found[f"col{place}"] for place in range(1, 5)] == ["name", "phone", "address", "card"]
    assert {found[name] for name in others} == {None}


def test_empty_texts_beside_a_value_say_nothing_against_it(tmp_path: Path) -> None:
    rows = [{"id": number, "ИНН": "500100732259" if number % 9 == 1 else "", "СНИЛС": " "} for number in range(40)]
    (tmp_path / "a.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    assert [one.pii for one in profile(tmp_path, "a.json").columns] == [None, "inn", None]
