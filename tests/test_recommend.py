"""What could be decided otherwise: every line that is offered can be typed as it stands, and storages are weighed on the facts."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.fill import recommend
from dataeng_ai.profile.facts import Key, TimeColumn
from tests.fill_facts import TICKETS, column, draft, profile, project
from tests.shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.fill import Recommendation
    from dataeng_ai.fill.homes import Home

ROWS = "id;город;сумма;sold_at\n1;Москва;10,50;2026-01-01\n2;Тверь;7,00;2026-01-02\n3;Псков;0,10;2026-01-09\n"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    made = Shell(tmp_path, capsys)
    made.write("продажи.csv", ROWS)
    made.write("dataeng.yaml", "version: 1\nconnections: {landing: {kind: files}}\n")
    made.ok("new", "sales", "аналитики каждую ночь смотрят продажи", "--source", "продажи.csv")
    made.ok("fill", "sales")
    return made


def storages(about: str, rows: int = 1000, bytes_: int = 10_000, **parts: Any) -> Recommendation:
    sizes = (("duckdb", bytes_), ("postgres", 3 * bytes_), ("clickhouse", bytes_ // 2), ("lake", bytes_ // 2))
    facts = profile(column("id", "integer", role="identifier"), keys=(Key(("id",), "unique"),), rows=rows, forecast=sizes)
    [found] = [one for one in recommend(draft(about=about), facts, project(**parts)) if one.place == "target.storage"]
    return found


def order(found: Recommendation) -> list[str]:
    return [home.storage for home in found.homes]


def home(found: Recommendation, storage: str) -> Home:
    return next(one for one in found.homes if one.storage == storage)


def test_every_option_of_every_place_can_be_typed_and_passes_check(shell: Shell) -> None:
    before = (shell.folder / "specs/sales.yaml").read_text("utf-8")
    lines = [option["line"] for one in shell.ok("recommend", "sales", "--format", "json").data for option in one["options"]]
    assert len(lines) > 10
    for line in lines:
        shell.write("specs/sales.yaml", before)
        shell.ok(*shlex.split(line)[1:])
        shell.ok("check", "sales")


def test_a_storage_without_a_connection_comes_with_the_lines_that_add_it(shell: Shell) -> None:
    [found, *_] = shell.ok("recommend", "sales", "--format", "json").data
    [postgres] = [each for each in found["storages"] if each["storage"] == "postgres"]
    assert not postgres["taken"]
    file, block = postgres["first"][0].split(": ", 1)
    shell.write(file, f"version: 1\n{block}\n")
    assert shell.ok("check", "sales").code == 0
    file, variable = postgres["first"][1].split(": ", 1)
    assert (file, variable.partition("=")[0]) == (".dataeng/connections.env", "AIRFLOW_CONN_WAREHOUSE")
    shell.ok(*shlex.split(postgres["line"])[1:])
    shell.ok("check", "sales")
    spec = (shell.folder / "specs/sales.yaml").read_text("utf-8")
    assert "storage: postgres" in spec
    assert "connection: warehouse" in spec
    [back, *_] = shell.ok("recommend", "sales", "--format", "json").data
    assert [option["value"] for option in back["options"] if option["taken"]] == ["postgres"]
    [line] = [option["line"] for option in back["options"] if option["value"] == "duckdb"]
    shell.ok(*shlex.split(line)[1:])
    shell.ok("check", "sales")


def test_before_the_connection_is_there_check_says_exactly_that_it_is_missing(shell: Shell) -> None:
    [found, *_] = shell.ok("recommend", "sales", "--format", "json").data
    [line] = [each["line"] for each in found["storages"] if each["storage"] == "postgres"]
    shell.ok(*shlex.split(line)[1:])
    said = shell.spec("check", "sales")
    assert said.code == 1
    assert "`warehouse`" in said.out + said.err


def test_the_text_says_reasons_and_marks_what_stands(shell: Shell) -> None:
    said = shell.ok("recommend", "sales")
    for part in (
        "* 2. DuckDB",
        "1. PostgreSQL, lacks a connection",
        "ClickHouse, advice only: not built yet",
        "аналитики",
        "think again when",
    ):
        assert part in said.out, part
    assert "stands in the spec" in said.err


def test_few_readers_are_served_by_a_file_and_many_by_a_server() -> None:
    assert order(storages("my own exploration"))[0] == "duckdb"
    assert order(storages("analysts and managers chart it every night"))[0] == "postgres"
    assert order(storages("an api looks customers up"))[0] == "postgres"


def test_a_connection_that_is_there_speaks_for_its_storage() -> None:
    found = storages("sales", connections={"dwh": "postgres"})
    assert order(found)[0] == "postgres"
    assert next((option.option.value, option.line) for option in found.options) == (
        "postgres",
        "spec set tickets target.storage=postgres target.connection=dwh",
    )
    assert found.notes == ()


def test_what_outgrows_a_row_store_asks_for_a_column_store_that_is_only_advice() -> None:
    found = storages("events, analysts chart them", rows=2_000_000_000, bytes_=40 * 10**9)
    best = home(found, order(found)[0])
    assert (best.storage, best.built, best.line, best.first) == ("clickhouse", False, "", ())
    assert any("minutes instead of seconds" in con for con in home(found, "postgres").cons)
    assert "clickhouse" not in [option.option.value for option in found.options]


def test_a_lake_is_the_home_of_terabytes_and_of_who_asks_for_one() -> None:
    assert order(storages("history", rows=10**10, bytes_=4 * 10**12))[0] in ("lake", "clickhouse")
    assert home(storages("archive in the lake"), "lake").weight > home(storages("archive of sales"), "clickhouse").weight


def test_the_pace_of_the_data_counts_only_where_files_go_on_arriving() -> None:
    times = (TimeColumn("Дата продажи", "2024-04-01 06:00:00+00", "2024-04-10 06:00:00+00", None),)
    facts = replace(TICKETS, times=times)
    [grows] = [one for one in recommend(growing(), facts, project()) if one.place == "target.storage"]
    [stays] = [one for one in recommend(draft(), facts, project()) if one.place == "target.storage"]
    assert "about 36,000 more a year" in grows.facts[0]
    assert stays.facts[0] == "1,000 rows today"


def growing() -> Any:
    from dataeng_ai import draft as drafts

    return drafts.replace(draft(), ("source", "path"), "t/*.csv")


def test_what_only_the_present_storage_has_goes_with_it_in_the_same_line() -> None:
    spec = draft("target: {storage: duckdb, table: tickets}\norder_by: [sale_date]\n")
    [found] = [one for one in recommend(spec, TICKETS, project(connections={"wh": "postgres"})) if one.place == "target.storage"]
    assert home(found, "postgres").line == "spec set tickets order_by=null target.storage=postgres target.connection=wh"


def test_set_writes_all_assignments_or_none(shell: Shell) -> None:
    before = (shell.folder / "specs/sales.yaml").read_bytes()
    assert shell.spec("set", "sales", "owner=Анна", "load.mode=sideways").code == 1
    assert (shell.folder / "specs/sales.yaml").read_bytes() == before
    said = shell.ok("set", "sales", "owner=Анна", "tags=[a, b]")
    assert "+owner: Анна" in said.out
    assert "+tags: [a, b]" in said.out


def test_the_card_is_small_escaped_and_holds_every_line(shell: Shell) -> None:
    from dataeng_ai.commands.recommending import recommend as command

    shell.ok("set", "sales", "about=<script>alert(1)</script> analysts")
    result = command("sales")
    assert result.html is not None
    card = result.html()
    assert len(card.encode()) < 100_000
    assert "<script" not in card
    assert "%dataeng set sales target.storage=duckdb" in card
