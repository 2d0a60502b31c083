"""Laws of a load, on a real DuckDB and a real PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from dataeng_ai import ir, runtime
from dataeng_ai.diagnostics import Problems
from dataeng_ai.runtime import Interval, five_lines
from dataeng_ai.types import parse
from tests.places import CSV, EMPTY_IS_NULL, ID, NAME, WHEN, Place, rows

if TYPE_CHECKING:
    from pathlib import Path

APPEND = ir.Load("append")
MERGE = ir.Load("merge")


@pytest.fixture(params=["duckdb", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    found = Place(request.param, tmp_path, request.getfixturevalue("postgres") if request.param == "postgres" else None)
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", found.url or "")
    return found


def fails(code: str, place: Place, **changes: object) -> Problems:
    with pytest.raises(Problems) as caught:
        place.run(**changes)
    assert [each.code for each in caught.value.diagnostics] == [code]
    return caught.value


def test_every_record_is_a_row_or_a_reject_and_the_numbers_add_up(place: Place) -> None:
    place.write("a.csv", rows(1, 2) + "x,1,,n\n4,1.005,,n\n5,?\n6,,,\n7,1,,NULL\n")
    report = place.run(load=ir.Load("full", max_rejects=3))
    assert (report.rows_in, report.rows_loaded, report.rows_rejected, report.rows_skipped) == (7, 4, 3, 0)
    good = ("1.50", "2026-01-31 12:00:00+00", "имя")
    assert place.table() == [("1", *good), ("2", *good), ("6", None, None, ""), ("7", "1.00", None, None)]
    assert place.litter() == []


def test_a_reject_names_file_record_line_column_and_reason(place: Place) -> None:
    place.write("a.csv", 'id,price,when,name\n1,1,,"two\nlines"\nx,1,,n\n3,2\n')
    place.run(load=ir.Load("full", max_rejects_percent="70"))
    found = [(r.file, r.record, r.line, r.column, r.raw) for r in runtime.rejects(place.bundle(), root=place.root)]
    assert found == [("in/a.csv", 2, 4, ID, "x,1,,n"), ("in/a.csv", 3, 5, None, "3,2")]


def test_too_many_rejects_fail_before_publishing_and_stay_readable(place: Place) -> None:
    place.write("a.csv", rows(1))
    place.run()
    place.write("a.csv", rows(1) + "x,1,,n\n")
    problems = fails("E503", place)
    assert "still served" in five_lines(problems)
    assert place.keys() == [1]
    assert [r.raw for r in runtime.rejects(place.bundle(), root=place.root)] == ["x,1,,n"]
    fails("E503", place)
    place.write("a.csv", rows(1, 2))
    assert place.run().rows_loaded == 2
    assert place.keys() == [1, 2]
    assert runtime.rejects(place.bundle(), root=place.root) == []
    assert place.litter() == []


def test_a_percentage_of_rejects_is_of_what_was_read_not_of_what_was_skipped(place: Place) -> None:
    load = ir.Load("append", max_rejects=None, max_rejects_percent="20")
    place.write("a.csv", rows(*range(20)))
    place.run(load=load)
    place.write("b.csv", rows(30) + "x,1,,n\n")
    fails("E503", place, load=load)
    assert place.keys() == [*range(20)]


def test_the_raw_text_of_a_reject_keeps_its_shape_alone_where_personal_data_is_masked(place: Place) -> None:
    place.write("a.csv", rows(1, name="Анна-7") + "x,1,,Пётр 42\n")
    columns = place.pipeline().columns
    masked = (*columns[:3], replace(columns[3], pii=ir.Pii("name", "mask")))
    place.run(columns=masked, load=ir.Load("full", max_rejects=1))
    assert [r.raw for r in runtime.rejects(place.bundle(), root=place.root)] == ["x,9,,xxxx 99"]
    assert place.table()[0][3] == "xxxx-7"


def test_a_second_full_load_of_the_same_files_changes_nothing(place: Place) -> None:
    place.write("a.csv", rows(1, 2))
    first = place.run()
    stamps = place.ask('SELECT DISTINCT "_load_id" FROM "мир"."sales"')
    second = place.run()
    assert (second.state, second.load_id, second.rows_skipped, second.rows_in) == ("done", first.load_id, 2, 2)
    assert place.ask('SELECT DISTINCT "_load_id" FROM "мир"."sales"') == stamps == [(first.load_id,)]
    assert place.litter() == []


def test_a_full_load_goes_back_to_an_earlier_version(place: Place) -> None:
    for numbers in ([1, 2], [3], [1, 2]):
        place.write("a.csv", rows(*numbers))
        assert place.run().state == "published"
        assert place.keys() == numbers
    assert place.litter() == []


def test_append_loads_only_new_files_and_counts_the_others_as_skipped(place: Place) -> None:
    place.write("a.csv", rows(1, 2))
    assert place.run(load=APPEND).rows_loaded == 2
    place.write("b.csv", rows(3))
    report = place.run(load=APPEND)
    assert (report.rows_in, report.rows_loaded, report.rows_skipped) == (3, 1, 2)
    report = place.run(load=APPEND)
    assert (report.state, report.rows_in, report.rows_loaded, report.rows_skipped) == ("done", 3, 0, 3)
    assert place.keys() == [1, 2, 3]
    assert place.ask('SELECT DISTINCT "_source_file" FROM "мир"."sales" ORDER BY 1') == [("in/a.csv",), ("in/b.csv",)]
    assert place.litter() == []


def test_append_refuses_a_file_that_changed(place: Place) -> None:
    place.write("a.csv", rows(1))
    place.run(load=APPEND)
    place.write("a.csv", rows(1, 2))
    assert "in/a.csv" in str(fails("E508", place, load=APPEND))
    assert place.keys() == [1]


def test_append_replaces_what_a_changed_file_once_brought_back_and_forth(place: Place) -> None:
    load = ir.Load("append", changed_file="replace")
    place.write("b.csv", rows(9))
    for numbers in ([1, 2], [2, 3], [1, 2], [2, 3]):
        place.write("a.csv", rows(*numbers))
        assert place.run(load=load).rows_loaded in (2, 3)
        assert place.keys() == [*numbers, 9]
        assert place.run(load=load).state == "done"
    assert place.litter() == []


def test_append_refuses_a_key_that_the_table_holds(place: Place) -> None:
    place.write("a.csv", rows(1))
    place.run(load=APPEND)
    place.write("b.csv", rows(1, 2))
    fails("E510", place, load=APPEND)
    assert place.keys() == [1]


def test_merge_replaces_by_key_and_an_older_row_loses(place: Place) -> None:
    load = ir.Load("merge", cursor=WHEN)
    place.write("a.csv", rows(1, 2, when="2026-02-02T00:00:00Z", name="old"))
    place.run(load=load)
    place.write("a.csv", rows(2, when="2026-02-01T00:00:00Z", name="late") + "3,1,2026-02-01T00:00:00Z,new\n1,1,2026-02-03T00:00:00Z,new\n")
    report = place.run(load=load)
    assert (report.rows_in, report.rows_loaded, report.rows_skipped) == (3, 2, 1)
    assert [row[3] for row in place.table()] == ["new", "old", "new"]
    assert place.run(load=load).state == "done"
    assert place.litter() == []


def test_a_failed_check_publishes_nothing_and_a_warning_is_reported(place: Place) -> None:
    limit = ir.Check("cheap", "range", ("price",), maximum="1")
    place.write("a.csv", rows(1))
    assert "cheap" in str(fails("E504", place, quality=(limit,)))
    assert place.ask('SELECT count(*) FROM "мир"."sales"') == [(0,)]
    report = place.run(quality=(replace(limit, severity="warn"),))
    assert (report.rows_loaded, report.warnings) == (1, ("cheap: 1",))
    assert place.litter() == []


def test_a_repeated_key_is_found_before_publishing(place: Place) -> None:
    place.write("a.csv", rows(1, 1))
    fails("E504", place)
    assert place.keys() == []


def test_a_table_of_somebody_else_is_refused_unless_adopted(place: Place) -> None:
    place.ask('CREATE SCHEMA "мир"')
    decimal, zoned = "DECIMAL(10, 2)", "TIMESTAMP WITH TIME ZONE"
    place.ask(f'CREATE TABLE "мир"."sales" ("и""д" BIGINT PRIMARY KEY, price {decimal}, "{WHEN}" {zoned}, "{NAME}" TEXT)')
    place.ask('INSERT INTO "мир"."sales" VALUES (7, NULL, NULL, NULL)')
    place.write("a.csv", rows(1))
    bare = ir.Load("full", stamp=())
    fails("E501", place, load=bare)
    assert place.keys() == [7]
    place.run(load=bare, target=replace(place.pipeline().target, adopt=True))
    assert place.keys() == [1]


def test_a_table_of_another_shape_is_refused_with_every_difference(place: Place) -> None:
    place.write("a.csv", rows(1))
    place.run()
    columns = place.pipeline().columns
    other = (columns[0], replace(columns[1], type=parse("double")), columns[2], ir.Column("new", "name", parse("text")))
    said = str(fails("E502", place, columns=other))
    assert all(f"`{name}`" in said for name in ("price", "new", NAME))
    assert place.keys() == [1]
    assert place.litter() == []


def test_frozen_columns_refuse_unknown_ones(place: Place) -> None:
    place.write("a.csv", "id,price,when,name,new\n1,1,,n,7\n")
    fails("E321", place)


def test_unknown_columns_land_in_extra(place: Place) -> None:
    place.write("a.csv", "id,price,when,name,new\n1,1,,n,7\n")
    assert place.run(drift=ir.Drift(new_column="evolve")).rows_loaded == 1
    assert place.ask('SELECT CAST("_extra" AS VARCHAR) FROM "мир"."sales"')[0][0].replace(" ", "") == '{"new":"7"}'


def test_a_table_that_once_kept_unknown_columns_takes_rows_when_they_are_no_longer_kept(place: Place) -> None:
    place.write("a.csv", rows(1).replace("name", "name,new", 1).replace("имя", "имя,x"))
    place.run(drift=ir.Drift(new_column="evolve"))
    place.write("a.csv", rows(1, 2))
    assert place.run().rows_loaded == 2
    assert place.keys() == [1, 2]
    assert place.ask('SELECT count("_extra") FROM "мир"."sales"') == [(0,)]


def test_discarded_columns_change_nothing(place: Place) -> None:
    place.write("a.csv", "id,price,when,name,new\n1,1,,n,7\n")
    assert place.run(drift=ir.Drift(new_column="discard")).rows_loaded == 1


def test_a_column_that_the_file_lacks_is_null_where_the_spec_lets_it_be_dropped(place: Place) -> None:
    place.write("a.csv", "name,id\nn,1\n,x\n")
    strict = place.bundle(load=ir.Load("full", max_rejects=1))
    with pytest.raises(Problems) as caught:
        runtime.run(strict, root=place.root)
    assert [each.code for each in caught.value.diagnostics] == ["E320", "E320"]
    report = place.run(load=ir.Load("full", max_rejects=1), drift=ir.Drift(dropped_column="evolve"))
    assert (report.rows_loaded, report.rows_rejected) == (1, 1)
    assert place.table() == [("1", None, None, "n")]


def test_a_path_of_an_interval_is_read_in_the_schedules_zone(place: Place) -> None:
    place.write("2026-02-01.csv", rows(1))
    bundle = place.bundle(source=ir.Source(None, "in/%Y-%m-%d.csv", "csv", CSV), schedule=ir.Schedule("0 0 * * *", "Europe/Moscow"))
    start = datetime(2026, 1, 31, 21, tzinfo=UTC)
    assert runtime.run(bundle, root=place.root, interval=Interval(start, start)).rows_loaded == 1
    with pytest.raises(Problems) as caught:
        runtime.run(bundle, root=place.root)
    assert caught.value.diagnostics[0].code == "E512"


def test_what_was_changed_past_us_is_found_by_reconcile(place: Place) -> None:
    place.write("a.csv", rows(1, 2))
    bundle = place.bundle()
    load = runtime.stage(bundle, root=place.root)
    runtime.check(bundle, load, root=place.root)
    done = runtime.publish(bundle, load, root=place.root)
    assert runtime.reconcile(bundle, done, root=place.root)["reconciled"]
    place.ask('UPDATE "мир"."sales" SET price = 2 WHERE "и""д" = 1')
    with pytest.raises(Problems) as caught:
        runtime.reconcile(bundle, done, root=place.root)
    assert caught.value.diagnostics[0].code == "E511"
    assert "`price`" in str(caught.value)


def test_steps_repeated_in_any_order_publish_once(place: Place) -> None:
    place.write("a.csv", rows(1, 2))
    bundle = place.bundle(load=APPEND)
    first, again = runtime.stage(bundle, root=place.root), runtime.stage(bundle, root=place.root)
    assert first == again
    runtime.check(bundle, first, root=place.root)
    assert runtime.publish(bundle, first, root=place.root)["rows_loaded"] == 2
    assert runtime.publish(bundle, again, root=place.root)["state"] == "done"
    assert runtime.reconcile(bundle, first, root=place.root)["reconciled"]
    assert place.keys() == [1, 2]
    assert place.litter() == []


def test_an_append_overtaken_by_another_takes_no_file_twice(place: Place) -> None:
    place.write("a.csv", rows(1))
    bundle = place.bundle(load=APPEND, primary_key=())
    slow = runtime.stage(bundle, root=place.root)
    place.write("b.csv", rows(2))
    assert runtime.run(bundle, root=place.root).rows_loaded == 2
    with pytest.raises(Problems) as caught:
        runtime.publish(bundle, slow, root=place.root)
    assert caught.value.diagnostics[0].code in ("E505", "E507")
    assert runtime.run(bundle, root=place.root).state == "done"
    assert place.keys() == [1, 2]
    assert place.litter() == []


def test_lost_staging_is_staged_again(place: Place) -> None:
    place.write("a.csv", rows(1))
    bundle = place.bundle()
    load = runtime.stage(bundle, root=place.root)
    if place.url is None:
        for path in (place.root / ".dataeng").rglob("*.parquet"):
            path.unlink()
    else:
        place.ask(f'DELETE FROM "мир"."_dataeng_stage_{load["load_id"]}"')
    with pytest.raises(Problems):
        runtime.publish(bundle, load, root=place.root)
    assert place.run().rows_loaded == 1
    assert place.litter() == []


def test_a_query_reads_and_cannot_change(place: Place) -> None:
    place.write("a.csv", rows(1, 2))
    bundle = place.bundle()
    with pytest.raises(Problems) as caught:
        runtime.rejects(bundle, root=place.root)
    assert caught.value.diagnostics[0].code == "E514"
    place.run()
    asked = 'SELECT count(*) AS "ско""ль.ко", CAST(max("{{ when }}") AS DATE) AS a, max("{{ when }}") AS "b.c" FROM "мир"."sales"'
    found = runtime.query(bundle, asked, root=place.root)
    assert found.columns == ('ско"ль.ко', "a", "b.c")
    assert [str(value) for value in found.rows[0]] in ([["2", "2026-01-31", f"2026-01-31 12:00:00+00{end}"] for end in ("", ":00")])
    delete = 'DELETE FROM "мир"."sales"'
    for trick in (delete, f"SELECT 1; {delete}", f"COMMIT; {delete}", f"SET transaction_read_only = off; {delete}"):
        with pytest.raises(Problems):
            runtime.query(bundle, trick, root=place.root)
    assert place.keys() == [1, 2]


def test_every_portable_type_arrives_as_it_was(place: Place) -> None:
    kinds = {
        "b": ("boolean", "true"),
        "s": ("smallint", "-32768"),
        "l": ("bigint", "9223372036854775807"),
        "d": ("decimal(38, 3)", "12345678901234567890123456789012345.678"),
        "f": ("double", "0.1"),
        "t": ("text", 'a "quoted" \\. text'),
        "day": ("date", "2024-02-29"),
        "clock": ("time", "23:59:59"),
        "ts": ("timestamp", "2026-01-31 12:00:00"),
        "u": ("uuid", "00000000-0000-0000-0000-0000000000ff"),
    }
    quoted = ['"' + text.replace('"', '""') + '"' for _, text in kinds.values()]
    place.write("a.csv", ",".join(kinds) + "\n" + ",".join(quoted) + "\n" + "," * (len(kinds) - 1) + "\n")
    columns = tuple(ir.Column(name, name, parse(kind), parse=EMPTY_IS_NULL) for name, (kind, _) in kinds.items())
    assert place.run(columns=columns, primary_key=()).rows_loaded == 2
    shown = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in kinds)
    found = place.ask(f'SELECT {shown} FROM "мир"."sales" ORDER BY "l" NULLS LAST')
    assert found == [tuple(text for _, text in kinds.values()), (None,) * len(kinds)]


@pytest.mark.parametrize("text", ["\\.", "", "NULL"])
def test_a_lone_text_column_survives_whatever_it_holds(place: Place, text: str) -> None:
    place.write("a.csv", f'a\n"{text}"\nlast\n')
    columns = (ir.Column("a", "a", parse("text"), parse=ir.Parse(null_values=("NULL",))),)
    assert place.run(columns=columns, primary_key=(), load=ir.Load("full", stamp=())).rows_loaded == 2
    expected = [(None if text == "NULL" else text,), ("last",)]
    assert sorted(place.ask('SELECT "a" FROM "мир"."sales"'), key=str) == sorted(expected, key=str)


def test_bytes_arrive_as_bytes(place: Place) -> None:
    place.write("a.csv", "a\n00ff41\n")
    report = place.run(columns=(ir.Column("a", "a", parse("bytes"), parse=EMPTY_IS_NULL),), primary_key=())
    assert report.rows_loaded == 1
    assert place.ask('SELECT "a" FROM "мир"."sales"')[0][0] == b"\x00\xffA"


def test_a_zero_character_is_a_reject(place: Place) -> None:
    place.write("a.csv", rows(1) + "2,1,,a\0b\n")
    report = place.run(load=ir.Load("full", max_rejects=1))
    assert (report.rows_loaded, report.rows_rejected) == (1, 1)
