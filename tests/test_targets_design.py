"""Laws of the storages' designs: every statement runs on the real thing, and does what `targets/statements.py` promises.

Long because both storages go through every law, with one harness.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest
import sqlglot
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dataeng_ai import ir, targets
from dataeng_ai.emit.sql import sql_text
from dataeng_ai.targets.checks import all_checks, implied
from dataeng_ai.targets.ledger import FILES, LOADS, REJECTS
from dataeng_ai.targets.statements import STAGING, STEPS
from dataeng_ai.targets.table import mark, staging_columns, table_columns, value_columns
from dataeng_ai.targets.trees import create_schema
from dataeng_ai.types import Type, parse
from tests.pipelines import TICKETS, into, pipelines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.targets.statements import Statement

NOW = "2026-01-02 03:04:05+00"
MOVE = "ledger.move_rejects"
"""Only where rows one by one are slow; it reads other columns from staging than the rest."""
STAGED = "load 1 \" ' name"


class Storage:
    """A real storage in which the statements of a design run as the runtime would run them."""

    def __init__(self, name: str, connection: Any) -> None:
        self.name = name
        self.connection = connection

    def execute(self, sql: str, values: Sequence[object] = ()) -> Any:
        if self.name == "duckdb":
            return self.connection.execute(sql, list(values))
        return psycopg.RawCursor(self.connection).execute(sql, list(values))

    def run(self, statement: Statement, *values: object) -> list[tuple[Any, ...]]:
        assert len(values) == len(statement.params), statement.name
        sql = sql_text(statement.tree, self.name).replace(f'"{STAGING}"', '"' + STAGED.replace('"', '""') + '"')
        if self.name == "duckdb":
            if "ledger" in statement.name and sql.startswith("SELECT"):
                # DuckDB's client needs pytz to hand over a TIMESTAMPTZ, pyarrow does not.
                return [tuple(found.values()) for found in self.connection.sql(sql, params=list(values)).to_arrow_table().to_pylist()]
            return list(self.execute(sql, values).fetchall())
        cursor = self.execute(sql, values)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]

    def stage(self, pipeline: ir.Pipeline, *rows: Sequence[object]) -> None:
        """Put these rows, and no others, into staging."""
        steps = named(pipeline)
        for statement in create_schema(pipeline):
            self.run(statement)
        self.run(steps["stage.drop"])
        self.run(steps["stage.create"])
        table = steps["stage.create"].tree.this.this
        for row in rows:
            values = [exp.convert(value) for value in row]
            insert = exp.insert(exp.values([tuple(values)]), table.copy())
            self.execute(sql_text(insert, self.name).replace(f'"{STAGING}"', '"' + STAGED.replace('"', '""') + '"'))

    def create(self, pipeline: ir.Pipeline) -> None:
        for statement in targets.design(self.name).statements(pipeline)["create"]:
            self.run(statement)

    def publish(self, pipeline: ir.Pipeline, load_id: str = "l1") -> int:
        """Run what the runtime runs in one transaction, and return rows_loaded."""
        loaded = 0
        for statement in targets.design(self.name).statements(pipeline)["publish"]:
            if statement.name not in {"publish.delete_file", "publish.conflicts"}:
                values = {"load_id": load_id, "loaded_at": NOW}
                [(loaded,)] = self.run(statement, *(values[param] for param in statement.params))
        return loaded

    def reconciled(self, pipeline: ir.Pipeline, load_id: str = "l1") -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        steps = named(pipeline)
        published = steps["reconcile.published"]
        return self.run(steps["reconcile.staged"])[0], self.run(published, *([load_id] if published.params else []))[0]

    def rows(self, pipeline: ir.Pipeline, *names: str) -> list[tuple[Any, ...]]:
        target = targets.design(self.name).statements(pipeline)["publish"][-1].tree.this.this.copy()
        target.set("alias", None)
        columns = [exp.column(exp.to_identifier(name, quoted=True)) for name in names]
        return sorted(self.execute(sql_text(exp.select(*columns).from_(target), self.name)).fetchall(), key=repr)


def named(pipeline: ir.Pipeline) -> dict[str, Statement]:
    steps = targets.design(pipeline.target.storage).statements(pipeline)
    return {statement.name: statement for step in STEPS for statement in steps[step]}


@pytest.fixture(params=targets.STORAGES)
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    if request.param == "duckdb":
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            yield Storage("duckdb", connection)
    else:
        with psycopg.connect(request.getfixturevalue("postgres"), autocommit=True) as connection:
            connection.execute("SET TIME ZONE 'UTC'")
            yield Storage("postgres", connection)


TINY = replace(
    TICKETS,
    columns=(
        ir.Column("id", "id", parse("integer")),
        ir.Column("at", "at", parse("timestamp")),
        ir.Column('say "it\'s"', "x", parse("text")),
    ),
    load=ir.Load("merge", cursor="at"),
    primary_key=("id",),
    order_by=("at", "id"),
    quality=(),
    drift=ir.Drift(),
)


def tiny(storage: Storage, mode: str, **load: Any) -> ir.Pipeline:
    return into(storage.name, TINY, mode=mode, cursor="at" if mode == "merge" else None, **load)


def row(number: int, at: str | None, word: str | None = "w", file: str = "f.csv") -> tuple[object, ...]:
    return number, at, word, file


# --- the registry and its data ---


def test_every_storage_has_every_step_and_the_same_ledger() -> None:
    designs = [targets.design(name) for name in targets.STORAGES]
    assert [design.NAME for design in designs] == list(targets.STORAGES)
    steps = [design.statements(into(design.NAME)) for design in designs]
    assert all(tuple(step) == STEPS for step in steps)
    ledgers = [[(statement.name, statement.params) for statement in step["ledger"] if statement.name != MOVE] for step in steps]
    assert ledgers[0] == ledgers[1]


def test_a_word_that_is_no_storage_is_refused() -> None:
    with pytest.raises(KeyError):
        targets.design("os")


@pytest.mark.parametrize("name", targets.STORAGES)
@pytest.mark.parametrize("physical", ["varchar); drop table x", "int; x", "not a type", "'x'"])
def test_a_physical_type_that_is_none_is_refused(name: str, physical: str) -> None:
    with pytest.raises(ValueError, match="is not a type of"):
        targets.design(name).column_type(Type("text"), physical)


def test_postgres_index_names_are_whole_and_differ(postgres: str) -> None:
    long = "колонка" * 4
    columns = (ir.Column(f"{long} a", "a", parse("integer")), ir.Column(f"{long} b", "b", parse("integer")))
    pipeline = into(
        "postgres", replace(TINY, columns=columns, primary_key=(), indexes=((columns[0].name,), (columns[1].name,))), mode="full"
    )
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        Storage("postgres", connection).create(pipeline)
        found = connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'tickets'").fetchall()
    assert len(found) == 2
    assert all(name.encode()[:40].decode(errors="ignore").startswith("tickets_колонка") for (name,) in found)


# --- tables ---


def test_the_table_has_the_columns_the_pipeline_says(storage: Storage) -> None:
    pipeline = into(storage.name)
    storage.create(pipeline)
    storage.create(pipeline)
    found = storage.execute(
        "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_name = 'tickets' ORDER BY ordinal_position"
    ).fetchall()
    assert found == [(column.name, "NO" if column.required else "YES") for column in table_columns(pipeline)]
    assert "passport" not in dict(found)


def test_the_table_bears_our_mark_and_its_columns_their_meaning(storage: Storage) -> None:
    pipeline = replace(into(storage.name), about='It\'s "hostile" \\ {{ x }}\n$$ text; --')
    storage.create(pipeline)
    if storage.name == "duckdb":
        [(comment,)] = storage.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'tickets'").fetchall()
        column = "SELECT comment FROM duckdb_columns() WHERE column_name = 'price'"
    else:
        [(comment,)] = storage.execute("SELECT obj_description('museums.tickets'::regclass)").fetchall()
        column = "SELECT col_description('museums.tickets'::regclass, 3)"
    assert comment == f"{pipeline.about}\n{mark(pipeline)}"
    assert storage.execute(column).fetchall() == [("[RUB]",)]


def test_every_portable_type_becomes_a_column(storage: Storage) -> None:
    words = ["boolean", "smallint", "integer", "bigint", "decimal(38, 38)", "double", "text", "date", "time", "timestamp"]
    words += ["timestamptz", "uuid", "json", "bytes"]
    columns = tuple(ir.Column(f"c {word}", "x", parse(word)) for word in words)
    pipeline = into(storage.name, replace(TINY, columns=columns, primary_key=(), order_by=()), mode="full", cursor=None)
    storage.create(pipeline)
    storage.stage(pipeline, [None] * (len(words) + 1))
    assert storage.publish(pipeline) == 1
    staged, published = storage.reconciled(pipeline)
    assert staged == published


def test_a_physical_type_reaches_table_and_staging(storage: Storage) -> None:
    physical = {"duckdb": "HUGEINT", "postgres": "numeric(40, 0)"}[storage.name]
    columns = (replace(TINY.columns[0], physical=physical), *TINY.columns[1:])
    pipeline = replace(tiny(storage, "full"), columns=columns)
    storage.create(pipeline)
    storage.stage(pipeline, row(10**9, None))
    storage.publish(pipeline)
    [(found,)] = storage.execute(
        "SELECT data_type FROM information_schema.columns WHERE table_name = 'tickets' AND column_name = 'id'"
    ).fetchall()
    assert found == {"duckdb": "HUGEINT", "postgres": "numeric"}[storage.name]
    staged, published = storage.reconciled(pipeline)
    assert staged == published


# --- publish ---


def test_full_leaves_exactly_what_is_staged(storage: Storage) -> None:
    pipeline = tiny(storage, "full")
    storage.create(pipeline)
    storage.stage(pipeline, row(1, None), row(2, None))
    assert storage.publish(pipeline) == 2
    storage.stage(pipeline, row(3, "2026-01-01 00:00:00"))
    assert storage.publish(pipeline, "l2") == 1
    assert storage.rows(pipeline, "id", "_load_id", "_source_file") == [(3, "l2", "f.csv")]


def test_append_adds_and_finds_keys_that_are_there(storage: Storage) -> None:
    pipeline = tiny(storage, "append")
    storage.create(pipeline)
    storage.stage(pipeline, row(1, None))
    assert storage.run(named(pipeline)["publish.conflicts"]) == [(0,)]
    storage.publish(pipeline)
    storage.stage(pipeline, row(1, None), row(2, None))
    assert storage.run(named(pipeline)["publish.conflicts"]) == [(1,)]


def test_a_changed_file_can_replace_what_it_brought(storage: Storage) -> None:
    pipeline = tiny(storage, "append", changed_file="replace")
    storage.create(pipeline)
    storage.stage(pipeline, row(1, None, file="a"), row(2, None, file="b"))
    storage.publish(pipeline)
    storage.run(named(pipeline)["publish.delete_file"], "a")
    assert storage.rows(pipeline, "id") == [(2,)]


MERGES = [
    ("2026-01-01 00:00:00", "2026-01-02 00:00:00", "new"),
    ("2026-01-01 00:00:00", "2026-01-01 00:00:00", "new"),
    ("2026-01-02 00:00:00", "2026-01-01 00:00:00", "old"),
    ("2026-01-01 00:00:00", None, "old"),
    (None, "2026-01-01 00:00:00", "new"),
    (None, None, "new"),
]


@pytest.mark.parametrize(("stored", "staged", "stays"), MERGES)
def test_merge_keeps_the_row_with_the_later_cursor(storage: Storage, stored: str | None, staged: str | None, stays: str) -> None:
    pipeline = tiny(storage, "merge")
    storage.create(pipeline)
    storage.stage(pipeline, row(1, stored, "old"), row(9, stored, "other"))
    assert storage.publish(pipeline) == 2
    storage.stage(pipeline, row(1, staged, "new"), row(2, staged, "new"))
    assert storage.publish(pipeline, "l2") == (2 if stays == "new" else 1)
    assert storage.rows(pipeline, "id", 'say "it\'s"') == [(1, stays), (2, "new"), (9, "other")]
    of_staging, of_table = storage.reconciled(pipeline, "l2")
    assert of_staging == of_table


def test_merge_without_a_cursor_takes_the_last_load(storage: Storage) -> None:
    pipeline = into(storage.name, TINY, cursor=None)
    storage.create(pipeline)
    storage.stage(pipeline, row(1, "2026-01-02 00:00:00", "old"))
    storage.publish(pipeline)
    storage.stage(pipeline, row(1, "2026-01-01 00:00:00", "new"))
    assert storage.publish(pipeline, "l2") == 1
    assert storage.rows(pipeline, 'say "it\'s"') == [("new",)]


def test_merge_of_a_table_that_is_all_key_adds_what_is_new(storage: Storage) -> None:
    pipeline = into(storage.name, replace(TINY, columns=TINY.columns[:1], order_by=()), cursor=None, stamp=())
    storage.create(pipeline)
    storage.stage(pipeline, [1], [2])
    storage.publish(pipeline)
    storage.stage(pipeline, [2], [3])
    storage.publish(pipeline)
    assert storage.rows(pipeline, "id") == [(1,), (2,), (3,)]


def test_a_table_named_like_our_aliases_merges_too(storage: Storage) -> None:
    for name in ("target", "staged", "excluded"):
        pipeline = tiny(storage, "merge")
        pipeline = replace(pipeline, target=replace(pipeline.target, table=name))
        storage.create(pipeline)
        storage.stage(pipeline, row(1, None))
        storage.publish(pipeline)
        storage.publish(pipeline, "l2")
        assert storage.rows(pipeline, "id", "_load_id") == [(1, "l2")]


# --- checks ---

CHECKED = [
    (ir.Check("c", "not_null", ("id", "at")), 1),
    (ir.Check("c", "unique", ("id",)), 1),
    (ir.Check("c", "unique", ("id", "at")), 0),
    (ir.Check("c", "accepted_values", ('say "it\'s"',), values=("a", "it's")), 1),
    (ir.Check("c", "accepted_values", ("id",), values=("1", "2")), 0),
    (ir.Check("c", "accepted_values", ("at",), values=()), 2),
    (ir.Check("c", "range", ("id",), minimum="2"), 2),
    (ir.Check("c", "range", ("id",), minimum="1.4", maximum="1E+3"), 2),
    (ir.Check("c", "range", ("id",), minimum="-99999999999999999999"), 0),
    (ir.Check("c", "range", ("at",), minimum="2026-01-01 00:00:00", maximum="2026-01-02 00:00:00"), 1),
    (ir.Check("c", "pattern", ('say "it\'s"',), pattern="a|it's"), 1),
    (ir.Check("c", "pattern", ("id",), pattern="[12]"), 0),
    (ir.Check("c", "row_count", (), minimum="4"), 1),
    (ir.Check("c", "row_count", (), minimum="1", maximum="3"), 0),
    (ir.Check("c", "freshness", ("at",), max_age=60), 0),
    (ir.Check("c", "freshness", ("at",), max_age=0), 1),
]


@pytest.mark.parametrize(("check", "failed"), CHECKED, ids=lambda value: value.kind if isinstance(value, ir.Check) else str(value))
def test_a_check_counts_what_fails(storage: Storage, check: ir.Check, failed: int) -> None:
    pipeline = replace(tiny(storage, "full"), primary_key=(), quality=(check,))
    storage.stage(pipeline, row(1, "2026-01-03 00:00:00", "a"), row(1, "2026-01-02 00:00:00", "it's"), row(2, None, "xa"))
    statement = named(pipeline)["check.c"]
    now = ["2026-01-03 00:00:30+00"] if statement.params else []
    assert storage.run(statement, *now) == [(failed,)]


def test_no_row_is_fresh_in_an_empty_load(storage: Storage) -> None:
    pipeline = replace(tiny(storage, "full"), quality=(ir.Check("c", "freshness", ("at",), max_age=60),))
    storage.stage(pipeline)
    assert storage.run(named(pipeline)["check.c"], NOW) == [(1,)]


def test_the_key_and_listed_values_are_checks_by_themselves() -> None:
    taken = ir.Check("primary_key", "not_null", ("price",))
    pipeline = replace(TICKETS, quality=(taken,))
    assert [(check.name, check.kind, check.columns) for check in implied(pipeline)] == [
        ("primary_key_", "unique", ("ticket_id",)),
        ("values_4", "accepted_values", ("kind",)),
    ]
    assert all_checks(pipeline)[-1] == taken


# --- checksums ---


def test_checksums_do_not_depend_on_order_and_see_every_change(storage: Storage) -> None:
    pipeline = tiny(storage, "full")
    storage.create(pipeline)
    rows = [row(1, "2026-01-01 00:00:00", "a"), row(2, None, ""), row(3, "2026-01-01 00:00:00.000001", None)]
    storage.stage(pipeline, *rows)
    one, _ = storage.reconciled(pipeline)
    storage.stage(pipeline, *reversed(rows))
    two, _ = storage.reconciled(pipeline)
    assert one == two
    storage.stage(pipeline, rows[0], row(2, None, None), rows[2])
    three, _ = storage.reconciled(pipeline)
    assert three[0] == 3
    assert three[1:3] == one[1:3]
    assert three[3] != one[3]
    assert len(one) == 1 + len(value_columns(pipeline))
    assert all(isinstance(checksum, str) for checksum in one[1:])


# --- the ledger ---


def test_the_ledger_keeps_loads_files_and_rejects(storage: Storage) -> None:
    pipeline = tiny(storage, "full")
    storage.create(pipeline)
    steps = named(pipeline)
    numbers = [1, 2, 3, 4, 5, 6]
    for load_id, state, at in (("l1", "published", "2026-01-01 00:00:00+00"), ("l2", "published", NOW), ("l3", "staged", NOW)):
        storage.run(steps["ledger.insert_load"], "tickets", load_id, state, "full", "h", *numbers, "{}", at, at)
        storage.run(steps["ledger.insert_file"], "tickets", load_id, "it's.csv", "sha", 7)
    storage.run(steps["ledger.insert_load"], "other", "l9", "published", "full", "h", *numbers, "{}", NOW, NOW)
    [last] = storage.run(steps["ledger.last_load"], "tickets")
    assert last[:11] == ("tickets", "l2", "published", "full", "h", *numbers)
    assert len(last) == len(LOADS)
    assert [found[1] for found in storage.run(steps["ledger.files"], "tickets")] == ["l1", "l2"]
    assert storage.run(steps["ledger.files"], "tickets")[0] == ("tickets", "l1", "it's.csv", "sha", 7)
    storage.run(steps["ledger.insert_reject"], "tickets", "l1", "b.csv", 2, 3, None, "why", "raw\n'; x")
    storage.run(steps["ledger.insert_reject"], "tickets", "l1", "a.csv", 9, 10, "id", "why", "raw")
    rejects = storage.run(steps["ledger.rejects"], "tickets", "l1")
    assert rejects[1] == ("tickets", "l1", "b.csv", 2, 3, None, "why", "raw\n'; x")
    assert [len(rejects[0]), rejects[0][2]] == [len(REJECTS), "a.csv"]
    for name in ("ledger.delete_load", "ledger.delete_files", "ledger.delete_rejects"):
        storage.run(steps[name], "tickets", "l1")
    assert storage.run(steps["ledger.find_load"], "tickets", "l1") == []
    assert [found[1] for found in storage.run(steps["ledger.files"], "tickets")] == ["l2"]
    assert storage.run(steps["ledger.rejects"], "tickets", "l1") == []
    assert len(FILES) == 5


def test_duckdb_moves_staged_rejects_into_the_ledger() -> None:
    with duckdb.connect() as connection:
        storage, pipeline = Storage("duckdb", connection), into("duckdb", TINY)
        storage.create(pipeline)
        columns = ", ".join(f'{number} AS "{name}"' for number, name in enumerate(REJECTS))
        connection.execute(f'CREATE TEMP VIEW "{STAGED.replace(chr(34), chr(34) * 2)}" AS SELECT {columns}')
        storage.run(named(pipeline)[MOVE])
        assert storage.run(named(pipeline)["ledger.rejects"], "0", "1") == [("0", "1", "2", 3, 4, "5", "6", "7")]


# --- whatever the names ---


# No shrinking: with a real server behind each try it takes minutes, and the failing statement says enough.
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_statement_runs_whatever_the_names(storage: Storage, data: st.DataObject) -> None:
    pipeline = data.draw(pipelines(storage.name))
    storage.execute("BEGIN")
    try:
        storage.create(pipeline)
        storage.stage(pipeline)
        steps = targets.design(storage.name).statements(pipeline)
        for step in ("check", "publish", "reconcile", "ledger"):
            for statement in (statement for statement in steps[step] if statement.name != MOVE):
                storage.run(statement, *(_value(param) for param in statement.params))
        storage.stage(pipeline)
        storage.run(named(pipeline)["stage.drop"])
    finally:
        storage.execute("ROLLBACK")


def _value(param: str) -> object:
    known = {**LOADS, **FILES, **REJECTS}
    return 1 if known.get(param) == "bigint" else NOW if param in {"now", "loaded_at"} or known.get(param) == "timestamptz" else param


@given(pipelines())
def test_the_ddl_parses_back_to_the_same_columns(pipeline: ir.Pipeline) -> None:
    dialect = pipeline.target.storage
    [create] = [tree for tree in targets.design(dialect).ddl(pipeline) if isinstance(tree, exp.Create) and tree.kind == "TABLE"]
    [parsed] = sqlglot.parse(sql_text(create, dialect), dialect=dialect)
    assert parsed is not None
    found = {definition.name: definition.kind for definition in parsed.find_all(exp.ColumnDef)}
    design = targets.design(dialect)
    # Through SQL once, because a type has synonyms: DuckDB's TEXT prints as VARCHAR's twin.
    expected = {column.name: design.column_type(column.type, column.physical).sql(dialect) for column in table_columns(pipeline)}
    assert {name: kind and kind.sql(dialect) for name, kind in found.items()} == expected
    assert list(found) == [column.name for column in table_columns(pipeline)]
    assert [column.name for column in staging_columns(pipeline)][: len(pipeline.stored_columns())] == [
        c.name for c in pipeline.stored_columns()
    ]
