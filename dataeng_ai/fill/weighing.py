"""What speaks for and against each storage, and how heavily, by the facts of a spec and its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.decisions.load_mode import growing
from dataeng_ai.fill.decisions.target_storage import connections
from dataeng_ai.fill.purpose import ANALYSIS, SERVING, rhythm, says
from dataeng_ai.profile.pace import YEAR, Pace, pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.fill.decision import Case

_READERS: Final = (
    r"\b(?:analysts|managers|users|teams?|departments?|everyone|colleagues|dashboards?|bi)\b"
    r"|аналитик(?:и|ам|ов|ами)\b|менеджер(?:ы|ам|ов)\b|пользовател\w+|отдел\w*|коллег\w*|команд\w+|руковод\w+|дашборд\w*"
)
_LAKE: Final = r"\b(?:lake\w*|iceberg|s3|hdfs|spark|trino|hadoop|archiv\w*)\b|озер\w+|архив\w*"
_GB: Final = 10**9
_WIDE: Final = 20 * _GB
"""Bytes in a row store from which whole-table questions take minutes."""
_MANY: Final = 100_000_000
"""Rows from which a column store on a server earns its keep."""
_ONE_DISK: Final = 300 * _GB
"""Bytes from which one file on one disk is no comfort any more."""
_HUGE: Final = 1000 * _GB
_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What the weighing looks at."""

    rows: int
    later: int
    """Rows in a few years, at the data's pace."""
    sizes: Mapping[str, int]
    pace: Pace | None
    key: tuple[str, ...]
    changes: bool
    """Rows that stand already are replaced."""
    analysis: str | None
    serving: str | None
    readers: str | None
    lake: str | None
    scheduled: bool
    connected: bool
    """The project has a connection to PostgreSQL."""

    def size(self, storage: str) -> int:
        """Return the bytes there in a few years."""
        return round(self.sizes.get(storage, 0) * self.later / max(self.rows, 1))


def facts(case: Case) -> Facts:
    """Gather them from the spec, its holes filled in thought, and its profile."""
    profile, key = case.profile, case.get("primary_key")
    scheduled = bool(case.get("schedule")) or rhythm(case.about) is not None
    found = pace(profile) if scheduled and growing(case) and case.get("load", "mode") != "full" else None
    return Facts(
        rows=profile.rows,
        later=profile.rows + (found.after(_YEARS * YEAR) if found else 0),
        sizes=dict(profile.forecast),
        pace=found,
        key=tuple(map(str, key)) if isinstance(key, (list, tuple)) else (),
        changes=case.get("load", "mode") == "merge",
        analysis=says(case.about, ANALYSIS),
        serving=says(case.about, SERVING),
        readers=says(case.about, _READERS),
        lake=says(case.about, _LAKE),
        scheduled=scheduled,
        connected=bool(connections(case, "postgres")),
    )


def _weigh_duckdb(facts: Facts) -> float:
    alone = not facts.readers and not facts.serving
    return 0.55 + (0.15 if alone else -0.1) - (0.25 if facts.serving else 0) - (0.4 if facts.size("duckdb") > _ONE_DISK else 0)


def _for_duckdb(facts: Facts) -> Iterator[str]:
    yield "no server, no connection, no cost: it runs now"
    if facts.size("duckdb") < _WIDE:
        years = f" in {_YEARS} years" if facts.later > facts.rows else ""
        yield f"{size(facts.size('duckdb'))}{years} is little for a column store: a laptop reads all of it in seconds"
    if facts.analysis:
        yield f"whole columns are asked for (`{facts.analysis}`), and it keeps columns"


def _against_duckdb(facts: Facts) -> Iterator[str]:
    if facts.readers:
        yield f"it has more than one reader (`{facts.readers}`): a file has one writer at a time and serves nobody on another machine"
    if facts.serving:
        yield f"single rows are wanted at any time (`{facts.serving}`): a file has no server"
    if facts.scheduled:
        yield "on a schedule, the file lies where the Airflow worker runs"
    if facts.size("duckdb") > _ONE_DISK:
        yield f"{size(facts.size('duckdb'))} outgrow one disk"
    yield "no users and no rights but those of the file"


def _weigh_postgres(facts: Facts) -> float:
    shared = 0.15 if facts.readers or facts.serving else 0.0
    served = 0.15 if facts.serving else 0.0
    heavy = 0.4 if facts.size("postgres") > _WIDE or facts.later > _MANY else 0.0
    small = (0.05 if facts.changes else 0) + (0.05 if facts.scheduled else 0)
    return 0.5 + shared + served + small + (0.25 if facts.connected else 0) - heavy


