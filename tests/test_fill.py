"""Fill, on profiles made by hand: what it writes, what it leaves alone, and who has the last word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataeng_ai import draft as drafts
from dataeng_ai.diagnostics import Text
from dataeng_ai.fill import Answer, Lock, Question, Rules, Scripted, decisions, fill
from dataeng_ai.fill.decisions import DECISIONS
from dataeng_ai.fill.lock import dump, load
from dataeng_ai.profile.facts import Key, TimeColumn
from tests.fill_facts import ABOUT, TICKETS, column, draft, profile, project

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft
    from dataeng_ai.fill import Filled


def values(filled: Filled) -> dict[str, object]:
    return filled.draft.plain


def row(filled: Filled, name: str) -> dict[str, object]:
    columns = filled.draft.plain["columns"]
    assert isinstance(columns, list)
    return next(each for each in columns if each["name"] == name)


def test_a_short_draft_becomes_a_whole_spec_and_no_hole_is_left() -> None:
    filled = fill(draft(), TICKETS, project(), lock=Lock())
    assert drafts.holes(filled.draft) == ()
    assert filled.left == ()
    assert values(filled) == {
        "version": 1,
        "name": "tickets",
        "about": ABOUT,
        "source": {
            "path": "tickets.csv",
            "format": "csv",
            "csv": {"delimiter": ";", "quote": '"', "escape": '"', "header": True, "encoding": "cp1251", "null_values": ["", "NULL"]},
        },
        "target": {"storage": "duckdb", "table": "tickets"},
        "columns": [
            {"name": "ticket_number", "from": "Номер билета", "type": "text", "nullable": False, "description": "Номер билета"},
            {"name": "order_id", "from": "Идентификатор заказа", "type": "uuid", "nullable": False, "description": "Идентификатор заказа"},
            {
                "name": "sale_date",
                "from": "Дата продажи",
                "type": "timestamptz",
                "nullable": False,
                "description": "Дата продажи",
            },
            {
                "name": "update_date",
                "from": "Дата изменения",
                "type": "timestamptz",
                "nullable": False,
                "description": "Дата изменения",
            },
            {"name": "status", "from": "Статус", "type": "text", "nullable": False, "description": "Статус"},
            {
                "name": "price",
                "from": "Цена",
                "type": "decimal(6, 2)",
                "nullable": False,
                "description": "Цена",
                "parse": {"decimal": ","},
            },
            {
                "name": "discount_percent",
                "from": "Скидка, %",
                "type": "decimal(3, 2)",
                "description": "Скидка, %",
                "unit": "%",
                "parse": {"decimal": ","},
            },
            {
                "name": "entry",
                "from": "Вход",
                "type": "boolean",
                "nullable": False,
                "description": "Вход",
                "parse": {"true_values": ["да"], "false_values": ["нет"]},
            },
            {
                "name": "phone",
                "from": "Телефон",
                "type": "text",
                "nullable": False,
                "description": "Телефон; personal data (phone)",
                "pii": {"category": "phone", "handling": "keep"},
            },
            {
                "name": "birth_date",
                "from": "Дата рождения",
                "type": "date",
                "nullable": False,
                "description": "Дата рождения; personal data (birthday)",
                "parse": {"format": "%d.%m.%Y"},
                "pii": {"category": "birthday", "handling": "keep"},
            },
        ],
        "primary_key": ["ticket_number"],
        "load": {"mode": "full", "max_rejects": "2%"},
        "partition": None,
        "order_by": ["sale_date"],
        "schedule": {"cron": "0 3 * * *", "timezone": "UTC", "start_date": "2024-01-01"},
        "quality": [
            {"check": "range", "columns": ["price", "discount_percent"], "min": 0, "severity": "warn"},
            {"check": "accepted_values", "columns": ["status"], "values": ["CANCELED", "PAID", "REFUND"], "severity": "warn"},
            {"check": "row_count", "min": 500, "severity": "warn"},
        ],
        "on_schema_change": {"new_column": "evolve", "dropped_column": "freeze", "type_change": "freeze"},
    }


def test_every_byte_that_stood_there_stands_there_still() -> None:
    before = draft()
    after = fill(before, TICKETS, project(), lock=Lock()).draft.text.text
    rest = iter(after)
    assert all(letter in rest for letter in before.text.text)


def test_a_second_fill_changes_nothing_and_asks_nothing() -> None:
    first = fill(draft(), TICKETS, project(), lock=Lock())
    model = Scripted()
    second = fill(drafts.read(first.draft.text), TICKETS, project(), model, first.lock)
    assert second.draft.text == first.draft.text
    assert second.lock == first.lock
    assert second.decided == ()
    assert model.asked == []


def test_fill_is_a_function_of_its_arguments() -> None:
    one, two = (fill(draft(), TICKETS, project(), lock=Lock()) for _ in range(2))
    assert one.draft.text == two.draft.text
    assert dump(one.lock) == dump(two.lock)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("primary_key: [order_id]\n", "primary_key", ["order_id"]),
        ("primary_key: null\n", "primary_key", None),
        ("schedule: null\n", "schedule", None),
        ("quality: []\n", "quality", []),
        ("load: {mode: append}\n", "load", {"mode": "append"}),
        ("target: {storage: duckdb, table: mine}\n", "target", {"storage": "duckdb", "table": "mine"}),
        ("on_schema_change: {new_column: freeze}\n", "on_schema_change", {"new_column": "freeze"}),
    ],
)
def test_what_the_person_wrote_stays(text: str, path: str, value: object) -> None:
    filled = fill(draft(text), TICKETS, project(), lock=Lock())
    assert values(filled)[path] == value
    assert filled.left == ()
    assert not any(one.path[0] == path for one in filled.decided)


def test_columns_that_the_person_chose_get_what_is_missing_in_them_and_no_more() -> None:
    text = "columns:\n  - {name: price, from: Цена, type: auto}\n  - name: id\n    from: Номер билета\n    nullable: auto\n"
    filled = fill(draft(text), TICKETS, project(), lock=Lock())
    assert values(filled)["columns"] == [
        {"name": "price", "from": "Цена", "type": "decimal(6, 2)"},
        {"name": "id", "from": "Номер билета", "type": "text", "nullable": False},
    ]
    assert values(filled)["primary_key"] == ["id"]


def test_a_key_needs_columns_that_the_spec_calls_never_empty() -> None:
    filled = fill(draft("columns:\n  - {name: id, from: Номер билета}\n"), TICKETS, project(), lock=Lock())
    assert values(filled)["primary_key"] is None
    assert filled.lock.entries["primary_key"].evidence == "the columns of the proved keys may be empty, by the spec or the data"


def test_a_column_that_the_file_does_not_have_stays_open() -> None:
    filled = fill(draft("columns: [{name: nothing}]\n"), TICKETS, project(), lock=Lock())
    assert filled.left == (("columns", 0, "type"),)


def test_a_dialect_that_the_person_began_is_completed_and_not_replaced() -> None:
    before = drafts.read(Text("t.yaml", 'version: 1\nname: tickets\nsource: {path: t.csv, csv: {delimiter: "|", header: false}}\n'))
    filled = fill(before, TICKETS, project(), lock=Lock())
    source = values(filled)["source"]
    assert isinstance(source, dict)
    assert source["csv"] == {
        "delimiter": "|",
        "quote": '"',
        "escape": '"',
        "header": False,
        "encoding": "cp1251",
        "null_values": ["", "NULL"],
    }


def test_lines_to_skip_are_written_with_the_dialect_that_fill_writes() -> None:
    found = replace(TICKETS, csv=replace(TICKETS.csv, skip=3)) if TICKETS.csv else TICKETS
    source = values(fill(draft(), found, project(), lock=Lock()))["source"]
    assert isinstance(source, dict)
    assert source["csv"]["skip"] == 3


def test_only_fills_only_there() -> None:
    filled = fill(draft(), TICKETS, project(), lock=Lock(), only=("source",))
    assert set(values(filled)) == {"version", "name", "about", "source"}
    assert {one.path[0] for one in filled.decided} == {"source"}


def test_a_default_of_the_project_closes_a_hole_without_being_written() -> None:
    filled = fill(draft(), TICKETS, project(defaults={"target": {"storage": "duckdb"}}), lock=Lock())
    assert values(filled)["target"] == {"table": "tickets"}
    assert filled.left == ()


def test_the_schedules_zone_is_the_projects() -> None:
    filled = fill(draft(), TICKETS, project(defaults={"schedule": {"timezone": "Europe/Moscow"}}), lock=Lock())
    assert values(filled)["schedule"] == {"cron": "0 3 * * *", "timezone": "Europe/Moscow", "start_date": "2024-01-01"}


def test_only_storages_that_can_be_reached_are_offered() -> None:
    here = fill(draft(), TICKETS, project(connections={"landing": "files"}), lock=Lock())
    there = fill(draft(), TICKETS, project(connections={"shop": "postgres", "warehouse": "postgres"}), lock=Lock())
    assert values(here)["target"] == {"storage": "duckdb", "table": "tickets"}
    assert values(there)["target"] == {"storage": "postgres", "connection": "warehouse", "table": "public.tickets"}
    assert values(there)["order_by"] is None


def test_a_glob_with_a_key_is_merged_and_the_cursor_is_when_rows_change() -> None:
    before = drafts.read(Text("t.yaml", f'version: 1\nname: tickets\nabout: "{ABOUT}"\nsource: {{path: "tickets/*.csv"}}\n'))
    filled = fill(before, TICKETS, project(), lock=Lock())
    assert values(filled)["load"] == {"mode": "merge", "cursor": "update_date", "max_rejects": "2%"}


def test_events_are_appended() -> None:
    before = drafts.read(Text("t.yaml", 'version: 1\nname: clicks\nabout: click events\nsource: {path: "clicks/*.csv"}\n'))
    found = profile(column("at", "timestamp", role="time"), column("url"), times=(TimeColumn("at", "2024-01-01", "2024-02-01", "minute"),))
    filled = fill(before, found, project(), lock=Lock())
    assert values(filled)["load"] == {"mode": "append"}
    assert values(filled)["primary_key"] is None


def test_no_words_about_time_and_one_file_mean_no_schedule() -> None:
    assert values(fill(draft(about="Tickets"), TICKETS, project(), lock=Lock()))["schedule"] is None


def test_a_measure_that_is_unique_by_accident_is_no_key() -> None:
    found = profile(column("price", "decimal(6, 2)", role="measure"), keys=(Key(("price",), "unique"),))
    assert values(fill(draft(), found, project(), lock=Lock()))["primary_key"] is None


def test_a_column_with_nulls_is_never_in_a_key_nor_called_never_empty() -> None:
    found = profile(column("id", "bigint", role="identifier", nulls=1), keys=(Key(("id",), "unique"),))
    filled = fill(draft(), found, project(), lock=Lock())
    assert values(filled)["primary_key"] is None
    assert "nullable" not in row(filled, "id")


def test_no_value_of_a_personal_column_is_written() -> None:
    found = profile(
        column("phone", pii="phone", role="dimension", distinct=2, top=(("SECRET", 500), ("OTHER", 500))),
        column("age", "integer", role="measure", minimum="0", pii="birthday"),
    )
    filled = fill(draft(), found, project(), lock=Lock())
    assert values(filled)["quality"] == [{"check": "row_count", "min": 500, "severity": "warn"}]
    assert "SECRET" not in filled.draft.text.text + dump(filled.lock)


def test_evidence_holds_no_cell() -> None:
    filled = fill(draft(), TICKETS, project(), lock=Lock())
    said = " ".join(f"{one.evidence} {one.reason} {one.runner_up}" for one in filled.decided)
    assert not any(value in said for value in ("REFUND", "1200.50", "2024-04"))


# Who has the last word


def test_a_model_chooses_among_the_options_and_the_lock_says_so() -> None:
    model = Scripted([("load.mode", "append"), ("primary_key", "order_id, sale_date"), ("order_by", "null")])
    filled = fill(draft(), TICKETS, project(), model, Lock())
    assert values(filled)["primary_key"] == ["order_id", "sale_date"]
    assert values(filled)["order_by"] is None
    assert filled.lock.entries["load.mode"].value == "append"
    assert filled.lock.entries["load.mode"].by == "model"
    assert filled.lock.entries["load.mode"].model == "scripted"
    assert filled.lock.entries["load.mode"].runner_up == "full"


def test_where_one_option_is_left_nobody_is_asked() -> None:
    model = Scripted()
    filled = fill(draft(), TICKETS, project(), model, Lock())
    asked = {question.id for question in model.asked}
    assert asked.isdisjoint({"source.format", "source.csv", "target.storage", "target.table", "partition", "load.max_rejects"})
    assert filled.lock.entries["source.format"].by == "profile"
    assert all(len(blank.options) > 1 or blank.free for question in model.asked for blank in question.blanks)


def test_names_are_asked_once_for_the_whole_table() -> None:
    model = Scripted([("columns.name", {"columns[5].name": "ticket_price"})])
    filled = fill(draft(), TICKETS, project(), model, Lock())
    assert row(filled, "ticket_price")["from"] == "Цена"
    first = model.asked[0]
    assert (first.id, len(first.blanks)) == ("columns.name", 10)
    assert filled.lock.entries["columns.ticket_price.name"].by == "model"
    assert filled.lock.entries["columns.sale_date.name"].by == "rule:columns.name"


@pytest.mark.parametrize("name", ["Price", "price; DROP TABLE", "select", "x" * 64, "", "sale_date", "{{ x }}"])
def test_a_bad_name_is_asked_for_once_more_and_then_the_rule_decides(name: str) -> None:
    model = Scripted([("columns.name", {"columns[5].name": name})])
    filled = fill(draft(), TICKETS, project(), model, Lock())
    assert row(filled, "price")["from"] == "Цена"
    assert [question.id for question in model.asked].count("columns.name") == 2


def test_a_word_that_is_no_option_is_asked_for_once_more() -> None:
    model = Scripted([("load.mode", "truncate"), ("load.mode", "append")])
    filled = fill(draft(), TICKETS, project(), model, Lock())
    assert values(filled)["load"] == {"mode": "append", "max_rejects": "2%"}


class Liar:
    """Answers everything with the same text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def answer(self, question: Question) -> Answer:
        return Answer({blank.key: self.text for blank in question.blanks})


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_whatever_a_model_says_the_spec_is_whole_and_its_names_are_good(text: str) -> None:
    filled = fill(draft(), TICKETS, project(), Liar(text), Lock())
    assert filled.left == ()
    columns = filled.draft.plain["columns"]
    assert isinstance(columns, list)
    names = [each["name"] for each in columns]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name.isascii() for name in names)


