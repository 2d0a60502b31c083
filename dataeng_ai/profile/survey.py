"""The story of a profile: find the files, see how they are written, prove the columns, look for keys, put the facts together."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai import connections
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.profile import asked as asking
from dataeng_ai.profile import declared
from dataeng_ai.profile.asked import Wanted, find
from dataeng_ai.profile.columns import facts_of
from dataeng_ai.profile.facts import Profile, Rejects, TimeColumn
from dataeng_ai.profile.forecast import forecast
from dataeng_ai.profile.keys import keys
from dataeng_ai.profile.settle import file_words, settle
from dataeng_ai.profile.unfolded import descend, identity
from dataeng_ai.progress import say
from dataeng_ai.sources import files as listing
from dataeng_ai.sources import formats, view, xml
from dataeng_ai.sources.json_agreed import agreed
from dataeng_ai.sources.prepared import Nested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai import ir
    from dataeng_ai.draft import Draft
    from dataeng_ai.profile.facts import ColumnFacts, Key
    from dataeng_ai.profile.settle import Table
    from dataeng_ai.profile.unfolded import Level
    from dataeng_ai.project import Project
    from dataeng_ai.sources.databases.described import Described
    from dataeng_ai.sources.detected import Detected
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.prepared import BadRecord, Prepared
    from dataeng_ai.types import Type

MEMORY: Final = 220
"""What DuckDB may take; Python and the reader's buffers come on top."""

_FIRST_LINES: Final = 3
_MOST_NAMED: Final = 5
_INTERVAL: Final = re.compile(r"%-?[A-Za-z]")


def profile_spec(draft: Draft, project: Project, levels: Sequence[Level] = (), *, unmask: bool = False) -> Profile:
    """Return what is really in the source that a draft names; what its csv block says already, holds.

    With `levels` the draft is the one whose files are read in the end, and the facts are about the items of the last level.

    Raises:
        Problems: the source is not there, or cannot be read.
    """
    folder, pattern, known = source_of(draft, project)
    return profile(folder, pattern, known=known, levels=levels, unmask=unmask)


def source_of(draft: Draft, project: Project) -> tuple[Path, str, Mapping[str, Any]]:  # Any: plain data of a spec
    """Return the folder and the glob that a draft's source means, and what its source block says already.

    Raises:
        Problems: it names no path, or its connection is not known or does not say which folder it means.
    """
    path, name = (draft.get(("source", key), None) for key in ("path", "connection"))
    block = draft.get(("source",), None)
    if isinstance(block, dict) and ("table" in block or "query" in block):
        known = _plain(block) | {"kind": project.connections.get(str(name))}
        return project.root, str(known.get("table", "query")), known
    if not isinstance(path, str):
        message = "the spec does not say where its data is"
        raise Problems(Diagnostic("E301", message, draft.text.name, draft.span(("source",)), help='write `source: {path: "data/*.csv"}`'))
    folder = connections.folder(name if isinstance(name, str) else None, project.root)
    return folder, _INTERVAL.sub("*", path), _plain(block) if isinstance(block, dict) else {}


def _plain(block: Mapping[str, object]) -> dict[str, Any]:  # Any: plain data of a spec
    """Return what a block says already, without its holes."""
    said = {key: _plain(value) if isinstance(value, dict) else value for key, value in block.items()}
    return {key: value for key, value in said.items() if value.__class__ in (str, int, bool, list, dict, type(None))}


