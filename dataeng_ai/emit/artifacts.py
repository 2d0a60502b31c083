"""One pipeline's files: the DAG, its SQL, the index that the runtime trusts, DDL for a DBA, and the report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import __version__, ir, targets
from dataeng_ai.emit.dag import dag
from dataeng_ai.emit.docs import docs
from dataeng_ai.emit.extract import extract
from dataeng_ai.emit.limits import refuse
from dataeng_ai.emit.source import source
from dataeng_ai.emit.sql import SqlFile, head, sql_file, sql_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.emit.facts import Lock
    from dataeng_ai.ir import Pipeline

Artifacts = dict[str, str]
"""Path under `build/`, with slashes, to text."""


_LATER: Final = frozenset({"grouping", "prefix", "suffix", "sign", "locale"})
"""Words of `parse` that came into the language later: they change no load of a spec that does not use them."""


def emit(pipeline: Pipeline, *, lock: Lock | None = None) -> Artifacts:
    """Return every file of the pipeline but the manifest. The lock changes docs alone.

    Raises:
        Problems: the pipeline asks for what cannot be compiled safely (E41x), or what Airflow refuses (E450).
    """
    refuse(pipeline)
    name = pipeline.name
    files = sql_files(pipeline)
    return {
        f"dags/{name}.py": dag(pipeline),
        **{f"dags/{name}/{file}": content.text for file, content in files.items()},
        f"dags/{name}/pipeline.json": _index(pipeline, files),
        f"ddl/{name}.{pipeline.target.storage}.sql": ddl(pipeline),
        f"docs/{name}.md": docs(pipeline, lock),
    }


def sql_files(pipeline: Pipeline) -> dict[str, SqlFile]:
    """Return the SQL files by name. `extract.sql` runs in DuckDB on the worker, `source.sql` where the source is, the rest in ours."""
    storage = pipeline.target.storage
    steps = targets.design(storage).statements(pipeline)
    rows, database = pipeline.source.rows, pipeline.source.database
    dialect = rows.target.storage if rows else database.kind if database else None
    read = {"source.sql": sql_file(pipeline.name, "source", source(pipeline), dialect)} if dialect else {}
    files = read | {"extract.sql": sql_file(pipeline.name, "extract", extract(pipeline), "duckdb")}
    return files | {f"{step}.sql": sql_file(pipeline.name, step, steps[step], storage) for step in steps}


def ddl(pipeline: Pipeline, storage: str | None = None) -> str:
    """Return the DDL of the pipeline's table, for its own storage or for another one."""
    storage = storage or pipeline.target.storage
    pipeline = replace(pipeline, target=replace(pipeline.target, storage=storage))
    trees = targets.design(storage).ddl(pipeline)
    return head(pipeline.name, f"the table in {storage}, for a DBA") + "\n".join(f"{sql_text(tree, storage)};\n" for tree in trees)


def spec_hash(pipeline: Pipeline) -> str:
    """Return the sha256 of what changes rows: a load under another one is another load. Words, checks and schedules do not."""
    columns = [_plain(replace(column, description=None, unit=None, values=None)) for column in pipeline.columns]
    load = asdict(replace(pipeline.load, max_rejects=None, max_rejects_percent=None))
    # A word that came into the language later changes no load of a spec that does not use it.
    source = {key: value for key, value in asdict(pipeline.source).items() if key != "database" or value is not None}
    parts = [
        pipeline.name,
        source,
        asdict(pipeline.target),
        columns,
        load,
        pipeline.primary_key,
        pipeline.drift.new_column,
    ]
    return _sha256(json.dumps(parts, sort_keys=True))


def _plain(column: ir.Column) -> dict[str, Any]:  # Any: JSON's own types
    """Return a column as plain data, without words of later versions where they say nothing."""
    usual = asdict(ir.Parse())
    parse = {key: value for key, value in asdict(column.parse).items() if key not in _LATER or value != usual[key]}
    return asdict(column) | {"parse": parse}


def _index(pipeline: Pipeline, files: Mapping[str, SqlFile]) -> str:
    """Return pipeline.json: where each statement stands in which file, and the hash that the file must have."""
    index: dict[str, Any] = {
        "ir_version": ir.VERSION,
        "compiler": __version__,
        "spec_hash": spec_hash(pipeline),
        "pipeline": ir.to_dict(pipeline),
        "statements": {
            place.name: {"file": file, "start": place.start, "end": place.end, "params": list(place.params)}
            for file, content in files.items()
            for place in content.places
        },
        "files": {file: _sha256(content.text) for file, content in files.items()},
    }
    return json.dumps(index, ensure_ascii=False, indent=1) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
