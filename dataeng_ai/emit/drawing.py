"""The drawing of a pipeline in mermaid: what flows where, through which task of its DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai.emit.markdown import Markdown, label

if TYPE_CHECKING:
    from dataeng_ai.ir import Pipeline


def drawing(pipeline: Pipeline) -> Markdown:
    """Return a mermaid flowchart: the source, the four tasks, the table, the rejects, and the pipelines it waits for."""
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
    ]
    return Markdown("\n".join(lines) + "\n")
