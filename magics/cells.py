"""A cell as a spec: checked, then saved over what a cell wrote, and fill after it, and never over a person's own work."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dataeng_ai import build
from dataeng_ai import draft as drafts
from dataeng_ai.check import check
from dataeng_ai.diagnostics import Diagnostic, Problems, Text
from dataeng_ai.fill import trail
from dataeng_ai.fill.again import OPEN, decided_again
from dataeng_ai.project import find, spec_path

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft
    from dataeng_ai.project import Project

_SHOWN = 60
"""Lines of a diff that a refusal shows."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a cell."""

    path: Path
    notes: tuple[str, ...] = ()


def save(name: str, cell: str, *, replace: bool = False) -> Saved:
    """Check a cell and save it as the spec of that name, with what fill decided there before.

    Args:
        name: The spec's name.
        cell: Its text.
        replace: Save it over whatever stands there, which is kept beside.

    Raises:
        Problems: it is no spec (E0xx, E1xx, E2xx, E050), or the file holds what another hand than fill's wrote since a cell did (E051).
    """
    project = find(Path.cwd())
    path = spec_path(project, name)
    draft = _checked(name, cell, project)
    if not path.exists():
        return _write(project, path, cell, cell)
    there = path.read_bytes().decode("utf-8", "replace")
    ours = trail.is_unbroken(project, path, there)
    if there == cell or (ours and trail.is_same_cell(project, path, cell)):
        trail.begin(project, path, cell, there)
        return Saved(path)
    standing = _readable(path, there)
    wanted, kept = _with_decisions(draft, standing, project)
    if ours:
        return _write(project, path, cell, wanted.text.text, _told(kept, standing, wanted))
    if standing is not None and standing.plain == wanted.plain:
        return Saved(path)  # the file says the same, and what more a person wrote into it stays
    if not replace:
        raise _refused(name, path, there, wanted.text.text)
    aside = project.state_dir / "cells" / f"{path.stem}.replaced.yaml"
    aside.parent.mkdir(parents=True, exist_ok=True)
    trail.put(aside, there)
    return _write(project, path, cell, wanted.text.text, (*_told(kept, standing, wanted), f"what stood there before: {aside}"))


def _checked(name: str, cell: str, project: Project) -> Draft:
    draft = drafts.read(Text(f"%%dataeng {name}", cell))
    wrong = [found for found in check(draft, project).diagnostics if found.severity == "error" and found.code != OPEN]
    if draft.get(("name",), name) != name:
        advice = f"write `name: {name}`, or `%%dataeng {draft.get(('name',))}`"
        wrong.append(Diagnostic("E050", "the cell and its spec have different names", draft.text.name, draft.span(("name",)), help=advice))
    if wrong:
        raise Problems(*wrong, texts=(draft.text,))
    return draft


def _readable(path: Path, text: str) -> Draft | None:
    """Return what stands in the file, or None where it is no spec's YAML any more."""
    try:
        return drafts.read(Text(str(path), text))
    except Problems:
        return None


def _with_decisions(draft: Draft, standing: Draft | None, project: Project) -> tuple[Draft, tuple[drafts.Path, ...]]:
    if standing is None:
        return draft, ()
    return decided_again(draft, standing, build.locked(standing, project)[0], project)


def _told(kept: tuple[drafts.Path, ...], standing: Draft | None, wanted: Draft) -> tuple[str, ...]:
    words = ", ".join(f"`{drafts.show(place, wanted.data)}`" for place in kept)
    return (f"kept as fill decided: {words}",) if standing is not None and kept else ()


def _write(project: Project, path: Path, cell: str, text: str, notes: tuple[str, ...] = ()) -> Saved:
    path.parent.mkdir(parents=True, exist_ok=True)
    trail.put(path, text)
    trail.begin(project, path, cell, text)
    return Saved(path, notes)


def _refused(name: str, path: Path, there: str, wanted: str) -> Problems:
    lines = [*difflib.unified_diff(there.splitlines(), wanted.splitlines(), str(path), "this cell", lineterm="", n=2)]
    more = [f"… and {len(lines) - _SHOWN} lines more"] if len(lines) > _SHOWN else []
    advice = f"take what stands there into the cell: `%load {path}`; or save the cell over it: `%%dataeng {name} --replace`"
    return Problems(
        Diagnostic("E051", f"`{path}` was changed since a cell wrote it", notes=("\n".join([*lines[:_SHOWN], *more]),), help=advice)
    )
