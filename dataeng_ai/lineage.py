"""Which spec reads the rows of which: a child is compiled from its parent's spec too, and profiled from its parent's files."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from dataeng_ai import draft as drafts
from dataeng_ai import ir
from dataeng_ai.check import check
from dataeng_ai.check.look import look_at
from dataeng_ai.diagnostics import Problems
from dataeng_ai.lower import lower, own_key, unfolding
from dataeng_ai.profile import Level, profile_spec, quick, source_of, store
from dataeng_ai.project import FILE, open_text, spec_path
from dataeng_ai.sources import rows
from dataeng_ai.spec.words import NAME
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.draft import Draft
    from dataeng_ai.profile import Profile
    from dataeng_ai.project import Project

_NEEDED: Final = ("E100", "E102", "E104", "E280", "E281")
"""What must not be wrong before the rows of another spec can be looked at."""

_TEXT: Final = Type("text")


def pipeline_of(draft: Draft, project: Project) -> ir.Pipeline:
    """Return the pipeline that a spec describes.

    Raises:
        Problems: everything that is wrong with it, or with a spec whose rows it reads.
    """
    checked = check(draft, project)
    if checked.spec is None:
        raise Problems(*(each for each in checked.diagnostics if each.severity == "error"), texts=(draft.text,))
    parent = parent_of(draft, project)
    tables = {name: found for name in _referred(draft, project) if (found := _key_of(name, project))}
    return lower(checked.spec, project, None if parent is None else pipeline_of(parent, project), tables)


def parent_of(draft: Draft, project: Project) -> Draft | None:
    """Return the spec whose rows a spec reads; None where it reads files."""
    name = draft.get(("source", "spec"), None)
    return drafts.read(open_text(spec_path(project, name))) if isinstance(name, str) else None


def names_above(draft: Draft, project: Project) -> Iterator[str]:
    """Yield the names of the specs that a spec is compiled from, each before it is read.

    Those to whose tables it refers; the one whose rows it reads, and the one whose rows that reads.
    """
    yield from _referred(draft, project)
    seen: set[object] = set()
    name = draft.get(("source", "spec"), None)
    while isinstance(name, str) and name not in seen and NAME.fullmatch(name):
        yield name
        seen.add(name)
        try:
            name = drafts.read(open_text(spec_path(project, name))).get(("source", "spec"), None)
        except Problems:
            return


def _referred(draft: Draft, project: Project) -> tuple[str, ...]:
    """Return the names of the other specs to whose tables a spec refers."""
    if "references" not in draft.text.text:
        return ()  # most specs have none, and are not looked at again
    found = (one.spec for one in look_at(draft, project).referring)
    return tuple(dict.fromkeys(name for name in found if name and name != draft.name and NAME.fullmatch(name)))


def _key_of(name: str, project: Project) -> ir.Reference | None:
    """Return the table that a spec loads, with its primary key; None where it does not say which."""
    look = look_at(drafts.read(open_text(spec_path(project, name))), project)
    table = look.text("target", "table")
    return own_key(name, table, [column for _, column in look.texts("primary_key")]) if table else None


def inputs(draft: Draft, project: Project) -> dict[str, str]:
    """Return the text of all that a complete spec is compiled from, by its path below the project."""
    texts = {f"specs/{draft.name}.yaml": draft.text.text}
    texts |= {f"specs/{name}.yaml": open_text(spec_path(project, name)).text for name in names_above(draft, project)}
    return texts | ({FILE: project.text.text} if project.text else {})


def descent(draft: Draft, project: Project) -> tuple[Draft, tuple[Level, ...]]:
    """Return the spec whose files are read in the end, which may be the draft itself, and how the draft's rows come of its rows.

    Raises:
        Problems: the spec whose rows are read is not there, or not complete; or it has no such lists.
    """
    above = None if draft.get(("source", "spec"), None) is None else _sound(draft, project)
    if above is None:
        return draft, ()
    root, levels = descent(above, project)
    parent = pipeline_of(above, project)
    source = unfolding(str(draft.get(("source", "records"))), parent, (*_columns(draft), *_own(parent)))
    asked = asdict(parent.source.json) if parent.source.json else None
    return root, (*levels, Level(parent.stored_columns(), source, asked))


def profile_of(draft: Draft, project: Project, *, unmask: bool = False) -> Profile:
    """Return what is in the source of a draft: the kept profile while the files are the same, else a new one, which is kept.

    One with personal data unmasked is neither.
    """
    root, levels = descent(draft, project)
    if unmask:
        return profile_spec(root, project, levels, unmask=True)
    kept = store.fresh(draft, project, root, levels)
    if kept is not None:
        return kept
    made = profile_spec(root, project, levels)
    store.save(project, draft.name, made)
    return made


def glance(draft: Draft, project: Project, *, unmask: bool = False) -> Profile:
    """Return the kept profile of a draft, where it is fresh, else what a part of its files shows, which is not kept."""
    kept = None if unmask else fresh(draft, project)
    if kept is not None or descent(draft, project)[1]:
        return kept or profile_of(draft, project, unmask=unmask)
    folder, pattern, known = source_of(draft, project)
    return quick(folder, pattern, known=known, unmask=unmask)


def fresh(draft: Draft, project: Project) -> Profile | None:
    """Return the kept profile of a draft if what it was made of is still the same; otherwise None."""
    try:
        return store.fresh(draft, project, *descent(draft, project))
    except Problems:
        return None


def _sound(draft: Draft, project: Project) -> Draft | None:
    wrong = [each for each in check(draft, project).diagnostics if each.code in _NEEDED]
    if wrong:
        raise Problems(*wrong, texts=(draft.text,))
    return parent_of(draft, project)


def _columns(draft: Draft) -> Iterator[ir.Column]:
    """Yield the columns that a draft has so far, as far as they say what is read."""
    found = draft.get(("columns",), None)
    for row in found if isinstance(found, list) else ():
        name = row.get("from") or row.get("name") if isinstance(row, dict) else row
        if isinstance(name, str):
            yield ir.Column(name, name, Type("json") if isinstance(row, dict) and row.get("type") == "json" else _TEXT)


def _own(parent: ir.Pipeline) -> Iterator[ir.Column]:
    """Yield what tells an item from every other: its parent's key, and its place in the list."""
    for name in (*(f"{rows.PARENT}{key}" for key in parent.primary_key), rows.POSITION):
        yield ir.Column(name, name, _TEXT)
