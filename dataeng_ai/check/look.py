"""What the rules look at: a spec's data as it is, well formed or not. What has the wrong shape is not there; the language reports it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from dataeng_ai import targets, types
from dataeng_ai.check.defaults import with_defaults
from dataeng_ai.check.places import at
from dataeng_ai.diagnostics import Problems
from dataeng_ai.draft import read
from dataeng_ai.project import open_text, spec_names, spec_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.diagnostics import Text
    from dataeng_ai.draft import Draft, Path
    from dataeng_ai.project import Project
    from dataeng_ai.targets.capabilities import Capabilities
    from dataeng_ai.types import Type


@dataclass(frozen=True)
class Column:
    """One column of the spec: where it stands, its name, and its type where that is one."""

    path: Path
    name: str
    type: Type | None
    data: Mapping[str, object]

    @property
    def handling(self) -> str | None:
        """What is done with its personal data, if it holds any."""
        word = at(self.data.get("pii"), ("handling",))
        return word if isinstance(word, str) else None


@dataclass(frozen=True)
class Look:
    """A spec with the project's defaults in it, and the project."""

    draft: Draft
    project: Project
    data: dict[str, object]

    def text(self, *path: str | int) -> str | None:
        """Return the text at a path; None where there is none."""
        value = at(self.data, path)
        return value if isinstance(value, str) else None

    def texts(self, *path: str | int) -> Iterator[tuple[Path, str]]:
        """Yield the texts of a list, each with its path."""
        yield from ((place, item) for place, item in self.items(*path) if isinstance(item, str))

    def items(self, *path: str | int) -> Iterator[tuple[Path, object]]:
        """Yield the entries of a list, each with its path."""
        value = at(self.data, path)
        yield from (((*path, index), item) for index, item in enumerate(value)) if isinstance(value, list) else ()

    def blocks(self, *path: str | int) -> Iterator[tuple[Path, dict[str, object]]]:
        """Yield the blocks of a list, each with its path."""
        yield from ((place, item) for place, item in self.items(*path) if isinstance(item, dict))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns that have a name."""
        named = ((path, block, block.get("name")) for path, block in self.blocks("columns"))
        return tuple(Column(path, name, _type(block.get("type")), block) for path, block, name in named if isinstance(name, str))

    def column(self, name: str) -> Column | None:
        """Return the column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    @cached_property
    def lists(self) -> tuple[Path, ...]:
        """Return the paths of the lists that name columns of the table, in the order of the language."""
        indexes = (path for path, _ in self.items("indexes"))
        checks = ((*path, "columns") for key in ("foreign_keys", "quality") for path, _ in self.blocks(key))
        return ("primary_key",), ("order_by",), *indexes, *checks

    @cached_property
    def parent(self) -> Look | None:
        """Return the spec whose rows this one reads; None where it reads files, or where there is no such spec that can be read."""
        name = self.text("source", "spec")
        return None if name is None else self.other(name)

    def other(self, name: str) -> Look | None:
        """Return the spec of that name as it stands in the project; None where there is no such spec that can be read."""
        if name not in self.others:
            self.others[name] = _open(name, self.project)
        return self.others[name]

    @cached_property
    def others(self) -> dict[str, Look | None]:
        """Return the specs that were looked at so far, by their names."""
        return {}

    @cached_property
    def referring(self) -> tuple[Referring, ...]:
        """Return what in this spec refers to other tables: foreign keys, then checks of relationships."""
        found = ((path, block) for key in ("foreign_keys", "quality") for path, block in self.blocks(key))
        return tuple(
            Referring(path, self, str(severity) if (severity := block.get("severity")) else "error")
            for path, block in found
            if isinstance(block.get("references"), dict) and (path[0] == "foreign_keys" or block.get("check") == "relationships")
        )

    @cached_property
    def references(self) -> tuple[tuple[Path, str], ...]:
        """Return every place where a column of the table is named, with the name."""
        single = ((path, self.text(*path)) for path in (("load", "cursor"), ("partition", "by")))
        named = ((path, name) for path, name in single if name is not None)
        return *(found for path in self.lists for found in self.texts(*path)), *named

    @cached_property
    def capabilities(self) -> Capabilities | None:
        """Return what the target's storage can do; None while the storage is open or unknown."""
        storage = self.text("target", "storage")
        return targets.design(storage).CAPABILITIES if storage in targets.STORAGES else None


@dataclass(frozen=True)
class Referring:
    """A foreign key, or a check of relationships: where it stands, and in which spec."""

    path: Path
    look: Look
    severity: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that refer."""
        return tuple(name for _, name in self.look.texts(*self.path, "columns"))

    @property
    def place(self) -> Path:
        """Return where it says whose table is referred to."""
        return (*self.path, "references", "spec")

    @property
    def spec(self) -> str | None:
        """Return the spec whose table is referred to; None where a table is named, or nothing."""
        return self.look.text(*self.place)

    @cached_property
    def other(self) -> Look | None:
        """Return that spec, which may be this one; None where it cannot be read."""
        own = self.spec is not None and self.spec == self.look.text("name")
        return self.look if own else None if self.spec is None else self.look.other(self.spec)

    @property
    def named(self) -> bool:
        """Say whether the columns that are referred to are named, or are the primary key."""
        return at(self.look.data, (*self.path, "references", "columns")) is not None

    @property
    def named_columns(self) -> tuple[tuple[Path, str], ...]:
        """Return the columns that are referred to by their names, each with its place."""
        return tuple(self.look.texts(*self.path, "references", "columns"))

    @property
    def referred(self) -> tuple[tuple[Path, str], ...]:
        """Return the columns that are referred to, each with the place that names it; without names those of the primary key."""
        if self.named or self.other is None:
            return self.named_columns
        return tuple((self.place, name) for _, name in self.other.texts("primary_key"))


def look_at(draft: Draft, project: Project) -> Look:
    """Return a spec as the rules look at it."""
    return Look(draft, project, with_defaults(draft.data, project.defaults))


def _open(name: str, project: Project) -> Look | None:
    if name not in spec_names(project):
        return None
    try:
        return look_at(_read(open_text(spec_path(project, name))), project)
    except Problems:
        return None


@lru_cache(maxsize=64)
def _read(text: Text) -> Draft:
    """Read a spec; many refer to the same few."""
    return read(text)


def _type(word: object) -> Type | None:
    try:
        return types.parse(word) if isinstance(word, str) else None
    except ValueError:
        return None
