"""`schedule` and `run`: when a pipeline runs, and how."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from dataeng_ai.spec.block import Block, Many, refuse
from dataeng_ai.spec.words import Date, Duration, Identifier, Name, Size


class Schedule(Block):
    """When the pipeline runs: by a clock, or after other pipelines."""

    cron: Identifier | None = None
    """Minute, hour, day of month, month, day of week."""
    timezone: Identifier = "UTC"
    """The zone of `cron`, such as `Europe/Moscow`."""
    start_date: Date = "2026-01-01"
    """The first day."""
    catchup: bool = False
    """Whether intervals that were missed are run later, one by one."""
    after: Many[Name] = ()
    """The specs after whose loads this one runs."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.cron is None) == (not self.after):
            problem = (
                "goes by a clock (`cron`) and after other specs (`after`) at once" if self.after else "says neither `cron` nor `after`"
            )
            refuse("E109", f"`schedule` {problem}", 'write `cron: "0 3 * * *"`, or `after: [orders]`; for no schedule, `schedule: null`')
        return self


class Run(Block):
    """How the pipeline runs."""

    retries: Annotated[int, Field(ge=0, le=100)] = 2
    """How often a failed step is tried again."""
    retry_delay: Duration = "5m"
    """How long to wait before that."""
    timeout: Duration = "1h"
    """How long one step may take."""
    pool: Identifier | None = None
    """The pool of Airflow that limits how many run at once."""
    memory: Size | None = None
    """How much memory a step may take; the machine decides when absent."""
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    """How many threads a step may take; the machine decides when absent."""
