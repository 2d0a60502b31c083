"""What is particular to one storage: rights and reachability of PostgreSQL, the one file of DuckDB."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai import ir, runtime
from dataeng_ai.diagnostics import Problems, Unreachable
from dataeng_ai.sources.scratch import scratch
from dataeng_ai.targets.duckdb.warehouse import Warehouse
from dataeng_ai.targets.postgres.copy import CHUNK
from tests.places import Place, rows

if TYPE_CHECKING:
    from pathlib import Path

HOLD = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def served(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    return Place("postgres", tmp_path, postgres)


@pytest.fixture
def embedded(tmp_path: Path) -> Place:
    return Place("duckdb", tmp_path, None)


def test_after_the_first_run_a_loader_needs_no_more_than_a_staging_table(served: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    served.write("a.csv", rows(1))
    served.run()
    served.ask("CREATE ROLE loader LOGIN")
    try:
        served.ask('GRANT USAGE, CREATE ON SCHEMA "мир" TO loader')
        served.ask('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "мир" TO loader')
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", str(served.url).replace("//postgres@", "//loader@"))
        served.write("a.csv", rows(1, 2))
        assert served.run().rows_loaded == 2
        served.ask('REVOKE DELETE ON "мир"."sales" FROM loader')
        served.write("a.csv", rows(3))
        with pytest.raises(Problems) as caught:
            served.run()
        assert caught.value.diagnostics[0].code == "E613"
        assert served.keys() == [1, 2]
    finally:
        served.ask("DROP OWNED BY loader; DROP ROLE loader")


def test_a_server_that_does_not_answer_is_an_outside_problem(served: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgres://postgres:s3cret@127.0.0.1:1/x")
    served.write("a.csv", rows(1))
    with pytest.raises(Unreachable) as caught:
        served.run()
    assert caught.value.exit_code == 3
    assert "s3cret" not in runtime.five_lines(caught.value)


def test_a_pipe_longer_than_its_buffer_arrives_whole(served: Place) -> None:
    count = 4 * CHUNK // 40
    served.write("a.csv", rows(*range(count)))
    assert served.run().rows_loaded == count
    assert served.ask('SELECT count(DISTINCT "и""д") FROM "мир"."sales"') == [(count,)]


def test_a_value_that_postgres_refuses_leaves_the_old_table(served: Place) -> None:
    served.write("a.csv", rows(1))
    columns = served.pipeline().columns
    short = (*columns[:3], ir.Column(columns[3].name, "name", columns[3].type, physical="varchar(4)"))
    served.run(columns=short)
    served.write("a.csv", rows(1, 2, name="longer"))
    with pytest.raises(Problems) as caught:
        served.run(columns=short)
    assert caught.value.diagnostics[0].code == "E516"
    assert served.keys() == [1]
    assert served.litter() == []


def test_who_holds_the_warehouse_is_waited_for(embedded: Place) -> None:
    embedded.write("a.csv", rows(1))
    embedded.run()
    path = embedded.root / ".dataeng" / "warehouse.duckdb"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Unreachable) as caught, Warehouse(path, patience=0.2).open(write=True):
        pass
    assert caught.value.diagnostics[0].code == "E614"
    folder = embedded.compile(embedded.pipeline(load=ir.Load("append"), primary_key=()))
    waiting = embedded.start(folder)
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(2)
    holder.communicate("", timeout=60)
    _, errors = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, errors


def test_the_warehouse_may_stand_where_a_connection_says(embedded: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_MART", '{"conn_type": "duckdb", "extra": {"path": "марты/mart.duckdb"}}')
    embedded.write("a.csv", rows(1))
    embedded.run(target=ir.Target("duckdb", "mart", None, "sales"))
    with duckdb.connect(str(embedded.root / "марты" / "mart.duckdb")) as connection:
        assert connection.execute("SELECT count(*) FROM sales").fetchall() == [(1,)]


def test_the_folder_of_the_source_is_what_its_connection_says(embedded: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", f'{{"conn_type": "fs", "extra": {{"path": "{tmp_path / "in"}"}}}}')
    embedded.write("a.csv", rows(1))
    source = embedded.pipeline().source
    assert embedded.run(source=ir.Source("landing", "*.csv", "csv", source.csv)).rows_loaded == 1


def test_a_scratch_folder_goes_with_its_owner_or_with_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "dead").mkdir()
    (tmp_path / "dead" / "file").touch()
    with scratch(tmp_path) as one, scratch(tmp_path) as other:
        assert sorted(tmp_path.iterdir()) == sorted((one, other))
    assert list(tmp_path.iterdir()) == []


def test_many_rejects_reach_the_ledger_at_once(embedded: Place) -> None:
    count = 20_000
    embedded.write("a.csv", rows(1) + "x,1,,n\n" * count)
    assert embedded.run(load=ir.Load("full", max_rejects=count)).rows_rejected == count
    assert embedded.ask('SELECT count(*), max(record) FROM "мир"."_dataeng_rejects"') == [(count, count + 1)]


def test_a_task_of_airflow_hands_on_few_numbers_and_fails_in_five_lines(embedded: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.write("a.csv", rows(1) + "x,1,,n\n")
    folder = embedded.compile(embedded.pipeline())
    with pytest.raises(Problems) as caught:
        runtime.task("stage", folder)
    lines = str(caught.value).strip().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["what", "where", "readers", "retry", "type"]
    folder = embedded.compile(embedded.pipeline(load=ir.Load("full", max_rejects=1)))
    load = runtime.task("stage", folder)
    assert (load["rows_in"], load["rows_rejected"], "files" in load) == (2, 1, False)
    for step in ("check", "publish", "reconcile"):
        runtime.task(step, folder, load)
    assert embedded.keys() == [1]
    other = embedded.root / "other"
    monkeypatch.setenv("DATAENG_ROOT", str(other))
    with pytest.raises(Problems):
        runtime.task("stage", folder)
