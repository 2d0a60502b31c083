"""Writing what fill proposes, and taking it back: the texts before and after the last fill lie under `.dataeng/undo`."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.fill import lock as locks
from dataeng_ai.fill.lock import PERSON
from dataeng_ai.fill.rounds import spec_file
from dataeng_ai.fill.trail import carry_on, put
from dataeng_ai.project import shown, spec_path

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.draft import Draft
    from dataeng_ai.fill.rounds import Filled
    from dataeng_ai.project import Project

_DIFF_LINES = 40


def save(project: Project, before: Draft, filled: Filled) -> tuple[Path, ...]:
    """Write the spec and its lock where fill changed them, and keep what was there for `undo`; return the files written.

    Raises:
        Problems: E391, the file is no longer the text that was filled.
    """
    spec = spec_file(before, project)
    lock = locks.beside(spec)
    changes = {spec: filled.draft.text.text, lock: locks.dump(filled.lock)}
    if not filled.decided:
        return ()
    standing = _read(spec)
    if standing != before.text.text:
        message = f"`{spec.name}` was changed while it was being filled; nothing was written"
        raise Problems(Diagnostic("E391", message, str(spec), help=f"run `spec fill {before.name}` again"))
    kept = _Kept(project, spec)
    kept.folder.mkdir(parents=True, exist_ok=True)
    put(kept.before, standing)
    put(kept.lock, _read(lock))
    put(kept.after, filled.draft.text.text)
    for file, text in changes.items():
        put(file, text)
    if all(one.by != PERSON for one in filled.decided):  # what a person answered stands in no lock: no cell could put it back
        carry_on(project, spec, standing, filled.draft.text.text)
    return tuple(changes)


def undo(project: Project, name: str) -> Path:
    """Put a spec and its lock back to what they were before the last fill; return the spec's file.

    Raises:
        Problems: E392, there is nothing to take back; E393, the file was edited since, with the differences as notes.
    """
    spec = spec_path(project, name)
    kept = _Kept(project, spec)
    before, after, standing = _read(kept.before), _read(kept.after), _read(spec)
    if before is None or after is None:
        raise Problems(
            Diagnostic("E392", f"there is no fill of `{spec.stem}` to take back", shown(spec), help="only the last fill is kept, once")
        )
    if standing != after:
        notes = _diff(after, standing or "", spec.name)
        help_ = f"keep your edits, or take the spec before the fill from `{kept.before}`"
        raise Problems(
            Diagnostic("E393", f"`{spec.name}` was edited after the last fill; it stays as it is", shown(spec), notes=notes, help=help_)
        )
    put(spec, before)
    put(locks.beside(spec), _read(kept.lock))
    carry_on(project, spec, after, before)
    for file in (kept.before, kept.lock, kept.after):
        file.unlink(missing_ok=True)
    return spec


class _Kept:
    """Where the texts around the last fill of a spec lie."""

    def __init__(self, project: Project, spec: Path) -> None:
        self.folder = project.state_dir / "undo"
        self.before = self.folder / f"{spec.stem}.yaml"
        self.lock = self.folder / f"{spec.stem}.lock.yaml"
        self.after = self.folder / f"{spec.stem}.after.yaml"


def _read(file: Path) -> str | None:
    """Return a file's text with its line ends and byte order mark as they are, or None where there is no file."""
    return file.read_bytes().decode("utf-8") if file.is_file() else None


def _diff(after: str, standing: str, name: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(after.splitlines(), standing.splitlines(), f"{name} as fill wrote it", f"{name} now", lineterm="", n=1)
    return tuple(lines)[:_DIFF_LINES]
