"""What of a completed spec can only be known with its data: every rule here holds the spec against the facts of a profile.

A code that begins with W is a warning: rows will be set aside, but no more than the spec allows, or nothing could be proved.

The file is long because each of its nine rules carries the page that `spec why CODE` prints.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from dataeng_ai import types
from dataeng_ai.diagnostics import Diagnostic
from dataeng_ai.spec.quality import AcceptedValues, NotNull, Range, RowCount, Unique
from dataeng_ai.spec.values import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dataeng_ai.draft import Draft, Path
    from dataeng_ai.profile.facts import ColumnFacts, Profile
    from dataeng_ai.spec.column import Column
    from dataeng_ai.spec.spec import Spec
    from dataeng_ai.types import Type

_DIALECT: Final = ("delimiter", "quote", "escape", "header", "encoding", "skip", "footer")
_NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "decimal", "double"})
_BITS: Final = {"smallint": 15, "integer": 31, "bigint": 63}
_INSIDE: Final = {"date": ("timestamp",), "timestamp": ()}
"""Types whose every text is also one of these."""
_SURELY_FEWER: Final = 0.8
"""An estimate of different values below this share of the rows says for certain that some stand twice."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What the rules look at: the spec, the facts, the text, and the column of the file behind each column of the table."""

    spec: Spec
    profile: Profile
    draft: Draft
    facts: dict[str, ColumnFacts]

    def columns(self) -> Iterator[tuple[int, Column, ColumnFacts]]:
        """Yield place, column and facts of the columns that are in the file."""
        for place, column in enumerate(self.spec.columns):
            if column.name in self.facts:
                yield place, column, self.facts[column.name]

    def problem(self, code: str, path: Path, message: str, help_: str, *, warning: bool = False) -> Diagnostic:
        """Return a diagnostic at a path of the spec."""
        severity = "W" if warning else "E"
        place = self.draft.span(path)
        return Diagnostic(severity + code, message, self.draft.text.name, place, help=help_, severity="warning" if warning else "error")

    def allowed(self) -> int:
        """Return how many rows a load may set aside."""
        limit = self.spec.load.max_rejects
        records = self.profile.rows + self.profile.rejects
        return int(Decimal(limit.rstrip("% ")) * records / 100) if isinstance(limit, str) else limit


def prove(spec: Spec, profile: Profile, draft: Draft) -> tuple[Diagnostic, ...]:
    """Return everything in which the spec and the data do not agree, in the order of the text.

    Args:
        spec: The completed spec.
        profile: The facts about its source.
        draft: The text that the spec was read from, for places.
    """
    known = {column.name: column for column in profile.columns}
    facts = {column.name: known[source] for column in spec.columns if (source := column.from_ or column.name) in known}
    look = _Look(spec, profile, draft, facts)
    found = [diagnostic for rule in RULES.values() for diagnostic in rule(look)]
    return tuple(sorted(found, key=lambda one: (one.span.start if one.span else 0, one.code)))


def _not_in_file(look: _Look) -> Iterator[Diagnostic]:
    """A column of the table is fed from a column that the file does not have.

    The load would stop at the first file.

    Example: `from: Дата` where the header says `Дата продажи`
    Fix: write the header's name, or `on_schema_change: {dropped_column: evolve}` to load nulls
    """
    headers = [column.name for column in look.profile.columns]
    for place, column in enumerate(look.spec.columns):
        source = column.from_ or column.name
        if source not in headers and look.spec.on_schema_change.dropped_column != "evolve":
            near = difflib.get_close_matches(source, headers, n=1, cutoff=0.6)
            listed = ", ".join(f"`{header}`" for header in headers)
            path: Path = ("columns", place, "from" if column.from_ else "name")
            yield look.problem(
                "340", path, f"the file has no column `{source}`", f"write `from: {near[0]}`" if near else f"the file has {listed}"
            )