def test_hostile_headers_reach_nothing_but_from_and_description() -> None:
    headers = (
        'a"b',
        "{{ x }}",
        "line\nbreak",
        "'); DROP TABLE x;--",
        "я" * 200,
        "😀",
        "select",
        "Select",
        "# no: x",
        "- dash",
        "auto",
        "null",
    )
    filled = fill(draft(), profile(*(column(name) for name in headers)), project(), lock=Lock())
    columns = drafts.read(filled.draft.text).plain["columns"]
    assert isinstance(columns, list)
    assert [each.get("from", each["name"]) for each in columns] == list(headers)
    assert load(dump(filled.lock)) == filled.lock


def test_the_same_id_is_never_borne_by_two_decisions_and_needs_come_first() -> None:
    ids = [decision.id for decision in DECISIONS]
    assert len(set(ids)) == len(ids)
    paths = [decision.path for decision in DECISIONS]
    for position, decision in enumerate(DECISIONS):
        assert all(need in paths[:position] for need in decision.needs)


def test_every_file_of_a_decision_is_in_the_registry() -> None:
    folder = Path(decisions.__file__).parent
    files = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert {decision.id.replace(".", "_").replace("columns_", "column_") for decision in DECISIONS} == files


def test_rules_are_the_default() -> None:
    assert fill(draft(), TICKETS, project(), Rules(), Lock()).draft.text == fill(draft(), TICKETS, project(), lock=Lock()).draft.text


