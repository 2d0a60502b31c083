"""The lock: who decided what, on what evidence. `specs/NAME.lock.yaml` is machine-written, sorted, and knows no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

import yaml

from dataeng_ai.diagnostics import Diagnostic
from dataeng_ai.fill.places import places

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from dataeng_ai.fill.choose import Decided
    from dataeng_ai.fill.decision import Case, Path
    from dataeng_ai.profile.facts import Profile

VERSION: Final = 1
PERSON: Final = "person"
"""Who decided an entry that a person has taken over: fill never proposes another value for it."""
_DEPTH: Final = 20
_HEAD: Final = "# Written by `spec fill`: who decided what, and on what evidence. Without it nothing but the report changes.\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """Why a value stands in the spec. It speaks for this value alone: where the spec has another one, that is the person's."""

    value: object
    by: str
    """`profile`, `rule:<id>`, `model`, or `person` where one took it over."""
    evidence: str
    """One line, without the value of any cell."""
    reason: str
    runner_up: str | None
    """What was nearly chosen."""
    fingerprint: str
    """Of just the facts that mattered."""
    model: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """Entries by place (columns by name, `columns.price.type`), and a summary of the profile without values."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    profile: Mapping[str, object] = field(default_factory=dict)


def beside(spec: FilePath) -> FilePath:
    """Return where the lock of a spec's file lies."""
    return spec.with_name(f"{spec.stem}.lock.yaml")


def read(file: FilePath) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Read a lock. One that cannot be read is a warning and counts as absent; nothing but provenance is lost."""
    if not file.is_file():
        return Lock(), ()
    try:
        return load(file.read_text("utf-8")), ()
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        help_ = "delete it, or take it back from git; only who decided what is lost"
        return Lock(), (Diagnostic("W391", f"the lock `{file.name}` cannot be read: {reason}", str(file), help=help_, severity="warning"),)


def load(text: str) -> Lock:
    """Return the lock that `dump` wrote.

    Raises:
        ValueError, TypeError, yaml.YAMLError: the text is something else.
    """
    _refuse_deep(text)
    data = yaml.load(text, Loader=yaml.CSafeLoader)
    if not isinstance(data, dict) or data.get("version") != VERSION:
        message = f"it is no lock of version {VERSION}"
        raise ValueError(message)
    decisions, profile = data.get("decisions", {}), data.get("profile", {})
    if not isinstance(decisions, dict) or not isinstance(profile, dict):
        message = "its decisions are not what fill writes"
        raise TypeError(message)
    return Lock({str(name): _entry(entry) for name, entry in decisions.items()}, profile)


def _refuse_deep(text: str) -> None:
    """Refuse a text before it is composed: the C parser's composer does not survive deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            message = f"it is nested more than {_DEPTH} levels deep"
            raise ValueError(message)


def dump(lock: Lock) -> str:
    """Return the lock as the text of its file: sorted, the same bytes for the same lock."""
    data = {
        "version": VERSION,
        "decisions": {name: _plain(entry) for name, entry in lock.entries.items()},
        "profile": dict(lock.profile),
    }
    return _HEAD + yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=True, width=10**6)


def record(lock: Lock, decided: Iterable[Decided], case: Case) -> Lock:
    """Return the lock with new decisions in it, without those whose place is no more, and with what the profile says now."""
    fresh = {
        one.place: Entry(one.value, one.by, one.evidence, one.reason, one.runner_up, one.fingerprint, one.model, one.prompt)
        for one in decided
    }
    standing = set(map(places(case), _paths(case.values, ())))
    old = {name: entry for name, entry in lock.entries.items() if name in standing}
    return Lock(old | fresh, summary(case.profile))


def why(lock: Lock, words: str = "") -> tuple[tuple[str, Entry], ...]:
    """Return the entries at or beneath a place in words, or above it where there is none; all of them for an empty text."""
    names = sorted(lock.entries)
    if not words:
        return tuple((name, lock.entries[name]) for name in names)
    found = [name for name in names if _beneath(name, words)] or [name for name in names if _beneath(words, name)]
    return tuple((name, lock.entries[name]) for name in found)


def summary(profile: Profile) -> dict[str, object]:
    """Return what a profile says, without the value of any cell: enough to explain decisions after a clone."""
    return {
        "rows": profile.rows,
        "rejects": profile.rejects,
        "duplicates": profile.duplicates,
        "keys": [list(key.columns) for key in profile.keys],
        "columns": {
            column.name: {"type": str(column.type), "nulls": column.nulls, "distinct": column.distinct, "role": column.role}
            | ({"pii": column.pii} if column.pii else {})
            | ({"exceptions": column.exceptions} if column.exceptions else {})
            for column in profile.columns
        },
    }


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  PyYAML's signature
        return True


def _plain(entry: Entry) -> dict[str, object]:
    said = {"value": entry.value, "by": entry.by, "evidence": entry.evidence, "reason": entry.reason}
    more = {"runner_up": entry.runner_up, "fingerprint": entry.fingerprint, "model": entry.model, "prompt": entry.prompt}
    return said | {key: value for key, value in more.items() if value is not None}


def _entry(data: object) -> Entry:
    if not isinstance(data, dict) or not all(isinstance(data.get(key), str) for key in ("by", "evidence", "reason", "fingerprint")):
        message = "an entry is not what fill writes"
        raise ValueError(message)
    return Entry(**cast("dict[str, str]", {"runner_up": None, "value": None} | data))


def _paths(values: object, path: Path) -> Iterator[Path]:
    """Yield every place of a spec."""
    if path:
        yield path
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(values, Mapping):
        items = values.items()
    elif isinstance(values, (list, tuple)):
        items = enumerate(values)
    for key, value in items:
        yield from _paths(value, (*path, key))


def _beneath(name: str, words: str) -> bool:
    return name == words or name.startswith((f"{words}.", f"{words}["))
