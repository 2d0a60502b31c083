"""JSON as a source: found out (`detect`), gone through once (`prepare`), its bad records shown (`raw`), read by DuckDB (`relation`).

Records become rows of texts: objects are columns by path, numbers stand as they are written, lists stay JSON. An absent key and
null are nothing; an empty text is a value. `json_shape` says how, `json_text` what is taken for JSON. Where no record is an object,
as in `[1, 2]` or `"text"`, each is the value of the one column `_value`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import json_plain, texts
from dataeng_ai.sources.json_agreed import VALUE
from dataeng_ai.sources.json_detect import detect
from dataeng_ai.sources.json_flaws import ENCODING, NO_OBJECT, NUL, UNFIT, holds_nul, not_utf8, shown
from dataeng_ai.sources.json_records import Records
from dataeng_ai.sources.json_shape import Shape, TooManyColumnsError, UnfitError
from dataeng_ai.sources.json_text import BEFORE
from dataeng_ai.sources.prepared import MAX_BAD, BadRecord, Prepared
from dataeng_ai.sources.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import duckdb

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_records import Found

_TELLING: Final = 1000
"""Records that are no objects after which none is expected any more."""

__all__ = ["detect", "prepare", "raw", "relation"]


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:
    """Read the file once, twice where its shape turns out late, and write its good records as texts into the folder `scratch`.

    Raises:
        Problems: E302 it cannot be read; E311 it is empty; E313 packed, and cut short; E314 no text; E315 not in its encoding; E316 too
            many bad records; E330 no JSON; E331 nothing at the path of the records; E332 too many columns.
    """
    if plain := json_plain.prepare(file, source, scratch):
        return plain
    path = texts.place(file, scratch)
    shape = Shape.of(source.json)
    values = False
    while True:
        with texts.writing(path) as out:
            one = _Pass(file, source, shape, out, values=values)
            bare = one.run()
        if not (bare or shape.stale):
            break
        shape, values = shape.again(), values or bare
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
        blank=one.blank,
        repairs=(*one.told(), *shape.kept()),
        kinds=shape.kinds(),
        texts=Texts(tuple(columns), out.longest, source.records),
        nested=shape.nested(),
        hollow=shape.hollow(),
    )


def raw(prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (record, line, raw text) of the records with these ordinals, in the file's order; reads the file again."""
    wanted = sorted(set(records), reverse=True)
    assert prepared.texts is not None  # noqa: S101  it is a JSON file
    scan = Records(prepared.file, prepared.format, prepared.texts.records)
    for at, found in enumerate(scan, 1):
        if not wanted:
            return
        if wanted[-1] == at:
            yield wanted.pop(), scan.text.line(found.start), shown(scan.text.window[found.start : found.end])


def relation(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return the good records in the file's order, their values as texts `c0`, `c1`, … in the header's order."""
    assert prepared.texts is not None  # noqa: S101  it is a JSON file
    if prepared.plain:
        return json_plain.relation(con, prepared.path, prepared.texts)
    return texts.relation(con, prepared.path, prepared.texts)


class _Pass:
    """One pass over one file."""

    def __init__(self, file: File, source: ir.Source, shape: Shape, out: texts.Writer, *, values: bool) -> None:
        self.file, self.shape, self.out, self.values = file, shape, out, values
        self.scan = Records(file, source.format, source.records)
        self.scan.text.any_value = values
        self.records = self.blank = self.objects = self.others = 0
        self.bad: list[BadRecord] = []
        self.asked_values = source.json is not None and source.json.columns == (VALUE,)

    def run(self) -> bool:
        """Take every record; return whether they are bare values, and have to be taken again as such.

        Raises:
            Problems: as `prepare`.
        """
        for found in self.scan:
            self.records += 1
            self.objects += bool(found.value) and found.value.__class__ is dict
            self.others += found.flaw == NO_OBJECT
            if self.others > _TELLING and not self.objects:
                return True
            flaw = found.flaw or self._keep(found)
            if flaw:
                self._put_aside(found, flaw)
        self.blank = self.scan.blank
        if not (self.values or self.objects) and (self.others or self.asked_values):
            return True
        self._refuse_worthless()
        return False

    def told(self) -> tuple[str, ...]:
        """Return a sentence on each key of which more than one value is read."""
        return tuple(
            f"the key `{name}` stands twice in an object: its last value is in `{name}`, the one before in `{BEFORE.format(name)}`"
            for name in self.scan.text.twice
        )

    def _refuse_worthless(self) -> None:
        """Refuse a file of which most records are none.

        Raises:
            Problems: E315 for their encoding; E316.
        """
        broken = sum(bad.reason == ENCODING for bad in self.bad)
        if 2 * broken > self.records:
            raise not_utf8(self.file.name, f"{broken:,} of its {self.records:,} records are not")
        if self.scan.form == "ndjson" and 2 * len(self.bad) > self.records:
            reason, line = self.bad[0].reason, self.bad[0].line
            many = f"most of the {self.records:,} records of `{self.file.name}` are none, the first in line {line}"
            one = f"the only record of `{self.file.name}` is none, line {line}"
            message = f"{one if self.records == 1 else many}: {reason}"
            raise Problems(Diagnostic("E316", message, help="is it one JSON document? then write `format: json`; nothing of it was loaded"))

    def _keep(self, found: Found) -> str | None:
        """Write a record; return why it is no row."""
        row: dict[str, object] = {texts.NUMBER: self.records}
        if self.values and holds_nul(found.value):
            self.shape.keep((VALUE,), NUL)
        try:
            self.shape.row({VALUE: found.value} if self.values else found.value, row)  # type: ignore[arg-type]  # what is no object has a flaw
        except UnfitError:
            return UNFIT
        except TooManyColumnsError:
            message = f"the records of `{self.file.name}` have too many different keys for columns, by line {self._line(found)}"
            hint = "are the keys data? then `records` names another element, or the file wants another shape"
            raise Problems(Diagnostic("E332", message, help=hint)) from None
        if not self.shape.stale:
            self.out.add(row, found.end - found.start)
        return None

    def _line(self, found: Found) -> int:
        return self.scan.text.line(found.start)

    def _put_aside(self, found: Found, reason: str) -> None:
        text = shown(self.scan.text.window[found.start : found.end])
        self.bad.append(BadRecord(self.file.name, self.records, self._line(found), reason, text))
        if len(self.bad) > MAX_BAD:
            message = f"`{self.file.name}` has more than {MAX_BAD} bad records by line {self._line(found)}, the last one: {reason}"
            raise Problems(Diagnostic("E316", message, help="look at `format` and `records`; nothing of it was loaded"))
