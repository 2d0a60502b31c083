"""Rows as they will be loaded: every cell proved, cast, and written as its canonical text."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile.guess import Guess
from dataeng_ai.profile.measure import VIEW, value_of
from dataeng_ai.profile.personal import mask
from dataeng_ai.profile.survey import opened
from dataeng_ai.sources import csv as sources
from dataeng_ai.sources import files as listing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from sqlglot.expressions import Expr

    from dataeng_ai.profile.facts import Profile


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows as canonical texts; None is nothing. Rows with a cell that is not of its column's type are left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def to_csv(self) -> str:
        """Return the rows as CSV with a header; nothing is an empty field, an empty text is quoted."""
        out = StringIO()
        for line in (self.columns, *self.rows):
            out.write(",".join(map(_field, line)) + "\n")
        return out.getvalue()

    def to_json(self) -> str:
        """Return the rows as a JSON list of objects, values as canonical texts."""
        return json.dumps([dict(zip(self.columns, row, strict=True)) for row in self.rows], ensure_ascii=False) + "\n"


def _field(value: str | None) -> str:
    if value is None:
        return ""
    quoted = StringIO()
    csv.writer(quoted, lineterminator="").writerow([value])
    return quoted.getvalue() if value else '""'


def preview(
    folder: Path,
    pattern: str,
    profile: Profile,
    rows: int | None = 10,
    *,
    known: Mapping[str, Any] | None = None,  # Any: plain data of a spec
    unmask: bool = False,
) -> Preview:
    """Return the first rows that a load with the profile's types would accept.

    Args:
        folder: Where to look.
        pattern: A path or a glob in it.
        profile: The facts about these files: types, and how their texts read.
        rows: How many, None for all.
        known: Parts of the CSV dialect that the spec says.
        unmask: Show personal data as it is.

    Raises:
        Problems: no such file, or none that can be read as CSV.
    """
    if rows is not None and rows < 1:
        return Preview(tuple(column.name for column in profile.columns), ())
    with opened(listing.find(folder, pattern), known or {}) as (con, prepared, _), sources.reading(prepared):
        found = con.execute(_query(profile, rows).sql("duckdb", identify=True)).fetchall()
    personal = {place for place, column in enumerate(profile.columns) if column.pii and not unmask}
    return Preview(
        tuple(column.name for column in profile.columns),
        tuple(tuple(mask(cell) if place in personal and cell else cell for place, cell in enumerate(row)) for row in found),
    )


def _query(profile: Profile, rows: int | None) -> exp.Select:
    accepted: list[Expr] = []
    values: list[Expr] = []
    for column in profile.columns:
        text = exp.column(column.name, quoted=True)
        guess = Guess(column.type, column.parse)
        nothing = cast.nothing(text, column.parse)
        values.append(cast.canonical(_or_null(nothing, value_of(text, guess)), column.type))
        accepted.append(exp.or_(nothing, cast.guard(text, column.type, column.parse)))
    query = exp.select(*values).from_(exp.to_identifier(VIEW, quoted=True)).where(*accepted)
    return query if rows is None else query.limit(rows)


def _or_null(nothing: Expr, value: Expr) -> Expr:
    return exp.case().when(nothing, exp.null()).else_(value)
