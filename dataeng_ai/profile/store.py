"""Profiles kept beside the project, `.dataeng/profiles/NAME.json`, each good as long as its files are the same."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import facts
from dataeng_ai.profile.drafted import source_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from dataeng_ai.draft import Draft
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.unfolded import Level
    from dataeng_ai.project import Project


def place(project: Project, name: str) -> Path:
    """Return where the profile of the spec of this name is kept."""
    return project.state_dir / "profiles" / f"{name}.json"


def save(project: Project, name: str, profile: Profile) -> Path:
    """Keep the profile, readable for its owner alone; a reader sees the old one or the new one, whole."""
    path = place(project, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(facts.to_json(profile), encoding="utf-8")
    return fresh.replace(path)


def load(project: Project, name: str) -> Profile | None:
    """Return the kept profile, fresh or not; None where there is none or it is of another version."""
    try:
        return facts.from_json(place(project, name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def fresh(draft: Draft, project: Project, root: Draft | None = None, levels: Sequence[Level] = ()) -> Profile | None:
    """Return the kept profile of a draft if the source is still what was profiled; otherwise None.

    With `levels` its rows are items in the rows of others, of which `root` reads files.
    """
    kept = load(project, draft.name)
    if kept is None:
        return None
    from dataeng_ai.profile.asked import find  # noqa: PLC0415  where nothing is kept, nothing is compared
    from dataeng_ai.profile.survey import fingerprint  # noqa: PLC0415  as above
    from dataeng_ai.profile.unfolded import identity  # noqa: PLC0415  as above

    try:
        folder, pattern, known = source_of(root or draft, project)
        found = find(folder, pattern, known)
        now = fingerprint(found)
    except Problems:
        return None
    same = (kept.source, kept.fingerprint) == identity(pattern, now, levels)
    return kept if same and (levels or not differs(kept, known)) else None


def differs(profile: Profile, known: Mapping[str, Any]) -> tuple[str, ...]:  # Any: plain data of a spec
    """Return the words of a source block that say something else than the profile was made with; null words are not among them."""
    plain = {key: value for key, value in asdict(profile).items() if key in _BLOCKS and value is not None}
    made = {(name, word): value for name, block in plain.items() for word, value in block.items() if word != "null_values"}
    said = {(name, word): value for name in plain if isinstance(known.get(name), dict) for word, value in known[name].items()}
    others = [key for key in ("format", "records") if key in known and known[key] != getattr(profile, key)]
    return (*others, *(word for (name, word), value in made.items() if said.get((name, word), value) != value))


_BLOCKS: Final = ("csv", "excel")