def _for_postgres(facts: Facts) -> Iterator[str]:
    yield "many read while a load runs, with users, rights and backups"
    if facts.connected:
        yield "the project has a connection to it already"
    if facts.key:
        yield f"it holds the key {', '.join(facts.key)} itself"
    if facts.changes:
        yield "rows that changed are replaced by key in one transaction, and readers see all of it or nothing"
    if facts.serving:
        yield f"single rows (`{facts.serving}`) come from an index in milliseconds"


def _against_postgres(facts: Facts) -> Iterator[str]:
    if facts.size("postgres") > _WIDE or facts.later > _MANY:
        yield f"{size(facts.size('postgres'))} in rows: a question to the whole table reads all of it, minutes instead of seconds"
    elif facts.analysis:
        yield f"questions to whole tables (`{facts.analysis}`) are not its strength, though {size(facts.size('postgres'))} is little enough"
    yield "a server to run"


def _weigh_clickhouse(facts: Facts) -> float:
    big = facts.later > _MANY or facts.size("postgres") > _WIDE
    fit = (0.1 if facts.analysis else 0) - (0.25 if facts.serving else 0) - (0.05 if facts.changes else 0)
    return (0.75 if big else 0.2) + fit


def _for_clickhouse(facts: Facts) -> Iterator[str]:
    if facts.later > _MANY or facts.size("postgres") > _WIDE:
        yield f"{rounded(facts.later)} rows are what it is made for: questions to the whole table in seconds, for many readers"
    if facts.analysis:
        yield f"whole columns are asked for (`{facts.analysis}`), and it keeps columns"
    yield f"the smallest of the servers: about {size(facts.size('clickhouse'))}"


def _against_clickhouse(facts: Facts) -> Iterator[str]:
    if not (facts.later > _MANY or facts.size("postgres") > _WIDE):
        yield f"{rounded(facts.later)} rows do not need it: the simpler storages answer as quickly"
    if facts.changes:
        yield "rows that change are its weak side: a part or the table is written anew"
    if facts.key:
        yield "it holds no key: what comes twice stands twice unless a check looks"
    if facts.serving:
        yield f"single rows (`{facts.serving}`) are slow there"


def _weigh_lake(facts: Facts) -> float:
    return 0.15 + (0.6 if facts.size("lake") > _HUGE else 0) + (0.35 if facts.lake else 0) - (0.05 if facts.changes else 0)


def _for_lake(facts: Facts) -> Iterator[str]:
    if facts.lake:
        yield f"`about` asks for one (`{facts.lake}`)"
    yield f"the cheapest bytes, about {size(facts.size('lake'))}, and open to every engine: Spark, Trino, ClickHouse, DuckDB"


def _against_lake(facts: Facts) -> Iterator[str]:
    if facts.size("lake") < _WIDE:
        yield f"{size(facts.size('lake'))} would make a few small files: nothing is gained"
    if facts.changes:
        yield "to change rows it takes Iceberg and its catalogue"
    yield "no index and no key; rights by folder, not by row"


WEIGHED: Final = {
    "duckdb": (
        _weigh_duckdb,
        _for_duckdb,
        _against_duckdb,
        "think again when people on other machines, a BI server or an application must read it, or it grows beyond some hundred GB",
    ),
    "postgres": (
        _weigh_postgres,
        _for_postgres,
        _against_postgres,
        "think again when charts over the whole table take longer than people wait: from about 20 GB or 100 million rows",
    ),
    "clickhouse": (
        _weigh_clickhouse,
        _for_clickhouse,
        _against_clickhouse,
        "its time comes when the table passes about 100 million rows or 20 GB, or PostgreSQL is too slow for its charts",
    ),
    "lake": (
        _weigh_lake,
        _for_lake,
        _against_lake,
        "its time comes when several engines must read the same data, history is kept for years, or it reaches terabytes",
    ),
}


def size(count: int) -> str:
    """Return a number of bytes in the unit that makes it short, by thousands."""
    value, units = float(count), iter(("bytes", "kB", "MB", "GB", "TB", "PB"))
    unit = next(units)
    while value >= 1000 and unit != "PB":  # noqa: PLR2004  kilo
        value, unit = value / 1000, next(units)
    return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"


def rounded(number: int) -> str:
    """Return a number with its first two digits: nobody counted what is to come."""
    scale: int = 10 ** max(len(str(number)) - 2, 0)
    return f"{round(number / scale) * scale:,}"