def _not_in_spec(look: _Look) -> Iterator[Diagnostic]:
    """The file has a column that the spec does not know, and `new_column: freeze` stops the load.

    Example: a header `promo_code` that no column reads
    Fix: add the column, or write `new_column: evolve` (keep it in `_extra`) or `discard`
    """
    used = {column.from_ or column.name for column in look.spec.columns}
    unknown = [column.name for column in look.profile.columns if column.name not in used]
    if unknown and look.spec.on_schema_change.new_column == "freeze":
        listed = ", ".join(f"`{name}`" for name in unknown)
        message = f"the file has {listed}, which the spec does not know"
        hint = "add it to `columns`, or set `new_column` to evolve or discard"
        yield look.problem("341", ("on_schema_change", "new_column"), message, hint)


def _type(look: _Look) -> Iterator[Diagnostic]:
    """Cells are not of the column's type; a warning, W342, where `max_rejects` allows as many.

    Their rows would be rejected, and the load refused as a whole.

    Example: `type: integer`, and a cell `n/a`
    Fix: a wider type, `parse: {null_values: [n/a]}`, or a higher `load.max_rejects`
    """
    for place, column, facts in look.columns():
        kind, path = types.parse(column.type), ("columns", place, "type")
        if _holds(facts, kind, column.parse.timezone):
            if facts.exceptions and (kind.name != "text" or facts.type == kind):
                bearable = facts.exceptions + look.profile.rejects <= look.allowed()
                message = f"{_cells(facts.exceptions)} of `{facts.name}` {_are(facts.exceptions)} no {kind}"
                hint = "their rows will be set aside" if bearable else _wider(facts)
                yield look.problem("342", path, message, hint, warning=bearable)
        elif facts.role != "empty":
            digits = facts.type.name == "text" and kind.name in _NUMBERS and not (facts.shape or "x").strip("9")
            message = f"`{facts.name}` is {facts.type} in the file, which is not {'proved to be' if digits else 'always'} a {kind}"
            yield look.problem("342", path, message, f"write `type: {facts.type}`", warning=digits)


def _wider(facts: ColumnFacts) -> str:
    if facts.wider is None:
        return "a text may not hold the character NUL: take it out at the source, or let such rows be set aside: raise `load.max_rejects`"
    return f"every cell fits `type: {facts.wider}`, or let their rows be set aside: raise `load.max_rejects`"


def _holds(facts: ColumnFacts, kind: Type, timezone: str | None) -> bool:
    """Say whether all values of the proved type are values of this one too."""
    proved = facts.type
    if kind.name == "text" or proved == kind:
        return True
    if proved.name in _NUMBERS and kind.name in _NUMBERS:
        return _number_holds(facts, kind)
    if kind.name == "timestamptz" and timezone:
        return proved.name in ("date", "timestamp")
    return kind.name in _INSIDE.get(proved.name, ())


def _number_holds(facts: ColumnFacts, kind: Type) -> bool:
    proved = facts.type
    if kind.name == "double":
        return (proved.precision or 15) <= 15 or proved.name == "double"  # noqa: PLR2004  digits that a double keeps
    if facts.pii or facts.minimum is None or facts.maximum is None:
        return True
    largest = max(abs(Decimal(facts.minimum)), abs(Decimal(facts.maximum)))
    if proved.name == "double" or (proved.scale or 0) > (kind.scale or 0):
        return False
    if kind.name == "decimal":
        return largest < Decimal(10) ** ((kind.precision or 0) - (kind.scale or 0))
    return largest < Decimal(2) ** _BITS[kind.name]


def _nulls(look: _Look) -> Iterator[Diagnostic]:
    """A column that may not be empty is; a warning, W343, where `max_rejects` allows as many.

    Example: `nullable: false`, and 12 cells of 1,000 are empty
    Fix: `nullable: true`, or a higher `load.max_rejects`
    """
    key = look.spec.primary_key or ()
    for place, column, facts in look.columns():
        if column.nullable or not facts.nulls:
            continue
        bearable = facts.nulls + look.profile.rejects <= look.allowed()
        part = "a column of the key" if column.name in key else "not nullable"
        message = f"`{column.name}` is {part}, and {_cells(facts.nulls)} of `{facts.name}` {_are(facts.nulls)} empty"
        hint = "their rows will be set aside" if bearable else "write `nullable: true`, or raise `load.max_rejects`"
        yield look.problem("343", ("columns", place, "nullable"), message, hint, warning=bearable)
    for place, check in enumerate(look.spec.quality or ()):
        for name in check.columns if isinstance(check, NotNull) else ():
            if name in look.facts and look.facts[name].nulls:
                message = f"{_cells(look.facts[name].nulls)} of `{name}` {_are(look.facts[name].nulls)} empty: this check fails"
                yield look.problem("343", ("quality", place), message, "leave the column out of it", warning=check.severity == "warn")