def profile(
    folder: Path, pattern: str, *, known: Mapping[str, Any] | None = None, levels: Sequence[Level] = (), unmask: bool = False
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
    found = find(folder, pattern, known or {})
    say(asking.beginning(found))
    with ThreadPoolExecutor(1) as beside:
        # A database is asked for its state before its rows: what changes in between makes the profile stale, never wrong.
        print_ = _done(fingerprint(found)) if isinstance(found, Wanted) else beside.submit(fingerprint, found)
        with opened(found, known or {}, levels) as (con, prepared, detected):
            with view.reading(prepared):
                table = settle(
                    con, names(prepared), sum(one.rows for one in prepared), kinds(prepared), csv=detected.source.csv is not None
                )
                view.verify(prepared, table.rows)
                say(f"looking for keys among {len(table.columns)} columns")
                described = detected.described if not levels else None
                proved = declared.keys(keys(con, table, _expected(levels, described)), described, table, detected.rows)
            facts = _columns(table, proved.keys, unmask=unmask)
            bad = view.structural(prepared)
            source = detected.source
            name, whole = identity(pattern, print_.result(), levels)
            return declared.whole(
                Profile(
                    source=name,
                    format=source.format,
                    csv=source.csv and replace(source.csv, null_values=("", *file_words(table.columns))),
                    excel=source.excel,
                    records=source.records,
                    reasons=detected.reasons,
                    files=0 if isinstance(found, Wanted) else len(found),
                    bytes=sum(one.file.size for one in prepared) if isinstance(found, Wanted) else sum(file.size for file in found),
                    fingerprint=whole,
                    rows=table.rows,
                    rejects=len(bad),
                    reject_reasons=_reasons(bad),
                    columns=facts,
                    keys=proved.keys,
                    times=_times(table, facts),
                    duplicates=proved.duplicates,
                    forecast=forecast(detected.rows or table.rows, table.columns),
                    warnings=tuple(_warnings(table, facts, prepared)),
                    uneven=_uneven(prepared, facts if levels else ()),
                    nested=_nested(prepared),
                ),
                detected,
                con,
            )


@contextmanager
def opened(
    found: Sequence[File] | Wanted, known: Mapping[str, Any], levels: Sequence[Level] = (), *, whole: bool = False
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[Prepared, ...], Detected]]:  # Any: plain data of a spec
    """Open files, or a table, as the view `"__source__"`: yields the connection, what was prepared, and how it is read and why."""
    known = {**known, "json": levels[0].asked} if levels and levels[0].asked else known
    with TemporaryDirectory(prefix="dataeng-profile-") as scratch, closing(duckdb.connect(":memory:")) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET temp_directory = $1", [scratch])
        prepared, detected = _read(found, known, Path(scratch), whole=whole)
        if levels:
            prepared, detected = descend(con, prepared, levels, Path(scratch))
        columns = names(prepared)
        memory = max(MEMORY, len(columns) // 2)
        con.execute("SET memory_limit = $1", [f"{memory}MB"])
        try:
            view.open_view(con, prepared, columns, missing="evolve")
            yield con, prepared, detected
        except duckdb.OutOfMemoryException as error:
            message = f"{len(columns):,} columns of such values need more memory than the {memory:,} MB that looking at them may take"
            hint = "have the file written with fewer columns: beyond a thousand they mostly are data, and want to be rows"
            raise Unreachable(Diagnostic("E611", message, help=hint)) from error


def _read(
    found: Sequence[File] | Wanted, known: Mapping[str, Any], scratch: Path, *, whole: bool
) -> tuple[tuple[Prepared, ...], Detected]:  # Any: plain data of a spec
    """Go through files, or fetch rows of a database; return what was prepared, and how it is read and why."""
    if isinstance(found, Wanted):
        file, detected = asking.look(found.asked, found.root, scratch, whole=whole)
        return (formats.of("table").prepare(file, detected.source, scratch),), detected
    module = formats.of(known["format"] if known.get("format") in formats.FORMATS else formats.guess(found))
    detected = module.detect(found, known)

    def prepare(source: ir.Source) -> tuple[Prepared, ...]:
        return tuple(module.prepare(file, source, scratch) for file in found)

    prepared = prepare(detected.source)
    if detected.source.format == "xml" and not detected.source.json and (shape := xml.agreed(prepared)):
        detected = replace(detected, source=replace(detected.source, json=shape))
        return prepare(detected.source), detected
    if detected.source.format in ("json", "ndjson"):
        prepared = agreed(prepared, detected.source, prepare)
    return prepared, detected


def kinds(prepared: Sequence[Prepared]) -> dict[str, Type]:
    """Return the types that the files declare, of the columns where all that have it agree."""
    found: dict[str, set[Type | None]] = defaultdict(set)
    for file in prepared:
        for name, kind in zip(file.header, file.kinds, strict=False):
            found[name].add(kind)
    return {name: kind for name, (kind, *others) in found.items() if kind is not None and not others}


def names(prepared: Sequence[Prepared]) -> tuple[str, ...]:
    """Return the columns that any of the files has, those of the first file first."""
    return tuple(dict.fromkeys(name for file in prepared for name in file.header))


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
        digest.update(f"{file.name}\0{file.size}\0{listing.fingerprint(file)}\n".encode())
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


def _warnings(table: Table, facts: Sequence[ColumnFacts], prepared: Sequence[Prepared]) -> Iterator[str]:
    if not table.rows:
        yield "there is not one row"
    for one in facts:
        for doubt in one.doubts:
            yield f"`{one.name}`: {doubt}"
        if one.exceptions:
            yield f"`{one.name}`: {one.exceptions:,} {'cell is' if one.exceptions == 1 else 'cells are'} not {one.type}"
        if one.role == "empty" and table.rows:
            yield f"`{one.name}`: no cell has a value"
    for file in prepared:
        yield from file.repairs
        if absent := [name for name in names(prepared) if name not in file.header]:
            lacks = ", ".join(f"`{name}`" for name in absent[:_MOST_NAMED]) + (" …" if len(absent) > _MOST_NAMED else "")
            yield f"`{file.file.name}` lacks {lacks}, which other files have"
