"""What the compiler itself refuses, however it was asked: the words that its own statements use, and what they cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai import targets
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.targets.statements import STAGING
from dataeng_ai.targets.table import RESERVED, STAMPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.ir import Column, Pipeline


def refuse(pipeline: Pipeline) -> None:
    """Refuse what would make statements mean something else than the spec says. `check` finds most of it earlier, with its place.

    Raises:
        Problems: all of it at once.
    """
    problems = [*_staging_word(pipeline), *_stamps(pipeline)]
    for column in pipeline.columns:
        problems.extend(_column(pipeline, column))
    if problems:
        raise Problems(*problems)


def _staging_word(pipeline: Pipeline) -> Iterator[Diagnostic]:
    if STAGING in repr(pipeline):
        message = f"the spec of `{pipeline.name}` holds the word `{STAGING}`, which stands for the staging table in every statement"
        yield Diagnostic("E410", message, help="use another word")


def _stamps(pipeline: Pipeline) -> Iterator[Diagnostic]:
    for name in pipeline.load.stamp:
        if name not in STAMPS:
            yield Diagnostic("E411", f"`{name}` is no stamp", help=f"a stamp is one of {', '.join(f'`{stamp}`' for stamp in STAMPS)}")


def _column(pipeline: Pipeline, column: Column) -> Iterator[Diagnostic]:
    if column.name in RESERVED:
        advice = f"give the column another name: `{{name: {column.name.strip('_')}, from: {column.source}}}`"
        yield Diagnostic("E411", f"the column name `{column.name}` is one that every load writes itself", help=advice)
    if column.pii is not None and column.pii.handling == "mask" and column.type.name != "text":
        advice = "make it `type: text`, or drop the column: `handling: drop`"
        yield Diagnostic("E412", f"`{column.name}` is masked, so it cannot stay a {column.type}", help=advice)
    try:
        targets.design(pipeline.target.storage).column_type(column.type, column.physical)
    except ValueError as error:
        yield Diagnostic("E413", f"column `{column.name}`: {error}", help="leave `physical` out, and the storage's own type is taken")
