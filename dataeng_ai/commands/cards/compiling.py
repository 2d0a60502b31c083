"""Cards of `check`, `compile`, `ddl`, `dag` and `report`."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from dataeng_ai.commands.cards import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.diagnostics import Diagnostic, Text
    from dataeng_ai.emit import There
    from dataeng_ai.ir import Pipeline
    from dataeng_ai.plan import Change

_FILES = 40
"""Files of which the differences are drawn."""
_NAME = 60
"""Characters of a name in a drawing."""
_WAITS = 8
"""Pipelines that are drawn one by one."""
_NOTES = 6
_KINDS = {"add": "new", "change": "changed", "remove": "goes"}


def checked(count: int, found: Sequence[Diagnostic], texts: Sequence[Text], notes: Sequence[str]) -> str:
    """Draw what is wrong, file by file, each with the line that it is about."""
    from dataeng_ai.diagnostics import render  # noqa: PLC0415  start-up imports click alone

    rows = []
    for one in sorted(found, key=lambda one: one.file):
        _, _, block = render([replace(one, notes=(), help="")], texts).partition("\n")
        rows.append(
            {
                "file": one.file,
                "severity": one.severity,
                "code": one.code,
                "message": one.message,
                "block": block,
                "notes": one.notes[:_NOTES],
                "help": one.help,
            }
        )
    errors = sum(one.severity == "error" for one in found)
    return drawn("CHECKED", rows=rows, specs=count, errors=errors, warnings=len(found) - errors, notes=notes)


def compiled(changes: Sequence[Change], done: str, notes: Sequence[str] = ()) -> str:
    """Draw which files are new, changed or gone."""
    rows = [{"kind": _KINDS[one.kind], "path": one.path, "edited": one.edited} for one in changes]
    return drawn("COMPILED", title=_files(len(changes), done), rows=rows, notes=notes)


def differs(changes: Sequence[Change]) -> str:
    """Draw what compiling would change, file by file, line by line."""
    from dataeng_ai import plan  # noqa: PLC0415  start-up imports click alone

    files = [{"kind": _KINDS[one.kind], "path": one.path, "edited": one.edited, "diff": plan.diff([one])} for one in changes[:_FILES]]
    return drawn("DIFFERS", title=_files(len(changes), "would change"), files=files, beyond=max(len(changes) - _FILES, 0), notes=())


def _files(count: int, done: str) -> str:
    return f"{count} file{'s' * (count != 1)} {done}" if count else "nothing to change"


def ddl(name: str, storage: str, text: str) -> str:
    """Draw the DDL of a table."""
    return drawn(
        "DDL", name=name, storages=[{"title": storage, "ddl": text, "types": (), "keeps": (), "gives_up": ()}], room=60000, notes=()
    )


def beside(name: str, found: Sequence[There]) -> str:
    """Draw one table in several storages, a column for each, and what each makes of the spec."""
    return drawn("DDL", name=name, storages=[asdict(one) for one in found], room=60000 // len(found), notes=())


def report(name: str, text: str, form: str) -> str:
    """Draw a report: HTML as the page that it is, shut off from the notebook around it, Markdown as its text."""
    return drawn("REPORT", name=name, text=text, form=form, notes=())


def dag(pipeline: Pipeline, text: str, language: str) -> str:
    """Draw what flows where through which tasks, when it runs, and the file that Airflow reads."""
    from dataeng_ai.emit.dag import asset  # noqa: PLC0415  start-up imports click alone

    nodes, edges = _flow(pipeline)
    schedule = pipeline.schedule
    return drawn(
        "DAG",
        name=pipeline.name,
        nodes=nodes,
        edges=edges,
        cron=schedule.cron if schedule else None,
        when=_when(pipeline),
        zone=schedule.timezone if schedule else "",
        start=schedule.start_date if schedule else "",
        after=schedule.after if schedule else (),
        retries=pipeline.run.retries,
        delay=pipeline.run.retry_delay,
        asset=asset(pipeline.name),
        text=text,
        language=language,
        notes=(),
    )


def _flow(pipeline: Pipeline) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return boxes and arrows. A name may stand for two things (a spec, a path): the tasks keep theirs."""
    source, target = pipeline.source, pipeline.target
    tasks = ("stage", "check", "publish", "reconcile")
    nodes = dict.fromkeys(tasks, "task")

    def box(name: str, note: str) -> str:
        name = name[:_NAME]
        while name in nodes:
            name += " "
        nodes[name] = note
        return name

    after = pipeline.schedule.after if pipeline.schedule else ()
    waits = [box(name, "pipeline, before this") for name in after[:_WAITS]]
    waits += [box(f"{len(after) - _WAITS} more", "pipelines, before this")] if len(after) > _WAITS else []
    if source.rows:
        place = box(f"{source.rows.target.table}.{source.rows.column}", f"lists of pipeline {source.rows.pipeline}")
    else:
        what = f"{source.database.kind} {'table' if source.database.table else 'query'}" if source.database else f"{source.format} files"
        place = box(source.path, what + (f" of {source.connection}" if source.connection else ""))
    table = box(f"{target.schema}.{target.table}" if target.schema else target.table, f"table in {target.storage}")
    rejects = box("_dataeng_rejects", "records turned away")
    into = [(name, "stage") for name in (*waits, place)]
    return nodes, [*into, *pairwise(tasks), ("stage", rejects), ("publish", table)]


def _when(pipeline: Pipeline) -> object:
    """Return how often it runs in words, or nothing for a schedule that is better read as it is."""
    from dataeng_ai.report.timing import in_words  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.report.tongue import tongue  # noqa: PLC0415  as above

    schedule = pipeline.schedule
    return in_words(schedule.cron, tongue("en")) if schedule and schedule.cron else None