def _unique(look: _Look) -> Iterator[Diagnostic]:
    """The columns of the key, or of a check for uniqueness, are the same in several rows; a warning, W344, where that was not proved.

    A merge would let one of them win by chance.

    Example: `primary_key: [order_id]`, and an order has several lines
    Fix: `primary_key: [order_id, line]`
    """
    if look.spec.primary_key:
        yield from _unique_together(look, look.spec.primary_key, ("primary_key",), warn=False)
    for place, check in enumerate(look.spec.quality or ()):
        if isinstance(check, Unique):
            yield from _unique_together(look, check.columns, ("quality", place, "columns"), warn=check.severity == "warn")


def _unique_together(look: _Look, names: Iterable[str], path: Path, *, warn: bool) -> Iterator[Diagnostic]:
    names = tuple(names)
    facts = [look.facts[name] for name in names if name in look.facts]
    sources = {one.name for one in facts}
    if len(facts) < len(names) or any(set(key.columns) <= sources for key in look.profile.keys):
        return
    listed = ", ".join(f"`{name}`" for name in names)
    keys = [", ".join(_table_name(look, name) for name in key.columns) for key in look.profile.keys]
    hint = f"proved to be a key: {'; '.join(f'[{key}]' for key in keys)}" if keys else "no key was found; write `primary_key: null`"
    if _repeats(look.profile, facts):
        yield look.problem("344", path, f"{listed} {_are(len(names))} the same in several rows", hint, warning=warn)
    elif look.profile.rows:
        yield look.problem("344", path, f"that {listed} {_are(len(names))} never the same twice is not proved", hint, warning=True)


def _repeats(profile: Profile, facts: list[ColumnFacts]) -> bool:
    """Say whether some rows are surely the same in these columns."""
    rows = profile.rows - max(one.nulls + one.exceptions for one in facts)
    room = 1
    for one in facts:
        room *= one.distinct if one.distinct_exact else max(1, int(one.distinct / _SURELY_FEWER))
    return rows > 0 and (profile.duplicates > 0 or room < rows)


def _table_name(look: _Look, source: str) -> str:
    return next((column.name for column in look.spec.columns if (column.from_ or column.name) == source), source)


def _values(look: _Look) -> Iterator[Diagnostic]:
    """A column holds values that are not among the accepted ones; a warning, W345, where the check only warns.

    Example: `values: [PAID, REFUND]`, and the file also says CANCELED
    Fix: add the value, or leave the check out
    """
    for place, column, facts in look.columns():
        if column.values is not None:
            kind = types.parse(column.type)
            accepted = {canonical(value, kind) for value in column.values}
            yield from _strangers(look, facts, accepted, ("columns", place, "values"), warn=False)
    for place, check in enumerate(look.spec.quality or ()):
        for name in check.columns if isinstance(check, AcceptedValues) else ():
            if name in look.facts and isinstance(check, AcceptedValues):
                kind = types.parse(next(column.type for column in look.spec.columns if column.name == name))
                accepted = {canonical(value, kind) for value in check.values}
                yield from _strangers(look, look.facts[name], accepted, ("quality", place, "values"), warn=check.severity == "warn")


