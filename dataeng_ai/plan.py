"""What compiling would change in `build/`: shown, checked in CI, or written. Planning touches nothing, applying decides nothing."""

from __future__ import annotations

import difflib
import hashlib
import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.emit.manifest import PATH, outputs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

_MARKS: Final = {"add": "+", "change": "~", "remove": "-"}
_LOST: Final = "  (edited by hand: the edit is lost)"


@dataclass(frozen=True, slots=True)
class Change:
    """One file that is not as it should be. `before` is what stands there, `after` what belongs there; None: no file."""

    path: str
    kind: Literal["add", "change", "remove"]
    before: str | None
    after: str | None
    edited: bool = False
    """What stands there is not what the last compile wrote: somebody edited it by hand, and the edit will be lost."""


def changes(artifacts: Mapping[str, str], folder: Path, *, whole: bool, standing: Collection[str] = ()) -> tuple[Change, ...]:
    """Compare what was compiled, the manifest among it, with what stands in the folder; in the order of the paths.

    When the whole project was compiled, a file of the old manifest that was not written again belongs to a spec that is no more:
    it is removed. Files that no manifest lists are a person's, and are left alone. The paths in `standing` are known to be right.

    Raises:
        Problems: a file cannot be read.
    """
    written, known = outputs(_read(folder / PATH)), frozenset(standing)
    orphans = [path for path in written if whole and path not in artifacts and path not in known and _is_inside(path)]
    found = (_compare(folder, path, artifacts.get(path), written.get(path)) for path in sorted({*artifacts, *orphans}))
    return tuple(change for change in found if change is not None)


def write(changes: Iterable[Change], folder: Path) -> None:
    """Write and remove what the changes say, each file whole or not at all, the manifest last.

    Raises:
        Problems: a file cannot be written.
    """
    for change in sorted(changes, key=lambda change: (change.path == PATH, change.path)):
        target = folder / change.path
        try:
            if change.after is None:
                _remove(target, folder)
            else:
                _write(target, change.after)
        except OSError as error:
            message = f"`{target}` cannot be written: {error.strerror}"
            raise Problems(Diagnostic("E420", message, help="see to the folder's rights and compile again")) from error


def diff(changes: Iterable[Change]) -> str:
    """Return the changes as one unified diff, as `git diff` would show them; empty when there are none."""
    return "".join(_diff(change) for change in changes)


def summary(changes: Collection[Change]) -> str:
    """Return one line a change."""
    return "\n".join(f"{_MARKS[change.kind]} {change.path}{_LOST if change.edited else ''}" for change in changes) or "nothing to change"


def _is_inside(path: str) -> bool:
    """Say whether a manifest's path stays below its folder: the file is in git, where anybody may have written anything."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not PurePosixPath(path).is_absolute() and ".." not in parts and parts[0] in {"dags", "ddl", "docs"}


def _compare(folder: Path, path: str, after: str | None, sha256: str | None) -> Change | None:
    before = _read(folder / path)
    if before == after:
        return None
    edited = before is not None and sha256 is not None and hashlib.sha256(before.encode(errors="surrogateescape")).hexdigest() != sha256
    kind: Literal["add", "change", "remove"] = "add" if before is None else "remove" if after is None else "change"
    return Change(path, kind, before, after, edited)


def _read(path: Path) -> str | None:
    """Return a file's text with its line ends as they are; bytes that are no UTF-8 become what no compiler writes."""
    try:
        return path.read_bytes().decode(errors="surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"`{path}` cannot be read: {error.strerror}"
        raise Problems(Diagnostic("E421", message, help="it stands where the compiler writes a file: move it away")) from error


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(text.encode())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _remove(target: Path, folder: Path) -> None:
    """Remove a file, and the folders that it leaves empty."""
    target.unlink(missing_ok=True)
    for parent in target.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()


def _diff(change: Change) -> str:
    before = (change.before or "").splitlines(keepends=True)
    after = (change.after or "").splitlines(keepends=True)
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    new = "/dev/null" if change.after is None else f"b/{change.path}"
    lines = difflib.unified_diff(before, after, old, new)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
