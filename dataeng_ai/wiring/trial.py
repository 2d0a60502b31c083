"""Open a connection, look around, and close it: nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from dataeng_ai import progress
from dataeng_ai.connections import veiled
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Fact, Use

ABOUT: Final = {
    "files": "dataeng_ai.sources.about",
    "duckdb": "dataeng_ai.targets.duckdb.about",
    "postgres": "dataeng_ai.targets.postgres.about",
    "sqlite": "dataeng_ai.sources.databases.sqlite_about",
    "mysql": "dataeng_ai.sources.databases.mysql_about",
    "clickhouse": "dataeng_ai.sources.databases.clickhouse_about",
    "kafka": "dataeng_ai.sources.kafka_about",
}
"""Kind -> the module whose `about(connection, root, uses)` opens one and yields what it sees."""

_PACKAGES: Final = {
    "psycopg": "dataeng-ai[postgres]",
    "duckdb": "duckdb",
    "pymysql": "dataeng-ai[mysql]",
    "clickhouse_connect": "dataeng-ai[clickhouse]",
    "confluent_kafka": "dataeng-ai[kafka]",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """How opening a connection went."""

    facts: tuple[Fact, ...] = ()
    fault: Diagnostic | None = None
    exit_code: int = 0

    @property
    def good(self) -> bool:
        """It opens, and the specs may do there what they do."""
        return self.exit_code == 0


def tried(found: Connection, root: Path, uses: Sequence[Use] = ()) -> Trial:
    """Open a connection and return what was seen; what went wrong is in it, with its cause."""
    facts: list[Fact] = []
    try:
        progress.say(f"opening {found.name}")
        facts.extend(_about(found.kind)(found, root, uses))
    except Problems as problems:
        fault = problems.diagnostics[0]
        silent = replace(fault, message=veiled(fault.message, found), notes=tuple(veiled(note, found) for note in fault.notes))
        return Trial(tuple(facts), silent, problems.exit_code)
    except ModuleNotFoundError as error:
        return Trial(tuple(facts), _no_driver(found, error), Problems.exit_code)
    except OSError as error:
        message = f"`{found.name}` cannot be opened: {error.strerror}"
        return Trial(tuple(facts), Diagnostic("E610", veiled(message, found), help="read what it said"), Unreachable.exit_code)
    return Trial(tuple(facts), None, 0 if all(fact.good for fact in facts) else Problems.exit_code)


def _about(kind: str) -> Callable[[Connection, Path, Sequence[Use]], Iterator[Fact]]:
    return cast("Callable[[Connection, Path, Sequence[Use]], Iterator[Fact]]", import_module(ABOUT[kind]).about)


def _no_driver(found: Connection, error: ModuleNotFoundError) -> Diagnostic:
    package = (error.name or "").partition(".")[0]
    if package not in _PACKAGES:
        raise error  # a fault of ours
    message = f"the driver for connections of the kind `{found.kind}` is not installed here: `{package}`"
    return Diagnostic("E620", message, help=f"pip install '{_PACKAGES[package]}'")
