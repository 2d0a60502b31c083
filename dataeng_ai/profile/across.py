"""Profiles of several sources beside each other: which columns of one refer to the key of another, and the key that is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.profile import sentences, store
from dataeng_ai.profile.amounts import count
from dataeng_ai.profile.relations import relations
from dataeng_ai.project import spec_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.project import Project

_MOST: Final = 300
"""Specs whose kept profiles are looked at: each is a file to read."""


def among_specs(profile: Profile, name: str, project: Project) -> Profile:
    """Return the profile of a spec with what its columns refer to, by the kept profiles of the project's other specs."""
    others = {other: kept for other in spec_names(project)[:_MOST] if other != name and (kept := store.load(project, other))}
    return related({name: profile} | others)[name] if others else profile


def related(profiles: Mapping[str, Profile]) -> dict[str, Profile]:
    """Return the profiles, each with the key that is meant first, and what its columns refer to.

    Args:
        profiles: By the name of a spec, a table or a file.
    """
    found = relations(profiles)
    return {name: replace(_keyed(one, found.keys.get(name, ())), references=found.references[name]) for name, one in profiles.items()}


def _keyed(profile: Profile, meant: tuple[str, ...]) -> Profile:
    """Return the profile with the key that is meant first, where that is one of those that were proved."""
    first = [key for key in profile.keys if key.columns == meant]
    return replace(profile, keys=(*first, *(key for key in profile.keys if key not in first)))


def text(profiles: Mapping[str, Profile]) -> str:
    """Return sources beside each other as a person reads them: rows, key, and what refers to what."""
    lines: list[str] = []
    meant = relations(profiles).keys
    for name, one in profiles.items():
        lines.append(f"{name}: {count(one.rows, 'row')}, {count(len(one.columns), 'column')}")
        key = meant.get(name)
        lines.append(f"  key: {', '.join(key)}" if key else "  key: none was found")
        lines += [f"  {sentences.reference(reference)}" for reference in one.references]
    return "\n".join(lines)


def to_dict(profiles: Mapping[str, Profile]) -> dict[str, Any]:  # Any: JSON's own types
    """Return sources beside each other as plain data: each profile by its name, and the key that is meant."""
    meant = relations(profiles).keys
    return {name: one.to_dict() | {"primary_key": list(meant.get(name, ()))} for name, one in profiles.items()}


def records(profiles: Mapping[str, Profile]) -> Iterator[dict[str, object]]:
    """Yield one flat record per reference, for a frame."""
    for name, one in profiles.items():
        for each in one.references:
            yield {
                "table": name,
                "columns": ", ".join(each.columns),
                "refers_to": each.table,
                "references": ", ".join(each.references),
                "share": each.share,
                "confidence": each.confidence,
                "reason": each.reason,
            }
