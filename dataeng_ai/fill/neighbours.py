"""The other specs of a project, as one fill sees them: each is read once, whichever decision asks; the next fill reads them again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from dataeng_ai.check.look import Look, look_at
from dataeng_ai.diagnostics import Problems
from dataeng_ai.draft import read
from dataeng_ai.profile import across, store
from dataeng_ai.project import open_text, spec_names, spec_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dataeng_ai.diagnostics import Text
    from dataeng_ai.profile.evidence import Reference
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.project import Project

_MOST: Final = 300
"""Specs that are looked at: each is a file to read, and a kept profile."""


class Neighbours:
    """What other specs say of their tables and of this one's."""

    def __init__(self, name: str, profile: Profile, project: Project) -> None:
        """Say whose neighbours are meant.

        Args:
            name: The spec that is filled.
            profile: Of its source.
            project: Where all of them stand.
        """
        self.name, self._own, self._project = name, profile, project
        self._looks: dict[str, Look | None] = {}
        self._profiles: dict[str, Profile | None] = {}
        self._references: dict[tuple[str, ...], tuple[Reference, ...]] = {}

    @cached_property
    def _texts(self) -> dict[str, Text]:
        found: dict[str, Text] = {}
        for name in spec_names(self._project):
            try:
                found |= {name: open_text(spec_path(self._project, name))} if name != self.name else {}
            except Problems:
                continue
        return found

    def _look(self, name: str) -> Look | None:
        if name not in self._looks:
            try:
                self._looks[name] = look_at(read(self._texts[name]), self._project)
            except Problems:
                self._looks[name] = None
        return self._looks[name]

    @cached_property
    def with_columns(self) -> dict[str, Look]:
        """The first specs that can be read and have columns."""
        looks = ((name, self._look(name)) for name in list(self._texts)[:_MOST])
        return {name: look for name, look in looks if look is not None and look.columns}

    @cached_property
    def naming(self) -> tuple[tuple[str, ...], ...]:
        """The columns of this spec's table to which foreign keys of others refer by their names, those of each key together."""
        likely = [name for name, text in self._texts.items() if self.name in text.text and "references" in text.text]
        keys = (one for name in likely if (look := self._look(name)) for one in look.referring)
        named = (one.named_columns for one in keys if one.spec == self.name and one.path[0] == "foreign_keys")
        return tuple(dict.fromkeys(tuple(column for _, column in columns) for columns in named if columns))

    def profile(self, name: str) -> Profile | None:
        """Return the profile that is kept of another spec's source."""
        if name not in self._profiles:
            self._profiles[name] = store.load(self._project, name)
        return self._profiles[name]

    def references(self, others: Iterable[str]) -> tuple[Reference, ...]:
        """Return what the columns of the profile refer to, by the kept profiles of others."""
        names = tuple(others)
        if names not in self._references:
            kept = {name: found for name in names if (found := self.profile(name))}
            self._references[names] = across.related({self.name: self._own} | kept)[self.name].references
        return self._references[names]
