"""The runtime: what lands the data exactly once. It reads what was compiled, and knows neither the language nor a model.

`run` does all four steps here; `task` does one of them, as a task of Airflow. `rejects`, `loads` and `query` look at the result.
"""

from __future__ import annotations

from dataeng_ai.runtime.bundle import Bundle
from dataeng_ai.runtime.checking import check
from dataeng_ai.runtime.failure import five_lines
from dataeng_ai.runtime.load import Interval
from dataeng_ai.runtime.publishing import publish
from dataeng_ai.runtime.reading import Rows, arrow, loads, query, rejects
from dataeng_ai.runtime.reconciling import reconcile
from dataeng_ai.runtime.report import RunReport
from dataeng_ai.runtime.running import run, task
from dataeng_ai.runtime.staging import stage

__all__ = [
    "Bundle",
    "Interval",
    "Rows",
    "RunReport",
    "arrow",
    "check",
    "five_lines",
    "loads",
    "publish",
    "query",
    "reconcile",
    "rejects",
    "run",
    "stage",
    "task",
]
