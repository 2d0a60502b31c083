"""The story of a profile: find the files, see how they are written, prove the columns, look for keys, put the facts together."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.profile import asked as asking
from dataeng_ai.profile import declared, further
from dataeng_ai.profile.asked import Wanted, find
from dataeng_ai.profile.columns import facts_of
from dataeng_ai.profile.drafted import source_of
from dataeng_ai.profile.facts import Profile, Rejects, TimeColumn
from dataeng_ai.profile.forecast import forecast
from dataeng_ai.profile.hasty import of_part
from dataeng_ai.profile.keys import keys
from dataeng_ai.profile.notices import warnings
from dataeng_ai.profile.opening import form, kinds, names, opened
from dataeng_ai.profile.proving import measured
from dataeng_ai.profile.settle import file_words, settle
from dataeng_ai.profile.unfolded import beneath, descend, identity
from dataeng_ai.progress import say
from dataeng_ai.sources import files as listing
from dataeng_ai.sources import sampled, view
from dataeng_ai.sources.prepared import Nested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb

    from dataeng_ai.draft import Draft
    from dataeng_ai.profile.facts import ColumnFacts, Key
    from dataeng_ai.profile.settle import Table
    from dataeng_ai.profile.unfolded import Level
    from dataeng_ai.project import Project
    from dataeng_ai.sources.databases.described import Described
    from dataeng_ai.sources.detected import Detected
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.prepared import BadRecord, Prepared
    from dataeng_ai.sources.stores import Place

_FIRST_LINES: Final = 3


def profile_spec(draft: Draft, project: Project, levels: Sequence[Level] = (), *, unmask: bool = False) -> Profile:
    """Return what is really in the source that a draft names; what its csv block says already, holds.

    With `levels` the draft is the one whose files are read in the end, and the facts are about the items of the last level.

    Raises:
        Problems: the source is not there, or cannot be read.
    """
    folder, pattern, known = source_of(draft, project)
    return profile(folder, pattern, known=known, levels=levels, unmask=unmask)


def quick(folder: Place, pattern: str, *, known: Mapping[str, Any] | None = None, unmask: bool = False) -> Profile:  # Any: as `profile`
    """Return what blocks of the files show, within seconds however large they are; small files and tables are looked at whole.

    Raises:
        Problems: as `profile`.
    """
    said = known or {}
    found = find(folder, pattern, said)
    with TemporaryDirectory(prefix="dataeng-quick-") as scratch:
        part = None if isinstance(found, Wanted) else sampled.of(found, form(found, said), said, Path(scratch))
        if part is None:
            return _profile(found, pattern, said, (), unmask=unmask)
        return of_part(_profile(part.files, pattern, said, (), part.detected, unmask=unmask), part)


def profile(
    folder: Place, pattern: str, *, known: Mapping[str, Any] | None = None, levels: Sequence[Level] = (), unmask: bool = False
) -> Profile:
    """Return what is really in the files that match `pattern` in `folder`.

    Args:
        folder: Where to look.
        pattern: A path or a glob in it.
        known: What needs no finding out: the spec's source block, as far as it stands.
        levels: How the rows come of those of the files, where they are items of lists in them.
        unmask: Show personal data as it is.

    Raises:
        Problems: no such file, or one that cannot be read.
    """
    return _profile(find(folder, pattern, known or {}), pattern, known or {}, levels, unmask=unmask)


def _profile(
    found: Sequence[File] | Wanted,
    pattern: str,
    known: Mapping[str, Any],  # Any: plain data of a spec
    levels: Sequence[Level],
    read: Detected | None = None,
    *,
    unmask: bool,
) -> Profile:
    with _opened(found, known, levels, read) as (con, begun, detected, print_):
        return _looked(_Asked(found, pattern, levels, unmask), con, begun, detected, print_, whole=read is None)[0]


def profile_lists(
    folder: Place, pattern: str, *, known: Mapping[str, Any] | None = None, unmask: bool = False
) -> tuple[Profile, ...]:  # Any: plain data of a spec
    """Return what is really in the files, and in the items of each of their lists of objects, for which they are gone through once.

    The items bear the key of the rows that they stand in, where these have one, and their place in the list.

    Raises:
        Problems: as `profile`.
    """
    found = find(folder, pattern, known or {})
    with (
        TemporaryDirectory(prefix="dataeng-lists-") as beside,
        _opened(found, known or {}, (), None, Path(beside)) as (con, begun, detected, print_),
    ):
        parent, prepared = _looked(_Asked(found, pattern, (), unmask), con, begun, detected, print_)
        items = []
        for place, level in enumerate(beneath(parent)):
            folder_ = Path(beside, str(place))
            folder_.mkdir()
            below, how = descend(con, prepared, [level], folder_)
            view.open_view(con, below, names(below), missing="evolve")
            items.append(_looked(_Asked(found, pattern, (level,), unmask), con, below, how, print_)[0])
    return (parent, *items)


@contextmanager
def _opened(
    found: Sequence[File] | Wanted,
    known: Mapping[str, Any],  # Any: plain data of a spec
    levels: Sequence[Level],
    read: Detected | None,
    beside: Path | None = None,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[Prepared, ...], Detected, Future[str]]]:
    """Open a source, its fingerprint taken meanwhile."""
    say(asking.beginning(found))
    with ThreadPoolExecutor(1) as thread:
        # A database is asked for its state before its rows: what changes in between makes the profile stale, never wrong.
        print_ = _done(fingerprint(found)) if isinstance(found, Wanted) else thread.submit(fingerprint, found)
        with opened(found, known, levels, read, beside=beside, ahead=True) as (con, begun, detected):
            yield con, begun, detected, print_


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of what a profile is wanted."""

    found: Sequence[File] | Wanted
    pattern: str
    levels: Sequence[Level]
    unmask: bool


