"""XML as a source: found out (`detect`), gone through once (`prepare`), its bad records shown (`raw`), read by DuckDB (`relation`).

Records become rows of texts: children are columns by path, attributes `_x`, an element's text beside them `_VALUE`, and what is
repeated is a list. An absent element is nothing, an empty one an empty text. `xml_reader` says how, `xml_shape` what becomes columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import texts
from dataeng_ai.sources.json_shape import TooManyColumnsError, UnfitError
from dataeng_ai.sources.prepared import MAX_BAD, BadRecord, Prepared
from dataeng_ai.sources.texts import Texts
from dataeng_ai.sources.xml_detect import detect
from dataeng_ai.sources.xml_reader import TEXT, Reader
from dataeng_ai.sources.xml_shape import UNFIT, XmlShape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.xml_reader import Found

__all__ = ["detect", "prepare", "raw", "relation"]


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:
    """Read the file once, twice where its shape turns out late, and write its good records as texts into the folder `scratch`.

    Raises:
        Problems: E302 it cannot be read; E313 packed, and cut short; E314 no text; E315 an unknown encoding; E316 too many bad records;
            E319 two counts of the records differ; E331 nothing at the path; E332 too many columns; E335 no XML; E336 unsafe.
    """
    path = texts.place(file, scratch)
    shape, qualified = XmlShape.of(source.json), set[str]()
    while True:
        with texts.writing(path) as out:
            one = _Pass(file, source, shape, out, qualified)
            one.run()
        if not (shape.stale or one.scan.stale):
            break
        shape = shape.again() if not one.scan.stale else XmlShape.of(source.json)
    if not shape.columns:
        shape.ask()
    columns = shape.columns
    return Prepared(
        file=file,
        format=source.format,
        path=path,
        header=tuple(columns.values()),
        records=one.records,
        bad=tuple(one.bad),
        repairs=shape.kept(),
        kinds=shape.kinds(),
        texts=Texts(tuple(columns), out.longest, source.records),
        nested=shape.nested(),
    )


def agreed(prepared: Sequence[Prepared]) -> ir.Json | None:
    """Return how files of one source have to be read so that their shapes are one: what is repeated in any of them, or has attributes.

    None where they are one already.
    """
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
    return texts.relation(con, prepared.path, prepared.texts)


class _Pass:
    """One pass over one file."""

    def __init__(self, file: File, source: ir.Source, shape: XmlShape, out: texts.Writer, qualified: set[str]) -> None:
        assert source.records is not None  # noqa: S101  the language has it so
        self.file, self.shape, self.out = file, shape, out
        self.scan = Reader(file, source.records, qualified)
        self.records = 0
        self.bad: list[BadRecord] = []

    def run(self) -> None:
        """Take every record.

        Raises:
            Problems: as `prepare`.
        """
        for found in self.scan:
            self.records += 1
            flaw = found.flaw or self._keep(found)
            if flaw:
                self._put_aside(found, flaw)

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
            self.out.add(row, found.end - found.start)
        return None

    def _line(self, found: Found) -> int:
        return self.scan.line(found.start)

    def _put_aside(self, found: Found, reason: str) -> None:
        self.bad.append(BadRecord(self.file.name, self.records, self._line(found), reason, self.scan.shown(found)))
        if len(self.bad) > MAX_BAD:
            message = f"`{self.file.name}` has more than {MAX_BAD} bad records by line {self._line(found)}, the last one: {reason}"
            raise Problems(Diagnostic("E316", message, help="look at `records`; nothing of it was loaded"))
