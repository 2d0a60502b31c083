"""What stands in a spec, who decided it and why, and what the codes mean."""

from __future__ import annotations

import dataclasses
import json
import re
from itertools import starmap
from typing import TYPE_CHECKING

import click

from dataeng_ai.commands import cards
from dataeng_ai.commands.places import is_open, known, place_of, spec_paths
from dataeng_ai.commands.tree import command, here, name_argument, spec_names
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dataeng_ai.draft import Draft
    from dataeng_ai.fill import Entry

_CODE = re.compile(r"[EW]\d{3}", re.IGNORECASE)
_GONE = object()


@command("why", "tickets", "tickets columns.price.type", "E102")
@click.argument("name", metavar="NAME|CODE", shell_complete=spec_names)
@click.argument("path", required=False, shell_complete=spec_paths)
def why(name: str, path: str | None = None) -> Result:
    """Say who decided a value and why, or what a CODE means."""
    from dataeng_ai import build  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai import fill as filling  # noqa: PLC0415  as above
    from dataeng_ai.project import open_spec, spec_path  # noqa: PLC0415  as above

    project = here()
    if path is None and _CODE.fullmatch(name) and not spec_path(project, name).is_file():
        page = _page(name.upper())
        return Result(page, html=lambda: cards.explaining.page(name.upper(), page))
    draft = open_spec(name, project)
    lock, warnings = build.locked(draft, project)
    entries = filling.why(lock, path or "")
    told = [(place, entry, _since(place, entry, draft)) for place, entry in entries]
    nobody = "" if told else _undecided(path, draft) if path else "nobody but the person decided anything here"
    notes = tuple(warning.message for warning in warnings)
    title = f"{draft.name}: {path or 'who decided what, and why'}"
    return Result(
        nobody or "\n".join(starmap(_reason, told)),
        _entries(entries),
        notes,
        html=lambda: cards.explaining.reasons(title, told, nobody, notes),
    )


@command("show", "tickets", "tickets --resolved")
@name_argument
@click.option("--resolved", is_flag=True, help="With every default, and where each value comes from.")
def show(name: str, *, resolved: bool = False) -> Result:
    """Show the spec."""
    from dataeng_ai.project import open_spec  # noqa: PLC0415  start-up imports click alone

    project = here()
    draft = open_spec(name, project)
    if not resolved:
        return Result(draft.text.text.rstrip("\n"), draft.plain, html=lambda: cards.explaining.spec(draft, project))
    from dataeng_ai.commands import resolved as resolving  # noqa: PLC0415  as above

    values = resolving.resolved(draft, project)
    return Result(resolving.text(values), values, html=lambda: cards.explaining.resolved(draft.name, values))


def _page(code: str) -> str:
    from dataeng_ai.check import explain  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  as above

    try:
        return explain(code)
    except KeyError:
        raise Problems(Diagnostic("E042", f"there is no code `{code}`", help="codes look like E101; they stand behind `error`")) from None


def _since(place: str, entry: Entry, draft: Draft) -> str:
    """Say what has become of a value since it was decided."""
    standing = _standing(place, draft)
    return "" if standing == entry.value else "gone since" if standing is _GONE else "changed by hand since"


def _reason(place: str, entry: Entry, since: str) -> str:
    value = json.dumps(entry.value, ensure_ascii=False)
    by = f"{entry.by}, and {since}" if since else entry.by
    nearly = f"\n  nearly: {entry.runner_up}" if entry.runner_up else ""
    return f"{place}: {value}\n  by {by}: {entry.evidence}; {entry.reason}{nearly}"


def _standing(place: str, draft: Draft) -> object:
    """Return the value that stands at a place of the lock now, `_GONE` where nothing does."""
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  start-up imports click alone

    try:
        return draft.get(place_of(place, draft), _GONE)
    except Problems:
        return _GONE


def _undecided(words: str, draft: Draft) -> str:
    """Say why the lock has nothing on a place: a person wrote it, it is open, or it is not written."""
    path = known(words, draft)
    if path in draft.spans and not is_open(path, draft):
        return f"nobody but the person decided `{words}` here"
    if is_open(path, draft):
        return f"`{words}` is open: nobody has decided it yet"
    return f"`{words}` is not written, so its default holds"


def _entries(entries: Iterable[tuple[str, Entry]]) -> list[dict[str, object]]:
    return [{"path": place, **dataclasses.asdict(entry)} for place, entry in entries]