def _looked(
    asked: _Asked,
    con: duckdb.DuckDBPyConnection,
    begun: tuple[Prepared, ...],
    detected: Detected,
    print_: Future[str],
    *,
    whole: bool = True,
) -> tuple[Profile, tuple[Prepared, ...]]:
    """Return the profile of the rows that are open, and the files as they are."""
    found, levels = asked.found, asked.levels
    described = detected.described if not levels else None
    expected, csv = _expected(levels, described), detected.source.csv
    comma = csv is not None and csv.delimiter.startswith(",")
    records = sum(one.rows for one in begun)  # about as many, until they were counted
    look = partial(settle, con, names(begun), records, kinds(begun), csv=csv is not None, comma=comma, key=expected)
    table, prepared = measured(con, begun, look)
    with view.reading(prepared):
        view.verify(prepared, table.rows)
        say(f"looking for keys among {len(table.columns)} columns")
        proved = declared.keys(keys(con, table, expected), table, detected)
    facts = _columns(table, proved.keys, unmask=asked.unmask)
    bad = view.structural(prepared)
    source = detected.source
    name, mark = identity(asked.pattern, print_.result(), levels)
    said = declared.whole(
        Profile(
            source=name,
            format=source.format,
            csv=source.csv and replace(source.csv, null_values=("", *file_words(table.columns))),
            excel=source.excel,
            records=source.records,
            reasons=detected.reasons,
            files=0 if isinstance(found, Wanted) else len(found),
            bytes=sum(one.file.size for one in prepared) if isinstance(found, Wanted) else sum(file.size for file in found),
            fingerprint=mark,
            rows=table.rows,
            rejects=len(bad),
            reject_reasons=_reasons(bad),
            columns=facts,
            keys=proved.keys,
            times=_times(table, facts),
            duplicates=proved.duplicates,
            forecast=forecast(detected.rows or table.rows, table.columns),
            warnings=tuple(warnings(table, facts, prepared)),
            uneven=_uneven(prepared, facts if levels else ()),
            nested=_nested(prepared),
        ),
        detected,
        con,
    )
    return (further.told(said, con, table, prepared) if whole else said), prepared


def _uneven(prepared: Sequence[Prepared], items: Sequence[ColumnFacts]) -> tuple[str, ...]:
    """Return the columns that some of the files lack, and of items those that are null somewhere: a load of few items may lack them."""
    null = {one.name for one in items if one.nulls}
    return tuple(name for name in names(prepared) if name in null or any(name not in file.header for file in prepared))


def _nested(prepared: Sequence[Prepared]) -> tuple[Nested, ...]:
    """Return the columns that hold lists and nothing else in every file that has them."""
    found: dict[str, list[Nested]] = defaultdict(list)
    for one in (one for file in prepared for one in file.nested):
        found[one.path].append(one)
    have = Counter(name for file in prepared for name in file.header)
    return tuple(
        Nested(path, sum(one.items for one in some), objects=all(one.objects for one in some))
        for path, some in found.items()
        if len(some) == have[path]
    )


def _done(value: str) -> Future[str]:
    done: Future[str] = Future()
    done.set_result(value)
    return done


def _expected(levels: Sequence[Level], described: Described | None) -> tuple[str, ...]:
    """Return the columns that should be the key: of items by their nature, of a table by its catalogue."""
    return levels[-1].key if levels else described.primary_key if described else ()


def fingerprint(found: Sequence[File] | Wanted) -> str:
    """Return a hash of the files' names, sizes and contents; of a table, of what it is asked for and its state."""
    digest = hashlib.sha256()
    if isinstance(found, Wanted):
        digest.update(f"{found.asked!r}\0{asking.state(found.asked, found.root)}".encode())
        return digest.hexdigest()
    for file in found:
        digest.update(f"{file.name}\0{file.size}\0{listing.state(file)}\n".encode())
    return digest.hexdigest()


def _columns(table: Table, proved: Sequence[Key], *, unmask: bool) -> tuple[ColumnFacts, ...]:
    widths = {name: len(key.columns) for key in reversed(proved) for name in key.columns}
    return tuple(facts_of(column, key=widths.get(column.name, 0), unmask=unmask) for column in table.columns)


def _reasons(bad: Sequence[BadRecord]) -> tuple[Rejects, ...]:
    lines: dict[str, list[int]] = defaultdict(list)
    for one in bad:
        lines[one.reason].append(one.line)
    return tuple(Rejects(reason, len(at), tuple(at[:_FIRST_LINES])) for reason, at in sorted(lines.items()))


def _times(table: Table, facts: Sequence[ColumnFacts]) -> tuple[TimeColumn, ...]:
    found = []
    for column, one in zip(table.columns, facts, strict=True):
        if one.type.name not in ("date", "timestamp", "timestamptz") or one.pii or one.minimum is None or one.maximum is None:
            continue
        step = column.wish.step if column.measured.on_step == column.measured.fits else None
        found.append(TimeColumn(one.name, one.minimum, one.maximum, step or ("day" if one.type.name == "date" else None)))
    return tuple(found)
