"""From a source to rows: what is in it, how it will be loaded, load it, look at the result."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dataeng_ai.commands import cards
from dataeng_ai.commands.tables import TABLE, Table, framed, table
from dataeng_ai.commands.tree import command, here, name_argument
from dataeng_ai.results import Result

if TYPE_CHECKING:
    import pyarrow as pa

    from dataeng_ai.profile import Profile
    from dataeng_ai.project import Project
    from dataeng_ai.runtime import Interval
    from dataeng_ai.targets.session import Reject

_TRIAL = click.Choice(["duckdb"])


def _moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    """Read a day, or a day and a time of it, as ISO 8601 writes them; the zone is the schedule's."""
    try:
        moment = None if value is None else datetime.fromisoformat(value)
    except ValueError:
        message = f"`{value}` is no day; write 2026-01-31, or 2026-01-31T15:00"
        raise click.BadParameter(message) from None
    if moment is not None and moment.tzinfo is not None:
        message = f"`{value}` has a zone of its own; write it in that of the schedule, such as 2026-01-31T15:00"
        raise click.BadParameter(message)
    return moment


@command(
    "profile",
    "landing/tickets.xlsx",
    '"landing/tickets/*.csv.gz"',
    "tickets --format json",
    "landing/tickets.csv --quick",
    "landing/orders.json --lists",
    "landing/*.csv",
)
@click.argument("source", metavar="SOURCE|NAME")
@click.argument("more", nargs=-1, metavar="[SOURCE|NAME]...")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--quick", is_flag=True, help="Look at a part of large files, within seconds, and say so.")
@click.option("--lists", is_flag=True, help="Look at the items of its lists too, each list as a table of its own.")
@click.option("--unmask", is_flag=True, help="Show personal data as they are.")
def profile(
    source: str,
    form: Literal["text", "json", "html"] = "text",
    *,
    more: tuple[str, ...] = (),
    quick: bool = False,
    lists: bool = False,
    unmask: bool = False,
) -> Result:
    """Say what is in a file, a pattern, or what a spec reads; of several, which refers to which.

    A pattern in quotes is one table in many files; without quotes the shell makes several sources of it, one a file.
    """
    if lists and (more or quick):
        message = "--lists looks at all of one source: write it without --quick and other sources"
        raise click.UsageError(message)
    from dataeng_ai.profile import guarded  # noqa: PLC0415  start-up imports click alone

    guarded.warm()
    from dataeng_ai import surveying  # noqa: PLC0415  as above
    from dataeng_ai.profile import view  # noqa: PLC0415  as above

    def card(*, page: bool = False) -> str:
        from dataeng_ai.profile import card  # noqa: PLC0415  templates are read where a card is shown

        return card.page(facts, f"spec profile {source}") if page else card.html(facts)

    if lists:
        return _beside(surveying.lists(source, Path.cwd(), unmask=unmask), form, whole=True)
    if more:
        from dataeng_ai.profile import across  # noqa: PLC0415  as above

        found = {each: surveying.survey(each, Path.cwd(), unmask=unmask, quick=quick) for each in (source, *more)}
        return _beside(across.related(found), form)
    if form == "text":
        view.ready()
    facts = surveying.survey(source, Path.cwd(), unmask=unmask, quick=quick)
    shown = card(page=True) if form == "html" else _told(facts)
    data = facts.to_dict()
    result = Result(shown.rstrip("\n"), data, value=facts, as_json=form == "json", html=card)

    def frame() -> pa.Table:
        from dataeng_ai import frames  # noqa: PLC0415  as above

        return frames.of_records(data["columns"])

    return framed(result, frame)


