"""The report of a pipeline: for a manager what comes from where and how fresh, for an engineer columns, checks and decisions."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from dataeng_ai import cast, targets
from dataeng_ai.emit import markdown
from dataeng_ai.emit.drawing import drawing
from dataeng_ai.emit.markdown import Markdown
from dataeng_ai.targets.checks import all_checks, implied
from dataeng_ai.targets.table import STAMPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template

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


class Entry(Protocol):
    """One decision of the lock."""

    @property
    def value(self) -> object:
        """What was decided."""

    @property
    def by(self) -> str:
        """`profile`, `rule:<id>` or `model`."""

    @property
    def reason(self) -> str:
        """Why, in words."""


class Lock(Protocol):
    """The lock, as far as the report reads it."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Return the decisions by place."""


def docs(pipeline: Pipeline, lock: Lock | None = None) -> str:
    """Return the report as Markdown; with a lock it says who decided what."""
    return _template().render(_values(pipeline, lock))


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
    environment.filters.update(text=markdown.text, code=markdown.code, link=markdown.link)
    return environment.get_template("docs/PIPELINE.md.j2")


def _values(pipeline: Pipeline, lock: Lock | None) -> dict[str, Any]:
    source, target = pipeline.source, pipeline.target
    return {
        "name": pipeline.name,
        "about": [part for part in pipeline.about.split("\n\n") if part.strip()],
        "source": source.path if source.connection is None else f"{source.connection}: {source.path}",
        "storage": targets.design(target.storage).CAPABILITIES.title,
        "connection": target.connection,
        "table": f"{target.schema}.{target.table}" if target.schema else target.table,
        "drawing": drawing(pipeline),
        "owner": pipeline.owner,
        "tags": ", ".join(pipeline.tags),
        "schedule": _schedule(pipeline),
        "after": pipeline.schedule.after if pipeline.schedule else (),
        "mode": pipeline.load.mode,
        "mode_meaning": _MODES[pipeline.load.mode],
        "cursor": pipeline.load.cursor if pipeline.load.mode == "merge" else None,
        "primary_key": ", ".join(pipeline.primary_key),
        "rejects": _rejects(pipeline),
        "columns": _columns(pipeline),
        "extra": pipeline.has_extra(),
        "stamps": [(name, _STAMPS[name]) for name in pipeline.load.stamp if name in STAMPS],
        "checks": [(check.name, _meaning(check), check.severity) for check in all_checks(pipeline)],
        "implied": [check.name for check in implied(pipeline)],
        "personal": [(c.name, c.pii.category, _HANDLING[c.pii.handling]) for c in pipeline.columns if c.pii],
        "gives_up": _gives_up(pipeline),
        "decisions": _decisions(lock) if lock else [],
        "ddl": f"../ddl/{pipeline.name}.{target.storage}.sql",
        "folder": f"../dags/{pipeline.name}/",
    }


def _columns(pipeline: Pipeline) -> list[dict[str, Any]]:
    return [
        {
            "name": column.name,
            "source": column.source,
            "type": str(column.type) if column.physical is None else f"{column.type} as {column.physical}",
            "needed": not column.nullable or column.name in pipeline.primary_key,
            "stored": column in pipeline.stored_columns(),
            "meaning": " ".join(part for part in (column.description, f"({column.unit})" if column.unit else None) if part),
        }
        for column in pipeline.columns
    ]


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


def _gives_up(pipeline: Pipeline) -> list[tuple[str, str]]:
    """Return what of a text is not kept, of the types that the pipeline uses: by reading it as a value, and by the storage."""
    used = {column.type.name for column in pipeline.stored_columns()}
    storage = targets.design(pipeline.target.storage).CAPABILITIES.gives_up
    losses = {name: (*cast.GIVES_UP.get(name, ()), *storage.get(name, ())) for name in sorted(used)}
    return [(name, "; ".join(loss)) for name, loss in losses.items() if loss]


def _decisions(lock: Lock) -> list[dict[str, Any]]:
    """Return the decisions, those on the table first; those on columns that are alike in kind and reason stand together."""
    groups: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for place, entry in sorted(lock.entries.items()):
        head, _, rest = place.partition(".")
        column, _, kind = rest.rpartition(".") if head == "columns" else ("", "", place)
        value = json.dumps(entry.value, ensure_ascii=False, default=str)
        groups.setdefault((f"columns.*.{kind}" if column else place, entry.by, entry.reason), []).append((column, value))
    found = []
    for (place, by, reason), members in groups.items():
        values = {value for _, value in members}
        columns = [column for column, _ in members if column]
        found.append({"place": place, "columns": columns, "value": values.pop() if len(values) == 1 else None, "by": by, "reason": reason})
    return sorted(found, key=lambda row: (bool(row["columns"]), row["place"]))


def _meaning(check: Check) -> str:
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
    }[check.kind]
