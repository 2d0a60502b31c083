"""Laws of a profile's cost, none of them by the clock: a sorted key is not counted, width costs no more than width."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.fill.decision import Case
from dataeng_ai.fill.decisions import column_name
from dataeng_ai.profile import keys, survey, unlike
from dataeng_ai.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 5000


def write(folder: Path, header: str, *columns: Callable[[int], object]) -> None:
    """Write a file of as many rows as are more than a head."""
    rows = (";".join(str(make(number)) for make in columns) for number in range(ROWS))
    (folder / "t.csv").write_text("\n".join((header, *rows)) + "\n")


def found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[tuple[str, ...]], int]:
    """Return the keys that a profile proves where nothing is counted before, and how often it went through the rows for them."""
    monkeypatch.setattr(unlike, "_MOST_COLUMNS", 0)
    counted: list[str] = []

    def counting(name: str) -> None:
        whole = getattr(keys, name)

        def count(*values: Any) -> Any:  # Any: passed on as they are
            counted.append(name)
            return whole(*values)

        monkeypatch.setattr(keys, name, count)

    for each in ("different", "_different_of_each"):
        counting(each)
    return [key.columns for key in survey.profile(folder, "t.csv").keys], len(counted)


@pytest.mark.parametrize(
    ("header", "columns", "key"),
    [
        ("ид;n", (lambda n: n - 7, lambda n: n % 7), ("ид",)),
        ("ид;n", (lambda n: f"ю{n:08}", lambda n: n % 7), ("ид",)),
        ("order_id;line_number", (lambda n: n // 4 + 8, lambda n: n % 4), ("order_id", "line_number")),
        ("day;no", (lambda n: f"20{10 + n // 500}-01-01", lambda n: n % 500), ("day", "no")),
    ],
    ids=["numbers", "texts", "two numbers", "days and numbers"],
)
def test_a_key_in_whose_order_the_rows_stand_is_proved_without_counting_its_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, columns: tuple[Callable[[int], object], ...], key: tuple[str, ...]
) -> None:
    write(tmp_path, header, *columns)
    assert found(tmp_path, monkeypatch) == ([key], 0)


@pytest.mark.parametrize("again", [4998, 0], ids=["the one before", "the first"])
def test_one_row_that_comes_again_at_the_end_is_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: int) -> None:
    write(tmp_path, "id;n", lambda n: again if n == ROWS - 1 else n, lambda n: n % 7)
    proved, counted = found(tmp_path, monkeypatch)
    assert ("id",) not in proved
    assert counted


def test_a_key_in_no_order_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = random.Random(7).sample(range(10**6), ROWS)  # noqa: S311  invented data, not cryptography
    write(tmp_path, "id;n", ids.__getitem__, lambda n: n % 7)
    assert found(tmp_path, monkeypatch) == ([("id",)], 1)


def test_one_pass_proves_the_keys_of_a_small_table_or_refutes_what_is_none_of_a_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = random.Random(7).sample(range(10**6), ROWS)  # noqa: S311  invented data, not cryptography
    write(tmp_path, "a_id;b_id;id;номер", *(lambda n, half=half: ids[n % half] for half in (4990, 4980, ROWS, 4970)))
    small = found(tmp_path, monkeypatch)
    monkeypatch.setattr(keys, "MANY", 1000)
    assert small == ([("id",)], 1)
    assert found(tmp_path, monkeypatch) == ([("id",)], 1)


class _Counted(dict[str, object]):
    """A row that knows how often it was looked at."""

    looks = 0

    def get(self, *key: Any) -> Any:  # Any: as a mapping of anything has it
        """Count, and return what a mapping returns."""
        type(self).looks += 1
        return super().get(*key)


def test_names_are_made_of_each_header_once_however_many_columns_there_are(tmp_path: Path) -> None:
    write(tmp_path, "id;n", lambda n: n, lambda n: n % 7)
    profile = survey.profile(tmp_path, "t.csv")
    looks = []
    for width in (100, 200):
        _Counted.looks = 0
        case = Case({"columns": [_Counted({"from": f"Столбец {place}"}) for place in range(width)]}, profile, Project(tmp_path))
        for place in range(width):
            assert column_name.options(case, ("columns", place, "name"))
            case = case.put(("columns", place, "type"), "text")
        looks.append(_Counted.looks)
    assert looks[1] <= 2 * looks[0]
