"""Of wide, small tables the columns of one kind are measured together; what is found is the same as of each by itself."""

from __future__ import annotations

from collections import Counter
from typing import Final

import duckdb
import pytest

from dataeng_ai.profile import measure, moments, wide
from dataeng_ai.profile.guess import guess
from dataeng_ai.profile.measure import Wish

_CELLS: Final = {
    "число": ["1", "20", "", "300", "1", "-7"],
    "сумма": ["1,50", "20,00", "300,25", "", "1,50", "7,00"],
    "день": ["2024-01-31", "2024-02-29", "", "2023-12-01", "1999-01-01", "2024-01-31"],
    "moment": ["2024-01-31 10:00:00+03:00", "2024-01-31 23:00:00+03:00", "", "2024-01-31T10:00:00+03:00", "x", "2024-01-31 10:00:00+03:00"],
    "текст": ["a", "б", "", "длинный текст, которого нет в строке", "a", " "],
    "uuid": [
        "6f570c47-7ab6-4d17-825e-f2d2dfcb6fe4",
        "",
        "6F570C47-7AB6-4D17-825E-F2D2DFCB6FE4",
        "268eb6c7-6637-5e0f-9c50-12cd5ab01ffd",
        "",
        "",
    ],
    "yes": ["true", "false", "", "true", "true", "no idea"],
    "json": ['{"a": 1}', '{"a": 2}', "", '{"b": []}', "[1]", '{"a": 1}'],
    "nothing": [""] * 6,
}


def _wishes() -> tuple[list[Wish], dict[str, list[str]]]:
    columns = {f"{name} {number}": [*cells[number:], *cells[:number]] for name, cells in _CELLS.items() for number in range(6)}
    columns |= {f"{name} {number} more": cells for name, cells in columns.items() for number in range(3)}
    wishes = []
    for name, cells in columns.items():
        found = guess(name, Counter(cells[:3]), ("",))
        wishes.append(Wish(name, found, moments.step(found.type, found.parse, Counter(cells[:3]))))
    return wishes, columns


@pytest.mark.parametrize("rows", [6, 0])
def test_columns_of_one_kind_are_measured_as_each_by_itself(rows: int) -> None:
    """Also where cells are no values, and where there are no rows at all."""
    wishes, columns = _wishes()
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        names = list(columns)
        con.execute(
            "CREATE TABLE long AS SELECT unnest($1::BIGINT[]) AS row, unnest($2::VARCHAR[]) AS name, unnest($3::VARCHAR[]) AS cell",
            [[row for row in range(6) for _ in names], names * 6, [columns[name][row] for row in range(6) for name in names]],
        )
        con.execute("CREATE TABLE held AS PIVOT long ON name USING first(cell) GROUP BY row")
        con.execute('CREATE VIEW "__source__" AS SELECT * EXCLUDE (row) FROM held WHERE row < $1'.replace("$1", str(rows)))
        assert wide.is_worth(wishes, 6)
        found = wide.by_kinds(con, wishes, 6)
        assert found == measure.measure(con, wishes, [wishes[0].name], 6)
    assert found[0] == rows


def test_it_is_for_wide_and_small_tables_alone() -> None:
    """Where the hash leaves rows out, or columns are few or all of another kind, each is measured by itself."""
    wishes, _ = _wishes()
    assert not wide.is_worth(wishes, 2 * measure.CHOSEN)
    assert not wide.is_worth(wishes[: measure.AT_ONCE], 6)
