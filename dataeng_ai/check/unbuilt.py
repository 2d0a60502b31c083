"""Words of the language whose room is not built yet: each is known, and refused by a code of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """A word that is not built yet: `what` it will do, and what to do `instead` today."""

    code: str
    what: str
    instead: str


_CODES: Final = (
    Unbuilt("E120", "a filter on the rows (`where`)", "load all rows, and filter in a view over the table"),
    Unbuilt("E121", "keeping one row of several with the same key (`dedupe`)", "use `load: {mode: merge}` with a `cursor`"),
    Unbuilt("E122", "a table made from other tables by SQL (`sql`)", "write a view over the loaded tables"),
    Unbuilt("E123", "a column computed by SQL (`expr`)", "load the columns it is made of, and compute it in a view"),
    Unbuilt("E124", "SQL after a load (`hooks`)", "run it in a DAG of your own that waits for this one's asset"),
    Unbuilt("E125", "messages about a load (`notify`)", "use Airflow's own callbacks and notifiers"),
    Unbuilt("E126", "granting rights on the table (`grants`)", "grant them once by hand: no load drops the table, so they stay"),
    Unbuilt("E128", "a quality check written in SQL (`check: sql`)", "use the built-in checks, such as range or pattern"),
    Unbuilt("E129", "keeping the history of each row (`mode: scd2`)", "use `append`, and read the newest row of each key in a view"),
    Unbuilt("E130", "loading by time interval (`mode: interval`)", "use `append` or `merge`: files already loaded are skipped"),
    Unbuilt("E131", "the storage ClickHouse", "use duckdb or postgres"),
    Unbuilt("E132", "the storage `lake` (Parquet, Iceberg)", "use duckdb or postgres"),
    Unbuilt("E133", "the format Avro", "turn the files into Parquet first"),
    Unbuilt("E135", "loading from Kafka (`topic`)", "`spec profile NAME` shows a sample; have the messages written to files to load them"),
    Unbuilt("E137", "waiting for files (`files`)", "schedule the pipeline late enough that the files are there"),
    Unbuilt("E139", "personal data as a keyed hash (`handling: hash`)", "use `mask`, which keeps the shape alone, or `drop`"),
    Unbuilt("E140", "windows and deletions of a load (`lookback`, `initial`, `deletes`)", "use `full`: it shows what the files hold"),
    Unbuilt("E141", "options of a storage (`options`, `location`)", "set them on the table by hand: no load alters it"),
    Unbuilt("E142", "renaming a column of a loaded table (`renamed_from`)", "rename it by hand in the storage, then here"),
)  # fmt: skip

CODES: Final = {word.code: word for word in _CODES}
"""Every word that is not built yet, by its code."""

KEYS: Final = {
    "": {
        "where": "E120", "dedupe": "E121", "sql": "E122", "hooks": "E124", "notify": "E125", "grants": "E126",
    },
    "source": {
        "topic": "E135", "files": "E137",
    },
    "target": {"options": "E141", "location": "E141", "format": "E132", "grants": "E126"},
    "columns": {"expr": "E123", "renamed_from": "E142"},
    "load": {"lookback": "E140", "initial": "E140", "deletes": "E140"},
}  # fmt: skip
"""Block ("" is the top level) -> key -> code."""

WORDS: Final = {
    "format": {"avro": "E133"},
    "storage": {"clickhouse": "E131", "lake": "E132", "iceberg": "E132", "parquet": "E132", "hive": "E132"},
    "mode": {"scd2": "E129", "snapshot": "E129", "interval": "E130"},
    "check": {"sql": "E128"},
    "handling": {"hash": "E139"},
}  # fmt: skip
"""Key -> its word -> code."""
