"""Pipelines to test with: one made by hand, and a Hypothesis strategy for all of them, hostile names included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import strategies as st

from dataeng_ai import ir
from dataeng_ai.types import MAX_PRECISION, NAMES, Type, parse

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

HOSTILE = (
    'quote " double',
    "quote ' single",
    "'); DROP TABLE tickets; --",
    "{{ macros.os.system('x') }} {% raw %}",
    "line\nbreak; -- comment\r\n/*",
    "back\\slash\\",
    "$1 ? %s :name @x #{y}",
    "Цена, ₽ 🎟️",
    "select",
    "target",
    "staged",
    "excluded",
    "count",
    " spaces at the ends ",
    "]] `x` <script>alert(1)</script> | a",
    "é" * 31,
)
"""Words for names of columns, tables, files, checks. None is longer than PostgreSQL's 63 bytes."""

TICKETS = ir.Pipeline(
    name="tickets",
    about="Museum ticket sales, every night.",
    source=ir.Source("landing", "tickets/*.csv.gz", "csv", ir.Csv(";", '"', '"', header=True, encoding="cp1251", null_values=("", "NULL"))),
    target=ir.Target("duckdb", "warehouse", "museums", "tickets"),
    columns=(
        ir.Column("ticket_id", "ticket_id", parse("integer"), nullable=False, description="One sold ticket"),
        ir.Column("sold_at", "Дата продажи", parse("timestamp"), parse=ir.Parse(null_values=("", "NULL"))),
        ir.Column("price", "Цена", parse("decimal(10, 2)"), unit="RUB", parse=ir.Parse(decimal=",", null_values=("", "NULL"))),
        ir.Column("kind", "Вид", parse("text"), values=("full", "half")),
        ir.Column("phone", "Телефон", parse("text"), pii=ir.Pii("phone", "mask")),
        ir.Column("passport", "Паспорт", parse("text"), pii=ir.Pii("passport", "drop")),
    ),
    load=ir.Load("merge", cursor="sold_at", max_rejects=None, max_rejects_percent="0.1"),
    primary_key=("ticket_id",),
    order_by=("sold_at",),
    quality=(ir.Check("range_price", "range", ("price",), minimum="0"),),
    drift=ir.Drift(new_column="evolve"),
    schedule=ir.Schedule("0 3 * * *", "Europe/Moscow"),
    owner="dwh",
    tags=("museum",),
)


def into(storage: str, pipeline: ir.Pipeline = TICKETS, **load: Any) -> ir.Pipeline:
    """Return the pipeline for another storage, and with another way to load."""
    return replace(pipeline, target=replace(pipeline.target, storage=storage), load=replace(pipeline.load, **load))


def words(max_bytes: int = 63) -> SearchStrategy[str]:
    """Return names that every storage takes: any text without zero characters and lone surrogates, of so many UTF-8 bytes."""
    free = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
    return st.one_of(st.sampled_from(HOSTILE), free).filter(lambda word: word.isascii() or len(word.encode()) <= max_bytes)


def types() -> SearchStrategy[Type]:
    """Return every portable type."""
    plain = st.sampled_from([Type(name) for name in NAMES if name != "decimal"])
    return st.one_of(
        plain, st.integers(1, MAX_PRECISION).flatmap(lambda p: st.builds(Type, st.just("decimal"), st.just(p), st.integers(0, p)))
    )


