"""How moments lie: which days have rows, which rows come late, what each file brings, how fast rows come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.profile import alerts, card, profile, view
from dataeng_ai.profile.cursors import lookback

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from dataeng_ai.profile import Profile

MONDAY = date(2024, 1, 1)


def made(folder: Path, header: str, rows: Iterable[str], name: str = "t.csv") -> Profile:
    (folder / name).write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return profile(folder, name)


def days(count: int) -> list[date]:
    return [MONDAY + timedelta(n) for n in range(count)]


def test_missing_days_are_gaps(tmp_path: Path) -> None:
    there = [day for day in days(90) if day not in {date(2024, 2, 3), date(2024, 3, 8), date(2024, 3, 9), date(2024, 3, 10)}]
    found = made(tmp_path, "день,сумма", [f"{day},{n}" for day in there for n in range(8)])
    calendar = found.times[0].calendar
    assert calendar is not None
    assert (calendar.unit, calendar.expected, calendar.present, calendar.missing) == ("day", 90, 86, 4)
    gaps = [(gap.first, gap.last, gap.steps) for gap in calendar.gaps]
    assert gaps == [("2024-03-08", "2024-03-10", 3), ("2024-02-03", "2024-02-03", 1)]
    said = "4 of 90 days have no row, the longest of 3 days: 2024-03-08 … 2024-03-10, 2024-02-03"
    assert said in view.text(found)
    assert said in card.html(found)
    assert any(said in alert for alert in alerts.of(found))


def test_empty_weekends_are_no_gaps(tmp_path: Path) -> None:
    found = made(tmp_path, "day,n", [f"{day},{n}" for day in days(60) if day.weekday() < 5 for n in range(6)])
    calendar = found.times[0].calendar
    assert calendar is not None
    assert (calendar.weekends_empty, calendar.missing, calendar.expected) == (True, 0, 44)


@pytest.mark.parametrize(("step", "unit", "missing"), [("hour", "hour", ["2024-01-03 05:00"]), ("month", "month", ["2024-07"])])
def test_gaps_are_told_in_the_steps_of_the_column(tmp_path: Path, step: str, unit: str, missing: list[str]) -> None:
    hours = [datetime(2024, 1, 1) + timedelta(hours=n) for n in range(24 * 10) if n != 53]  # noqa: DTZ001  a file's clock
    months = [f"{2020 + n // 12}-{n % 12 + 1:02}-01" for n in range(60) if n != 54]
    texts = [f"{hour:%Y-%m-%d %H:%M:%S}" for hour in hours] if step == "hour" else months
    calendar = made(tmp_path, "at,n", [f"{text},{n}" for text in texts for n in range(6)]).times[0].calendar
    assert calendar is not None
    assert (calendar.unit, [gap.first for gap in calendar.gaps]) == (unit, missing)


def test_a_few_moments_far_out_are_no_gap(tmp_path: Path) -> None:
    rows = [f"{day},{n}" for day in days(100) for n in range(10)]
    found = made(tmp_path, "day,n", ["1900-01-01,1", *rows, "9999-12-31,2"])
    calendar = found.times[0].calendar
    assert calendar is not None
    assert (calendar.expected, calendar.missing) == (100, 0)


def test_late_rows_are_counted_with_their_lag(tmp_path: Path) -> None:
    moments = [datetime(2024, 1, 1) + timedelta(minutes=5 * n) for n in range(1000)]  # noqa: DTZ001  a file's clock
    for place in range(100, 1000, 100):
        moments[place] -= timedelta(hours=3)
    found = made(tmp_path, "событие_id,создано", [f"{n},{moment}" for n, moment in enumerate(moments)])
    order = found.times[0].order
    assert order is not None
    assert (order.rows, order.whole, order.late, order.lag) == (1000, True, 9, 3 * 3600 - 300)
    cursor = next(one for one in found.cursors if one.column == "создано")
    assert (cursor.good, cursor.lookback) == (True, "3h")
    assert "9 of 1,000 rows come late, by 2.9 hours at most" in cursor.reason
    assert "9 of all 1,000 rows (0.9%) lie before one that came earlier" in view.text(found)


def test_what_only_grows_is_a_cursor_and_what_is_missing_is_none(tmp_path: Path) -> None:
    rows = [f"{n},{datetime(2024, 1, 1) + timedelta(hours=n)},{day if n % 9 else ''}" for n, day in enumerate(days(300))]  # noqa: DTZ001  as above
    found = {one.column: one for one in made(tmp_path, "id,created_at,closed_on", rows).cursors}
    assert (found["created_at"].good, found["created_at"].lookback) == (True, None)
    assert found["id"].good
    assert (found["closed_on"].good, found["closed_on"].reason) == (False, "34 rows have none")


@pytest.mark.parametrize(("seconds", "back"), [(1, "5m"), (300, "5m"), (3601, "2h"), (90_000, "2d"), (31 * 86_400, None)])
def test_a_lookback_is_round_and_long_enough(seconds: int, back: str | None) -> None:
    assert lookback(seconds) == back


def test_a_moment_in_the_future_is_told_and_not_kept(tmp_path: Path) -> None:
    found = made(tmp_path, "day,n", [f"{day},{n}" for n, day in enumerate(days(40))])
    assert any("lies in the future" in alert for alert in alerts.of(found, date(2024, 1, 20)))
    assert not any("lies in the future" in alert for alert in alerts.of(found, date(2024, 3, 1)))


def files(folder: Path, parts: list[list[str]], header: str = "id,day,n") -> Profile:
    for number, rows in enumerate(parts, 1):
        (folder / f"part-{number:02}.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return profile(folder, "part-*.csv")


def row(number: int, turn: int = 0) -> str:
    return f"{number},{MONDAY + timedelta(number // 50)},{turn}"


def test_files_of_new_rows_speak_for_append(tmp_path: Path) -> None:
    found = files(tmp_path, [[row(n) for n in range(first, first + 200)] for first in (0, 200, 400)])
    assert found.updates is not None
    assert (found.updates.kind, found.updates.mode) == ("new rows", "append")


def test_files_that_repeat_rows_speak_for_merge(tmp_path: Path) -> None:
    found = files(tmp_path, [[row(n, turn) for n in range(first, first + 300)] for turn, first in enumerate((0, 150, 300))])
    assert found.updates is not None
    assert (found.updates.kind, found.updates.mode) == ("changed rows", "merge")


def test_full_copies_speak_for_full_and_forecast_nothing(tmp_path: Path) -> None:
    found = files(tmp_path, [[row(n, turn) for n in range(500 + 20 * turn)] for turn in range(4)])
    assert found.updates is not None
    assert (found.updates.kind, found.updates.mode, found.growth) == ("full copies", "full", None)


def test_the_bar_of_a_year_holds_the_year_that_came(tmp_path: Path) -> None:
    every = [(day, n) for day in days(365 + 365) for n in range(20 + 10 * (day.weekday() < 5) + day.day % 7)]
    known = [f"{n},{day},{k}" for n, (day, k) in enumerate(every) if day < MONDAY + timedelta(200)]
    found = made(tmp_path, "id,day,k", known)
    growth = found.growth
    assert growth is not None
    came = sum(day >= MONDAY + timedelta(200) for day, _ in every) / 530
    assert growth.low <= came <= growth.high
    assert growth.high < 1.5 * growth.low
    for one in found.outlook:
        assert one.low <= one.bytes <= one.high < (one.year_high or 0)
        assert one.year_low is not None
        assert one.year is not None
        assert one.bytes < one.year_low <= one.year
    assert "rows a day" in view.text(found)


def test_the_same_file_is_told_the_same(tmp_path: Path) -> None:
    rows = [f"{n},{MONDAY + timedelta(n % 97)},{n % 13}" for n in range(3000)]
    assert made(tmp_path, "id,day,k", rows, "a.csv").to_dict() == profile(tmp_path, "a.csv").to_dict()
