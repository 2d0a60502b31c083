"""What real Airflows, 3 and 2.11, make of one and the same DAG file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.emit.dag import asset, dag
from dataeng_ai.ir import Load, Pipeline, Run, Schedule, Source, Target

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.airflow import Airflow

TICKETS = Pipeline(
    "tickets",
    "Museum ticket sales.\n\nSee notes.md",
    Source("landing", "tickets/*.csv.gz", "csv", None),
    Target("postgres", "warehouse", "museums", "tickets"),
    (),
    Load("full"),
    schedule=Schedule("0 3 * * *", "Europe/Moscow", "2026-02-03", catchup=True),
    run=Run(retries=4, retry_delay=60, timeout=7200, pool="narrow"),
    tags=("museum", "билеты"),
    owner="dwh",
)

HOSTILE = [
    'it\'s "quoted" \'\'\'three\'\'\' """times"""',
    "{{ macros.os.system('touch /tmp/owned') }} {% raw %}",
    "'); DROP TABLE tickets; --",
    '")\nraise SystemExit(1)\n("',
    "back\\slash\\",
    "line\r\nline\u2028line\x0b\x00",
    "Цена 🎟️ ёлки \u202e",
    "x" * 200,
    "ends in .md",
]


def hostile(number: int, word: str) -> Pipeline:
    target = Target("postgres", word, word, word)
    source = Source(word, word, "csv", None)
    return replace(TICKETS, name=f"hostile_{number}", about=word, owner=word, tags=(word[:100],), target=target, source=source)


def write(folder: Path, *pipelines: Pipeline) -> Path:
    folder.mkdir(exist_ok=True)
    for pipeline in pipelines:
        (folder / f"{pipeline.name}.py").write_text(dag(pipeline), encoding="utf-8")
    return folder


def tasks(serialized: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {task["__var"]["task_id"]: task["__var"] for task in serialized["dag"]["tasks"]}


PIPELINES = (
    TICKETS,
    replace(TICKETS, name="visits", schedule=Schedule(None, after=("tickets", "museums"))),
    replace(TICKETS, name="by_hand", schedule=None),
    replace(TICKETS, name="by_hand_too", schedule=Schedule(None)),
    *(hostile(number, word) for number, word in enumerate(HOSTILE)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("dags"), *PIPELINES)


@pytest.fixture(scope="module")
def seen(airflow: Airflow, folder: Path) -> dict[str, Any]:
    """What this Airflow makes of all of them, parsed once."""
    return airflow.parse(folder, PYTHONHASHSEED="0")


def test_every_dag_imports(seen: dict[str, Any], airflow: Airflow) -> None:
    assert seen["errors"] == {}
    assert seen["version"].startswith(airflow.version)
    assert seen["dags"].keys() == {pipeline.name for pipeline in PIPELINES}


def test_a_dag_is_in_airflow_what_the_spec_says(seen: dict[str, Any]) -> None:
    tickets = seen["dags"]["tickets"]["dag"]
    assert tickets["timetable"] == {
        # A bare cron text would give Airflow 3 an interval of no width.
        "__type": "airflow.timetables.interval.CronDataIntervalTimetable",
        "__var": {"expression": "0 3 * * *", "timezone": "Europe/Moscow"},
    }
    assert tickets["timezone"] == "Europe/Moscow"
    assert tickets["start_date"] == 1770066000.0  # 2026-02-03 00:00 in Moscow
    assert seen["said"]["tickets"]["catchup"] is True
    assert tickets["max_active_runs"] == 1
    assert set(tickets["tags"]) == {"museum", "билеты"}
    assert tickets["doc_md"].startswith("Museum ticket sales.\n\nSee notes.md\n")
    assert tickets["doc_md"].endswith("\n")


def test_a_dag_is_four_steps_in_a_row_without_a_templated_field(seen: dict[str, Any]) -> None:
    steps = tasks(seen["dags"]["tickets"])
    assert {name: step.get("downstream_task_ids", []) for name, step in steps.items()} == {
        "stage": ["check"],
        "check": ["publish"],
        "publish": ["reconcile"],
        "reconcile": [],
    }
    for step in steps.values():
        assert step.get("template_fields", []) == []
        assert (step["owner"], step["retries"], step["retry_delay"], step["execution_timeout"]) == ("dwh", 4, 60.0, 7200.0)
        assert step["pool"] == "narrow"


def test_the_table_is_announced_when_it_was_reconciled_and_others_wait_for_it(seen: dict[str, Any]) -> None:
    steps = tasks(seen["dags"]["tickets"])
    assert asset("tickets") in str(steps["reconcile"]["outlets"])
    assert not any(steps[name].get("outlets") for name in ("stage", "check", "publish"))
    waits = str(seen["dags"]["visits"]["dag"]["timetable"])
    assert asset("tickets") in waits
    assert asset("museums") in waits


def test_hostile_words_arrive_unchanged_and_nothing_of_them_runs(seen: dict[str, Any]) -> None:
    for number, word in enumerate(HOSTILE):
        serialized = seen["dags"][f"hostile_{number}"]
        assert word.strip() in serialized["dag"]["doc_md"]
        assert serialized["dag"]["tags"] == [word[:100]]
        assert {step["owner"] for step in tasks(serialized).values()} == {word}


def test_a_dag_without_a_schedule_waits_for_a_hand(seen: dict[str, Any]) -> None:
    assert seen["said"]["by_hand"]["timetable"] == seen["said"]["by_hand_too"]["timetable"] == "NullTimetable"


def test_parsing_imports_nothing_of_ours(seen: dict[str, Any]) -> None:
    assert seen["ours"] == []


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_dag_is_the_same_under_any_hash_seed(airflow: Airflow, folder: Path, seen: dict[str, Any], seed: str) -> None:
    assert airflow.parse(folder, PYTHONHASHSEED=seed) == seen
