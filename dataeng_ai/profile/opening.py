"""The rows of a source as a view of texts, ready to be looked at: found out, gone through, within a bound of memory."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import replace
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.profile import asked as asking
from dataeng_ai.profile.asked import Wanted
from dataeng_ai.profile.unfolded import descend
from dataeng_ai.progress import quiet
from dataeng_ai.sources import formats, view
from dataeng_ai.sources.json_agreed import agreed
from dataeng_ai.sources.json_shape import MAX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai import ir
    from dataeng_ai.profile.unfolded import Level
    from dataeng_ai.sources.detected import Detected
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.prepared import Prepared
    from dataeng_ai.types import Type

_WORTH: Final = 8 << 20
"""Bytes of all files from which it is worth it to read them before they were gone through."""
_FEW: Final = 100
"""Files of which each can be looked at twice."""
MEMORY: Final = 220
"""What DuckDB may take; Python and the reader's buffers come on top."""


@contextmanager
def opened(
    found: Sequence[File] | Wanted,
    known: Mapping[str, Any],  # Any: plain data of a spec
    levels: Sequence[Level] = (),
    detected: Detected | None = None,
    *,
    whole: bool = False,
    beside: Path | None = None,
    ahead: bool = False,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[Prepared, ...], Detected]]:
    """Open files, or a table, as the view `"__source__"`: yields the connection, what was prepared, and how it is read and why.

    The connection opens nothing else from then on, but for what the caller puts into the folder `beside`. With `ahead`, large files may
    be open before all of them was gone through: what they are taken for has a proof, which `proving` sees to.
    """
    known = {**known, "json": levels[0].asked} if levels and levels[0].asked else known
    with TemporaryDirectory(prefix="dataeng-profile-") as scratch, closing(duckdb.connect(":memory:")) as con:
        con.execute("SET TimeZone = 'UTC'")
        quiet(con)
        con.execute("SET temp_directory = $1", [scratch])
        prepared, detected = _read(found, known, Path(scratch), detected, whole=whole, ahead=ahead and not levels)
        if levels:
            prepared, detected = descend(con, prepared, levels, Path(scratch))
        columns = names(prepared)
        if len(columns) > MAX_COLUMNS:
            message = f"`{prepared[0].file.name}` has {len(columns):,} columns, and a table no more than {MAX_COLUMNS:,}"
            raise Problems(Diagnostic("E332", message, help="are their names data? then the file wants another shape"))
        memory = max(MEMORY, len(columns) // 2)
        con.execute("SET memory_limit = $1", [f"{memory}MB"])
        _lock(con, prepared, [scratch, *map(str, [beside] if beside else [])])
        try:
            yield con, _viewed(con, prepared, columns), detected
        except duckdb.OutOfMemoryException as error:
            message = f"{len(columns):,} columns of such values need more memory than the {memory:,} MB that looking at them may take"
            hint = "have the file written with fewer columns: beyond a thousand they mostly are data, and want to be rows"
            raise Unreachable(Diagnostic("E611", message, help=hint)) from error


def _viewed(con: duckdb.DuckDBPyConnection, prepared: tuple[Prepared, ...], columns: tuple[str, ...]) -> tuple[Prepared, ...]:
    """Create the views, and return the files: gone through, where DuckDB 1 finds that one is not what it is taken for as it opens it."""
    try:
        view.open_view(con, prepared, columns, missing="evolve")
    except duckdb.InvalidInputException:
        if not any(one.proof for one in prepared):
            raise
        prepared = tuple(one.proof.careful() if one.proof else one for one in prepared)
        view.open_view(con, prepared, names(prepared), missing="evolve")
    return prepared


def _lock(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], folders: Sequence[str]) -> None:
    """Let DuckDB open these files and no others from now on, and fetch nothing, whatever a file or an expression may say.

    It cannot be taken back. The rest of the configuration stays open: looking for keys takes less memory.
    """
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET allowed_directories = $1", [list(folders)])
    paths = [str(one.path) for one in prepared]
    con.execute("SET allowed_paths = $1", [[*paths, *map(escape, paths)]])  # a Parquet file is read by its name as a pattern
    con.execute("SET enable_external_access = false")


def _read(
    found: Sequence[File] | Wanted, known: Mapping[str, Any], scratch: Path, detected: Detected | None, *, whole: bool, ahead: bool
) -> tuple[tuple[Prepared, ...], Detected]:  # Any: plain data of a spec
    """Go through files, or fetch rows of a database; return what was prepared, and how it is read and why."""
    if isinstance(found, Wanted):
        file, detected = asking.look(found.asked, found.root, scratch, whole=whole)
        one = formats.of(detected.source.format).prepare(file, detected.source, scratch)
        return (replace(one, records=one.records + len(detected.bad), bad=(*one.bad, *detected.bad)),), detected
    module = formats.of(form(found, known))
    detected = detected or module.detect(found, known)
    if ahead and (begun := _begun(found, detected.source, scratch)):
        return begun, detected

    def prepare(source: ir.Source) -> tuple[Prepared, ...]:
        return tuple(module.prepare(file, source, scratch) for file in found)

    prepared = prepare(detected.source)
    if detected.source.format == "xml" and not detected.source.json:
        from dataeng_ai.sources import xml  # noqa: PLC0415  who has no XML need not wait for what reads it

        if shape := xml.agreed(prepared):
            detected = replace(detected, source=replace(detected.source, json=shape))
            return prepare(detected.source), detected
    if detected.source.format in ("json", "ndjson"):
        prepared = agreed(prepared, detected.source, prepare)
    return prepared, detected


def _begun(files: Sequence[File], source: ir.Source, scratch: Path) -> tuple[Prepared, ...]:
    """Return the files as their starts say that they are, each with its proof; none where it is not worth it, or one has to be copied."""
    if source.csv is None or len(files) > _FEW or sum(file.size for file in files) < _WORTH:
        return ()
    from dataeng_ai.sources import csv  # noqa: PLC0415  where there are such files

    found: list[Prepared] = []
    for file in files:
        one = csv.begun(file, source, scratch)
        if one is None:
            return ()
        found.append(one)
    return tuple(found)


def form(files: Sequence[File], known: Mapping[str, Any]) -> str:  # Any: plain data of a spec
    """Return the word of the files' format: what is said already holds.

    Raises:
        Problems: as `formats.guess`.
    """
    return str(known["format"]) if known.get("format") in formats.FORMATS else formats.guess(files)


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
