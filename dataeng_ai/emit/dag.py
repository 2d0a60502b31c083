"""The Airflow DAG of a pipeline: a template into which nothing but literals go."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.ir import Schedule

if TYPE_CHECKING:
    from jinja2 import Template

    from dataeng_ai.ir import Pipeline

MAX_TAG: Final = 100
"""Characters of Airflow's longest tag; a DAG with a longer one does not import."""

_NOBODY: Final = "dataeng_ai"
"""The owner that Airflow shows for a pipeline that names none."""


def dag(pipeline: Pipeline) -> str:
    """Return the text of the pipeline's DAG file, the same on Airflow 2.11 and 3.

    Raises:
        Problems: Airflow would refuse what the spec asks for.
    """
    _refuse_long_tags(pipeline)
    text = _template().render(_values(pipeline))
    compile(text, f"dags/{pipeline.name}.py", "exec", dont_inherit=True)
    return text


def asset(name: str) -> str:
    """Return the URI under which Airflow knows the table of the pipeline `name`: one publishes it, others wait for it."""
    return f"dataeng://pipelines/{name}"


class Literal(str):
    """A piece of Python source that stands for one value, and is nothing else."""

    __slots__ = ()


def literal(value: object) -> Literal:
    """Return the value as a Python literal.

    Raises:
        TypeError: it is something else than text, a number, a boolean, None, or a list or dict of these.
    """
    if type(value) is str:
        text = repr(value)
        # Without a `"` within, repr's own quotes are `'` and none is within either: double quotes, as formatters like them.
        return Literal(text if '"' in text else f'"{text[1:-1]}"')
    if value is None or type(value) in {int, bool}:
        return Literal(repr(value))
    if type(value) is list:
        return Literal(f"[{', '.join(map(literal, value))}]")
    if type(value) is dict:
        return Literal("{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}")
    message = f"no literal for {type(value).__name__}"
    raise TypeError(message)


def _only_literals(value: object) -> Literal:
    """Refuse what a template prints without the filter `literal`."""
    if isinstance(value, Literal):
        return value
    message = "a template prints a value without the filter `literal`"
    raise TypeError(message)


def environment() -> Environment:
    """Return the environment of the templates that write Python: nothing gets in but through the filter `literal`."""
    python = Environment(  # noqa: S701  it writes Python, not HTML
        loader=PackageLoader("dataeng_ai"), undefined=StrictUndefined, keep_trailing_newline=True, finalize=_only_literals
    )
    python.filters["literal"] = literal
    return python


@cache
def _template() -> Template:
    return environment().get_template("dags/PIPELINE.py.j2")


def _values(pipeline: Pipeline) -> dict[str, object]:
    """Return what the template names, of JSON's own types throughout."""
    schedule = pipeline.schedule or Schedule(cron=None)
    start = date.fromisoformat(schedule.start_date)
    return {
        "name": pipeline.name,
        "description": " ".join(pipeline.about.split()),
        "doc": _doc(pipeline),
        "cron": schedule.cron,
        "timezone": schedule.timezone,
        "after": [asset(name) for name in schedule.after],
        "year": start.year,
        "month": start.month,
        "day": start.day,
        "catchup": schedule.catchup,
        "tags": list(pipeline.tags),
        "owner": pipeline.owner or _NOBODY,
        "retries": pipeline.run.retries,
        "retry_delay": pipeline.run.retry_delay,
        "timeout": pipeline.run.timeout,
        "pool": pipeline.run.pool,
        "outlet": asset(pipeline.name),
    }


def _doc(pipeline: Pipeline) -> list[str]:
    """Return the lines of the DAG's page in Airflow, each with its newline: a doc_md that ended in `.md` would be taken for a file."""
    source, target = pipeline.source, pipeline.target
    table = f"{target.schema}.{target.table}" if target.schema else target.table
    text = (
        f"{pipeline.about.strip()}\n\n"
        f"- from {_code(source.path)}{_through(source.connection)}\n"
        f"- to {_code(table)} in {target.storage}{_through(target.connection)}, mode {pipeline.load.mode}\n"
    )
    return text.splitlines(keepends=True)


def _through(connection: str | None) -> str:
    return "" if connection is None else f" (connection {_code(connection)})"


def _code(text: str) -> str:
    """Return the text as Markdown code: the fence is longer than any run of backticks within."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{fence}{space}{' '.join(text.split())}{space}{fence}"


def _refuse_long_tags(pipeline: Pipeline) -> None:
    long = [tag for tag in pipeline.tags if len(tag) > MAX_TAG]
    if long:
        advice = f"shorten the tag to {MAX_TAG} characters"
        raise Problems(*(Diagnostic("E450", f"Airflow takes no tag of {len(tag)} characters: `{tag[:40]}…`", help=advice) for tag in long))
