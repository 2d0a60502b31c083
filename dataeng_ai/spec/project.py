"""`dataeng.yaml`, at the root of a project: names of connections, defaults for every spec, and the model that fills. Never a secret."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from dataeng_ai.spec.block import Block, Many, refuse
from dataeng_ai.spec.kinds import GIVEN
from dataeng_ai.spec.load import OnSchemaChange
from dataeng_ai.spec.schedule import Run
from dataeng_ai.spec.words import Date, Duration, Identifier, MaxRejects

_CONNECTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,199}", re.ASCII)


def _connection_name(value: str) -> str:
    if _CONNECTION.fullmatch(value) is None:
        refuse("E108", f"`{value}` cannot be a connection", "a connection's name has A-Z, a-z, 0-9 and _, and starts with a letter")
    return value


ConnectionName = Annotated[str, AfterValidator(_connection_name), Field(json_schema_extra={"pattern": f"^{_CONNECTION.pattern}$"})]
"""A name that Airflow, and a variable of the environment, can have."""


class Connection(Block):
    """A system outside. Where it is and how to get in, the environment says when a pipeline runs."""

    kind: Annotated[Literal["files", "duckdb", "postgres", "sqlite", "mysql", "clickhouse", "kafka"], GIVEN]
    """What it is."""


class DefaultTarget(Block):
    """Where the rows go unless a spec says otherwise."""

    storage: Literal["duckdb", "postgres"] | None = None
    """The kind of storage."""
    connection: Identifier | None = None
    """The name of a connection of this file."""


class DefaultLoad(Block):
    """How loads behave unless a spec says otherwise."""

    max_rejects: MaxRejects | None = None
    """How many rows may be set aside before a load fails: a count, or a percentage."""


class DefaultSchedule(Block):
    """What schedules have in common."""

    timezone: Identifier | None = None
    """The zone of `cron`, such as `Europe/Moscow`."""
    start_date: Date | None = None
    """The first day."""
    catchup: bool | None = None
    """Whether intervals that were missed are run later, one by one."""


class Defaults(Block):
    """What holds for every spec that does not say otherwise."""

    owner: str | None = None
    """Who answers for the pipelines."""
    tags: Many[Identifier] = ()
    """Words to find them by."""
    target: DefaultTarget = DefaultTarget()
    """Where the rows go."""
    load: DefaultLoad = DefaultLoad()
    """How loads behave."""
    schedule: DefaultSchedule = DefaultSchedule()
    """What schedules have in common."""
    run: Run = Run()
    """How the pipelines run."""
    on_schema_change: OnSchemaChange = OnSchemaChange()
    """What happens when a source's columns are no longer a spec's."""


class Model(Block):
    """The model that fills holes, and how much it may see."""

    name: Identifier | None = None
    """As Ollama calls it, such as `qwen2.5:14b`; without one the rules decide."""
    sees: Literal["none", "names", "aggregates", "masked_samples"] = "aggregates"
    """A ceiling: what of the data may reach it."""
    budget: Duration = "120s"
    """How long one fill may take."""


class ProjectFile(Block):
    """The whole of a dataeng.yaml."""

    version: Annotated[Literal[1], GIVEN]
    """The version of the language."""
    connections: dict[ConnectionName, Connection] = Field(default_factory=dict)
    """The systems that specs may name."""
    defaults: Defaults = Defaults()
    """What holds for every spec that does not say otherwise."""
    model: Model = Model()
    """The model that fills holes."""
