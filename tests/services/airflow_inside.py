"""Runs inside an Airflow, 2.11 or 3: `airflow_inside.py ANSWER parse FOLDER` or `ANSWER run FOLDER DAG…`, the answer as JSON."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import airflow
from airflow.serialization import serialized_objects

try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:  # Airflow 2
    from airflow.models.dagbag import DagBag

IS_3 = not airflow.__version__.startswith("2.")
SERIALIZER = serialized_objects.DagSerialization if IS_3 else serialized_objects.SerializedDAG


def parse(folder: str) -> dict[str, Any]:
    bag = DagBag(folder)
    dags = {name: SERIALIZER.to_dict(dag) for name, dag in bag.dags.items()}
    errors = {str(file): error for file, error in bag.import_errors.items()}
    # Serialized, a DAG leaves out what is Airflow's default, and each version has its own.
    said = {name: {"catchup": dag.catchup, "timetable": type(dag.timetable).__name__} for name, dag in bag.dags.items()}
    ours = sorted(module for module in sys.modules if module.startswith("dataeng_ai"))
    return {"version": airflow.__version__, "errors": errors, "dags": dags, "said": said, "ours": ours}


def run(folder: str, *names: str) -> list[dict[str, Any]]:
    bag = DagBag(folder)
    if bag.import_errors:
        raise SystemExit(str(bag.import_errors))
    if IS_3:
        _register(bag)
    return [_run(bag.dags[name], moment) for name, _, moment in (words.partition("@") for words in names)]


def _run(dag: Any, moment: str) -> dict[str, Any]:
    for task in dag.tasks:
        task.retries = 0  # dag.test() would wait for the delay between two tries
    done = dag.test(**({"logical_date" if IS_3 else "execution_date": datetime.fromisoformat(moment)} if moment else {}))
    tasks = {
        instance.task_id: {"state": str(instance.state), "result": instance.xcom_pull(task_ids=instance.task_id)}
        for instance in done.get_task_instances()
    }
    return {"state": str(done.state), "tasks": tasks}


def _register(bag: Any) -> None:
    """Tell Airflow 3's database of the DAGs: it runs none that it has not seen."""
    from airflow.dag_processing.dagbag import sync_bag_to_db
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    with create_session() as session:
        session.merge(DagBundleModel(name="tests"))
    sync_bag_to_db(bag, "tests", None)


if __name__ == "__main__":
    answer, command, *arguments = sys.argv[1:]
    seen = parse(*arguments) if command == "parse" else run(*arguments)
    Path(answer).write_text(json.dumps(seen, default=str))
