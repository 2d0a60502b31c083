"""Laws of how often a profile goes through all rows: once, wherever the first rows tell what is to be counted on the way."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from dataeng_ai.profile import beside, few, further, keys, near_keys, settle, unlike
from dataeng_ai.profile.survey import profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.profile import Profile

ROWS = 20_000


class _Heard:
    """A connection that remembers what it is asked of all rows."""

    def __init__(self, con: duckdb.DuckDBPyConnection, asked: list[str]) -> None:
        self._con, self._asked = con, asked

    def __getattr__(self, name: str) -> Any:  # Any: whatever a connection has
        return getattr(self._con, name)

    def execute(self, query: str, *given: Any) -> Any:  # Any: passed on as they are
        if '"__source__"' in query and "LIMIT" not in query and "VIEW" not in query:
            self._asked.append(query)
        return self._con.execute(query, *given)


def passes(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "t.csv") -> tuple[Profile, int]:
    """Return the profile as of a large table, and in how many queries it went through all rows."""
    asked: list[str] = []
    whole = duckdb.connect
    for module, limit in ((beside, "MANY"), (further, "MANY"), (keys, "MANY"), (unlike, "MANY"), (near_keys, "_LARGE")):
        monkeypatch.setattr(module, limit, 1000)
    with monkeypatch.context() as patch:
        patch.setattr(duckdb, "connect", lambda *given: _Heard(whole(*given), asked))
        return profile(folder, name), len(asked)


def write(folder: Path, header: str, *columns: Callable[[int], object]) -> None:
    rows = (";".join(str(make(number)) for make in columns) for number in range(ROWS))
    (folder / "t.csv").write_text("\n".join((header, *rows)) + "\n", "utf-8")


IDS = random.Random(7).sample(range(10**6, 10**9), ROWS)  # noqa: S311  invented data, not cryptography
STREWN = random.Random(8).choices(range(300), k=ROWS)  # noqa: S311  as above


@pytest.mark.parametrize(
    ("header", "columns", "key"),
    [
        ("номер;n", (IDS.__getitem__, lambda n: n % 7), ("номер",)),
        ("ид;n", (lambda n: f"ю{IDS[n]:010}", lambda n: n % 7), ("ид",)),
        ("n;id", (lambda n: f"{n / 100:.2f}", lambda n: n), ("id",)),
        ("order_id;shop_id;line_no", (lambda n: n // 4 + 8, STREWN.__getitem__, lambda n: n % 4 + 1), ("order_id", "line_no")),
        ("day;museum_id", (lambda n: date(2024, 1, 1) + timedelta(n // 300), lambda n: n * 7 % 300), ("day", "museum_id")),
    ],
    ids=["numbers", "texts", "in order", "two numbers", "days and numbers"],
)
def test_a_key_is_proved_in_the_pass_that_proves_the_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, columns: tuple[Callable[[int], object], ...], key: tuple[str, ...]
) -> None:
    write(tmp_path, header, *columns)
    found, asked = passes(tmp_path, monkeypatch)
    assert [one.columns for one in found.keys] == [key]
    assert asked == 1


FEW: tuple[Callable[[int], object], ...] = (
    lambda n: f"2024-{n // 2000 + 1:02}-01",
    lambda n: f"{n // 2000 % 28 + 1:02}.03.2024" if n % 5 else "",
    lambda n: "2024-01-01" if n < ROWS - 5 else "2024-01-02",
    lambda n: f"2024-01-{STREWN[n] % 28 + 1:02} {STREWN[n] % 6 + 10}:00:00",
    lambda n: n // 150 + 1,
    lambda n: n // 150 * 2 if n < 19_000 else 10**7 + n // 150,
    lambda n: f"Зал {n // 150}" if n < 19_000 else "",
    lambda n: f"Этаж {n % 9}",
)


def test_columns_of_few_values_are_counted_on_the_way_and_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "месяц;день;дата;сеанс;неделя;номер_недели;зал;этаж;id", *FEW, IDS.__getitem__)
    found, asked = passes(tmp_path, monkeypatch)
    assert asked == 2  # what lies far from the first numbers, and texts that drift
    monkeypatch.setattr(few, "aside", lambda wish, *_: wish)
    monkeypatch.setattr(settle, "aside", lambda wish, *_: wish)
    assert found.to_dict() == passes(tmp_path, monkeypatch)[0].to_dict()


@pytest.mark.parametrize("again", [4998, 0], ids=["near", "far"])
def test_one_row_that_comes_again_at_the_end_is_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: int) -> None:
    write(tmp_path, "id;n", lambda n: IDS[again] if n == ROWS - 1 else IDS[n], lambda n: n % 7)
    found, _ = passes(tmp_path, monkeypatch)
    assert ("id",) not in [one.columns for one in found.keys]


def test_rows_that_stand_again_whole_are_counted_in_the_same_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "сумма;доля", lambda n: f"{n % 500 / 4:.2f}", lambda n: f"{n % 500 / 8:.3f}")
    found, asked = passes(tmp_path, monkeypatch)
    assert (found.keys, found.duplicates, asked) == ((), ROWS - 500, 1)


def test_the_items_of_a_list_of_records_are_gone_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        json.dumps({"ид": IDS[n], "имя": f"Имя {STREWN[n]}", "день": f"2024-01-{n % 28 + 1:02}"}, ensure_ascii=False) for n in range(ROWS)
    ]
    (tmp_path / "т.ndjson").write_text("\n".join(lines) + "\n", "utf-8")
    found, asked = passes(tmp_path, monkeypatch, "т.ndjson")
    assert [one.columns for one in found.keys] == [("ид",)]
    assert asked == 1


def test_what_the_first_rows_hide_is_found_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = ROWS // 2
    write(tmp_path, "a_id;b;c_id", lambda n: IDS[n % half], lambda n: n % 7, lambda n: IDS[-1 - n])
    assert [one.columns for one in passes(tmp_path, monkeypatch)[0].keys] == [("c_id",)]


def test_a_group_whose_column_turns_out_otherwise_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "order_id;line_no", lambda n: n // 4, lambda n: f"{n % 4}" if n < ROWS - 900 else f"{n % 4}a")
    found, _ = passes(tmp_path, monkeypatch)
    assert [one.columns for one in found.keys] == [("order_id", "line_no")]
    assert found.column("line_no").type.name == "text"


def test_where_memory_is_too_small_to_count_beside_the_types_they_are_proved_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "id;n", IDS.__getitem__, lambda n: n % 7)
    whole = unlike.counts
    refused: list[object] = []

    def counts(*given: Any) -> Any:  # Any: passed on as they are
        if not refused:
            refused.append(given)
            raise duckdb.OutOfMemoryException
        return whole(*given)

    monkeypatch.setattr(unlike, "counts", counts)
    assert [one.columns for one in passes(tmp_path, monkeypatch)[0].keys] == [("id",)]
    assert refused


def test_the_pass_leaves_the_connection_as_it_was() -> None:
    with duckdb.connect() as con:
        con.execute("SET memory_limit = '256MiB'")
        before = con.execute("SELECT current_setting('memory_limit'), current_setting('disabled_optimizers')").fetchall()
        with unlike.frugal(con):
            held = con.execute("SELECT current_setting('memory_limit'), current_setting('disabled_optimizers')").fetchall()
        assert con.execute("SELECT current_setting('memory_limit'), current_setting('disabled_optimizers')").fetchall() == before != held
