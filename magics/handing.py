"""Frames of the notebook become files: `--from df` stands for a path, since a spec in git, in CI and in Airflow can only read one."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.frames import store
from dataeng_ai.project import find, spec_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.frames import Stored

FROM: Final = "--from"
REPLACE: Final = "--replace"
"""Options that only the notebook has: the frame to read, and that a cell is saved over whatever stands there."""
LOOKING: Final = ("profile", "preview")
"""Commands that look at a source: a frame is put aside for them, and no spec reads it."""
TAKING: Final = ("new", *LOOKING)
"""Commands that take a frame."""
_SHOWN: Final = 6
"""Frames that a message names."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What a line of words means once a frame in it is a file."""

    words: tuple[str, ...]
    notes: tuple[str, ...] = ()


@contextmanager
def handed(words: Sequence[str], names: Mapping[str, object]) -> Iterator[Handed]:
    """Store the frame that a line names, and give the line with its file; a file for a draft that fails is taken away again.

    Raises:
        Problems: there is no such frame (E054), or it cannot be stored (E055, E056).
    """
    if not words or words[0] not in TAKING or (taken := _taken(words[1:])) is None:
        yield Handed(tuple(words))
        return
    word, rest = taken
    project = find(Path.cwd())
    if words[0] in LOOKING:
        stored = store(_frame(word, names), word, project.state_dir / "frames" / f"{word}.parquet")
        yield Handed((words[0], relpath(stored.path), *rest), stored.notes)
        return
    name = next((each for each in rest if not each.startswith("-")), "")
    file = data_file(name)
    if spec_path(project, name).exists():
        yield Handed(("new", *rest, "--source", str(file)))  # which refuses: the spec stands
        return
    new = not file.exists()
    stored = store(_frame(word, names), word, file)
    try:
        yield Handed(("new", *rest, "--source", str(file)), told(word, stored))
    except BaseException:
        if new:
            file.unlink(missing_ok=True)
        raise


def data_file(name: str) -> Path:
    """Return the file in which a frame lies that the spec of that name reads."""
    return find(Path.cwd()).root / "data" / f"{name}.parquet"


def stored_for(name: str, word: str, names: Mapping[str, object]) -> tuple[str, ...]:
    """Store a frame as what the spec of a name reads; return what there is to say about it.

    Raises:
        Problems: as `handed`.
    """
    return told(word, store(_frame(word, names), word, data_file(name)))


def told(word: str, stored: Stored) -> tuple[str, ...]:
    """Return what a person must know of a frame that became a file."""
    root = find(Path.cwd()).root.resolve()
    path = stored.path.resolve()
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    rows = "1 row" if stored.rows == 1 else f"{stored.rows:,} rows"
    said = f"`{word}` is the file {shown} now: {rows}. The spec reads that file; where it runs, in CI or Airflow, the file must be, too"
    return (said, *stored.notes)


def _taken(words: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the name behind `--from`, and the other words; None where there is none."""
    for place, word in enumerate(words):
        if word.startswith(f"{FROM}="):
            return word.removeprefix(f"{FROM}="), (*words[:place], *words[place + 1 :])
        if word == FROM:
            name = words[place + 1] if place + 1 < len(words) else ""
            return name, (*words[:place], *words[place + 2 :])
    return None


def _frame(word: str, names: Mapping[str, object]) -> object:
    if word in names:
        return names[word]
    known = frames(names)
    near = get_close_matches(word, known, 1)
    here = (
        f"frames here: {', '.join(f'`{name}`' for name in known[:_SHOWN])}" if known else "make a frame first, such as `df = pandas.read_…`"
    )
    message = f"there is no `{word}` in this notebook" if word else f"`{FROM}` wants the name of a frame"
    raise Problems(Diagnostic("E054", message, help=f"did you mean `{near[0]}`?" if near else here))


def frames(names: Mapping[str, object]) -> list[str]:
    """Return the names that are frames."""
    return [name for name, value in names.items() if not name.startswith("_") and _is_frame(value)]


def _is_frame(value: object) -> bool:
    return not isinstance(value, type) and type(value).__name__ in {"DataFrame", "LazyFrame", "Table", "RecordBatch"}
