"""Spec -> Pipeline: every word of the language becomes a plain resolved value. Nothing is decided here and nothing can fail."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, cast

from dataeng_ai import ir, types
from dataeng_ai.sources import rows
from dataeng_ai.sources.databases import query
from dataeng_ai.spec import load as loads
from dataeng_ai.spec import quality, source, words
from dataeng_ai.spec.values import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.project import Project
    from dataeng_ai.spec import Spec, keys, target
    from dataeng_ai.spec.column import Column, Parse
    from dataeng_ai.spec.schedule import Run, Schedule
    from dataeng_ai.spec.values import Value

_TRUE: Final = ("true",)
_FALSE: Final = ("false",)


def lower(
    spec: Spec, project: Project, parent: ir.Pipeline | None = None, tables: Mapping[str, ir.Reference] = MappingProxyType({})
) -> ir.Pipeline:
    """Return the pipeline that a checked spec describes; the project's defaults stand in the spec already: `check` put them there.

    Args:
        spec: The spec, nothing of it open.
        project: Where it stands.
        parent: The pipeline of the spec whose rows it reads, if it reads another's.
        tables: The specs to which it refers, by name: their tables and primary keys.
    """
    columns = tuple(_column(column, spec) for column in spec.columns)
    tables = {**tables, spec.name: own_key(spec.name, spec.target.table, spec.primary_key or ())}
    return ir.Pipeline(
        name=spec.name,
        about=spec.about,
        source=_source(spec.source, project, columns, parent),
        target=_target(spec.target),
        columns=columns,
        load=_load(spec.load),
        primary_key=spec.primary_key or (),
        order_by=spec.order_by or (),
        indexes=spec.indexes,
        quality=_named(_checks(spec.quality or (), {column.name: column.type for column in columns}, tables)),
        drift=ir.Drift(**spec.on_schema_change.model_dump()),
        schedule=_schedule(spec.schedule),
        run=_run(spec.run),
        owner=spec.owner,
        tags=spec.tags,
        foreign_keys=tuple(ir.ForeignKey(key.columns, _reference(key.references, tables), key.severity) for key in spec.foreign_keys or ()),
    )


def own_key(name: str, table: str, key: Sequence[str]) -> ir.Reference:
    """Return the table of a spec, with its primary key, as what others refer to."""
    schema, _, plain = table.rpartition(".")
    return ir.Reference(schema or None, plain, tuple(key), name)


def _reference(block: keys.Reference, tables: Mapping[str, ir.Reference]) -> ir.Reference:
    if block.spec is not None:
        found = tables[block.spec]
        return replace(found, columns=block.columns or found.columns)
    schema, _, table = str(block.table).rpartition(".")
    return ir.Reference(schema or None, table, block.columns or ())


def _source(block: source.Source, project: Project, columns: Sequence[ir.Column], parent: ir.Pipeline | None) -> ir.Source:
    if isinstance(block, source.Rows):
        assert parent is not None  # noqa: S101  `check` has seen that it is there
        return unfolding(block.records, parent, columns)
    if isinstance(block, source.Table | source.Query):
        return reading(block.connection, block.model_dump(), project.connections)
    return ir.Source(
        connection=block.connection,
        path=block.path if block.connection else _below(block.path, project.root),
        format=block.format,
        csv=ir.Csv(**block.csv.model_dump()) if isinstance(block, source.CsvFiles) else None,
        excel=ir.Excel(**block.excel.model_dump()) if isinstance(block, source.ExcelFiles) else None,
        records=block.records if isinstance(block, source.JsonFiles | source.XmlFiles) else None,
        json=_json(columns) if isinstance(block, source.JsonFiles | source.XmlFiles) else None,
    )


def reading(connection: str, said: Mapping[str, object], kinds: Mapping[str, str]) -> ir.Source:
    """Return what a source block that names a `table` or a `query` reads of a database."""
    kind = cast("Literal['postgres', 'sqlite', 'duckdb', 'mysql', 'clickhouse']", kinds[connection])
    if (asked := said.get("query")) is not None:
        return ir.Source(connection, source.QUERY, "table", database=ir.Database(kind, query=str(asked)))
    table = query.parts(str(said["table"]))
    assert table is not None  # noqa: S101  `check` has read it
    return ir.Source(connection, query.shown(table), "table", database=ir.Database(kind, table))


def unfolding(records: str, parent: ir.Pipeline, columns: Sequence[ir.Column]) -> ir.Source:
    """Return how the lists at `records` in the rows of a pipeline become rows with these columns."""
    stored = parent.stored_columns()
    found = rows.place(records, [(column.name, column.source) for column in stored])
    assert found is not None  # noqa: S101  `check` has found it
    names = [column.source for column in columns]
    return ir.Source(
        connection=None,
        path=f"{parent.name}.{records}",
        format="rows",
        json=_json([column for column in columns if column.source in rows.asked(names)]),
        rows=ir.Rows(
            pipeline=parent.name,
            target=replace(parent.target, adopt=False),
            mode=parent.load.mode,
            column=stored[found[0]].name,
            records=found[1],
            carried=tuple(ir.Carried(column.name, column.type) for column in stored if f"{rows.PARENT}{column.name}" in names),
            order=parent.primary_key,
            stamped="_load_id" in parent.load.stamp,
            position=rows.POSITION in names,
            value=rows.VALUE in names,
        ),
    )


def _json(columns: Sequence[ir.Column]) -> ir.Json:
    return ir.Json(
        tuple(dict.fromkeys(column.source for column in columns)),
        tuple(dict.fromkeys(column.source for column in columns if column.type.name == "json")),
    )


def _below(path: str, root: Path) -> str:
    """Write a path below the project's folder relative to it, so that the pipeline is the same on every machine."""
    return Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path


