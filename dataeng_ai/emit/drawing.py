"""The drawing of a pipeline in mermaid: what flows where, through which task of its DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.emit.markdown import Markdown, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.ir import Pipeline


def drawing(pipeline: Pipeline) -> Markdown:
    """Return a mermaid flowchart: the source, the four tasks, the table, the rejects, what it waits for and what it refers to."""
    source, target = pipeline.source, pipeline.target
    place = source.path if source.connection is None else f"{source.connection}/{source.path}"
    table = f"{target.schema}.{target.table}" if target.schema else target.table
    waits = pipeline.schedule.after if pipeline.schedule else ()
    lines = [
        "flowchart LR",
        *(f"  after{number}([{label(name)}]) -.-> stage" for number, name in enumerate(waits, 1)),
        f"  source[/{label(place)}/] --> stage",
        "  stage --> check --> publish --> reconcile",
        '  stage -. "bad rows" .-> rejects[("_dataeng_rejects")]',
        f"  publish --> table[({label(table)})]",
        *_references(pipeline),
    ]
    return Markdown("\n".join(lines) + "\n")


def _references(pipeline: Pipeline) -> Iterator[str]:
    """Yield a line from the table to each that it refers to, by which columns; a table that refers to itself has one to itself."""
    own = (pipeline.target.schema, pipeline.target.table)
    places = dict.fromkeys((key.references.schema, key.references.table) for key in pipeline.foreign_keys)
    nodes = {place: "table" if place == own else f"referred{number}" for number, place in enumerate(places, 1)}
    for key in pipeline.foreign_keys:
        place = (key.references.schema, key.references.table)
        node, words = nodes[place], label(".".join(part for part in place if part))
        shown = node if node == "table" else f"{node}[({words})]"
        yield f"  table -. {label(', '.join(key.columns))} .-> {shown}"
