"""The one renderer: what a person sees, and what GitHub, GitLab and programs read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataeng_ai.diagnostics import FORMATS, WIDTH, Diagnostic, Edit, Problems, Related, Span, Text, as_dicts, render
from dataeng_ai.draft.tree import Lines

SPEC = Text("specs/orders.yaml", "version: 1\n" * 13 + "    primarykey: true\n")


def at(text: Text, word: str, **fields: object) -> Diagnostic:
    start = text.text.index(word)
    span = Lines.of(text.text).span(start, start + len(word))
    return Diagnostic("E102", "wrong", text.name, span, **fields)  # type: ignore[arg-type]  # whatever field a test is about


def test_a_diagnostic_is_drawn_with_its_line() -> None:
    diagnostic = Diagnostic(
        "E102",
        "unknown key `primarykey` in column `order_id`",
        SPEC.name,
        Lines.of(SPEC.text).span(SPEC.text.index("primarykey"), SPEC.text.index(": true")),
        help="write `primary_key: [order_id]`",
        label="the key of a table is `primary_key`, at the top level",
    )
    assert render([diagnostic], [SPEC]).splitlines() == [
        "error[E102]: unknown key `primarykey` in column `order_id`",
        "  --> specs/orders.yaml:14:5",
        "   |",
        "14 |     primarykey: true",
        "   |     ^^^^^^^^^^ the key of a table is `primary_key`, at the top level",
        "   = help: write `primary_key: [order_id]`",
    ]


def test_a_second_place_is_drawn_too_in_the_order_of_the_text() -> None:
    text = Text("x.yaml", "name: a\nb: 1\nc: 2\nname: b\n")
    first, second = Lines.of(text.text).span(0, 4), Lines.of(text.text).span(18, 22)
    drawn = render([Diagnostic("E005", "twice", "x.yaml", second, label="the second", related=(Related(first, "the first"),))], [text])
    assert drawn.splitlines()[3:] == ["1 | name: a", "  | ---- the first", "  ⋮", "4 | name: b", "  | ^^^^ the second"]


def test_two_places_on_one_line_draw_it_once() -> None:
    text = Text("x.yaml", "{a: 1, a: 2}\n")
    first, second = Lines.of(text.text).span(1, 2), Lines.of(text.text).span(7, 8)
    drawn = render([Diagnostic("E005", "twice", "x.yaml", second, related=(Related(first, "the first"),))], [text])
    assert drawn.splitlines()[3:] == ["1 | {a: 1, a: 2}", "  |  - the first", "  |        ^"]


def test_carets_stand_under_wide_combining_and_tabbed_words() -> None:
    text = Text("x.yaml", "表表: e\u0301\t🙂 bad # c\n")
    line, carets = render([at(text, "bad")], [text]).splitlines()[3:]
    assert line == "1 | 表表: e\u0301    🙂 bad # c"
    assert carets == "  | " + " " * (4 + 2 + 1 + 4 + 2 + 1) + "^^^"


@pytest.mark.parametrize("before", [0, 50, 400])
def test_a_long_line_is_cut_around_what_is_meant(before: int) -> None:
    text = Text("x.yaml", "x" * before + " bad " + "y" * 400 + "\n")
    line, carets = render([at(text, "bad")], [text]).splitlines()[3:]
    assert len(line) <= WIDTH + len("1 | ……")
    assert line[carets.index("^") :].startswith("bad ")
    assert line.endswith("…")


def test_a_wide_span_is_cut_at_the_end_of_its_line() -> None:
    text = Text("x.yaml", "a:\n  b: 1\n  c: 2\n")
    drawn = render([Diagnostic("E1", "wrong", "x.yaml", Lines.of(text.text).span(5, 16))], [text])
    assert drawn.splitlines()[3:] == ["2 |   b: 1", "  |   ^^^^"]


def test_hidden_places_are_never_drawn() -> None:
    text = Text("x.yaml", "{user: me, password: hunter2, x: 1}\n")
    start = text.text.index("hunter2")
    hidden = (Lines.of(text.text).span(start, start + 7),)
    assert "hunter2" not in render([at(text, "x: 1", hidden=hidden)], [text])


def test_nothing_that_a_text_holds_acts_on_the_terminal() -> None:
    text = Text("x\x1b.yaml", "a: \x1b[31m\u202ebad\r\n")
    fields = {"label": "\x1b", "notes": ("\x1b[2J",), "help": "\x07"}
    drawn = render([at(text, "bad", **fields)], [text])
    assert all(char.isprintable() or char == "\n" for char in drawn)


def test_several_texts_each_lend_their_own_lines() -> None:
    texts = [Text("a.yaml", "one: 1\n"), Text("b.yaml", "two: 2\n")]
    drawn = render([at(texts[0], "one"), at(texts[1], "two"), Diagnostic("E2", "nowhere")], texts)
    assert "1 | one: 1" in drawn
    assert "1 | two: 2" in drawn
    assert drawn.endswith("\n\nerror[E2]: nowhere")


def test_without_its_text_a_diagnostic_still_says_where() -> None:
    assert render([at(SPEC, "primarykey")]).splitlines() == ["error[E102]: wrong", "  --> specs/orders.yaml:14:5"]


def test_notes_and_help_of_several_lines_keep_them() -> None:
    drawn = render([Diagnostic("E1", "wrong", notes=("one\ntwo",), help="three")])
    assert drawn.splitlines()[1:] == ["  = note: one", "          two", "  = help: three"]


def test_json_holds_what_others_may_rely_on() -> None:
    diagnostic = at(SPEC, "primarykey", help="write it", severity="warning", edit=Edit(1, 2, "x"))
    (found,) = json.loads(FORMATS["json"]([diagnostic], [SPEC]))
    assert found == as_dicts([diagnostic])[0]
    assert found == {
        "file": "specs/orders.yaml",
        "line": 14,
        "column": 5,
        "code": "E102",
        "severity": "warning",
        "message": "wrong",
        "help": "write it",
        "notes": [],
        "edit": {"start": 1, "end": 2, "text": "x"},
    }
    assert as_dicts([Diagnostic("E1", "m")])[0]["line"] is None


def test_github_reads_a_workflow_command_a_line() -> None:
    span = Span(0, 1, 3, 7)
    hostile = Diagnostic("E1", "100% of\n`a::b`", "dir,x:y.yaml", span, help="do")
    assert FORMATS["github"]([hostile, Diagnostic("W1", "m", severity="warning")], []).splitlines() == [
        "::error file=dir%2Cx%3Ay.yaml,line=3,col=7,title=E1::100%25 of\N{REPLACEMENT CHARACTER}`a::b`; do",
        "::warning title=W1::m",
    ]


def test_gitlab_fingerprints_differ_and_survive_moved_lines() -> None:
    one, moved = Diagnostic("E1", "m", "x", Span(0, 1, 3, 7)), Diagnostic("E1", "m", "x", Span(9, 9, 9, 9))
    report = json.loads(FORMATS["gitlab"]([one, moved], []))
    assert len({entry["fingerprint"] for entry in report}) == 2
    assert json.loads(FORMATS["gitlab"]([moved], []))[0]["fingerprint"] == report[0]["fingerprint"]
    assert report[0]["location"] == {"path": "x", "lines": {"begin": 3}}
    assert {"description", "check_name", "fingerprint", "severity", "location"} == set(report[0])


@given(st.text(), st.data())
def test_any_text_can_be_drawn_in_any_format(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    diagnostic = Diagnostic("E1", text, text, Lines.of(text).span(start, end), (text,), text, label=text)
    for form, draw in FORMATS.items():
        drawn = draw([diagnostic], [Text(text, text)])
        assert "E1" in drawn, form


def test_problems_say_their_codes_and_keep_their_texts() -> None:
    problems = Problems(Diagnostic("E1", "one"), Diagnostic("E2", "two"), texts=(SPEC,))
    assert str(problems) == "E1: one; E2: two"
    assert problems.texts == (SPEC,)