def _target(block: target.Target) -> ir.Target:
    schema, _, table = block.table.rpartition(".")
    return ir.Target(storage=block.storage, connection=block.connection, schema=schema or None, table=table, adopt=block.adopt)


def _column(column: Column, spec: Spec) -> ir.Column:
    kind = types.parse(column.type)
    return ir.Column(
        name=column.name,
        source=column.from_ or column.name,
        type=kind,
        nullable=column.nullable,
        description=column.description,
        unit=column.unit,
        values=None if column.values is None else tuple(canonical(value, kind) for value in column.values),
        parse=_parse(column.parse, _null_values(spec.source)),
        pii=None if column.pii is None else ir.Pii(**column.pii.model_dump()),
        physical=None if column.physical is None else getattr(column.physical, spec.target.storage),
    )


def _null_values(block: source.Source) -> tuple[str, ...]:
    """Return the texts that stand for nothing in every column; formats other than CSV have a null of their own."""
    return block.csv.null_values if isinstance(block, source.CsvFiles) else ()


def _parse(block: Parse, null_values: tuple[str, ...]) -> ir.Parse:
    return ir.Parse(
        format=block.format,
        decimal=block.decimal or ".",
        thousands=block.thousands,
        true=_TRUE if block.true_values is None else block.true_values,
        false=_FALSE if block.false_values is None else block.false_values,
        timezone=block.timezone,
        null_values=null_values if block.null_values is None else block.null_values,
        grouping=block.grouping,
        prefix=block.prefix,
        suffix=block.suffix,
        sign=block.sign,
        locale=block.locale,
    )


def _load(block: loads.Load) -> ir.Load:
    share = isinstance(block.max_rejects, str)
    return ir.Load(
        mode=block.mode,
        cursor=None if isinstance(block, loads.Full) else block.cursor,
        max_rejects=None if share else int(block.max_rejects),
        max_rejects_percent=words.percent(str(block.max_rejects)) if share else None,
        stamp=block.stamp,
        changed_file="fail" if isinstance(block, loads.Full) else block.changed_file,
    )


def _schedule(block: Schedule | None) -> ir.Schedule | None:
    return None if block is None else ir.Schedule(**block.model_dump())


def _run(block: Run) -> ir.Run:
    return ir.Run(
        retries=block.retries,
        retry_delay=words.seconds(block.retry_delay),
        timeout=words.seconds(block.timeout),
        pool=block.pool,
        memory=None if block.memory is None else words.size(block.memory),
        threads=block.threads,
    )


def _checks(blocks: tuple[quality.Check, ...], kinds: Mapping[str, types.Type], tables: Mapping[str, ir.Reference]) -> Iterator[ir.Check]:
    """Give each column that is checked by itself a check of its own, so that a failure names the column."""
    for block in blocks:
        if isinstance(block, quality.RowCount):
            low, high = _number(block.min), _number(block.max)
            yield ir.Check(name="row_count", kind="row_count", columns=(), severity=block.severity, minimum=low, maximum=high)
        elif isinstance(block, quality.Unique):
            yield ir.Check(name="_".join(("unique", *block.columns)), kind="unique", columns=block.columns, severity=block.severity)
        elif isinstance(block, quality.Relationships):
            name, referred = "_".join((block.check, *block.columns)), _reference(block.references, tables)
            yield ir.Check(name=name, kind=block.check, columns=block.columns, severity=block.severity, references=referred)
        else:
            yield from (_check(block, column, kinds[column]) for column in block.columns)


def _check(
    block: quality.NotNull | quality.AcceptedValues | quality.Range | quality.Pattern | quality.Freshness, column: str, kind: types.Type
) -> ir.Check:
    low, high = (block.min, block.max) if isinstance(block, quality.Range) else (None, None)
    return ir.Check(
        name=f"{block.check}_{column}",
        kind=block.check,
        columns=(column,),
        severity=block.severity,
        minimum=_bound(low, kind),
        maximum=_bound(high, kind),
        values=tuple(canonical(value, kind) for value in block.values) if isinstance(block, quality.AcceptedValues) else (),
        pattern=block.pattern if isinstance(block, quality.Pattern) else None,
        max_age=words.seconds(block.max_age) if isinstance(block, quality.Freshness) else None,
    )


def _bound(value: Value | None, kind: types.Type) -> str | None:
    return None if value is None else canonical(value, kind)


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _named(checks: Iterator[ir.Check]) -> tuple[ir.Check, ...]:
    """Number the checks that would bear one name: `range_price`, `range_price_2`."""
    named: dict[str, ir.Check] = {}
    for check in checks:
        names = (check.name if number == 1 else f"{check.name}_{number}" for number in count(1))
        name = next(name for name in names if name not in named)
        named[name] = replace(check, name=name)
    return tuple(named.values())
