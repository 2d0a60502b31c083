"""Names that columns have before they are written: in lists of the spec itself, and in other specs that refer to its table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dataeng_ai.check.look import look_at
from dataeng_ai.diagnostics import Problems
from dataeng_ai.draft import read
from dataeng_ai.fill.decision import lookup
from dataeng_ai.project import Project, open_text, spec_names, spec_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dataeng_ai.fill.decision import Case


def claimed(case: Case) -> frozenset[str]:
    """Return the names by which columns are meant already: whoever names the columns later must keep to them."""
    return frozenset(_own(case)).union(*referred(case))


def referred(case: Case) -> tuple[tuple[str, ...], ...]:
    """Return the columns to which foreign keys of other specs refer by their names, those of each key together."""
    name = str(case.get("name"))
    if name not in case.referred:
        case.referred[name] = _by_others(case.project.root, name, _state(case.project))
    return case.referred[name]


def _own(case: Case) -> Iterator[str]:
    lists = [case.get("primary_key"), case.get("order_by")]
    keys = case.get("foreign_keys")
    for key in keys if isinstance(keys, list) else ():
        lists.append(lookup(key, ("columns",)))
        if lookup(key, ("references", "spec")) == case.get("name"):
            lists.append(lookup(key, ("references", "columns")))
    yield from (name for names in lists if isinstance(names, list) for name in names if isinstance(name, str))


def _state(project: Project) -> tuple[tuple[str, int, int], ...]:
    """Return what is another one when a spec of the project has changed."""
    found = (spec_path(project, name).stat() for name in spec_names(project))
    return tuple((str(one.st_ino), one.st_mtime_ns, one.st_size) for one in found)


@lru_cache(maxsize=4)
def _by_others(root: Path, name: str, state: tuple[tuple[str, int, int], ...]) -> tuple[tuple[str, ...], ...]:  # noqa: ARG001  what it was read from
    """Return the columns of a spec's table that other specs name where they refer to it."""
    found: dict[tuple[str, ...], None] = {}
    project = Project(root)
    for other in spec_names(project):
        if other == name:
            continue
        try:
            text = open_text(spec_path(project, other))
            referring = look_at(read(text), project).referring if name in text.text and "references" in text.text else ()
        except Problems:
            continue
        keys = (one for one in referring if one.spec == name and one.path[0] == "foreign_keys")
        found |= {tuple(column for _, column in one.named_columns): None for one in keys if one.named_columns}
    return tuple(found)
