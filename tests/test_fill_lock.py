"""The lock, what grows stale, taking the last fill back, and what else could be chosen."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dataeng_ai import draft as drafts
from dataeng_ai import ir
from dataeng_ai.check import check
from dataeng_ai.diagnostics import Problems, Text
from dataeng_ai.fill import Lock, case_of, fill, recommend, save, stale, undo, why
from dataeng_ai.fill.lock import beside, dump, load, read
from dataeng_ai.fill.refresh import set_line
from dataeng_ai.profile.facts import Key
from dataeng_ai.project import open_text
from dataeng_ai.types import parse
from tests.fill_facts import TICKETS, column, draft, profile, project

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.draft import Draft

FOUND = fill(draft(), TICKETS, project(), lock=Lock())


def test_the_lock_survives_its_file_and_is_sorted() -> None:
    text = dump(FOUND.lock)
    assert load(text) == FOUND.lock
    names = [line.strip(" :") for line in text.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert [name for name in names if name in FOUND.lock.entries] == sorted(FOUND.lock.entries)


def test_the_lock_has_an_entry_for_what_fill_wrote_and_for_nothing_else() -> None:
    written = {entry.split(".")[0].split("[")[0] for entry in FOUND.lock.entries}
    assert written == {
        "columns",
        "load",
        "on_schema_change",
        "order_by",
        "partition",
        "primary_key",
        "quality",
        "schedule",
        "source",
        "target",
    }
    for place, entry in FOUND.lock.entries.items():
        assert FOUND.draft.get(drafts.parse_path(place, FOUND.draft.plain)) == entry.value


def test_the_locks_profile_holds_counts_and_no_values() -> None:
    text = dump(Lock(profile=FOUND.lock.profile))
    assert "REFUND" not in text
    assert "1200.50" not in text
    assert FOUND.lock.profile["rows"] == 1000
    assert load(text).profile == FOUND.lock.profile


@pytest.mark.parametrize(
    "text", ["", "]", "version: 2\n", "version: 1\ndecisions: {a: 1}\n", "version: 1\ndecisions: [a]\n", "a: " + "[" * 500_000]
)
def test_a_lock_that_cannot_be_read_is_a_warning_and_counts_as_absent(tmp_path: Path, text: str) -> None:
    file = tmp_path / "t.lock.yaml"
    file.write_text(text, "utf-8")
    lock, warnings = read(file)
    assert lock == Lock()
    assert [warning.code for warning in warnings] == ["W391"]
    assert [warning.severity for warning in warnings] == ["warning"]


def test_a_lock_that_is_not_utf8_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "t.lock.yaml").write_bytes(b"version: 1\nx: \xff")
    assert read(tmp_path / "t.lock.yaml")[0] == Lock()


def test_no_lock_is_no_warning(tmp_path: Path) -> None:
    assert read(tmp_path / "t.lock.yaml") == (Lock(), ())


def test_why_finds_what_is_at_beneath_or_above_a_place() -> None:
    assert [place for place, _ in why(FOUND.lock, "load.mode")] == ["load.mode"]
    assert {place for place, _ in why(FOUND.lock, "columns.price")} == {
        f"columns.price.{key}" for key in ("name", "type", "nullable", "parse", "description")
    }
    assert [place for place, _ in why(FOUND.lock, "source.csv.delimiter")] == ["source.csv"]
    assert len(why(FOUND.lock)) == len(FOUND.lock.entries)
    assert why(FOUND.lock, "about") == ()


def read_back(text: Text) -> Draft:
    return drafts.read(text)


def test_the_same_evidence_is_not_stale() -> None:
    assert stale(FOUND.draft, case_of(FOUND.draft, TICKETS, project()), FOUND.lock) == ()


def test_more_rows_alone_make_nothing_stale() -> None:
    grown = replace(TICKETS, rows=1020, bytes=11_000, fingerprint="0" * 64)
    assert stale(FOUND.draft, case_of(FOUND.draft, grown, project()), FOUND.lock) == ()


def test_other_evidence_is_a_warning_with_a_place_and_refresh_proposes() -> None:
    changed = replace(TICKETS, columns=tuple(replace(c, type=parse("decimal(8, 2)")) if c.name == "Цена" else c for c in TICKETS.columns))
    (warning,) = stale(FOUND.draft, case_of(FOUND.draft, changed, project()), FOUND.lock)
    assert (warning.code, warning.severity) == ("W390", "warning")
    assert "`columns.price.type`" in warning.message
    again = fill(FOUND.draft, changed, project(), lock=FOUND.lock, refresh=True)
    (proposal,) = again.proposals
    assert (proposal.old, proposal.new.value) == ("decimal(6, 2)", "decimal(8, 2)")
    assert shlex.split(proposal.line) == ["spec", "set", "tickets", "columns.price.type=decimal(8, 2)"]
    assert again.draft.text == FOUND.draft.text
    assert fill(FOUND.draft, changed, project(), lock=FOUND.lock, refresh=True, only=("load",)).proposals == ()


def test_a_value_that_the_person_changed_is_never_stale_but_what_was_built_on_it_is() -> None:
    theirs = drafts.replace(FOUND.draft, ("load", "mode"), "append")
    changed = replace(TICKETS, keys=())
    warned = stale(theirs, case_of(theirs, changed, project()), FOUND.lock)
    assert [warning.message.split("`")[1] for warning in warned] == ["primary_key", "quality"]


def test_entries_of_columns_that_are_gone_leave_the_lock() -> None:
    narrow = draft("columns: [{name: price, from: Цена}]\n")
    lock = fill(narrow, TICKETS, project(), lock=FOUND.lock).lock
    assert not any(place.startswith("columns.phone") for place in lock.entries)


# Writing and taking back


def written(root: Path, text: str) -> Draft:
    file = root / "specs" / "tickets.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())
    return drafts.read(open_text(file))


SHORT = "\ufeffversion: 1\r\nname: tickets\r\nsource: {path: t.csv} # here\r\n"


def test_undo_gives_back_every_byte(tmp_path: Path) -> None:
    here = project(tmp_path)
    before = written(tmp_path, SHORT)
    filled = fill(before, TICKETS, here)
    spec, lock = save(here, before, filled)
    assert spec.read_bytes() == filled.draft.text.text.encode()
    assert lock == beside(spec)
    assert read(lock)[0] == filled.lock
    assert undo(here, "tickets") == spec
    assert spec.read_bytes() == SHORT.encode()
    assert not lock.exists()
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [spec]


def test_undo_brings_the_lock_of_before_back(tmp_path: Path) -> None:
    here = project(tmp_path)
    first = written(tmp_path, SHORT)
    save(here, first, fill(first, TICKETS, here, only=("source",)))
    old = beside(tmp_path / "specs" / "tickets.yaml").read_bytes()
    second = drafts.read(open_text(tmp_path / "specs" / "tickets.yaml"))
    save(here, second, fill(second, TICKETS, here))
    undo(here, "tickets")
    assert beside(tmp_path / "specs" / "tickets.yaml").read_bytes() == old


def test_undo_refuses_when_the_file_was_edited_since_and_shows_how(tmp_path: Path) -> None:
    here = project(tmp_path)
    before = written(tmp_path, SHORT)
    spec, _ = save(here, before, fill(before, TICKETS, here))
    edited = spec.read_bytes() + b"# mine\r\n"
    spec.write_bytes(edited)
    with pytest.raises(Problems) as caught:
        undo(here, "tickets")
    (problem,) = caught.value.diagnostics
    assert problem.code == "E393"
    assert "+# mine" in problem.notes
    assert spec.read_bytes() == edited


def test_a_fill_is_taken_back_once(tmp_path: Path) -> None:
    here = project(tmp_path)
    before = written(tmp_path, SHORT)
    save(here, before, fill(before, TICKETS, here))
    undo(here, "tickets")
    with pytest.raises(Problems) as caught:
        undo(here, "tickets")
    assert caught.value.diagnostics[0].code == "E392"


def test_a_fill_that_changed_nothing_writes_nothing_and_keeps_the_last_undo(tmp_path: Path) -> None:
    here = project(tmp_path)
    before = written(tmp_path, SHORT)
    spec, _ = save(here, before, fill(before, TICKETS, here))
    again = drafts.read(open_text(spec))
    assert save(here, again, fill(again, TICKETS, here)) == ()
    undo(here, "tickets")
    assert spec.read_bytes() == SHORT.encode()


def test_a_file_that_changed_while_it_was_filled_is_not_overwritten(tmp_path: Path) -> None:
    here = project(tmp_path)
    before = written(tmp_path, SHORT)
    filled = fill(before, TICKETS, here)
    written(tmp_path, SHORT + "# mine\r\n")
    with pytest.raises(Problems) as caught:
        save(here, before, filled)
    assert caught.value.diagnostics[0].code == "E391"
    assert (tmp_path / "specs" / "tickets.yaml").read_bytes() == (SHORT + "# mine\r\n").encode()


# What else could be chosen


@pytest.mark.parametrize("path", ["t.csv", "t/*.csv"])
def test_every_recommended_line_taken_as_it_stands_leaves_a_spec_that_passes_check(path: str) -> None:
    keys = (Key(("a",), "unique"), Key(("b",), "unique"))
    found = profile(column("a", "integer", role="identifier", exceptions=2), column("b", pii="x"), column("updated_at", "date"), keys=keys)
    here = project(connections={"wh": "duckdb"})
    before = drafts.replace(draft(), ("source", "path"), path)
    filled = fill(before, found, here, lock=Lock()).draft
    # What one column may hold is set where the columns stand, so it is no advice before.
    assert not [one.place for one in recommend(before, found, here) if one.place.startswith("columns.")]
    advice = recommend(filled, found, here)
    assert {one.place for one in advice} >= {"target.storage", "primary_key", "load.mode", "schedule", "columns.a.type", "columns.b.pii"}
    for one in advice:
        assert sum(option.taken for option in one.options) == 1
        for option in one.options:
            command, verb, name, setting = shlex.split(option.line)
            where, _, value = setting.partition("=")
            assert (command, verb, name) == ("spec", "set", "tickets")
            parsed = drafts.read(Text("x", f"version: {value}\n")).plain["version"]
            taken = drafts.replace(filled, drafts.parse_path(where, filled.plain), parsed)
            assert taken.get(drafts.parse_path(one.place, taken.plain)) == option.option.value
            allowed = {"E211"} if one.place == "columns.a.type" else set()
            assert {wrong.code for wrong in check(taken, here).diagnostics if wrong.severity == "error"} <= allowed


def test_full_is_recommended_as_a_block_without_the_cursor_that_has_no_meaning_there() -> None:
    before = drafts.replace(draft(), ("source", "path"), "t/*.csv")
    (mode,) = [one for one in recommend(before, TICKETS, project()) if one.place == "load.mode"]
    lines = {option.option.value: option.line for option in mode.options}
    assert lines["full"] == """spec set tickets 'load={"mode": "full", "max_rejects": "2%"}'"""
    assert lines["merge"] == "spec set tickets load.mode=merge"


def test_a_storage_that_only_lacks_a_connection_is_named() -> None:
    (storage,) = [one for one in recommend(draft(), TICKETS, project()) if one.place == "target.storage"]
    assert len(storage.options) == 1
    assert "postgres" in storage.notes[0]


def test_what_fill_may_not_write_into_a_persons_block_is_recommended() -> None:
    (advice,) = [one for one in recommend(draft("load: {mode: full}\n"), TICKETS, project()) if one.place == "load.max_rejects"]
    assert [(option.line, option.taken) for option in advice.options] == [("spec set tickets load.max_rejects=2%", False)]


def test_null_words_of_a_column_are_said_only_where_they_are_not_the_files() -> None:
    found = profile(
        column("a", "integer", parse=ir.Parse(null_values=("NA",))), column("b", "integer", parse=ir.Parse(null_values=("", "NULL")))
    )
    columns = fill(draft(), found, project(), lock=Lock()).draft.plain["columns"]
    assert isinstance(columns, list)
    assert [each.get("parse") for each in columns] == [{"null_values": ["NA"]}, None]


@pytest.mark.parametrize(
    "value", ["123", "true", "null", "auto", "a: b", "x # y", "- a", "'", '"', "{{ x }}", "decimal(8, 2)", "public.t", "", "1e5"]
)
def test_the_line_that_takes_a_text_gives_that_text(value: str) -> None:
    written = shlex.split(set_line("tickets", "owner", value))[-1].removeprefix("owner=")
    assert drafts.read(Text("x", f"owner: {written}\n")).plain == {"owner": value}
