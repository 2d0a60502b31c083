"""`load.mode`: how a load changes the table; only what the storage honours and the key allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dataeng_ai import targets
from dataeng_ai.fill import parent
from dataeng_ai.fill.decision import Case, Decision, Option, Path
from dataeng_ai.fill.purpose import CHANGES, EVENTS, WHOLE, says

if TYPE_CHECKING:
    from collections.abc import Sequence


_FILES_SHOW: Final = 0.15
"""What the files themselves add to a mode that they speak for: less than the person's own words."""


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return full and append, and merge where there is a key, as far as the storage has them.

    A cursor, or what to do with a changed file, has a meaning only where files are added: full is not offered beside them.
    """
    storage = str(case.get("target", "storage"))
    modes = targets.design(storage).CAPABILITIES.modes
    if case.profile.catalog is not None:
        return tuple(option for option in (_merge(case), _full(case)) if option and option.value in modes)
    beside = any(case.settled("load", key) for key in ("cursor", "changed_file"))
    of_files = (_merge(case), _append(case), None if beside else _full(case))
    found = _of_items(case, mode) if (mode := parent.mode(case)) and not beside else of_files
    return tuple(option for option in found if option and option.value in modes)


def _of_items(case: Case, how: str) -> tuple[Option, ...]:
    """Return how items follow the rows that hold them: those that are added once are added once, others are read as they are now."""
    evidence = f"`{parent.parent(case)}` is loaded in mode {how}"
    full = Option(
        "full", evidence, 0.3 if how == "append" else 0.8, "the table is what the lists are now: an item that left its list is gone"
    )
    append = Option("append", evidence, 0.8 if how == "append" else 0.1, "new rows bring new items")
    merge = Option("merge", evidence, 0.2, "items that come again replace what they were, and those that left their list stay")
    return (merge, append, full) if _key(case) else (append, full)


def _full(case: Case) -> Option:
    words = says(case.about, WHOLE)
    prior = 0.5 + (0.3 if words else 0) - (0.2 if growing(case) else 0)
    reason = f"`{words}`" if words else "the table is what the files are: the simplest that is right"
    return _shown(case, Option("full", f"{case.profile.rows:,} rows in {_files(case)}", prior, reason))


def _append(case: Case) -> Option:
    words = says(case.about, EVENTS)
    prior = 0.2 + (0.4 if words else 0) + (0.15 if growing(case) else 0) - (0.1 if _key(case) else 0)
    reason = f"`{words}` happen once and stay" if words else "new files bring new rows"
    return _shown(case, Option("append", _files(case), prior, reason))


def _merge(case: Case) -> Option | None:
    key = _key(case)
    if not key:
        return None
    words = says(case.about, CHANGES)
    prior = 0.25 + (0.2 if words else 0) + (0.25 if growing(case) else 0)
    reason = f"`{words}`: rows come again, changed" if words else "rows that come again replace what they were"
    return _shown(case, Option("merge", f"{_files(case)}, with the key {', '.join(key)}", prior, reason))


def _shown(case: Case, option: Option) -> Option:
    """Return the option with what the files themselves show of how they follow each other, where that speaks for it."""
    updates = case.profile.updates
    if updates is None or updates.mode != option.value:
        return option
    return replace(option, evidence=f"{option.evidence}; {updates.reason}", prior=round(min(option.prior + _FILES_SHOW, 0.95), 2))


def growing(case: Case) -> bool:
    """Say whether the source is a glob: a folder into which files go on arriving."""
    return any(sign in str(case.get("source", "path")) for sign in "*?[")


def _key(case: Case) -> Sequence[str]:
    key = case.get("primary_key")
    return key if isinstance(key, (list, tuple)) else ()


def _files(case: Case) -> str:
    if case.profile.catalog is not None:
        return "a table of a database, read as a whole"
    kind = "a glob" if growing(case) else "one path"
    return f"{kind}, {case.profile.files} file{'s' if case.profile.files != 1 else ''} today"


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the words, the key, the storage, and whether files go on arriving."""
    return (
        {"about": case.about, "key": list(_key(case)), "storage": case.get("target", "storage"), "growing": growing(case)}
        | ({"files": case.profile.updates.mode} if case.profile.updates else {})
        | ({"parent": parent.mode(case)} if parent.parent(case) else {})
    )


DECISION = Decision(
    "load.mode", ("load", "mode"), (("target", "storage"), ("primary_key",)), "How does a load change the table?", options, facts
)
