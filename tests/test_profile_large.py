"""Of a large table, what is learned from its proved columns is counted in the pass that proves them, and says the same."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.profile import beside, further, near_keys
from dataeng_ai.profile.survey import profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile import Profile

ROWS = 20_000
TOWNS = (("Тверь", "ЦФО"), ("Орёл", "ЦФО"), ("Псков", "СЗФО"), ("Омск", "СФО"), ("Томск", "СФО"))
EMPTY = {date(2023, 3, 1), date(2023, 3, 2), date(2023, 7, 9)}


def write(folder: Path, *, twice: int = 0) -> None:
    ids = random.Random(7).sample(range(10**6, 10**8), ROWS)  # noqa: S311  invented data, not cryptography
    ids[ROWS // 2 : ROWS // 2 + twice] = ids[:twice]
    there = [day for n in range(300) if (day := date(2023, 1, 1) + timedelta(n)) not in EMPTY]
    rows = [f"{one},{';'.join(TOWNS[n % 5])},{there[n * 7 % len(there)]}T{n % 24:02}:00:05,{n % 13}" for n, one in enumerate(ids)]
    (folder / "продажи.csv").write_text(
        "\n".join(["заказ_id;город;округ;создано;n", *(row.replace(",", ";") for row in rows)]) + "\n", "utf-8"
    )


def large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Profile, list[str]]:
    """Return the profile as of a large table, and what further passes it asked for."""
    asked: list[str] = []
    whole = further.answered

    def answered(con: duckdb.DuckDBPyConnection, some: Mapping[str, Expr]) -> dict[str, Any]:  # Any: what DuckDB answers
        asked.extend(some)
        return whole(con, some)

    for module, name in ((beside, "MANY"), (further, "MANY"), (near_keys, "_LARGE")):
        monkeypatch.setattr(module, name, 1000)
    monkeypatch.setattr(further, "answered", answered)
    return profile(folder, "продажи.csv"), asked


def test_a_large_table_is_told_as_a_small_one_without_a_further_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    small = profile(tmp_path, "продажи.csv")
    found, asked = large(tmp_path, monkeypatch)
    assert asked == []
    assert (found.keys, found.decides, found.near_keys) == (small.keys, small.decides, small.near_keys)
    assert [(one.column, one.decides, one.values) for one in found.decides] == [("город", ("округ",), 5)]
    (time,), (other,) = found.times, small.times
    assert time.calendar is not None
    assert other.calendar is not None
    assert time.calendar.gaps == other.calendar.gaps
    assert (time.calendar.expected, time.calendar.present, time.calendar.missing) == (300, 297, 3)
    assert all(abs(one - two) <= 0.5 * two for one, two in zip(time.calendar.per_step, other.calendar.per_step, strict=True))
    assert found.growth is not None
    assert small.growth is not None
    assert found.growth.rows_per_day == pytest.approx(small.growth.rows_per_day, rel=0.02)
    keys = [next(one.hashes for one in each.sketches if one.column == "заказ_id") for each in (found, small)]
    assert keys[0] == keys[1]
    assert found.to_dict() == profile(tmp_path, "продажи.csv").to_dict()


def test_a_near_key_of_a_large_table_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, twice=200)
    found, _ = large(tmp_path, monkeypatch)
    assert [(one.column, one.repeated) for one in found.near_keys] == [("заказ_id", 200)]


def test_what_a_late_row_refutes_is_not_told_of_a_large_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    with (tmp_path / "продажи.csv").open("a", encoding="utf-8") as file:
        file.write("5;Тверь;СФО;2023-01-01T00:00:05;1\n")
    assert large(tmp_path, monkeypatch)[0].decides == ()


@pytest.mark.parametrize(
    ("late", "decided"),
    [
        ("", {("код", "город"), ("город", "код")}),
        ("1;;77;1", {("город", "код")}),
        ("1;Псков;;1", {("код", "город")}),
        ("1;Псков;77;1", set()),
        ("1;Псков;7;1", set()),
    ],
    ids=["none", "no town", "no code", "another town's code", "a new code"],
)
def test_two_columns_of_a_large_table_may_decide_each_other(
    late: str, decided: set[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{n};{TOWNS[n * 7 // 3 % 5][0]};{77 - n * 7 // 3 % 5};{n % 13}" for n in range(ROWS)]
    (tmp_path / "продажи.csv").write_text("\n".join(["заказ_id;город;код;n", *rows, late]).rstrip() + "\n", "utf-8")
    found, _ = large(tmp_path, monkeypatch)
    assert {(one.column, other) for one in found.decides for other in one.decides} == decided
