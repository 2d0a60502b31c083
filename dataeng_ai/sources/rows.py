"""The items of lists as a source: a column of JSON in another table, unfolded, each item a record.

What is read is a file that we write ourselves, one row of the parent a line: its list, then the columns that its items bear. An item
becomes texts as a record of JSON does. What is no key of an item begins with a point: `../id` is the parent's column, `.position` the
item's place in its list, from 1, and `.value` the item itself, where items are no objects. A key that begins so stands in quotes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import texts
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.json_decoding import ConstantError, TwiceError, decode
from dataeng_ai.sources.json_flaws import NO_OBJECT, TOO_DEEP, TWICE, UNFIT, half, shown
from dataeng_ai.sources.json_paths import joined, keys_of
from dataeng_ai.sources.json_shape import Shape, TooManyColumnsError, UnfitError, encoded
from dataeng_ai.sources.prepared import MAX_BAD, BadRecord, Prepared
from dataeng_ai.sources.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_shape import Value

PARENT: Final = "../"
"""Before the name of a column of the parent."""
POSITION: Final = ".position"
VALUE: Final = ".value"
OWN: Final = (POSITION, VALUE)
"""What an item has beside its keys."""

NO_LIST: Final = "neither a list nor an object"
NO_JSON: Final = "the parent's cell is no JSON"


def place(records: str, columns: Sequence[tuple[str, str]]) -> tuple[int, str | None] | None:
    """Find the column of the parent that `records` begins with, by its name or its name in the parent's source.

    Returns:
        Its place among the columns, each a name and a name in the source, and the path of the lists below it; None where there is none.
    """
    keys = keys_of(records) or ()
    whole = [(records, None)]
    parts = [(joined(keys[:size]), joined(keys[size:]) or None) for size in range(len(keys), 0, -1)]
    plain = [(keys[0], joined(keys[1:]) or None)] if keys else []
    for head, rest in (*whole, *parts, *plain):
        for side in (0, 1):
            found = next((at for at, names in enumerate(columns) if names[side] == head), None)
            if found is not None:
                return found, rest
    return None


def asked(sources: Iterable[str]) -> tuple[str, ...]:
    """Return, of the names that columns are read by, those that are paths within an item."""
    return tuple(dict.fromkeys(name for name in sources if not name.startswith(PARENT) and name not in OWN))


def write(path: Path, rows: Iterable[Sequence[str | None]]) -> int:
    """Write rows of the parent, each its list and what its items bear; return how many there are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, check_circular=False) + "\n")
            count += 1
    return count


class Item(NamedTuple):
    """An item of a list, and why it can be no row."""

    value: Value
    flaw: str | None = None


def unfold(text: str | None, keys: Sequence[str] = ()) -> Iterator[Item]:
    """Yield the items of a list, at a path below a text of JSON; lists on the way are gone through. An object is its own one item."""
    if text is None:
        return
    try:
        value: Value = decode(text)
    except TwiceError:
        yield Item(text, TWICE)
    except RecursionError:
        yield Item(text, TOO_DEEP)
    except (json.JSONDecodeError, ConstantError):
        yield Item(text, NO_JSON)
    else:
        flaw = half(text) if "\\u" in text else None
        yield from (Item(text, flaw),) if flaw else _at(value, tuple(keys))


def _at(value: Value, keys: tuple[str, ...]) -> Iterator[Item]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, keys) if keys else (Item(item),)
    elif isinstance(value, dict) and keys:
        yield from _at(value.get(keys[0]), keys[1:])
    elif value is not None and not keys:
        yield Item(value, None if isinstance(value, dict) else NO_LIST)


