"""Every quality check of a pipeline: those the spec lists and those its other words imply. Needs no sqlglot: the runtime reads it too."""

from __future__ import annotations

from dataeng_ai.ir import Check, Pipeline


def all_checks(pipeline: Pipeline) -> tuple[Check, ...]:
    """Return the implied checks, then the spec's own; the statement of each is `check.` and its name.

    A column that is not nullable implies none: its nulls are rejected row by row while staging, and the storage refuses them again.
    """
    return implied(pipeline) + pipeline.quality


def implied(pipeline: Pipeline) -> tuple[Check, ...]:
    """Return the checks nobody has to write: the primary key is unique, a column with `values` holds only those, foreign keys hold."""
    taken = {check.name for check in pipeline.quality}
    found = []
    if pipeline.primary_key:
        found.append(Check(_free("primary_key", taken), "unique", pipeline.primary_key))
    found.extend(
        Check(_free(f"values_{number}", taken), "accepted_values", (column.name,), values=column.values)
        for number, column in enumerate(pipeline.columns, 1)
        if column.values is not None and column in pipeline.stored_columns()
    )
    for key in pipeline.foreign_keys:
        taken |= {check.name for check in found}
        name = _free("_".join(("foreign_key", *key.columns)), taken)
        found.append(Check(name, "relationships", key.columns, key.severity, references=key.references))
    return tuple(found)


def own_rows(pipeline: Pipeline, check: Check) -> bool:
    """Say whether a check looks for values among the rows of the pipeline itself."""
    found, target = check.references, pipeline.target
    return found is not None and (found.schema, found.table) == (target.schema, target.table)


def other_rows(pipeline: Pipeline, check: Check) -> bool:
    """Say whether a check looks for values in a table that stands already: of its own table, a full load leaves no row standing."""
    return check.references is not None and not (own_rows(pipeline, check) and pipeline.load.mode == "full")


def looked_up(pipeline: Pipeline) -> bool:
    """Say whether a check needs to see more than what is staged."""
    return any(other_rows(pipeline, check) for check in all_checks(pipeline))


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
