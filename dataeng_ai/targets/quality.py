"""Quality checks as statements over what is staged: each returns one row with the number of rows that fail, 0 is good."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai.targets import relationships
from dataeng_ai.targets.checks import all_checks
from dataeng_ai.targets.statements import Statement
from dataeng_ai.targets.trees import column, identifier, param
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dataeng_ai.ir import Check, Column, Pipeline

    ColumnType = Callable[[Type, str | None], exp.DataType]
    Mismatch = Callable[[exp.Expr, str], exp.Expr]
    """A text and a pattern to the condition that the text as a whole does not match it."""


NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "decimal", "double"})
"""The portable types whose values are numbers."""


def statements(pipeline: Pipeline, staging: exp.Table, column_type: ColumnType, mismatch: Mismatch) -> tuple[Statement, ...]:
    """Return one statement per check, named `check.` and the check's name; of what refers to other tables, what else it asks, too."""
    found: list[Statement] = []
    for check in all_checks(pipeline):
        name = f"check.{check.name}"
        if check.kind == "unique":
            tree = _repeated(check, staging)
        elif check.kind == "relationships":
            found += relationships.statements(pipeline, check, staging)
            continue
        elif check.kind == "row_count":
            tree = exp.select(_one_if(_outside(check)), copy=False).from_(staging, copy=False)
        elif check.kind == "freshness":
            tree = exp.select(_one_if(_stale(check, column_type)), copy=False).from_(staging, copy=False)
        else:
            rows = exp.select(exp.Count(this=exp.Star()), copy=False).from_(staging, copy=False)
            tree = rows.where(_bad_row(check, pipeline, column_type, mismatch), copy=False)
        found.append(Statement(name, tree, ("now",) if check.kind == "freshness" else ()))
    return tuple(found)


def _bad_row(check: Check, pipeline: Pipeline, column_type: ColumnType, mismatch: Mismatch) -> exp.Expr:
    """Return the condition under which a row fails; a null fails not_null alone."""
    columns = {found.name: found for found in pipeline.columns}
    return exp.or_(*(_bad_value(check, columns[name], column_type, mismatch) for name in check.columns), copy=False)


def _bad_value(check: Check, found: Column, column_type: ColumnType, mismatch: Mismatch) -> exp.Expr:
    value = column(found.name)
    if check.kind == "not_null":
        return exp.Is(this=value, expression=exp.Null())
    if check.kind == "pattern":
        return mismatch(_as_text(value, found, column_type), check.pattern or "")
    if check.kind == "accepted_values":
        return _not_among(check.values, found, column_type)
    bounds: list[exp.Expr] = []
    if check.minimum is not None:
        bounds.append(exp.LT(this=value, expression=_constant(check.minimum, found, column_type)))
    if check.maximum is not None:
        bounds.append(exp.GT(this=value, expression=_constant(check.maximum, found, column_type)))
    return exp.or_(*bounds, copy=False)


def _constant(word: str, found: Column, column_type: ColumnType) -> exp.Expr:
    """Return a value of the spec. A number stays as exact as it is written: as a `decimal(10, 2)`, the bound 0.004 would be 0."""
    if found.type.name in NUMBERS:
        return exp.Literal.number(f"{Decimal(word):f}")
    return exp.Cast(this=exp.Literal.string(word), to=column_type(found.type, found.physical))


def _not_among(values: Sequence[str], found: Column, column_type: ColumnType) -> exp.Expr:
    """Return the condition that the value is none of these; texts compare as texts, since json and physical types may not compare."""
    value = column(found.name)
    if not values:
        # SQL has no empty list: where nothing is accepted, whatever stands there fails.
        return exp.not_(exp.Is(this=value, expression=exp.Null()), copy=False)
    if found.type.name in {"text", "json"}:
        words = [exp.Literal.string(word) for word in values]
        return exp.not_(exp.In(this=_as_text(value, found, column_type), expressions=words), copy=False)
    return exp.not_(exp.In(this=value, expressions=[_constant(word, found, column_type) for word in values]), copy=False)


def _as_text(value: exp.Expr, found: Column, column_type: ColumnType) -> exp.Expr:
    if found.type.name == "text" and found.physical is None:
        return value
    return exp.Cast(this=value, to=column_type(Type("text"), None))


def _repeated(check: Check, staging: exp.Table) -> exp.Select:
    """Return how many rows there are beyond the first of each value; rows with a null in it do not count."""
    names = [column(name) for name in check.columns]
    complete = exp.and_(*(exp.not_(exp.Is(this=name, expression=exp.Null()), copy=False) for name in names), copy=False)
    count = exp.Count(this=exp.Star())
    groups = exp.select(exp.alias_(count, "n", quoted=True, copy=False), copy=False).from_(staging, copy=False)
    groups = groups.where(complete, copy=False).group_by(*names, copy=False)
    groups = groups.having(exp.GT(this=count, expression=exp.Literal.number(1)), copy=False)
    beyond = exp.Sum(this=exp.Sub(this=column("n"), expression=exp.Literal.number(1)))
    total = exp.Cast(this=exp.Coalesce(this=beyond, expressions=[exp.Literal.number(0)]), to=exp.DataType.build(exp.DataType.Type.BIGINT))
    return exp.select(total, copy=False).from_(groups.subquery(identifier("groups"), copy=False), copy=False)


def _outside(check: Check) -> exp.Expr:
    count = exp.Count(this=exp.Star())
    bounds: list[exp.Expr] = []
    if check.minimum is not None:
        bounds.append(exp.LT(this=count, expression=exp.Literal.number(int(check.minimum))))
    if check.maximum is not None:
        bounds.append(exp.GT(this=count, expression=exp.Literal.number(int(check.maximum))))
    return exp.or_(*bounds, copy=False)


def _stale(check: Check, column_type: ColumnType) -> exp.Expr:
    """Return: the newest value is older than `max_age` before now, or there is none."""
    age = exp.Interval(this=exp.Literal.string(str(check.max_age or 0)), unit=exp.Var(this="SECOND"))
    now = param(1, column_type(Type("timestamptz"), None))
    newest = exp.Cast(this=exp.Max(this=column(check.columns[0])), to=column_type(Type("timestamptz"), None))
    fresh = exp.GTE(this=newest, expression=exp.Sub(this=now, expression=age))
    return exp.not_(exp.Coalesce(this=fresh, expressions=[exp.false()]), copy=False)


def _one_if(condition: exp.Expr) -> exp.Expr:
    one, none = exp.Literal.number(1), exp.Literal.number(0)
    return exp.Cast(
        this=exp.case().when(condition, one, copy=False).else_(none, copy=False), to=exp.DataType.build(exp.DataType.Type.BIGINT)
    )