def detect(files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # Any: plain data of a spec
    """Find out whether the items are objects; what `known["rows"]`, an `ir.Rows`, says already, holds."""
    source: ir.Source = known["source"]
    assert source.rows is not None  # noqa: S101  whoever reads rows says which
    if source.rows.value or any(isinstance(item.value, dict) for file in files for _, _, item in _items(file, source.rows.records)):
        return Detected(source, ())
    return Detected(replace(source, rows=replace(source.rows, value=True)), ())


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:
    """Unfold the lists of a file that `write` wrote; the texts of their items go into the folder `scratch`.

    Raises:
        Problems: E316 too many items are no rows, E332 they have too many keys for columns.
    """
    rows = source.rows
    assert rows is not None  # noqa: S101  it says which rows
    path = texts.place(file, scratch)
    shape = Shape.of(source.json)
    while True:
        with texts.writing(path) as out:
            one = _Pass(file, rows, shape, out)
            one.run()
        if not shape.stale:
            break
        shape = shape.again()
    if not shape.columns:
        shape.ask()
    columns = one.own | shape.columns
    return Prepared(
        file=file,
        format="rows",
        path=path,
        header=tuple(columns.values()),
        records=one.records,
        bad=tuple(one.bad),
        blank=one.childless,
        kinds=(*(None for _ in one.own), *shape.kinds()),
        repairs=(*one.told(), *shape.kept()),
        texts=Texts(tuple(columns), out.longest, rows.records),
        nested=shape.nested(),
    )


def raw(prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (item, row of the parent, the item as JSON) of the items with these ordinals, in order."""
    wanted = frozenset(records)
    assert prepared.texts is not None  # noqa: S101  `prepare` wrote them
    for ordinal, (line, _, item) in enumerate(_items(prepared.file, prepared.texts.records), 1):
        if ordinal in wanted:
            yield ordinal, line, shown(encoded(item.value))


def relation(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return the items that are rows in order, their values as texts `c0`, `c1`, … in the header's order."""
    assert prepared.texts is not None  # noqa: S101  `prepare` wrote them
    if prepared.plain:
        return texts.columns(con, prepared.path, prepared.texts)
    return texts.relation(con, prepared.path, prepared.texts)


def _lines(file: File) -> Iterator[list[str | None]]:
    with file.path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)


def _items(file: File, records: str | None) -> Iterator[tuple[int, list[str | None], Item]]:
    """Yield every item, with its parent's ordinal and what the parent bears."""
    keys = keys_of(records) or () if records else ()
    for ordinal, (text, *carried) in enumerate(_lines(file), 1):
        for item in unfold(text, keys):
            yield ordinal, carried, item


class _Pass:
    """One pass over the rows of the parent."""

    def __init__(self, file: File, rows: ir.Rows, shape: Shape, out: texts.Writer) -> None:
        self.file, self.rows, self.shape, self.out = file, rows, shape, out
        self.own = {f"p{at}": f"{PARENT}{carried.name}" for at, carried in enumerate(rows.carried)}
        self.own |= ({"at": POSITION} if rows.position else {}) | ({"v": VALUE} if rows.value else {})
        self.records = self.parents = self.childless = 0
        self.bad: list[BadRecord] = []

    def run(self) -> None:
        """Take every item.

        Raises:
            Problems: as `prepare`.
        """
        keys = keys_of(self.rows.records) or () if self.rows.records else ()
        for line, (text, *carried) in enumerate(_lines(self.file), 1):
            position = 0
            for position, item in enumerate(unfold(text, keys), 1):
                self.records += 1
                if flaw := item.flaw or self._keep(item.value, carried, position):
                    self._put_aside(item.value, line, flaw)
            self.parents, self.childless = line, self.childless + (not position)

    def told(self) -> tuple[str, ...]:
        """Return a sentence on the rows of the parent that gave nothing."""
        return (f"{self.childless:,} of {self.parents:,} rows of `{self.rows.pipeline}` have no items",) if self.childless else ()

    def _keep(self, value: Value, carried: Sequence[str | None], position: int) -> str | None:
        """Write an item; return why it is no row."""
        row: dict[str, object] = {texts.NUMBER: self.records}
        row |= {f"p{at}": text for at, text in enumerate(carried) if text is not None}
        row |= {"at": str(position)} if self.rows.position else {}
        if self.rows.value and value is not None:
            row["v"] = value if isinstance(value, str) else encoded(value)
        if not isinstance(value, dict):
            if not self.rows.value:
                return NO_OBJECT
        else:
            try:
                self.shape.row(value, row)
            except UnfitError:
                return UNFIT
            except TooManyColumnsError:
                message = f"the items of `{self.file.name}` have too many different keys for columns"
                raise Problems(Diagnostic("E332", message, help="are the keys data? then keep the list as JSON")) from None
        if not self.shape.stale:
            self.out.add(row, sum(len(text) for text in row.values() if isinstance(text, str)))
        return None

    def _put_aside(self, value: Value, line: int, reason: str) -> None:
        self.bad.append(BadRecord(self.file.name, self.records, line, reason, shown(encoded(value))))
        if len(self.bad) > MAX_BAD:
            message = f"more than {MAX_BAD:,} items of `{self.file.name}` are no rows, the last one: {reason}"
            raise Problems(Diagnostic("E316", message, help="look at `records`; nothing of it was loaded"))
