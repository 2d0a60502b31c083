"""XML as a source: found out (`detect`), gone through once (`prepare`), its bad records shown (`raw`), read by DuckDB (`relation`).

Records become rows of texts: children are columns by path, attributes `_x`, an element's text beside them `_VALUE`, and what is
repeated is a list. An absent element is nothing, an empty one an empty text. `xml_reader` says how, `xml_shape` what becomes columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import texts, xml_rows
from dataeng_ai.sources.json_shape import TooManyColumnsError, UnfitError
from dataeng_ai.sources.prepared import MAX_BAD, BadRecord, Prepared
from dataeng_ai.sources.texts import Texts
from dataeng_ai.sources.xml_detect import detect
from dataeng_ai.sources.xml_parallel import Parallel
from dataeng_ai.sources.xml_pattern import DoubtError
from dataeng_ai.sources.xml_quick import Quick
from dataeng_ai.sources.xml_reader import TEXT, Reader
from dataeng_ai.sources.xml_rows import rows_of
from dataeng_ai.sources.xml_shape import UNFIT, XmlShape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.xml_parallel import Run
    from dataeng_ai.sources.xml_pattern import Pattern
    from dataeng_ai.sources.xml_reader import Found
    from dataeng_ai.sources.xml_rows import Rows

__all__ = ["detect", "prepare", "raw", "relation"]

_EARLY: Final = 2000
"""A shape that turns out to be another one by so many records is begun again at once, not at the end of the file."""


class _StaleError(Exception):
    """What was written so far has another shape."""


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:
    """Read the file once, twice where its shape turns out late, and write its good records as texts into the folder `scratch`.

    Raises:
        Problems: E302 it cannot be read; E313 packed, and cut short; E314 no text; E315 an unknown encoding; E316 too many bad records;
            E319 two counts of the records differ; E331 nothing at the path; E332 too many columns; E335 no XML; E336 unsafe.
    """
    one = _read(file, source, texts.place(file, scratch))
    shape = one.shape
    if not shape.columns:
        shape.ask()
    columns = shape.columns
    return Prepared(
        file=file,
        format=source.format,
        path=one.out.path,
        header=tuple(columns.values()),
        records=one.records,
        bad=tuple(one.bad),
        repairs=shape.kept(),
        kinds=shape.kinds(),
        texts=Texts(tuple(columns), one.out.longest, source.records, one.out.cells),
        nested=shape.nested(),
    )


def _read(file: File, source: ir.Source, path: Path) -> _Pass:
    """Go through the file until its shape is known from the start; by the parser alone where anything else leaves a doubt."""
    quick = True
    shape, qualified = XmlShape.of(source.json), set[str]()
    while True:
        with rows_of(path) as out:
            one = _Pass(file, source, shape, out, qualified)
            try:
                if one.run(quick=quick):
                    break
            except DoubtError:
                quick, shape = False, XmlShape.of(source.json)
                qualified.clear()
                continue
        shape = shape.again() if not one.scan.stale else XmlShape.of(source.json)
    return one


def agreed(prepared: Sequence[Prepared]) -> ir.Json | None:
    """Return how files of one source have to be read so that their shapes are one: what is repeated in any of them, or has attributes.

    None where they are one already. Where no record has anything in it, it is a text that is not there.
    """
    if not any(one.header for one in prepared):
        return ir.Json((TEXT,), ())
    lists = {name for one in prepared for name, kind in zip(one.header, one.kinds, strict=True) if kind}
    whole = {name for one in prepared for name, kind in zip(one.header, one.kinds, strict=True) if name in lists and not kind}
    whole |= {name for name in lists if any(column.startswith(f"{name}.") for one in prepared for column in one.header)}
    simple = {name for one in prepared for name in one.header} - lists
    rich = {f"{name}.{TEXT}" for name in simple if any(column.startswith(f"{name}.") for one in prepared for column in one.header)}
    return ir.Json((*sorted(whole), *sorted(rich)), tuple(sorted(whole))) if whole or rich else None


def raw(prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (record, line, raw text) of the records with these ordinals, in the file's order; reads the file again."""
    wanted = sorted(set(records), reverse=True)
    assert prepared.texts is not None  # noqa: S101  it is an XML file
    assert prepared.texts.records is not None  # noqa: S101  likewise
    scan = Reader(prepared.file, prepared.texts.records)
    for at, found in enumerate(scan, 1):
        if not wanted:
            return
        if wanted[-1] == at:
            yield wanted.pop(), scan.line(found.start), scan.shown(found)


