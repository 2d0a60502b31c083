"""How often the key that is meant and the foreign keys of classic sample databases are found, from their rows alone.

python -m tests.benchmarks.keys_marks [FOLDER…]

Without a folder, databases made again by script: `keys_schemas.py` and `keys_unseen.py`. A folder has one CSV file a table and a
`truth.json`, so that data that is not ours stays outside:
`{"keys": {"table": ["column"]}, "references": [["table", ["column"], "other", ["column"]]]}`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dataeng_ai.profile.relations import relations
from dataeng_ai.profile.survey import profile
from tests.benchmarks.keys_schemas import DATABASES
from tests.benchmarks.keys_unseen import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.keys_databases import Reference


@dataclass
class Marks:
    """What was right, what was made up, what was overlooked."""

    keys: int = 0
    right_keys: int = 0
    found: int = 0
    wanted: int = 0
    right: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: Marks) -> None:
        """Count what another counted."""
        for name in ("keys", "right_keys", "found", "wanted", "right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.notes += other.notes

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.right / max(self.found + self.wanted, 1)

    def __str__(self) -> str:
        return (
            f"keys {self.right_keys}/{self.keys}, foreign keys: precision {self.right / max(self.found, 1):.3f},"
            f" recall {self.right / max(self.wanted, 1):.3f}, F1 {self.f1:.3f}"
        )


def judge(name: str, folder: Path, keys: Mapping[str, tuple[str, ...]], references: list[Reference]) -> Marks:
    """Return the marks of what is found among the CSV files of a folder."""
    profiles = {path.stem: profile(folder, path.name) for path in sorted(folder.glob("*.csv"))}
    found = relations(profiles)
    named = {(table, one.columns, one.table, one.references) for table, some in found.references.items() for one in some}
    true = set(references)
    wrong = [table for table, key in keys.items() if set(found.keys.get(table, ())) != set(key)]
    notes = [f"{name}: key of {table} is {keys[table]}, not {found.keys.get(table)}" for table in wrong]
    notes += [f"{name}: made up {one}" for one in sorted(named - true)] + [f"{name}: overlooked {one}" for one in sorted(true - named)]
    return Marks(len(keys), len(keys) - len(wrong), len(named), len(true), len(named & true), notes)


def generated() -> Marks:
    """Return the marks of all databases that are made by script."""
    every = Marks()
    for make in (*DATABASES, *UNSEEN):
        database = make()
        with tempfile.TemporaryDirectory() as folder:
            database.write(Path(folder))
            marks = judge(make.__name__, Path(folder), database.keys, database.references)
        print(f"{make.__name__}: {marks}")
        every.add(marks)
    return every


def _of_folder(folder: Path) -> Marks:
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    keys = {table: tuple(key) for table, key in truth["keys"].items()}
    references = [(table, tuple(columns), other, tuple(there)) for table, columns, other, there in truth["references"]]
    marks = judge(folder.name, folder, keys, references)
    print(f"{folder.name}: {marks}")
    return marks


if __name__ == "__main__":
    total = Marks()
    for given in sys.argv[1:]:
        total.add(_of_folder(Path(given)))
    if not sys.argv[1:]:
        total = generated()
    print("\n".join(total.notes))
    print(f"all: {total}")