def _width() -> int | None:
    """Return how wide the terminal is; None where the lines go elsewhere, to be searched or kept whole, and nobody says how wide."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() or "COLUMNS" in os.environ else None


def _told(facts: Profile) -> str:
    """Return a profile as wide as the terminal, with what its encoding can show."""
    from dataeng_ai.profile import view  # noqa: PLC0415  start-up imports click alone

    return view.text(facts, _width(), blocks=(sys.stdout.encoding or "").lower().startswith("utf"))


def _beside(facts: dict[str, Profile], form: str, *, whole: bool = False) -> Result:
    """Say of several sources what their keys are, and which refers to which; and all of each, where its `whole` text is wanted."""
    from dataeng_ai import frames  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.profile import across  # noqa: PLC0415  as above

    def card(*, page: bool = False) -> str:
        from dataeng_ai.profile import together  # noqa: PLC0415  templates are read where a card is shown

        return together.page(facts).rstrip("\n") if page else together.html(facts)

    text = "\n".join(map(_told, facts.values())).rstrip("\n") if whole else across.text(facts)
    text = card(page=True) if form == "html" else text
    result = Result(text, across.to_dict(facts), value=facts, as_json=form == "json", html=card)
    return framed(result, lambda: frames.of_records(list(across.records(facts))))


@command("preview", "tickets", "landing/tickets.xlsx --rows all --format csv")
@click.argument("source", metavar="SOURCE|NAME")
@click.option("--rows", default="10", show_default=True, help="How many, or all.")
@click.option("--format", "form", type=TABLE, default="text", show_default=True)
@click.option("--raw", is_flag=True, help="Show the texts as they stand in the source, not the values they are loaded as.")
@click.option("--unmask", is_flag=True, help="Show personal data as they are.")
def preview(source: str, rows: str = "10", form: Table = "text", *, raw: bool = False, unmask: bool = False) -> Result:
    """Show rows as they will be loaded."""
    from dataeng_ai import build, frames  # noqa: PLC0415  start-up imports click alone

    if rows != "all" and not rows.isdecimal():
        message = f"--rows takes a number or `all`, not `{rows}`"
        raise click.UsageError(message)
    shown = build.preview(source, here(), None if rows == "all" else int(rows), raw=raw, unmask=unmask)
    every = rows == "all" or len(shown.rows) < int(rows)
    more = "`_.data` has all" if every else f"`spec preview {source} --rows all{' --raw' * raw}` reads to the end"
    title = f"{source}: {'all' if every else 'the first'} rows as they {'stand in the source' if raw else 'will be loaded'}"
    result = replace(table(shown.columns, shown.rows, form, title, more, None if every else shown.of), notes=shown.told)
    return framed(result, lambda: frames.of_texts(shown.columns, shown.types, shown.rows))


@command("run", "tickets", "tickets --from 2026-01-31", "tickets --storage duckdb")
@name_argument
@click.option(
    "--from",
    "start",
    callback=_moment,
    metavar="DAY",
    help="For a path with %Y and the like: the interval's start, in the schedule's zone.",
)
@click.option("--to", "end", callback=_moment, metavar="DAY", help="Its end; without it, a day after the start.")
@click.option("--storage", type=_TRIAL, help="Try it in the project's own DuckDB; the real target stays untouched.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def run(
    name: str,
    start: datetime | None = None,
    end: datetime | None = None,
    storage: Literal["duckdb"] | None = None,
    form: Literal["text", "json"] = "text",
) -> Result:
    """Load the data exactly once, however often it is repeated.

    Stage, check, publish, reconcile: readers see the old table or the new one.
    """
    from dataeng_ai import build  # noqa: PLC0415  start-up imports click alone

    project = here()
    report = build.run_spec(name, project, _interval(start, end), storage=storage)
    warnings = tuple(f"warning: the check {warning}" for warning in report.warnings)
    trial = f" --storage {storage}" if storage else ""
    look = (f"look at them: `spec rejects {name}{trial}`",) if report.rows_rejected else ()
    notes = (*warnings, *look)

    def card() -> str:
        return cards.loading.ran(name, report, trial, lambda: build.rejects(name, project, report.load_id, storage=storage), notes)

    result = Result(report.text(), report.to_dict(), notes, value=report, as_json=form == "json", html=card)
    return framed(result, lambda: build.table(name, project, storage=storage), lambda query: _found(name, query, project, storage))


@command("rejects", "tickets", "tickets --unmask --format csv")
@name_argument
@click.option("--load", "load_id", help="Of this load; without it, of the last.")
@click.option("--storage", type=_TRIAL, help="Of a run with `--storage`.")
@click.option("--format", "form", type=TABLE, default="text", show_default=True)
@click.option("--unmask", is_flag=True, help="Show personal data as they are.")
def rejects(
    name: str, load_id: str | None = None, storage: Literal["duckdb"] | None = None, form: Table = "text", *, unmask: bool = False
) -> Result:
    """Show the records that a load turned away, and why."""
    from dataeng_ai import build, frames  # noqa: PLC0415  start-up imports click alone

    found = build.rejects(name, here(), load_id, storage=storage, unmask=unmask)
    columns = ("file", "line", "column", "reason", "raw")
    rows = [_reject(reject) for reject in found]
    result = table(columns, rows, form, f"{name}: records that a load turned away")
    result = result if found or form != "text" else Result("no record was turned away", [])
    if not unmask and any("*" in (one.raw or "") for one in found):
        result = replace(result, notes=(f"personal data is masked; `spec rejects {name} --unmask` shows the records as they are",))
    return framed(result, lambda: frames.of_rows(columns, rows))


@command("sql", 'tickets "SELECT count(*) FROM tickets"')
@name_argument
@click.argument("query")
@click.option("--storage", type=_TRIAL, help="What a run with `--storage` loaded.")
@click.option("--format", "form", type=TABLE, default="text", show_default=True)
def sql(name: str, query: str, storage: Literal["duckdb"] | None = None, form: Table = "text") -> Result:
    """Run a read-only query where the spec's table is."""
    if not query.strip():
        message = "the query is empty"
        raise click.UsageError(message)
    return _found(name, query, here(), storage, form)


def _found(name: str, query: str, project: Project, storage: Literal["duckdb"] | None, form: Table = "text") -> Result:
    """Run a query. Whoever wants a frame of what it found asks the storage once more: now with types."""
    from dataeng_ai import build  # noqa: PLC0415  start-up imports click alone

    found = build.query(name, query, project, storage=storage)
    return framed(table(found.columns, found.rows, form, query), cache(lambda: build.table(name, project, query, storage=storage)))


def _interval(start: datetime | None, end: datetime | None) -> Interval | None:
    from dataeng_ai.runtime import Interval  # noqa: PLC0415  start-up imports click alone

    if start is None:
        if end is not None:
            message = "--to needs --from"
            raise click.UsageError(message)
        return None
    if end is not None and end <= start:
        message = "--to must be later than --from"
        raise click.UsageError(message)
    return Interval(start, end or start + timedelta(days=1))


def _reject(reject: Reject) -> tuple[object, ...]:
    return (reject.file, reject.line, reject.column, reject.reason, reject.raw)
