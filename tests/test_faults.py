"""A load that is killed anywhere and started again leaves the table that an unkilled one leaves, and nothing else."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from dataeng_ai import ir, runtime
from dataeng_ai.runtime.faults import POINTS, point
from tests.places import ID, Place, rows

if TYPE_CHECKING:
    from pathlib import Path

BAD = "x,1,,n\n"


@pytest.fixture(params=["duckdb", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    found = Place(request.param, tmp_path, request.getfixturevalue("postgres") if request.param == "postgres" else None)
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", found.url or "")
    return found


def killed(place: Place, pipeline: ir.Pipeline, fault: str) -> None:
    process = place.start(place.compile(pipeline), fault)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, errors


def finished(place: Place, pipeline: ir.Pipeline) -> None:
    process = place.start(place.compile(pipeline))
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors


def test_there_are_at_least_twelve_points_in_stage_and_publish() -> None:
    assert len(POINTS) == len(set(POINTS)) >= 12
    assert {name.partition(".")[0] for name in POINTS} == {"stage", "publish"}
    with pytest.raises(KeyError):
        point("stage.nowhere")


@pytest.mark.parametrize("fault", POINTS)
def test_an_append_killed_at_any_point_and_retried_loads_each_file_once(place: Place, fault: str) -> None:
    pipeline = place.pipeline(load=ir.Load("append", max_rejects=1), primary_key=())
    place.write("a.csv", rows(1, 2))
    place.run(load=pipeline.load, primary_key=())
    place.write("b.csv", rows(3, 4) + BAD)
    killed(place, pipeline, fault)
    assert place.keys() in ([1, 2], [1, 2, 3, 4])
    finished(place, pipeline)
    assert place.keys() == [1, 2, 3, 4]
    assert place.litter() == []
    assert place.ask('SELECT name, "rows" FROM "мир"."_dataeng_files" ORDER BY 1') == [("in/a.csv", 2), ("in/b.csv", 3)]
    assert place.ask('SELECT raw FROM "мир"."_dataeng_rejects"') == [(BAD.strip(),)]
    assert runtime.run(place.bundle(load=pipeline.load, primary_key=()), root=place.root).state == "done"


def test_a_full_load_killed_at_every_point_in_turn_still_ends_in_the_new_table(place: Place) -> None:
    place.write("a.csv", rows(1, 2))
    place.run()
    for turn, fault in enumerate(POINTS, start=10):
        place.write("a.csv", rows(turn, turn + 1))
        before = place.keys()
        killed(place, place.pipeline(), fault)
        assert place.keys() in (before, [turn, turn + 1])
    finished(place, place.pipeline())
    assert place.keys() == [turn, turn + 1]
    assert place.litter() == []


def test_two_first_runs_at_once_leave_one_table(place: Place) -> None:
    place.write("a.csv", rows(*range(2000)))
    folder = place.compile(place.pipeline(load=ir.Load("append"), primary_key=()))
    both = [place.start(folder), place.start(folder)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert place.ask(f'SELECT count(*), count(DISTINCT "{ID.replace(chr(34), chr(34) * 2)}") FROM "мир"."sales"') == [(2000, 2000)]
    assert place.litter() == []
    assert sorted("'done'" in output for output, _ in said) == [False, True]
