"""Fill on real profiles of real data: the flights of New York 2013, and a museum's tickets in Russian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dataeng_ai import draft as drafts
from dataeng_ai.check import check
from dataeng_ai.check.prove import prove
from dataeng_ai.demo.tickets import tickets
from dataeng_ai.diagnostics import Text
from dataeng_ai.fill import Lock, case_of, fill, new, stale
from dataeng_ai.fill.lock import dump
from dataeng_ai.profile import profile_spec
from dataeng_ai.project import Project
from tests.shell import published_flights

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.fill import Filled
    from dataeng_ai.profile.facts import Profile


def filled(root: Path, source: str, name: str, about: str) -> tuple[Project, Profile, Filled]:
    here = Project(root)
    drafted = new(here, name=name, about=about, source=str(root / source))
    draft = drafts.read(Text(str(drafted.file), drafted.text))
    profile = profile_spec(draft, here)
    return here, profile, fill(draft, profile, here, lock=Lock())


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Profile, Filled]:
    root = tmp_path_factory.mktemp("flights")
    (root / "flights.csv").write_bytes(published_flights())
    return filled(root, "flights.csv", "flights", "Flights that left New York in 2013")


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Profile, Filled]:
    root = tmp_path_factory.mktemp("museum")
    (root / "tickets").mkdir()
    (root / "tickets" / "2024-04.csv").write_bytes(tickets())
    return filled(root, "tickets/*.csv", "tickets", "Продажи билетов музея, каждую ночь; аналитики смотрят выручку")


@pytest.mark.parametrize("which", ["flights", "museum"])
def test_the_result_passes_check_and_is_proved_by_the_data(which: str, request: pytest.FixtureRequest) -> None:
    here, profile, result = request.getfixturevalue(which)
    assert result.left == ()
    checked = check(result.draft, here)
    assert [one for one in checked.diagnostics if one.severity == "error"] == []
    assert checked.spec is not None
    assert [one for one in prove(checked.spec, profile, result.draft) if one.severity == "error"] == []


@pytest.mark.parametrize("which", ["flights", "museum"])
def test_a_second_fill_changes_nothing_and_nothing_is_stale(which: str, request: pytest.FixtureRequest) -> None:
    here, profile, result = request.getfixturevalue(which)
    again = fill(drafts.read(result.draft.text), profile, here, lock=result.lock, refresh=True)
    assert (again.draft.text, dump(again.lock), again.proposals) == (result.draft.text, dump(result.lock), ())
    assert stale(result.draft, case_of(result.draft, profile, here), result.lock) == ()


def test_flights_get_their_types_their_key_and_their_null_word(flights: tuple[Project, Profile, Filled]) -> None:
    _, profile, result = flights
    spec = result.draft.plain
    assert profile.rows == 336_776
    assert spec["primary_key"] == ["carrier", "flight", "time_hour"]
    assert spec["load"] == {"mode": "full"}
    assert spec["schedule"] is None
    assert spec["order_by"] == ["time_hour"]
    source, columns = spec["source"], spec["columns"]
    assert isinstance(source, dict)
    assert "NA" in source["csv"]["null_values"]
    assert isinstance(columns, list)
    types = {row["name"]: (row["type"], row.get("nullable", True)) for row in columns}
    assert len(types) == 19
    assert types["dep_delay"] == ("integer", True)
    assert types["carrier"] == ("text", False)
    assert types["time_hour"] == ("timestamptz", False)
    assert not any("from" in row for row in columns)


def test_tickets_get_english_names_a_merge_and_a_place_for_their_dirty_rows(museum: tuple[Project, Profile, Filled]) -> None:
    spec = museum[2].draft.plain
    columns = spec["columns"]
    assert isinstance(columns, list)
    rows = {row["from"]: row for row in columns}
    assert len(rows) == 27
    assert rows["Цена"]["name"] == "price"
    assert rows["Цена"]["parse"] == {"decimal": ","}
    assert rows["ИНН музея"]["type"] == "text"
    assert rows["Телефон"]["pii"] == {"category": "phone", "handling": "keep"}
    assert spec["primary_key"] == ["ticket_number"]
    assert spec["load"] == {"mode": "merge", "cursor": "update_date", "max_rejects": "1%"}
    assert spec["schedule"] == {"cron": "0 3 * * *", "timezone": "UTC", "start_date": "2024-01-01"}


def test_no_personal_value_leaves_the_file(museum: tuple[Project, Profile, Filled]) -> None:
    written = museum[2].draft.text.text + dump(museum[2].lock)
    assert not any(value in written for value in ("Иванова", "Пётр", "@example.ru", "+7 (9"))