@st.composite
def columns(draw: DrawFn) -> tuple[ir.Column, ...]:
    """Return up to six columns whose names differ in more than case, none of them reserved."""
    taken = {"_extra", "_load_id", "_loaded_at", "_source_file", "_record", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"}
    names = draw(st.lists(words().filter(lambda word: word not in taken), min_size=1, max_size=6, unique_by=str.casefold))
    return tuple(draw(_column(name)) for name in names)


@st.composite
def _column(draw: DrawFn, name: str) -> ir.Column:
    kind = draw(types())
    handling = st.sampled_from(["keep", "mask"] if kind.name == "text" else ["keep"])
    return ir.Column(
        name=name,
        source=name,
        type=kind,
        nullable=draw(st.booleans()),
        description=draw(st.none() | words()),
        unit=draw(st.none() | words()),
        values=draw(st.none() | st.lists(words(), max_size=2).map(tuple)) if kind.name == "text" else None,
        parse=ir.Parse(null_values=draw(st.lists(words(), max_size=2, unique=True).map(tuple))),
        pii=draw(st.none() | st.builds(ir.Pii, words(), handling)),
    )


@st.composite
def pipelines(draw: DrawFn, storage: str | None = None) -> ir.Pipeline:
    """Return pipelines that `check` would let pass, into this storage or into any."""
    found = draw(columns())
    # A key, an index and a cursor need an order, which PostgreSQL has for every type but json.
    ordered = [column.name for column in found if column.type.name != "json"]
    modes: tuple[Literal["full", "append", "merge"], ...] = ("full", "append", "merge") if ordered else ("full", "append")
    mode = draw(st.sampled_from(modes))
    some = st.lists(st.sampled_from(ordered), max_size=2, unique=True).map(tuple) if ordered else st.just(())
    indexes = st.lists(st.tuples(st.sampled_from(ordered)), max_size=2, unique=True).map(tuple) if ordered else st.just(())
    schema, table = draw(_schemas()), draw(words())
    refers = draw(st.lists(st.sampled_from(ordered), max_size=2, unique=True)) if ordered else []
    stamps = st.lists(st.sampled_from(["_load_id", "_loaded_at", "_source_file"]), unique=True).map(tuple)
    return ir.Pipeline(
        name=draw(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)),
        about=draw(words()),
        source=ir.Source(draw(st.none() | words()), draw(words()), "csv", None),
        target=ir.Target(storage or draw(st.sampled_from(["duckdb", "postgres"])), draw(st.none() | words()), schema, table),
        columns=found,
        load=ir.Load(
            mode,
            cursor=draw(st.none() | st.sampled_from(ordered)) if mode == "merge" else None,
            stamp=draw(stamps),
            changed_file=draw(st.sampled_from(["replace", "append", "fail"])),
        ),
        primary_key=tuple(ordered[:1]) if mode == "merge" else draw(some),
        order_by=draw(some),
        indexes=draw(indexes),
        quality=draw(_checks(found)),
        drift=ir.Drift(new_column=draw(st.sampled_from(["evolve", "freeze", "discard"]))),
        owner=draw(st.none() | words()),
        tags=draw(st.lists(words(), max_size=2, unique=True).map(tuple)),
        foreign_keys=tuple(ir.ForeignKey((name,), ir.Reference(schema, table, (name,))) for name in refers),
    )


def _schemas() -> SearchStrategy[str | None]:
    return st.none() | words().filter(lambda word: not word.lower().startswith("pg_") and word.lower() not in {"main", "temp", "system"})


@st.composite
def _checks(draw: DrawFn, found: tuple[ir.Column, ...]) -> tuple[ir.Check, ...]:
    names = [column.name for column in found]
    any_column = st.sampled_from(names).map(lambda name: (name,))
    texts = [column.name for column in found if column.type.name == "text"]
    kinds = [
        st.builds(ir.Check, st.just("filled"), st.just("not_null"), any_column),
        st.builds(ir.Check, st.just("rows"), st.just("row_count"), st.just(()), minimum=st.just("1")),
    ]
    if texts:
        one_text = st.sampled_from(texts).map(lambda name: (name,))
        kinds.append(st.builds(ir.Check, st.just("words"), st.just("accepted_values"), one_text, values=st.tuples(words())))
        kinds.append(st.builds(ir.Check, st.just("shape"), st.just("pattern"), one_text, pattern=st.just("[0-9]'+")))
    return tuple(draw(st.lists(st.one_of(kinds), max_size=3, unique_by=lambda check: check.name)))
