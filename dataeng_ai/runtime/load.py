"""What one load is: which files, under which id, and whether it is done already."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.runtime import database, parent
from dataeng_ai.runtime.ledger import published
from dataeng_ai.sources import files, stores

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from dataeng_ai.runtime.bundle import Bundle
    from dataeng_ai.sources.databases import Snapshot
    from dataeng_ai.targets.session import Reading

ID_DIGITS: Final = 20
"""Hexadecimal digits of a load_id: enough for no two loads of a pipeline to share one."""

_CODE = re.compile(r"%[A-Za-z%]")


@dataclass(frozen=True, slots=True)
class Interval:
    """The stretch of time that a run is for: `start` included, `end` not."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the source, with the SHA-256 of its bytes."""

    file: files.File
    sha256: str


@dataclass(frozen=True, slots=True)
class Load:
    """One load: the files to be read, those of which it replaces older rows, and what is known without reading."""

    load_id: str
    files: tuple[Found, ...]
    replaces: tuple[str, ...] = ()
    skipped: int = 0
    """Records that an earlier load has brought already."""
    done: bool = False
    """Nothing is left to do: `skipped` counts everything."""


def find(bundle: Bundle, root: Path, interval: Interval | None, snapshot: Snapshot | None = None) -> tuple[Found, ...]:
    """Find the files that a run for this interval reads, and read all their bytes once for the fingerprints; or the table.

    Raises:
        Problems: there is none (E301), the path asks for an interval and there is none (E512), or the parent has no load yet (E514).
    """
    if snapshot is not None:
        return (Found(*database.find(bundle, snapshot)),)
    if (rows := bundle.pipeline.source.rows) is not None:
        return tuple(Found(file, state) for file, state in parent.find(bundle, rows, root))
    where = stores.place(bundle.pipeline.source.connection, root)
    return tuple(Found(file, files.fingerprint(file)) for file in files.find(where, path(bundle, interval)))


def needs_interval(bundle: Bundle) -> bool:
    """Say whether the source's path has strftime codes."""
    source = bundle.pipeline.source
    return source.rows is None and source.database is None and _CODE.search(source.path) is not None


def path(bundle: Bundle, interval: Interval | None) -> str:
    """Return the source's path, its strftime codes replaced by the start of the interval in the schedule's time zone.

    Raises:
        Problems: the path has such codes, and there is no interval (E512).
    """
    text = bundle.pipeline.source.path
    if not needs_interval(bundle):
        return text
    if interval is None:
        message = f"the path `{text}` is of an interval, and this run has none"
        raise Problems(Diagnostic("E512", message, help=f"spec run {bundle.pipeline.name} --from 2026-01-31 --to 2026-02-01"))
    schedule = bundle.pipeline.schedule
    zone = ZoneInfo(schedule.timezone if schedule else "UTC")
    start = interval.start.replace(tzinfo=zone) if interval.start.tzinfo is None else interval.start.astimezone(zone)
    return _CODE.sub(lambda code: start.strftime(code[0]), text)


def plan(bundle: Bundle, found: tuple[Found, ...], ledger: Reading) -> Load:
    """Hold the files against the ledger.

    Raises:
        Problems: a file of an earlier load has changed, and the spec says that this must not be (E508).
    """
    mode = bundle.pipeline.load.mode
    if mode == "append" or (mode == "merge" and bundle.pipeline.source.rows is not None):
        return _append(bundle, found, ledger)
    load_id = identify(bundle, found)
    line = published(bundle, load_id, ledger)
    return Load(load_id, found, skipped=line["rows_in"], done=True) if line else Load(load_id, found)


def identify(bundle: Bundle, found: tuple[Found, ...], generation: int = 0) -> str:
    """Return the id of a load of these files: the same on every retry, on every machine.

    `generation` tells a file that went from version A to B and back to A from the load that first brought A.
    """
    parts = [bundle.pipeline.name, bundle.spec_hash, [[one.file.name, one.sha256] for one in found], generation]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:ID_DIGITS]


def _append(bundle: Bundle, found: tuple[Found, ...], ledger: Reading) -> Load:
    versions: dict[str, dict[str, int]] = {}
    loaded: Counter[str] = Counter()
    for _, _, name, sha256, rows in ledger.rows("ledger.files", pipeline=bundle.pipeline.name):
        versions.setdefault(name, {}).pop(sha256, None)
        versions[name][sha256] = rows
        loaded[name] += 1
    how = bundle.pipeline.load.changed_file if bundle.pipeline.source.rows is None else "append"
    new, replaces, skipped = [], [], 0
    for one in found:
        known = versions.get(one.file.name, {})
        current = dict(list(known.items())[-1:]) if how == "replace" else known
        if one.sha256 in current:
            skipped += known[one.sha256]
            continue
        if known and how == "fail":
            raise _changed(one)
        if known and how == "replace":
            replaces.append(one.file.name)
        new.append(one)
    generation = sum(loaded[one.file.name] for one in new)
    return Load(identify(bundle, tuple(new), generation), tuple(new), tuple(replaces), skipped, done=not new)


def _changed(one: Found) -> Problems:
    message = f"the file `{one.file.name}` was loaded before, and its bytes are others now"
    advice = "put the old file back, or say what to do with such files: `load: {changed_file: replace}`, or `append`"
    return Problems(Diagnostic("E508", message, help=advice))
