"""The report of a pipeline: for a manager what comes from where and how fresh, for an engineer columns, checks and decisions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from dataeng_ai.emit import markdown
from dataeng_ai.emit.drawing import drawing
from dataeng_ai.emit.facts import facts
from dataeng_ai.emit.markdown import Markdown
from dataeng_ai.targets.table import refers_to

if TYPE_CHECKING:
    from jinja2 import Template

    from dataeng_ai.emit.facts import ColumnFact, Facts, Lock
    from dataeng_ai.ir import Check, Pipeline

_MODES: Final = {
    "full": "Each load replaces the whole table in one transaction: a reader sees the old rows or the new ones.",
    "append": "Each load adds its rows; a file that was loaded is not loaded again.",
    "merge": "Each load adds rows with a new key and replaces rows whose key is there already.",
}
_HANDLING: Final = {
    "keep": "stored as it is",
    "mask": "stored as a shape: letters as x, digits as 9, all but the last two characters",
    "drop": "not stored",
}
_STAMPS: Final = {
    "_load_id": "the load that brought the row",
    "_loaded_at": "when it was published",
    "_source_file": "the file it stood in",
}


def docs(pipeline: Pipeline, lock: Lock | None = None) -> str:
    """Return the report as Markdown; with a lock it says who decided what."""
    return _template().render(_values(facts(pipeline, lock)))


def _only_markdown(value: object) -> Markdown:
    """Refuse what a template prints without a filter."""
    if isinstance(value, Markdown):
        return value
    message = "the report prints a value without the filter `text`, `code` or `link`"
    raise TypeError(message)


@cache
def _template() -> Template:
    environment = Environment(  # noqa: S701  it writes Markdown: `finalize` lets nothing but escaped text through
        loader=PackageLoader("dataeng_ai"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_only_markdown,
    )
    environment.filters.update(text=markdown.text, code=markdown.code, link=markdown.link, short=markdown.short)
    return environment.get_template("docs/PIPELINE.md.j2")


def _values(found: Facts) -> dict[str, Any]:
    pipeline = found.pipeline
    target = pipeline.target
    return {
        "name": pipeline.name,
        "about": [part for part in pipeline.about.split("\n\n") if part.strip()],
        "source": found.source,
        "storage": found.storage,
        "connection": target.connection,
        "table": found.table,
        "drawing": drawing(pipeline),
        "owner": pipeline.owner,
        "tags": ", ".join(pipeline.tags),
        "schedule": _schedule(pipeline),
        "after": pipeline.schedule.after if pipeline.schedule else (),
        "mode": pipeline.load.mode,
        "mode_meaning": _MODES[pipeline.load.mode],
        "cursor": pipeline.load.cursor if pipeline.load.mode == "merge" else None,
        "primary_key": ", ".join(pipeline.primary_key),
        "references": [(", ".join(key.columns), refers_to(key.references), key.references.pipeline) for key in pipeline.foreign_keys],
        "rejects": _rejects(pipeline),
        "columns": [_column(column) for column in found.columns],
        "extra": pipeline.has_extra(),
        "stamps": [(name, _STAMPS[name]) for name in found.stamps],
        "checks": [(one.check.name, meaning(one.check), one.check.severity, one.implied) for one in found.checks],
        "personal": [(column.name, column.category, _HANDLING[column.handling or "keep"]) for column in found.personal],
        "gives_up": found.gives_up,
        "decisions": found.decisions,
        "ddl": f"../ddl/{pipeline.name}.{target.storage}.sql",
        "folder": f"../dags/{pipeline.name}/",
    }


def _column(column: ColumnFact) -> dict[str, Any]:
    return {
        "name": column.name,
        "source": column.source,
        "type": column.type if column.physical is None else f"{column.type} as {column.physical}",
        "needed": column.needed,
        "stored": column.stored,
        "meaning": " ".join(part for part in (column.description, f"({column.unit})" if column.unit else None) if part),
    }


def _schedule(pipeline: Pipeline) -> str | None:
    schedule = pipeline.schedule
    return None if schedule is None or schedule.cron is None else f"{schedule.cron} {schedule.timezone}"


def _rejects(pipeline: Pipeline) -> str:
    load = pipeline.load
    if load.max_rejects_percent is not None:
        return f"a load in which they are more than {load.max_rejects_percent.rstrip('%')} % publishes nothing"
    if load.max_rejects:
        return f"a load with more than {load.max_rejects} of them publishes nothing"
    return "a load with a single one publishes nothing"


def meaning(check: Check) -> str:
    """Say in words what a check asks for."""
    columns = ", ".join(check.columns)
    least = f"at least {check.minimum}" if check.minimum is not None else ""
    bounds = " and ".join(part for part in (least, f"at most {check.maximum}" if check.maximum is not None else "") if part)
    return {
        "not_null": f"{columns}: never null",
        "unique": f"{columns}: no value twice",
        "accepted_values": f"{columns}: one of {', '.join(check.values)}",
        "range": f"{columns}: {bounds}",
        "pattern": f"{columns}: matches {check.pattern}",
        "row_count": f"rows of a load: {bounds}",
        "freshness": f"{columns}: the newest is at most {check.max_age} seconds old",
        "relationships": f"{columns}: stands in {refers_to(check.references) if check.references else ''}",
    }[check.kind]
