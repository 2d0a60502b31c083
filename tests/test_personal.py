"""Personal data is found by checksums and words, in many countries, and what only looks like it is left alone."""

from __future__ import annotations

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
