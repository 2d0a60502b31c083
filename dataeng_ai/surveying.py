"""What is in a source that a person names by a word: a path or a glob, or a spec. What compiles specs is not needed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.profile import guarded
from dataeng_ai.project import Project, find, is_spec, open_spec, root_of

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.profile import Profile


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
