"""What is in a source that a person names by a word: a path or a glob, or a spec. What compiles specs is not needed for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.profile import guarded
from dataeng_ai.project import Project, find, is_spec, open_spec, root_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dataeng_ai.profile import Profile
    from dataeng_ai.sources.stores import Place


def survey(word: str, folder: Path, *, unmask: bool = False, quick: bool = False) -> Profile:
    """Return what is in a source, `quick` in part: what the spec of that name reads, or a path or glob from where the person stands.

    Raises:
        Problems: there is no such spec or file, or it cannot be read.
    """
    if not is_spec(word, Project(root_of(folder))):
        return (guarded.quick if quick else guarded.profile)(folder, word, unmask=unmask)
    from dataeng_ai import lineage  # noqa: PLC0415  of a spec alone
    from dataeng_ai.profile import across  # noqa: PLC0415  as above

    project = find(folder)
    draft = open_spec(word, project)
    look = lineage.glance if quick else lineage.profile_of
    return across.among_specs(look(draft, project, unmask=unmask), draft.name, project)


def lists(word: str, folder: Path, *, unmask: bool = False) -> dict[str, Profile]:
    """Return what is in a source, and in the items of each list of objects in it, by what each is called.

    Raises:
        Problems: as `survey`; the source is another spec's rows (E301).
    """
    place, pattern, known = _source(word, folder) if is_spec(word, Project(root_of(folder))) else (folder, word, {})
    parent, *items = guarded.profile_lists(place, pattern, known=known, unmask=unmask)
    return {word: parent} | {f"{one.source} in {word}": _within(one, word) for one in items}


def _within(items: Profile, parent: str) -> Profile:
    """Return the profile of items with what they refer to: the rows that they stand in, by whose key they were unfolded."""
    from dataeng_ai.profile.evidence import Reference  # noqa: PLC0415  of lists alone
    from dataeng_ai.sources.rows import PARENT  # noqa: PLC0415  as above

    bears = tuple(one.name for one in items.columns if one.name.startswith(PARENT))
    key = tuple(name.removeprefix(PARENT) for name in bears)
    refers = Reference(bears, parent, key, 1.0, 0, exact=True, confidence=1.0, reason="they are items of its lists")
    return replace(items, references=(refers,) if bears else ())


def _source(word: str, folder: Path) -> tuple[Place, str, Mapping[str, Any]]:  # Any: plain data of a spec
    """Return where a spec's files are, and what it says of them."""
    from dataeng_ai.profile.drafted import source_of  # noqa: PLC0415  of a spec alone

    project = find(folder)
    draft = open_spec(word, project)
    above = draft.get(("source", "spec"), None)
    if isinstance(above, str):
        hint = f"look at the lists of those: `spec profile {above} --lists`"
        message = f"`{draft.name}` reads the rows of `{above}`, and no files"
        raise Problems(Diagnostic("E301", message, draft.text.name, draft.span(("source", "spec")), help=hint), texts=(draft.text,))
    return source_of(draft, project)
