"""Laws of histograms: every value lies in one bin, bins have no gaps, and what was counted is said."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataeng_ai.profile import profile
from dataeng_ai.profile.histogram import NUMBERS, histogram, quantile, values_of
from dataeng_ai.types import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dataeng_ai.profile.facts import Histogram

TEXTS: dict[str, st.SearchStrategy[str]] = {
    "bigint": st.integers(-(2**63), 2**63 - 1).map(str) | st.integers(-50, 50).map(str),
    "decimal(38, 3)": st.integers(-(10**38) + 1, 10**38 - 1).map(lambda whole: f"{Decimal(whole).scaleb(-3):.3f}")
    | st.integers(0, 40).map(lambda whole: f"{whole / 1000:.3f}"),
    "double": st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.floats(0, 1).map(repr),
    "date": st.dates().map(date.isoformat) | st.dates(date(2024, 1, 1), date(2024, 3, 1)).map(date.isoformat),
    "timestamp": st.datetimes().map(lambda when: when.isoformat(" ")),
    "timestamptz": st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 3)).map(lambda when: f"{when.isoformat(' ')}+00"),  # noqa: DTZ001  texts
    "time": st.times().map(lambda when: when.isoformat()),
}


def drawn(kind: str, texts: list[str]) -> Histogram | None:
    values = values_of(Counter(texts), parse(kind), exact=True)
    return histogram(values, parse(kind), (values.ordered[0], values.ordered[-1]))


def key(kind: str) -> Callable[[str], Any]:
    return Decimal if kind.partition("(")[0] in NUMBERS else str


@pytest.mark.parametrize("kind", TEXTS)
@given(data=st.data())
def test_every_value_lies_in_one_bin_and_bins_have_no_gaps(kind: str, data: st.DataObject) -> None:
    texts = data.draw(st.lists(TEXTS[kind], min_size=2, max_size=40))
    found = drawn(kind, texts)
    read = key(kind)
    if found is None:
        assert len(set(texts)) == 1 or read(texts[0]) == read(texts[1])
        return
    assert 1 <= len(found.bins) <= 24
    assert all(one.high == other.low for one, other in pairwise(found.bins))
    assert all(read(one.low) < read(one.high) for one in found.bins)
    last = found.bins[-1]
    for one in found.bins:
        inside = [text for text in texts if read(one.low) <= read(text) < read(one.high) or (one is last and text == one.high)]
        assert one.count == len(inside)
    assert found.values == sum(one.count for one in found.bins) == len(texts)


def ends(found: Histogram | None) -> tuple[str, str, int]:
    assert found is not None
    return found.bins[0].low, found.bins[0].high, len(found.bins)


def test_the_ends_of_bins_are_round() -> None:
    assert ends(drawn("bigint", [str(number) for number in range(1, 100)])) == ("0", "5", 20)
    assert ends(drawn("decimal(10, 2)", [f"{number / 100:.2f}" for number in range(7)])) == ("0.00", "0.01", 7)
    assert ends(drawn("double", [repr(number / 7) for number in range(7)])) == ("0.0", "0.05", 18)
    days = [(date(2023, 2, 3) + timedelta(days=number)).isoformat() for number in range(400)]
    assert ends(drawn("date", days)) == ("2023-02-01", "2023-03-01", 14)
    assert ends(drawn("date", days[:7])) == ("2023-02-03", "2023-02-04", 7)
    assert ends(drawn("date", days[:60])) == ("2023-01-30", "2023-02-06", 10)
    assert ends(drawn("timestamptz", ["2024-05-01 10:07:00+00", "2024-05-01 11:30:05+00"])) == (
        "2024-05-01 10:05:00+00",
        "2024-05-01 10:10:00+00",
        18,
    )
    assert ends(drawn("time", ["00:00:00", "23:59:59.500000"])) == ("00:00:00", "01:00:00", 24)


def test_a_few_far_values_do_not_press_the_many_into_one_bin() -> None:
    found = drawn("integer", [*map(str, range(1000)), "-5000000", "1000000000"])
    assert found is not None
    assert found.beyond == (True, True)
    assert (found.bins[0].low, found.bins[-1].high) == ("-5000000", "1000000000")
    assert sum(1 for one in found.bins if one.count > 20) >= 9
    moments = drawn("date", [*(f"2024-01-{day:02d}" for day in range(1, 32)), "9999-12-31"])
    assert moments is not None
    assert (moments.beyond, moments.bins[-1].high) == ((False, True), "9999-12-31")


def test_what_has_no_distance_has_no_histogram() -> None:
    assert drawn("double", ["-inf", "1.0", "inf"]) is None
    assert drawn("integer", ["5", "5"]) is None


@given(st.lists(st.integers(0, 99).map(str), min_size=1), st.sampled_from(["0.05", "0.25", "0.5", "0.75", "0.95", "1", "0"]))
def test_a_quantile_is_the_value_at_that_place(texts: list[str], share: str) -> None:
    values = values_of(Counter(texts), parse("integer"), exact=True)
    assert quantile(values, share) == sorted(texts, key=int)[int(Decimal(share) * (len(texts) - 1))]


def test_all_values_are_counted_where_they_are_known_and_else_the_chosen_and_that_is_said(tmp_path: Path) -> None:
    lines = [f"{row};{row % 7};{(row * 7919) % 30011 / 100:.2f};2024-0{row % 9 + 1}-01;text {row}" for row in range(20_000)]
    (tmp_path / "t.csv").write_text("\n".join(["номер;день;сумма;дата;слово", *lines]))
    found = {column.name: column.histogram for column in profile(tmp_path, "t.csv").columns}
    few, many = found["день"], found["сумма"]
    assert few is not None
    assert (few.exact, few.values) == (True, 20_000)
    assert [one.count for one in few.bins] == [2858] * 1 + [2857] * 6
    assert many is not None
    assert not many.exact
    assert 2_000 < many.values < 8_200
    assert many.values == sum(one.count for one in many.bins)
    assert found["дата"] is not None
    assert found["слово"] is None


def test_a_histogram_tells_no_personal_data(tmp_path: Path) -> None:
    lines = [f"{row};19{row % 90 + 10}-03-0{row % 9 + 1}" for row in range(200)]
    (tmp_path / "t.csv").write_text("\n".join(["n;дата рождения", *lines]))
    assert profile(tmp_path, "t.csv").column("дата рождения").histogram is None
    assert profile(tmp_path, "t.csv", unmask=True).column("дата рождения").histogram is not None
    plain = profile(tmp_path, "t.csv").to_dict()["columns"]
    assert plain[1]["histogram"] is None
    assert plain[0]["histogram"]["bins"][0] == {"low": "0", "high": "10", "count": 10}