def _strangers(look: _Look, facts: ColumnFacts, accepted: set[str], path: Path, *, warn: bool) -> Iterator[Diagnostic]:
    strangers = [value for value, _ in facts.top if value not in accepted]
    if strangers and not facts.pii:
        listed = ", ".join(f"`{value}`" for value in strangers[:3]) + (" …" if len(strangers) > 3 else "")  # noqa: PLR2004  three are enough to see
        yield look.problem("345", path, f"`{facts.name}` also holds {listed}", "add them, or leave the check out", warning=warn)


def _range(look: _Look) -> Iterator[Diagnostic]:
    """A column holds values beyond the bounds of a range, or the file fewer or more rows than asked for; W346 where the check only warns.

    Example: `{check: range, columns: [price], min: 1}`, and tickets for children cost 0
    Fix: write the bound that holds
    """
    kinds = {column.name: types.parse(column.type) for column in look.spec.columns}
    for place, check in enumerate(look.spec.quality or ()):
        if isinstance(check, RowCount):
            rows = str(look.profile.rows)
            yield from _beyond(look, "the number of rows", (rows, rows), check, place, types.Type("bigint"))
        for name in check.columns if isinstance(check, Range) else ():
            facts = look.facts.get(name)
            if isinstance(check, Range) and facts and not facts.pii and facts.minimum is not None and facts.maximum is not None:
                yield from _beyond(look, f"`{name}`", (facts.minimum, facts.maximum), check, place, kinds[name])


def _beyond(look: _Look, what: str, ends: tuple[str, str], check: Range | RowCount, place: int, kind: Type) -> Iterator[Diagnostic]:
    low, high = (None if bound is None else canonical(bound, kind) for bound in (check.min, check.max))
    warn = check.severity == "warn"
    if low is not None and _less(ends[0], low, kind):
        yield look.problem("346", ("quality", place, "min"), f"{what} goes down to {ends[0]}", f"write `min: {ends[0]}`", warning=warn)
    if high is not None and _less(high, ends[1], kind):
        yield look.problem("346", ("quality", place, "max"), f"{what} goes up to {ends[1]}", f"write `max: {ends[1]}`", warning=warn)


def _less(one: str, other: str, kind: Type) -> bool:
    """Compare canonical texts: those of dates and times stand in their order as they are."""
    return Decimal(one) < Decimal(other) if kind.name in _NUMBERS else one < other


def _rejects(look: _Look) -> Iterator[Diagnostic]:
    """More records are no rows than `max_rejects` allows.

    They are cut short, or have a field too many, and a load would be refused.

    Example: `load: {mode: full}`, and the last line of the file is half written
    Fix: repair the file, or a higher `load.max_rejects`
    """
    if look.profile.rejects > look.allowed():
        reasons = "; ".join(f"{one.count:,} {one.reason}, first in line {one.lines[0]}" for one in look.profile.reject_reasons if one.lines)
        message = f"{look.profile.rejects:,} records are no rows ({reasons}), and `max_rejects` allows {look.allowed():,}"
        yield look.problem("347", ("load", "max_rejects"), message, f"repair the file, or write `max_rejects: {look.profile.rejects}`")


def _dialect(look: _Look) -> Iterator[Diagnostic]:
    """The file was found to be written otherwise than the csv block says.

    The block was changed after the profile was made.

    Example: `delimiter: ","`, and the profile read with `;`
    Fix: `spec profile NAME`
    """
    found, block = look.profile.csv, getattr(look.spec.source, "csv", None)
    for word in _DIALECT if found and block else ():
        said, seen = getattr(block, word), getattr(found, word)
        if said != seen:
            message = f"`{word}` is `{said}` here, and the file was read with `{seen}`"
            yield look.problem("348", ("source", "csv", word), message, f"profile again: `spec profile {look.spec.name}`", warning=True)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


RULES: Final[Mapping[str, Callable[[_Look], Iterator[Diagnostic]]]] = {
    "E340": _not_in_file,
    "E341": _not_in_spec,
    "E342": _type,
    "E343": _nulls,
    "E344": _unique,
    "E345": _values,
    "E346": _range,
    "E347": _rejects,
    "W348": _dialect,
}
"""Every rule that needs data, by its code; the docstring of each is the page of `spec why CODE`, of the warning `W…` too."""
