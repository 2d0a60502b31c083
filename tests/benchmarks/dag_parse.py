"""What one DAG file costs Airflow beyond importing itself: `python tests/benchmarks/dag_parse.py` in either environment.

The anchor is a hand-written file of four operators with the same settings. Both go through DagBag, as a DAG processor does,
in turn and many times; the least of each is what the machine can do, and the ratio is what holds elsewhere.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 200
GOAL_MS = 2.0

PLAIN = """
from datetime import timedelta

import pendulum
from airflow.providers.common.compat.sdk import DAG, Asset
from airflow.timetables.interval import CronDataIntervalTimetable

try:
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.python import PythonOperator


def work():
    pass


with DAG(
    dag_id="plain",
    description="A plain file.",
    doc_md="A plain file.\\n",
    schedule=CronDataIntervalTimetable("0 3 * * *", timezone="Europe/Moscow"),
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Moscow"),
    catchup=False,
    max_active_runs=1,
    tags=["a", "b"],
    default_args={
        "owner": "dwh",
        "retries": 2,
        "retry_delay": timedelta(seconds=300),
        "execution_timeout": timedelta(seconds=3600),
    },
):
    one = PythonOperator(task_id="one", python_callable=work)
    two = PythonOperator(task_id="two", python_callable=work)
    three = PythonOperator(task_id="three", python_callable=work)
    four = PythonOperator(task_id="four", python_callable=work, outlets=[Asset("x://y/z")])
    one >> two >> three >> four
"""


def compiled() -> str:
    from dataeng_ai.emit.dag import dag
    from dataeng_ai.ir import Load, Pipeline, Schedule, Source, Target

    schedule = Schedule("0 3 * * *", "Europe/Moscow")
    target = Target("postgres", "warehouse", None, "flights")
    source = Source(None, "flights.csv.gz", "csv", None)
    return dag(Pipeline("flights", "Flights.", source, target, (), Load("full"), schedule=schedule, tags=("a", "b"), owner="dwh"))


def cost(bag: Any, file: Path) -> float:
    """Return the milliseconds of one parse."""
    begun = time.perf_counter()
    bag.process_file(str(file), only_if_updated=False)
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(AIRFLOW_HOME=folder, AIRFLOW__CORE__LOAD_EXAMPLES="False", AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR")
        import airflow

        try:
            from airflow.dag_processing.dagbag import DagBag
        except ImportError:  # Airflow 2
            from airflow.models.dagbag import DagBag

        files = {"plain": Path(folder, "plain.py"), "compiled": Path(folder, "flights.py")}
        files["plain"].write_text(PLAIN)
        files["compiled"].write_text(compiled())
        bag = DagBag(str(Path(folder, "none")))
        spent = [{name: cost(bag, file) for name, file in files.items()} for _ in range(ROUNDS)]
        assert not bag.import_errors, bag.import_errors
    least = {name: min(round_[name] for round_ in spent) for name in files}
    middle = {name: statistics.median(round_[name] for round_ in spent) for name in files}
    print(f"Airflow {airflow.__version__}, Python {sys.version.split()[0]}, {ROUNDS} rounds")
    for name in files:
        print(f"  {name:9} least {least[name]:.2f} ms, median {middle[name]:.2f} ms")
    print(f"  ratio {middle['compiled'] / middle['plain']:.2f}; goal: {GOAL_MS} ms a file")


if __name__ == "__main__":
    main()
