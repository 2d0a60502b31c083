"""Extract: the two statements that the worker's DuckDB runs over a file's texts, one for the rows it accepts, one for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.targets.statements import Statement
from dataeng_ai.targets.table import EXTRA, key_or_required
from dataeng_ai.targets.trees import column, identifier, param
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dataeng_ai.ir import Column, Pipeline

NULL_REASON: Final = "null in a column that is not nullable"

SHOWN_WHOLE: Final = 2
"""Characters at the end of a masked text that stay, where it has at least `MASK_WHOLE_BELOW`."""
MASK_WHOLE_BELOW: Final = 6


@dataclass(frozen=True, slots=True)
class _Rule:
    """What must hold of a record, and the words for the record of which it does not."""

    column: str
    reason: str
    holds: exp.Expr


def extract(pipeline: Pipeline) -> tuple[Statement, ...]:
    """Return extract.accept and extract.reject; a record of the source is in the result of exactly one of them.

    `extract.accept` ($1 source_file where it is stamped) returns the columns of `table.staging_columns` in order, from "__source__".
    `extract.reject` returns "__record__", "column", "reason" from "__numbered__", in the order of the records.
    Trees grow in place (`copy=False`) and share nodes: sqlglot copies all that stands at each step, which is quadratic in the columns.
    """
    rules = [rule for found in pipeline.stored_columns() for rule in _rules(pipeline, found)]
    return _accept(pipeline, rules), _reject(rules)


def _accept(pipeline: Pipeline, rules: Iterable[_Rule]) -> Statement:
    values: list[exp.Expr] = [_value(found) for found in pipeline.stored_columns()]
    if pipeline.has_extra():
        values.append(exp.alias_(exp.Cast(this=column("__extra__"), to=cast.duckdb_type(Type("json"))), identifier(EXTRA), copy=False))
    stamped = "_source_file" in pipeline.load.stamp
    if stamped:
        values.append(exp.alias_(param(1, cast.duckdb_type(Type("text"))), identifier("_source_file"), copy=False))
    query = exp.select(*values, copy=False).from_(exp.table_(identifier("__source__")), copy=False)
    query = query.where(*(rule.holds for rule in rules), copy=False)
    return Statement("extract.accept", query, ("source_file",) if stamped else ())


def _reject(rules: Iterable[_Rule]) -> Statement:
    """Return the first fault of each record at fault. The inner query numbers it, the outer one puts it into words."""
    case = exp.Case()
    words = []
    for number, rule in enumerate(rules, 1):
        case.when(_negated(rule.holds), exp.Literal.number(number), copy=False)
        words.append((number, rule.column, rule.reason))
    numbered = exp.select(column("__record__"), exp.alias_(case, identifier("_fault"), copy=False), copy=False)
    numbered = numbered.from_(exp.table_(identifier("__numbered__")), copy=False)
    names = ("_fault", "column", "reason")
    found = exp.values(words, alias="faults", columns=list(names))
    query = (
        exp.select(column("__record__", "records"), column("column", "faults"), column("reason", "faults"), copy=False)
        .from_(numbered.subquery(identifier("records"), copy=False), copy=False)
        .join(found, on=exp.EQ(this=column("_fault", "faults"), expression=column("_fault", "records")), copy=False)
        .order_by(column("__record__", "records"), copy=False)
    )
    return Statement("extract.reject", query)


def _rules(pipeline: Pipeline, found: Column) -> tuple[_Rule, ...]:
    """Return the rules of a column: something is there where something must be, and the text is a value of the type."""
    text = column(found.source)
    fits = _Rule(found.name, _reason(found.type), cast.guard(text, found.type, found.parse))
    nothing = cast.nothing(text, found.parse)
    if key_or_required(pipeline, found):
        return _Rule(found.name, NULL_REASON, exp.not_(nothing, copy=False)), fits
    return (_Rule(found.name, fits.reason, exp.or_(nothing, fits.holds, copy=False)),)


def _negated(condition: exp.Expr) -> exp.Expr:
    return condition.this.unnest() if isinstance(condition, exp.Not) else exp.not_(condition, copy=False)


def _reason(type: Type) -> str:  # noqa: A002  the word of the language
    if type.name == "text":
        return "a text with a zero character"
    return f"not {'an' if type.name == 'integer' else 'a'} {type}"


def _value(found: Column) -> exp.Expr:
    text = column(found.source)
    value = cast.cast(text, found.type, found.parse)
    if found.pii is not None and found.pii.handling == "mask":
        value = masked(value)
    if found.parse.null_values:  # what is null itself stays so
        value = exp.case().when(cast.nothing(text, found.parse), exp.Null(), copy=False).else_(value, copy=False)
    return exp.alias_(value, identifier(found.name), copy=False)


def masked(text: exp.Expr) -> exp.Expr:
    """Return the text with its shape kept: letters become x, digits 9, the rest stays, and so do the last two characters.

    A text of fewer than six characters keeps none of its own, since two of so few would tell too much.
    """
    size = _call("LENGTH", text)
    last = _call("SUBSTR", text, exp.Sub(this=size, expression=exp.Literal.number(SHOWN_WHOLE - 1)))
    first = _call("SUBSTR", text, exp.Literal.number(1), exp.Sub(this=size, expression=exp.Literal.number(SHOWN_WHOLE)))
    short = exp.LT(this=size, expression=exp.Literal.number(MASK_WHOLE_BELOW))
    return exp.case().when(short, _shape(text), copy=False).else_(exp.DPipe(this=_shape(first), expression=last), copy=False)


def _shape(text: exp.Expr) -> exp.Expr:
    for pattern, stand_in in ((r"\p{L}", "x"), (r"\p{N}", "9")):
        text = _call("REGEXP_REPLACE", text, *map(exp.Literal.string, (pattern, stand_in, "g")))
    return text


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of DuckDB's function as it is written here: sqlglot must not translate it."""
    return exp.Anonymous(this=name, expressions=list(arguments))
