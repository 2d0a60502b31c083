"""Laws of columns with few different values: what is counted while the rows pass by equals what measuring every cell finds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.profile import few, settle
from dataeng_ai.profile.survey import profile

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.profile.facts import ColumnFacts

ROWS = 6000
CELLS = {
    "слово": ("да", 'a "b"', "{{ x }}", "'); DROP TABLE t; --", ""),
    "amount": ("-1.50", "0.05", "1000.00", "2.5", ""),
    "flag": ("true", "false"),
    "n": ("7", "-12", "0"),
    "day": ("2024-02-29", "0001-01-01", "9999-12-31"),
    "id": ("00000000-0000-0000-0000-00000000000a", "FFFFFFFF-0000-0000-0000-00000000000A"),
    "nothing": ("",),
    "dirty": ("1", "2", "3", *("3",) * 100, "x"),
}


def facts(folder: Path) -> dict[str, ColumnFacts]:
    """Return the facts about the columns of the one file."""
    return {column.name: column for column in profile(folder, "t.csv", unmask=True).columns}


def write(folder: Path, late: str = "") -> None:
    """Write a file of few texts; `late` stands in the column `n` of the last row."""
    lines = [";".join(CELLS), *(";".join(_quoted(texts[row % len(texts)]) for texts in CELLS.values()) for row in range(ROWS))]
    if late:
        last = [_quoted(texts[0]) for texts in CELLS.values()]
        last[list(CELLS).index("n")] = late
        lines.append(";".join(last))
    (folder / "t.csv").write_text("\n".join(lines) + "\n")


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if '"' in text or ";" in text else text


@pytest.mark.parametrize("late", ["", "99", "1.5", "not a number"])
def test_counting_few_texts_finds_what_measuring_every_cell_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str) -> None:
    write(tmp_path, late)
    counted = facts(tmp_path)
    monkeypatch.setattr(settle, "few", lambda _texts, _rows: ())
    assert counted == facts(tmp_path)


def test_a_text_that_only_later_rows_have_is_counted_too(tmp_path: Path) -> None:
    write(tmp_path, "99")
    found = facts(tmp_path)["n"]
    assert found.maximum == "99"
    assert dict(found.top)["99"] == 1
    assert (found.distinct, found.distinct_exact) == (4, True)


def test_the_sum_behind_a_mean_is_exact(tmp_path: Path) -> None:
    write(tmp_path)
    found = facts(tmp_path)["amount"]
    assert Decimal(found.mean or 0) == ((Decimal("-1.5") + Decimal("0.05") + 1000 + Decimal("2.5")) / 4).quantize(Decimal("0.0001"))


def test_only_short_and_few_texts_of_longer_sources_are_counted() -> None:
    assert few.few({"b": 1, "a": 2, "": 3}, 7) == ("a", "b")
    assert not few.few({"b": 1, "a": 2, "": 3}, 6)
    assert not few.few({"a" * 201: 2}, 7)
    assert not few.few({str(number): 1 for number in range(few.MOST + 1)}, 7000)