def unfilled(text: str) -> Draft:
    return drafts.read(Text("specs/tickets.yaml", text))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_stay(newline: str, bom: str) -> None:
    before = unfilled(bom + newline.join(["version: 1 # one", "name: tickets", "", "source:", "    path: t.csv", "# end"]))
    after = fill(before, TICKETS, project(), lock=Lock())
    assert after.left == ()
    assert after.draft.text.text.startswith(f"{bom}version: 1 # one{newline}")
    assert after.draft.text.text.count("\r\n") == (after.draft.text.text.count("\n") if newline == "\r\n" else 0)


def test_a_storage_that_would_refuse_what_the_spec_says_is_not_offered() -> None:
    dwh = project(connections={"dwh": "postgres"})
    long = "я" * 40
    for text in (f"columns: [{{name: {long}, from: Цена}}]\n", "columns: [{name: xmin, from: Цена}]\n", "order_by: [price]\n"):
        target = values(fill(draft(text), TICKETS, dwh, lock=Lock()))["target"]
        assert isinstance(target, dict)
        assert target["storage"] == "duckdb"
    target = values(fill(draft("columns: [{name: a, from: Цена}, {name: A, from: Статус}]\n"), TICKETS, dwh, lock=Lock()))["target"]
    assert isinstance(target, dict)
    assert target["storage"] == "postgres"


def test_full_is_not_offered_beside_what_only_added_files_have() -> None:
    load = values(fill(draft("load: {changed_file: replace}\n"), TICKETS, project(), lock=Lock()))["load"]
    assert load == {"mode": "merge", "changed_file": "replace"}


def test_an_option_that_is_left_after_a_refusal_was_chosen_by_the_rule_and_not_by_the_profile() -> None:
    model = Scripted([("on_schema_change", "explode"), ("on_schema_change", "explode")])
    entry = fill(draft(), TICKETS, project(), model, Lock()).lock.entries["on_schema_change"]
    assert entry.by == "rule:on_schema_change"


def test_a_merge_that_the_person_asked_for_without_a_key_in_the_data_leaves_the_key_to_the_person() -> None:
    filled = fill(draft("load: {mode: merge}\n"), profile(column("a")), project(), lock=Lock())
    assert ("primary_key",) in filled.left
