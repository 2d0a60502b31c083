"""What holds for any profile, project and words: the result passes `check`, a second fill changes nothing, only holes were touched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataeng_ai import draft as drafts
from dataeng_ai.check import check
from dataeng_ai.diagnostics import Text
from dataeng_ai.fill import Lock, Scripted, case_of, fill, stale
from dataeng_ai.lower import lower
from dataeng_ai.profile.facts import ColumnFacts, Key, Profile, TimeColumn
from tests.fill_facts import TICKETS, column, draft, profile, project

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft
    from dataeng_ai.fill import Filled
    from dataeng_ai.project import Project

HEADERS = (
    'a"b',
    "{{ x }}",
    "line\nbreak",
    "'); DROP TABLE x;--",
    "я" * 200,
    "😀",
    "select",
    "Select",
    "# no",
    "- a",
    "auto",
    "~",
    "x" * 300,
)

PROJECTS = (
    project(),
    project(connections={"landing": "files", "dwh": "postgres"}),
    project(connections={"mine": "duckdb"}),
    project(defaults={"owner": "dwh", "schedule": {"timezone": "Europe/Moscow"}}),
)

TYPES = ("boolean", "smallint", "bigint", "decimal(9, 2)", "double", "text", "date", "time", "timestamp", "timestamptz", "uuid", "json")
ROLES = ("identifier", "measure", "dimension", "time", "text", "flag", "empty")


def errors(filled: Filled, here: Project) -> list[str]:
    checked = check(filled.draft, here)
    found = [f"{one.code} {one.message}" for one in checked.diagnostics if one.severity == "error"]
    if checked.spec:
        lower(checked.spec, here)
    return found


@pytest.mark.parametrize("here", PROJECTS, ids=["bare", "postgres", "duckdb", "defaults"])
@pytest.mark.parametrize("found", [TICKETS, profile(*(column(header) for header in HEADERS))], ids=["tickets", "hostile"])
def test_what_fill_writes_passes_check(found: Profile, here: Project) -> None:
    assert errors(fill(draft(), found, here, lock=Lock()), here) == []


@st.composite
def columns(drawing: st.DrawFn, header: str) -> ColumnFacts:
    facts: dict[str, Any] = {  # Any: the fields of ColumnFacts
        "role": drawing(st.sampled_from(ROLES)),
        "pii": drawing(st.sampled_from((None, None, None, "phone"))),
        "nulls": drawing(st.sampled_from((0, 0, 7))),
        "distinct": drawing(st.sampled_from((1, 2, 1000))),
        "exceptions": drawing(st.sampled_from((0, 0, 3))),
        "minimum": drawing(st.sampled_from((None, "0", "-1.5", "2024-01-01", "x"))),
    }
    top = tuple((f"{header} {rank}", 500) for rank in range(facts["distinct"])) if facts["distinct"] <= 2 else ()
    return column(header, drawing(st.sampled_from(TYPES)), **facts, top=top)


@st.composite
def profiles(drawing: st.DrawFn) -> Profile:
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
    headers = drawing(st.lists(texts, min_size=1, max_size=5, unique=True))
    found = tuple(drawing(columns(header)) for header in headers)
    keys = [
        Key(tuple(drawing(st.permutations(headers))[: drawing(st.integers(1, 3))]), "proved") for _ in range(drawing(st.integers(0, 2)))
    ]
    times = [
        TimeColumn(one.name, "2019-05-01", "2031-01-01", "day") for one in found if one.type.name in ("date", "timestamp", "timestamptz")
    ]
    rows = drawing(st.sampled_from((0, 1, 1000)))
    return profile(*found, keys=tuple(keys), times=tuple(times), rows=rows, rejects=drawing(st.sampled_from((0, 5))))


words = st.sampled_from(
    ("", "events, every night", "registry of orders, hourly", "справочник, раз в неделю", "fresh data, real-time", "a: {b} # c")
)


@settings(max_examples=60, deadline=None)
@given(found=profiles(), here=st.sampled_from(PROJECTS), about=words, path=st.sampled_from(("t.csv", "t/*.csv")))
def test_any_profile_gives_a_whole_spec_that_passes_check_and_a_second_fill_changes_nothing(
    found: Profile, here: Project, about: str, path: str
) -> None:
    before = drafts.replace(draft(about=about), ("source", "path"), path)
    filled = fill(before, found, here, lock=Lock())
    assert filled.left == ()
    assert errors(filled, here) == []
    assert stale(filled.draft, case_of(filled.draft, found, here), filled.lock) == ()
    again = fill(drafts.read(filled.draft.text), found, here, lock=filled.lock, refresh=True)
    assert (again.draft.text, again.lock, again.decided, again.proposals) == (filled.draft.text, filled.lock, (), ())


BLOCK = """\
# a comment first
version: 1
name:   tickets     # odd spaces

about: >-
    Museum ticket sales,
    every night
source:
      # deep
      path: "tickets.csv"   # and a comment
columns:
   - name: price
     from: Цена   # rubles
     type:
   - {name: id, from: Номер билета, type: auto}
load: {mode: auto, max_rejects: 1%}
quality:   # none yet
partition:
meta: {a: [1, 2], b: "{{ x }}"}
# the end"""


def variants() -> list[Draft]:
    texts = [
        BLOCK,
        f"{BLOCK}\n",
        f"\ufeff{BLOCK}",
        BLOCK.replace("\n", "\r\n"),
        "{version: 1, name: tickets, source: {path: t.csv}, load: }",
    ]
    return [drafts.read(Text("specs/tickets.yaml", text)) for text in texts]


@pytest.mark.parametrize("before", variants())
def test_in_any_style_only_holes_are_touched(before: Draft) -> None:
    filled = fill(before, TICKETS, project(), lock=Lock())
    assert filled.left == ()
    assert errors(filled, project()) == []
    rest = iter(filled.draft.text.text)
    kept = before.text.text.replace("auto", "")
    assert all(letter in rest for letter in kept)
    again = fill(drafts.read(filled.draft.text), TICKETS, project(), lock=filled.lock)
    assert again.draft.text == filled.draft.text


def test_one_wrong_kind_of_key_never_reaches_the_spec() -> None:
    found = profile(column("at", "double", role="measure"), keys=(Key(("at",), "unique"),))
    assert fill(draft(), found, project(), lock=Lock()).draft.plain["primary_key"] is None


@pytest.mark.parametrize(("rejects", "share"), [(1, "0.2%"), (40, "10%"), (60, None), (1000, None)])
def test_no_more_may_be_rejected_than_a_few_dirty_records(rejects: int, share: str | None) -> None:
    found = replace(
        TICKETS, rejects=rejects, rows=1000 - rejects, columns=tuple(replace(column, exceptions=0) for column in TICKETS.columns)
    )
    load = fill(draft(), found, project(), lock=Lock()).draft.plain["load"]
    assert isinstance(load, dict)
    assert load.get("max_rejects") == share


def test_what_a_model_chose_is_not_stale_and_is_not_proposed_away() -> None:
    here = project(connections={"dwh": "postgres"})
    model = Scripted([("target.storage", "duckdb"), ("primary_key", "null"), ("load.mode", "append"), ("quality", "none")])
    filled = fill(draft(), TICKETS, here, model, Lock())
    assert filled.lock.entries["target.storage"].by == "model"
    assert stale(filled.draft, case_of(filled.draft, TICKETS, here), filled.lock) == ()
    assert fill(filled.draft, TICKETS, here, lock=filled.lock, refresh=True).proposals == ()
