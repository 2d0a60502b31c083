"""`columns.*.parse`: how the texts of a column read, where it is not the usual way."""

from __future__ import annotations

from dataeng_ai import ir
from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path

_USUAL = ir.Parse()


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the way in which the proof of the type holds; nothing where it is the usual one."""
    column = case.facts_at(path)
    if column is None:
        return ()
    return (Option(said(column.parse, case), "the proof of the type holds when the texts are read so", 1.0, "no other reading was proved"),)


def said(parse: ir.Parse, case: Case) -> dict[str, object] | None:
    """Return a reading as a spec says it: only what differs from the usual one and from the file's own null words."""
    block: dict[str, object] = {}
    for key in ("format", "decimal", "thousands", "timezone", "grouping", "prefix", "suffix", "sign", "locale"):
        if getattr(parse, key) != getattr(_USUAL, key):
            block[key] = getattr(parse, key)
    if parse.true != _USUAL.true or parse.false != _USUAL.false:
        block |= {"true_values": list(parse.true), "false_values": list(parse.false)}
    ours = case.get("source", "csv", "null_values")
    if parse.null_values and list(parse.null_values) != (list(ours) if isinstance(ours, (list, tuple)) else None):
        block["null_values"] = list(parse.null_values)
    return block or None


def facts(case: Case, path: Path) -> object:
    """Return the reading."""
    column = case.facts_at(path)
    return column and said(column.parse, case)


DECISION = Decision("columns.parse", ("columns", ANY, "parse"), (), "How do the texts of each column read?", options, facts)