def relation(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return the good records in the file's order, their values as texts `c0`, `c1`, … in the header's order."""
    assert prepared.texts is not None  # noqa: S101  it is an XML file
    return xml_rows.relation(con, prepared.path, prepared.texts)


class _Pass:
    """One pass over one file."""

    def __init__(self, file: File, source: ir.Source, shape: XmlShape, out: Rows, qualified: set[str]) -> None:
        assert source.records is not None  # noqa: S101  the language has it so
        self.file, self.shape, self.out = file, shape, out
        self.scan = Reader(file, source.records, qualified)
        self.records = 0
        self.bad: list[BadRecord] = []

    def run(self, *, quick: bool) -> bool:
        """Take every record; return whether the shape held from the first one on.

        Raises:
            Problems: as `prepare`.
            DoubtError: it has to be read again by the parser alone.
        """
        try:
            if quick:
                self._run_quick()
            else:
                for found in self.scan:
                    self.one(found)
        except _StaleError:
            return False
        return not (self.shape.stale or self.scan.stale)

    def _run_quick(self) -> None:
        lane = Quick(self.scan, self.shape, self)
        try:
            lane.run()
        except Problems:
            if not lane.cut:
                raise
        else:
            if not (lane.cut and self.shape.wide):
                return
        # The parser tells what is wrong, and where, when it has seen all; and the records that were cut out are in no average.
        raise DoubtError

    def one(self, found: Found) -> bool:
        """Take a record that the parser has read; say whether it is a row."""
        self.records += 1
        flaw = found.flaw or self._keep(found)
        if flaw:
            self._put_aside(found, flaw)
        if self.shape.stale and self.records <= _EARLY:
            raise _StaleError
        return not flaw

    def many(self, rows: Sequence[tuple[bytes, ...]], how: Pattern) -> None:
        """Take records that match.

        Raises:
            OddError: not all of them do; none was taken.
        """
        self.out.many(rows, how, self.shape)
        self.records += len(rows)

    def parallel(self, how: Pattern) -> Parallel:
        """Return who goes ahead in the file."""
        return Parallel(self.file, how, self.out.path)

    def run_of(self, run: Run, how: Pattern) -> bool:
        """Take a run of records that others have found to match; say whether there is room for their file."""
        if not self.out.run(run.cells(how)):
            return False
        for (_, spot, _), (items, kinds) in zip(how.lists, run.lists, strict=True):
            spot.items += items
            spot.kinds |= {str if kind == "str" else dict for kind in kinds}
        self.records += run.records
        return True

    def _keep(self, found: Found) -> str | None:
        """Write a record; return why it is no row."""
        row: dict[str, object] = {texts.NUMBER: self.records}
        try:
            self.shape.row(found.value, row)
        except UnfitError:
            return UNFIT
        except TooManyColumnsError:
            message = f"the records of `{self.file.name}` have too many different elements for columns, by line {self._line(found)}"
            hint = "are their names data? then `records` names another element, or the file wants another shape"
            raise Problems(Diagnostic("E332", message, help=hint)) from None
        if not self.shape.stale:
            self.out.one(row, found.end - found.start, self.shape)
        return None

    def _line(self, found: Found) -> int:
        return self.scan.line(found.start)

    def _put_aside(self, found: Found, reason: str) -> None:
        self.bad.append(BadRecord(self.file.name, self.records, self._line(found), reason, self.scan.shown(found)))
        if len(self.bad) > MAX_BAD:
            message = f"`{self.file.name}` has more than {MAX_BAD} bad records by line {self._line(found)}, the last one: {reason}"
            raise Problems(Diagnostic("E316", message, help="look at `records`; nothing of it was loaded"))
