"""What refers to other tables, as statements over what is staged: how many rows refer to nothing, and what they refer to.

A row with a null among its columns refers to nothing, on purpose: it passes, as SQL's foreign keys let it pass (MATCH SIMPLE).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import targets
from dataeng_ai.targets.checks import other_rows, own_rows
from dataeng_ai.targets.statements import Statement
from dataeng_ai.targets.trees import STAGED, aliased, column, table_in

if TYPE_CHECKING:
    from dataeng_ai.ir import Check, Pipeline, Reference

EXAMPLES: Final = 5
"""Values that a failure shows."""
_REFERRED: Final = "referred"
_AMONG: Final = "among"


def statements(pipeline: Pipeline, check: Check, staging: exp.Table) -> tuple[Statement, ...]:
    """Return the check itself, and what is asked where it fails.

    `check.NAME` counts rows that refer to nothing. `orphans.NAME` returns what they refer to, as texts, with the number of rows. Where
    the table stands already: `there.NAME` says whether it does, `keyed.NAME` counts the rows that refer to anything.
    """
    assert check.references is not None  # noqa: S101  nobody asks otherwise
    orphans = _staged(check, staging).where(*_nowhere(pipeline, check, staging), copy=False)
    count = exp.Count(this=exp.Star())
    found = (
        Statement(f"check.{check.name}", orphans.copy().select(count, copy=False)),
        Statement(f"orphans.{check.name}", _examples(pipeline, check, orphans)),
    )
    if not other_rows(pipeline, check):
        return found
    keyed = _staged(check, staging).select(count.copy(), copy=False)
    return (
        *found,
        Statement(f"there.{check.name}", targets.design(pipeline.target.storage).there(check.references)),
        Statement(f"keyed.{check.name}", keyed),
    )


def _staged(check: Check, staging: exp.Table) -> exp.Select:
    """Return FROM and WHERE of the staged rows that refer to anything."""
    whole = (exp.not_(exp.Is(this=column(name, STAGED), expression=exp.Null()), copy=False) for name in check.columns)
    return exp.Select().from_(aliased(staging, STAGED), copy=False).where(*whole, copy=False)


def _nowhere(pipeline: Pipeline, check: Check, staging: exp.Table) -> list[exp.Expr]:
    """Return the conditions that a staged row's values do not stand in the table, nor, of its own table, among what is staged."""
    referred = check.references
    assert referred is not None  # noqa: S101  as above
    places = [aliased(table_in(referred.schema, referred.table), _REFERRED)] if other_rows(pipeline, check) else []
    places += [aliased(staging, _AMONG)] if own_rows(pipeline, check) else []
    return [exp.not_(exp.Exists(this=_same(check, referred, place)), copy=False) for place in places]


def _same(check: Check, referred: Reference, place: exp.Table) -> exp.Select:
    pairs = zip(referred.columns, check.columns, strict=True)
    equal = (exp.EQ(this=column(theirs, place.alias), expression=column(ours, STAGED)) for theirs, ours in pairs)
    return exp.select(exp.Literal.number(1), copy=False).from_(place, copy=False).where(*equal, copy=False)


def _examples(pipeline: Pipeline, check: Check, orphans: exp.Select) -> exp.Select:
    """Return the values that most rows refer to, in an order that is the same twice."""
    design = targets.design(pipeline.target.storage)
    kinds = {found.name: found.type for found in pipeline.columns}
    names = [column(name, STAGED) for name in check.columns]
    shown = [design.canonical(name, kinds[name.name]) for name in names]
    count = exp.Count(this=exp.Star())
    found = orphans.select(*shown, count, copy=False).group_by(*(name.copy() for name in names), copy=False)
    order = [exp.Ordered(this=count.copy(), desc=True), *(exp.Ordered(this=name.copy(), desc=False) for name in names)]
    return found.order_by(*order, copy=False).limit(EXAMPLES, copy=False)
