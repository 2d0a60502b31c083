"""From an idea to a completed spec: draft it, fill it, look at what could be decided, change it by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dataeng_ai.commands import cards, listing
from dataeng_ai.commands.models import chooser
from dataeng_ai.commands.places import known, place_of, spec_paths
from dataeng_ai.commands.taking import Filling
from dataeng_ai.commands.tree import command, here, name_argument
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.diagnostics import Diagnostic, Text
    from dataeng_ai.draft import Draft
    from dataeng_ai.fill import Filled
    from dataeng_ai.fill.prompt import Prompt
    from dataeng_ai.project import Project


_ASSIGNMENT = re.compile(r'((?:[^="]|"(?:[^"\\]|\\.)*")*)=(.*)', re.DOTALL)
"""A path, in which a name within quotes may hold the sign, and a value."""
_LATER = ("E100", "E109")
"""Codes of what is missing: it may be set next."""
_INTERRUPTED = 130
"""What a shell expects of a command ended by Ctrl-C."""


@command(
    "new",
    'tickets "Ticket sales, every night" --source "landing/tickets/*.csv"',
    "orders --source export.json --split",
    "--connection shop --all",
    "--connection shop --all --only 'sales.*'",
)
@click.argument("name", required=False)
@click.argument("about", required=False, default="")
@click.option("--source", help="The file, a pattern such as 'landing/*.csv.gz', or a table: 'shop:public.orders'.")
@click.option("--connection", help="The connection that the source is on. Of a database, and nothing else: list its tables.")
@click.option("--all", "every", is_flag=True, help="Draft a spec for each of those tables.")
@click.option("--only", multiple=True, metavar="PATTERN", help="Of those tables the ones of such names, as 'sales.*'; again for more.")
@click.option("--split", is_flag=True, help="Draft a child for each column of lists, too: its rows are their items.")
def new(
    name: str | None = None,
    about: str = "",
    source: str | None = None,
    connection: str | None = None,
    *,
    every: bool = False,
    only: tuple[str, ...] = (),
    split: bool = False,
) -> Result:
    """Start a spec from a source.

    ABOUT says in words what the data are for.
    """
    from dataeng_ai import fill  # noqa: PLC0415  start-up imports click alone

    if connection is not None and not source and (every or name is None):
        return listing.tables(connection, every=every, only=only)
    if name is None:
        message = "Missing argument 'NAME'."
        raise click.UsageError(message)
    drafted = fill.new(here(), name=name, about=about, source=source, connection=connection)
    children = fill.children(drafted, here()) if split else ()
    path = drafted.write()
    data: dict[str, object] = {"name": drafted.name, "file": str(path)}
    data |= {"children": [{"name": child.name, "file": str(child.write())} for child in children]} if split else {}
    text = "\n---\n".join(each.text.rstrip("\n") for each in (drafted, *children))
    follow = "".join(f", then `spec fill {child.name}`" for child in children)
    nothing = ("no column of the source holds lists: there is nothing to split",) if split and not children else ()
    notes = (*nothing, *_absent(source if connection is None else None), f"next: `spec fill {drafted.name}`{follow}")
    return Result(text, data, notes, html=lambda: cards.completing.started(text, path.name, notes))


def _absent(source: str | None) -> tuple[str, ...]:
    """Say that no file is there yet, which may well be; a path with %Y and the like waits for its interval."""
    if source is None or "%" in source:
        return ()
    pattern = str(Path(source).expanduser())
    there = glob(pattern) or glob(pattern, root_dir=here().root)  # noqa: PTH207  Path.glob takes no absolute pattern
    return () if there else (f"no file matches `{source}` yet; `spec fill` needs one",)


@command("fill", "tickets", "tickets --model qwen2.5:14b", "tickets --only columns.price --ask")
@name_argument
@click.option("--model", help="Who chooses where the data leave a choice: a model of Ollama's, or `rules`; by default dataeng.yaml's.")
@click.option("--only", metavar="PATH", help="Close only this hole, or those beneath it.")
@click.option("--refresh", is_flag=True, help="Also propose new values where the evidence has changed.")
@click.option("--dry-run", is_flag=True, help="Show what would change, write nothing.")
@click.option("--ask", is_flag=True, help="Ask field by field: Enter takes the best option.")
@click.option("--show-prompt", is_flag=True, help="Show what the model would be told; send and write nothing.")
def fill(
    name: str,
    model: str | None = None,
    only: str | None = None,
    *,
    refresh: bool = False,
    dry_run: bool = False,
    ask: bool = False,
    show_prompt: bool = False,
) -> Result:
    """Close every hole with a value that the data prove possible."""
    from dataeng_ai import fill as filling  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai import lineage  # noqa: PLC0415  as above
    from dataeng_ai.project import open_spec  # noqa: PLC0415  as above

    project = here()
    draft = open_spec(name, project)
    choosing = chooser(model, project, show=show_prompt, ask=ask)
    facts = lineage.profile_of(draft, project)
    filled = filling.fill(draft, facts, project, choosing.model, only=known(only, draft) if only else None, refresh=refresh)
    if show_prompt:
        return _shown(choosing.prompts)
    if not dry_run:
        filling.save(project, draft, filled)
    notes = (*choosing.told(), *_next(name, filled, only, dry_run=dry_run))
    return Filling(
        _told(draft, filled, only),
        _as_data(filled),
        notes,
        _INTERRUPTED if filled.interrupted else 0,
        name=name,
        change=set_value,
        value=filled,
        html=lambda: cards.completing.filled(name, filled, (facts, project), _diff(draft, filled.draft), notes, written=not dry_run),
    )


def _shown(prompts: list[Prompt]) -> Result:
    text = "\n\n".join(f"# {place} of {len(prompts)}\n{prompt.text}" for place, prompt in enumerate(prompts, 1))
    data = [{"system": prompt.system, "user": prompt.user, "format": prompt.schema} for prompt in prompts]
    notes = (
        "as long as the rules answer: an answer of the model may change the questions after it",
        "nothing was sent, nothing was written",
    )
    said = text or "the model would not be asked: nothing is left to choose"
    return Result(said, data, notes, html=lambda: cards.completing.prompts(prompts, notes))


@command("undo", "tickets")
@name_argument
def undo(name: str) -> Result:
    """Take the last fill back."""
    from dataeng_ai import fill as filling  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.project import found, open_text  # noqa: PLC0415  as above

    filled = open_text(found(name, here()))
    path = filling.undo(here(), name)
    text = f"{path.name} is again what it was before the last fill"
    diff = _difference(filled, open_text(path))
    return Result(text, {"file": str(path)}, html=lambda: cards.completing.changed(text, diff))


@command("set", "tickets load.mode=append", "tickets columns.phone.pii.handling=mask 'quality=[]'")
@name_argument
@click.argument("assignments", metavar="PATH=VALUE...", nargs=-1, required=True, shell_complete=spec_paths)
def set_value(name: str, assignments: Sequence[str]) -> Result:
    """Change values, all or none; nothing else in the file moves."""
    from dataeng_ai import build  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai import draft as drafts  # noqa: PLC0415  as above
    from dataeng_ai.project import open_spec, spec_path  # noqa: PLC0415  as above

    wanted = [_assigned(each) for each in assignments]
    project = here()
    before = after = open_spec(name, project)
    for words, written in wanted:
        after = drafts.replace(after, place_of(words, after), _value(written))
    build.refuse(_new_faults(before, after, project), after.text)
    spec_path(project, name).write_bytes(after.text.text.encode())
    diff, notes = _diff(before, after), (f"next: `spec check {name}`",)
    places = ", ".join(f"`{words}`" for words, _ in wanted)
    many = len(wanted) > 1
    text = diff or f"{places} {'were' if many else 'was'} that already"
    title = f"{places} {'are' if many else 'is'} set" if diff else text
    return Result(text, notes=notes, html=lambda: cards.completing.changed(title, diff, notes))


def _assigned(assignment: str) -> tuple[str, str]:
    """Return the path and the value of PATH=VALUE, both as they were written."""
    match = _ASSIGNMENT.fullmatch(assignment)
    if match is None:
        message = f"`{assignment}` sets nothing; write PATH=VALUE, such as `load.mode=append`"
        raise click.UsageError(message)
    words, written = match.groups()
    if not written.strip():
        message = f'nothing stands behind `{words}=`; write `null` for none, `auto` to leave it open, `""` for an empty text'
        raise click.UsageError(message)
    return words.strip(), written


def _new_faults(before: Draft, after: Draft, project: Project) -> Iterator[Diagnostic]:
    """Yield what the language does not know in a spec that an edit made, and that was not there before it.

    What does not fit other values passes: those may be set next, and `check` says so.
    """
    from dataeng_ai.check import check  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.check.language import RULES  # noqa: PLC0415  as above

    old = {(fault.code, fault.message) for fault in check(before, project).diagnostics}
    for fault in check(after, project).diagnostics:
        if fault.code in RULES and fault.code not in _LATER and (fault.code, fault.message) not in old:
            yield replace(fault, notes=(*fault.notes, "nothing was written"))


def _value(written: str) -> object:
    """Return what a value on the command line means: as it would in a spec, and a plain text where YAML stumbles over it.

    A shell's word has no comment, and is no block over many lines: `a # b` and `|` are texts.
    """
    from dataeng_ai import draft as drafts  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.diagnostics import Problems, Text  # noqa: PLC0415  as above

    text = written.strip()
    if text == "auto":
        return drafts.AUTO
    if "\n" in written or text[0] in "|>" or (" #" in text and text[0] not in "\"'[{"):
        return text
    try:
        return drafts.read(Text("<value>", f"value: {written}\n")).get(("value",))
    except Problems:
        return written


def _told(draft: Draft, filled: Filled, only: str | None) -> str:
    """Return the diff of the spec, then a line for each decision."""
    if not filled.decided and not filled.proposals:
        return f"nothing to fill: no hole is open{f' at `{only}`' if only else ''}" if not filled.left else ""
    width = max((len(one.place) for one in filled.decided), default=0)
    lines = [f"{one.place:{width}}  {one.by}: {one.evidence}" for one in filled.decided if not one.place.startswith("columns.")]
    proposed = [f"{one.new.place}: {one.old!r} would now be {one.new.value!r}\n  {one.line}" for one in filled.proposals]
    return "\n".join([_diff(draft, filled.draft), "", *lines, *proposed]).strip("\n")


def _next(name: str, filled: Filled, only: str | None, *, dry_run: bool) -> tuple[str, ...]:
    from dataeng_ai import draft as drafts  # noqa: PLC0415  start-up imports click alone

    advice = "another decision comes first: fill without --only" if only else "no rule can close it, write it by hand"
    left = tuple(f"open: `{drafts.show(path, filled.draft.data)}`; {advice}" for path in filled.left)
    warned = tuple(warning.message for warning in filled.warnings)
    if filled.interrupted:
        kept = f"{len(filled.decided)} values decided before are kept" if not dry_run else "nothing was written (--dry-run)"
        return (*warned, f"interrupted; {kept}", f"next: `spec fill {name}`, with `--model rules` for a quick end")
    if not filled.decided:
        return (*warned, *left, f"next: `spec check {name}`")
    wrote = "nothing was written (--dry-run)" if dry_run else f"{len(filled.decided)} values decided"
    return (*warned, *left, f"{wrote}; why each of them: `spec why {name}`", f"next: `spec {'fill' if dry_run else 'check'} {name}`")


def _as_data(filled: Filled) -> list[dict[str, object]]:
    return [
        {"path": one.place, "value": one.value, "by": one.by, "evidence": one.evidence, "reason": one.reason, "runner_up": one.runner_up}
        for one in filled.decided
    ]


def _diff(before: Draft, after: Draft) -> str:
    return _difference(before.text, after.text)


def _difference(before: Text, after: Text) -> str:
    import difflib  # noqa: PLC0415  start-up imports click alone

    name = Path(before.name).name
    old, new = (text.text.splitlines() for text in (before, after))
    return "\n".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="", n=1))
